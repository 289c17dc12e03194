"""Facts of carriers, already in the tower's words: from n8n, a TMS, or whoever speaks to them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions import actors, shipments, tokens
from exceptions.actors import Actor
from exceptions.api import strict
from exceptions.api.bodies import BoundedJSONParser
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.cases import problems
from exceptions.api.fields import InstantField
from exceptions.api.strict import StrictSerializer
from exceptions.casework import Change
from exceptions.models import ServiceToken, Site
from exceptions.shipments import Event, Taken
from exceptions.vocabulary import Role, Transport, Trouble, Via

AHEAD = timedelta(minutes=5)  # clocks differ
# That a parcel is silent is for the tower to find.
TOLD = [(t.value, t.label) for t in Trouble if t != Trouble.SILENT]


class ShipmentEventSerializer(StrictSerializer):
    tracking = serializers.CharField(max_length=80)
    carrier = serializers.CharField(max_length=80, help_text="Its name, the same for every parcel")
    site = serializers.CharField(max_length=20, help_text="Code of the site, such as RTM")
    status = serializers.ChoiceField(choices=Transport.choices)
    trouble = serializers.ChoiceField(choices=TOLD, required=False, allow_null=True)
    at = InstantField(help_text="When it happened. Later events win, whenever they arrive")
    said = serializers.CharField(
        max_length=500, required=False, allow_blank=True, help_text="The carrier's own words"
    )
    place = serializers.CharField(max_length=120, required=False, allow_null=True)
    eta_at = InstantField(required=False, allow_null=True)
    transfer = serializers.CharField(
        max_length=120,
        required=False,
        allow_blank=True,
        help_text="Reference of the transfer that it carries, such as RTM/OUT/00012",
    )


class TakenSerializer(serializers.Serializer[Any]):
    """What became of an event."""

    tracking = serializers.CharField()
    record_id = serializers.IntegerField(help_text="Of the document `carrier.shipment`")
    late = serializers.BooleanField(help_text="A later event was there before: nothing changed")
    status = serializers.ChoiceField(choices=Transport.choices, help_text="As it now stands")
    cases = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many cases changed in which way"
    )


class Shipments(APIView):
    """Take in what a carrier says of a parcel."""

    permission_classes = [HasScope]
    scopes = {"POST": tokens.FACTS}
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="shipments_take_in",
        tags=["facts"],
        request=ShipmentEventSerializer,
        responses={200: TakenSerializer} | problems(400, 413, 415),
    )
    def post(self, request: Request) -> Response:
        """The same event may be sent again: it changes nothing then."""
        check_caller(request)
        said = strict.body(ShipmentEventSerializer, request)
        return Response(take_in(said, actor_of(request), at=timezone.now()))


def check_caller(request: Request) -> None:
    """Raises PermissionDenied for whoever is no program."""
    if not isinstance(request.auth, ServiceToken):
        raise PermissionDenied("Facts come from programs: send a service token.")


def take_in(said: dict[str, Any], actor: Actor, *, at: datetime) -> dict[str, Any]:
    """What became of the event, as TakenSerializer tells it. Raises ValidationError."""
    _check_instant(said["at"], at)
    event = Event(**{name: value for name, value in said.items() if name != "site"})
    taken = shipments.take_in(event, _site(actor, said["site"]), at=at, via=Via.API)
    return dict(TakenSerializer(_told(taken)).data)


def _check_instant(happened: datetime, at: datetime) -> None:
    """An event of the future would keep all that follow from being believed."""
    if happened > at + AHEAD:
        raise ValidationError({"at": ["This has not happened yet."]})


def _site(actor: Actor, code: str) -> Site:
    """The site of that code where the token's user has a role, whichever."""
    ids = actors.site_ids(actor, tuple(Role))
    sites = Site.objects.filter(code__iexact=code)
    found = list((sites if ids is None else sites.filter(pk__in=ids))[:2])
    if not found:
        raise ValidationError({"site": ["There is no such site that you may see."]})
    if len(found) > 1:
        raise ValidationError({"site": ["Several connections have a site of this code."]})
    return found[0]


def _told(taken: Taken) -> dict[str, Any]:
    """Without what stayed as it was."""
    facts = taken.document.facts
    changes = {str(c): n for c, n in taken.changes.items() if c != Change.UNCHANGED}
    return {
        "tracking": facts["tracking"],
        "record_id": taken.document.record_id,
        "late": taken.late,
        "status": facts["status"],
        "cases": changes,
    }
