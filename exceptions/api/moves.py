"""Moving a case: the same door as everybody's, by HTTP."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions import grouping, lifecycle, tokens
from exceptions.actors import Actor, visible_cases
from exceptions.answers import Answer
from exceptions.api import move_bodies, repeats
from exceptions.api.bodies import BoundedJSONParser
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.cases import problems, whole_cases
from exceptions.api.problems import MoveRefused
from exceptions.api.serializers import CaseDetailSerializer
from exceptions.lifecycle import Refused
from exceptions.models import Case
from exceptions.vocabulary import Move


class CaseMoves(APIView):
    """Make a move on a case. The answer is the case as it then stands."""

    permission_classes = [HasScope]
    scopes = {"POST": tokens.MOVE}
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="cases_move",
        tags=["cases"],
        parameters=[repeats.PARAMETER],
        request=PolymorphicProxySerializer(
            component_name="MoveRequest",
            serializers={str(which): body for which, body in move_bodies.BODIES.items()},
            resource_type_field_name="move",
        ),
        responses={200: CaseDetailSerializer} | problems(400, 404, 409, 413, 415, 422),
    )
    def post(self, request: Request, pk: int) -> Response:
        actor, at = actor_of(request), timezone.now()
        if not visible_cases(actor).filter(pk=pk).exists():
            raise Http404
        which, data = move_bodies.read(request.data)
        answer = repeats.answer(request, lambda: _move(pk, which, actor, data, at), at=at)
        if answer.status != 200:
            raise MoveRefused(answer.body)
        return Response(answer.body, headers=repeats.headers(answer))


def make(pk: int, which: Move, actor: Actor, data: dict[str, Any], at: datetime) -> None:
    """Make the move, of `children` too if asked. Raises Refused."""
    if which == Move.ASSIGN and data.pop("children", False):
        grouping.assign_all(pk, actor, at=at, data=data)
    else:
        lifecycle.move(pk, which, actor, at=at, data=data)


def _move(pk: int, which: Move, actor: Actor, data: dict[str, Any], at: datetime) -> Answer:
    """The case after the move, or the sentence that refuses it."""
    try:
        make(pk, which, actor, data, at)
    except Refused as refused:
        return Answer(409, str(refused))
    case = whole_cases(Case.objects.all()).get(pk=pk)
    told = CaseDetailSerializer(case, context={"actor": actor}).data
    return Answer(200, told)
