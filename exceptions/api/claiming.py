"""Claims by HTTP: one is filed, or there is none."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import claims
from exceptions.actors import Actor
from exceptions.api import repeats
from exceptions.api.strict import StrictSerializer
from exceptions.api.together import ANSWERS, Together


class ClaimSerializer(StrictSerializer):
    filed = serializers.BooleanField(help_text="Whether it is filed; else there is none")
    words = serializers.CharField(
        max_length=300, help_text="Under which number it is filed, or why there is none"
    )


class Claim(Together):
    @extend_schema(
        operation_id="cases_claim",
        tags=["cases"],
        parameters=[repeats.PARAMETER],
        request=ClaimSerializer,
        responses=ANSWERS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """The claim is filed, or there is none: its clock ends. For the owner and supervisors."""
        return self.done(request, pk, ClaimSerializer, claim)


def claim(pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> object:
    end = claims.file if said["filed"] else claims.waive
    return end(pk, said["words"], actor, at=at)
