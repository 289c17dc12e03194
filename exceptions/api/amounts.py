"""Avoided and lost by HTTP, once a case has ended."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import reckoning
from exceptions.actors import Actor
from exceptions.api import repeats
from exceptions.api.strict import StrictSerializer
from exceptions.api.together import ANSWERS, Together


class AmountsSerializer(StrictSerializer):
    avoided = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="What was spared by what was done; null: unknown. Left out, it stays",
    )
    lost = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="What it cost in the end all the same; null: unknown. Left out, it stays",
    )
    amounts_currency = serializers.RegexField(
        r"^[A-Za-z]{3}$", required=False, help_text="Of both; else as before, or as at risk"
    )
    reason = serializers.CharField(
        max_length=500, required=False, help_text="Needed where it corrects what was said before"
    )


class Amounts(Together):
    @extend_schema(
        operation_id="cases_amounts",
        tags=["cases"],
        parameters=[repeats.PARAMETER],
        request=AmountsSerializer,
        responses=ANSWERS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Say what an ended case avoided and what was lost. For the owner and supervisors."""
        return self.done(request, pk, AmountsSerializer, say)


def say(pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> object:
    return reckoning.say(pk, said, actor, at=at)
