"""Snoozes by HTTP: a case is out of the working queue for a while, and back in it."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import snoozing
from exceptions.actors import Actor
from exceptions.api import repeats
from exceptions.api.strict import StrictSerializer
from exceptions.api.together import ANSWERS, Together
from exceptions.snoozing import Sleep
from exceptions.vocabulary import Until


class SnoozeSerializer(StrictSerializer):
    until = serializers.ChoiceField(
        choices=Until.choices,
        help_text="`date`; `eta`: until a date of the source moves; `value`: until more is at risk",
    )
    until_at = serializers.DateTimeField(
        required=False,
        help_text="The date; for the others, when it ends at the latest (30 days without)",
    )
    value = serializers.DecimalField(
        max_digits=15, decimal_places=2, required=False, help_text="In the currency of the case"
    )
    reason = serializers.CharField(max_length=300, help_text="Why it can rest")


class WakeSerializer(StrictSerializer):
    """Nothing needs to be said."""


class Snooze(Together):
    @extend_schema(
        operation_id="cases_snooze",
        tags=["cases"],
        parameters=[repeats.PARAMETER],
        request=SnoozeSerializer,
        responses=ANSWERS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Out of the working queue for a while; its clocks go on, and `snooze.warning` says if one
        ends before. For its owner and the supervisors of the site.
        """
        return self.done(request, pk, SnoozeSerializer, snooze)


class Wake(Together):
    @extend_schema(
        operation_id="cases_wake",
        tags=["cases"],
        parameters=[repeats.PARAMETER],
        request=WakeSerializer,
        responses=ANSWERS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Back into the working queue. For its owner and the supervisors of the site."""
        return self.done(request, pk, WakeSerializer, wake)


def snooze(pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> object:
    sleep = Sleep(**said | {"until": Until(said["until"])})
    return snoozing.snooze(pk, sleep, actor, at=at)


def wake(pk: int, actor: Actor, at: datetime, _said: dict[str, Any]) -> object:
    return snoozing.wake(pk, actor, at=at)
