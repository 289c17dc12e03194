"""By HTTP, what is done by hand instead of by the outbox: giving up, marking delivered, trying
again now.
"""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import by_hand
from exceptions.actors import Actor
from exceptions.api import repeats
from exceptions.api.strict import StrictSerializer
from exceptions.api.together import ANSWERS, Together
from exceptions.models import OutboxMessage

AGAIN, DELIVERED, GIVEN_UP = "again", "delivered", "given_up"


class ByHandSerializer(StrictSerializer):
    message = serializers.CharField(max_length=80, help_text="Key of one of the case's messages")
    how = serializers.ChoiceField(choices=[AGAIN, DELIVERED, GIVEN_UP])
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=300, help_text="Needed unless tried again"
    )
    rest = serializers.BooleanField(
        required=False, help_text="Giving up: what else its decision sends goes out all the same"
    )


class ByHand(Together):
    @extend_schema(
        operation_id="cases_by_hand",
        tags=["cases"],
        parameters=[repeats.PARAMETER],
        request=ByHandSerializer,
        responses=ANSWERS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Give a message up, say that it stands there already, or have it tried again now. The
        first two are overrides, and counted. For supervisors of the site.
        """

        def act(pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> object:
            message = OutboxMessage.objects.filter(case=pk, key=said["message"]).first()
            if message is None:
                raise ValidationError({"message": ["The case has no such message."]})
            if said["how"] == AGAIN:
                return by_hand.again(message.pk, actor, at=at)
            reason = said.get("reason", "")
            if said["how"] == DELIVERED:
                return by_hand.mark_delivered(message.pk, actor, reason=reason, at=at)
            rest = bool(said.get("rest"))
            return by_hand.give_up(message.pk, actor, reason=reason, rest=rest, at=at)

        return self.done(request, pk, ByHandSerializer, act)
