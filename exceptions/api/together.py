"""Disruptions by HTTP: a case made part of another, and taken out again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions import grouping, tokens
from exceptions.actors import Actor, visible_cases
from exceptions.answers import Answer
from exceptions.api import repeats, strict
from exceptions.api.bodies import BoundedJSONParser
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.cases import problems, whole_cases
from exceptions.api.problems import MoveRefused
from exceptions.api.serializers import CaseDetailSerializer
from exceptions.api.strict import StrictSerializer
from exceptions.lifecycle import Refused
from exceptions.models import Case

ANSWERS = {200: CaseDetailSerializer} | problems(400, 404, 409, 413, 415, 422)


class AttachSerializer(StrictSerializer):
    parent = serializers.IntegerField(  # type: ignore[assignment] # DRF takes it off the class
        min_value=1, max_value=2**53, help_text="Id of an open case that is part of no other"
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class DetachSerializer(StrictSerializer):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


Act = Callable[[int, Actor, datetime, dict[str, Any]], object]


class Together(APIView):
    """Does something with a case and answers with the case as it then stands."""

    permission_classes = [HasScope]
    scopes = {"POST": tokens.MOVE}
    parser_classes = [BoundedJSONParser]

    def done(self, request: Request, pk: int, body: type[StrictSerializer], act: Act) -> Response:
        actor, at = actor_of(request), timezone.now()
        if not visible_cases(actor).filter(pk=pk).exists():
            raise Http404
        said = strict.body(body, request)
        answer = repeats.answer(request, lambda: _answer(pk, actor, at, said, act), at=at)
        if answer.status != 200:
            raise MoveRefused(answer.body)
        return Response(answer.body, headers=repeats.headers(answer))


class Attach(Together):
    @extend_schema(
        operation_id="cases_attach",
        tags=["cases"],
        parameters=[repeats.PARAMETER],
        request=AttachSerializer,
        responses=ANSWERS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Make the case part of another one, its parent. For supervisors of both sites."""
        return self.done(request, pk, AttachSerializer, attach)


class Detach(Together):
    @extend_schema(
        operation_id="cases_detach",
        tags=["cases"],
        parameters=[repeats.PARAMETER],
        request=DetachSerializer,
        responses=ANSWERS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Take the case out of its parent. For supervisors of its site."""
        return self.done(request, pk, DetachSerializer, detach)


def attach(pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> object:
    return grouping.attach(pk, said["parent"], actor, at=at, reason=said.get("reason", ""))


def detach(pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> object:
    return grouping.detach(pk, actor, at=at, reason=said.get("reason", ""))


def _answer(pk: int, actor: Actor, at: datetime, said: dict[str, Any], act: Act) -> Answer:
    try:
        act(pk, actor, at, said)
    except Refused as refused:
        return Answer(409, str(refused))
    case = whole_cases(Case.objects.all()).get(pk=pk)
    return Answer(200, CaseDetailSerializer(case, context={"actor": actor}).data)
