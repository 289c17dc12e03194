"""Moving a case: the same door as everybody's, by HTTP."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions import answers, lifecycle, tokens
from exceptions.actors import Actor, visible_cases
from exceptions.answers import Answer, KeyUsed
from exceptions.api import move_bodies
from exceptions.api.bodies import BoundedJSONParser
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.cases import problems, whole_cases
from exceptions.api.problems import KeyUsedBefore, MoveRefused
from exceptions.api.serializers import CaseDetailSerializer
from exceptions.lifecycle import Refused
from exceptions.models import Case, User
from exceptions.vocabulary import Move

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"


class CaseMoves(APIView):
    """Make a move on a case. The answer is the case as it then stands."""

    permission_classes = [HasScope]
    scopes = {"POST": tokens.MOVE}
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="cases_move",
        tags=["cases"],
        parameters=[
            OpenApiParameter(
                HEADER,
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                description="The same key with the same body is done once, and answered the same.",
            )
        ],
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
        answer = self._answer(request, pk, which, actor, data, at)
        if answer.status != 200:
            raise MoveRefused(answer.body)
        return Response(answer.body, headers={REPLAYED: "true"} if answer.again else {})

    def _answer(
        self,
        request: Request,
        pk: int,
        which: Move,
        actor: Actor,
        data: dict[str, Any],
        at: datetime,
    ) -> Answer:
        key = _key(request)
        if key is None:
            return _move(pk, which, actor, data, at)
        assert isinstance(request.user, User)
        said = answers.digest(request.path, request.data)
        try:
            return answers.once(
                request.user, key, said, lambda: _move(pk, which, actor, data, at), at=at
            )
        except KeyUsed:
            raise KeyUsedBefore from None


def _move(pk: int, which: Move, actor: Actor, data: dict[str, Any], at: datetime) -> Answer:
    """The case after the move, or the sentence that refuses it."""
    try:
        lifecycle.move(pk, which, actor, at=at, data=data)
    except Refused as refused:
        return Answer(409, str(refused))
    case = whole_cases(Case.objects.all()).get(pk=pk)
    told = CaseDetailSerializer(case, context={"actor": actor}).data
    return Answer(200, told)


def _key(request: Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise ValidationError({HEADER: ["1 to 255 printable ASCII characters."]})
    return key
