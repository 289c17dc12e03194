"""Pauses by HTTP: a case waits for somebody outside, and goes on."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import pausing
from exceptions.actors import Actor
from exceptions.api import repeats
from exceptions.api.strict import StrictSerializer
from exceptions.api.together import ANSWERS, Together
from exceptions.pausing import Wait
from exceptions.vocabulary import Waiting


class PauseSerializer(StrictSerializer):
    waiting_for = serializers.ChoiceField(choices=Waiting.choices)
    counterparty = serializers.CharField(max_length=120, help_text="Their name")
    reason = serializers.CharField(max_length=300, help_text="What has to come from them")
    expected_at = serializers.DateTimeField(
        required=False, help_text="When the answer is expected; the case tells if it does not come"
    )


class ResumeSerializer(StrictSerializer):
    """Nothing needs to be said."""


class Pause(Together):
    @extend_schema(
        operation_id="cases_pause",
        tags=["cases"],
        parameters=[repeats.PARAMETER],
        request=PauseSerializer,
        responses=ANSWERS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """The time to resolve stands still, that of the cases which are part of it too. For
        supervisors of the site.
        """
        return self.done(request, pk, PauseSerializer, pause)


class Resume(Together):
    @extend_schema(
        operation_id="cases_resume",
        tags=["cases"],
        parameters=[repeats.PARAMETER],
        request=ResumeSerializer,
        responses=ANSWERS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """The answer is there: the clock goes on. For supervisors of the site."""
        return self.done(request, pk, ResumeSerializer, resume)


def pause(pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> object:
    wait = Wait(**said | {"waiting_for": Waiting(said["waiting_for"])})
    return pausing.pause(pk, wait, actor, at=at)


def resume(pk: int, actor: Actor, at: datetime, _said: dict[str, Any]) -> object:
    return pausing.resume(pk, actor, at=at)
