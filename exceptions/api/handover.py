"""The hand-over sheet by HTTP: the same lines as on the page."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions import tokens
from exceptions.actors import READING_ROLES
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.cases import problems
from exceptions.api.fields import InstantField
from exceptions.models import Handover
from exceptions.queries import handover as query
from exceptions.queries.handover import SECTIONS
from exceptions.queries.handover.asked import (
    HALF_DAY,
    NOON,
    Asked,
    asked_for,
    notes_of,
    shift_of,
)
from exceptions.vocabulary import Role


class LineSerializer(serializers.Serializer[Any]):
    """A case, and what there is to say of it; `at` is when it was, or will be, so."""

    case = serializers.IntegerField(source="case.pk")
    reference = serializers.CharField(source="case.reference")
    title = serializers.CharField(source="case.title")
    at = InstantField()
    who = serializers.CharField()
    says = serializers.CharField()


class SectionSerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(choices=SECTIONS)
    n = serializers.IntegerField(help_text="How many lines there are")
    lines = LineSerializer(many=True)


class NoteSerializer(serializers.ModelSerializer[Handover]):
    """What was signed for the next shift, and who took over."""

    at = InstantField()
    by = serializers.CharField(source="by_name")
    taken_by = serializers.CharField(source="taken.by_name", default=None, allow_null=True)
    taken_at = InstantField(source="taken.at", default=None, allow_null=True)

    class Meta:
        model = Handover
        fields = ["id", "text", "by", "at", "taken_by", "taken_at"]


class SheetSerializer(serializers.Serializer[Any]):
    site = serializers.IntegerField()
    team = serializers.IntegerField(allow_null=True)
    since = InstantField()
    at = InstantField()
    until = InstantField(help_text="How far ahead it looks")
    sections = SectionSerializer(many=True)
    notes = NoteSerializer(many=True)


ASKED = [
    OpenApiParameter("site", int, description="Id of a site; the first of the caller's without"),
    OpenApiParameter("team", int, description="Id of a team; every team without"),
    OpenApiParameter(
        "since", str, description="An instant; the running shift, or 8 hours, without"
    ),
    OpenApiParameter(
        "until", str, enum=[NOON, HALF_DAY], description="How far ahead; noon without"
    ),
]


class HandoverSheet(APIView):
    """What happened in a shift of a site, and what the next one meets."""

    permission_classes = [HasScope]
    scopes = {"GET": tokens.READ}

    @extend_schema(
        operation_id="handover_get",
        tags=["handover"],
        parameters=ASKED,
        responses={200: SheetSerializer} | problems(400, 404),
    )
    def get(self, request: Request) -> Response:
        actor, at = actor_of(request), timezone.now()
        if not actor.has_role(*(Role(role) for role in READING_ROLES)):
            raise PermissionDenied
        _check(request)
        asked = asked_for(request.GET, actor, at)
        if asked is None or _another(request, asked):
            raise Http404
        if asked.unread:
            raise ValidationError({"since": ["An instant within the last 31 days."]})
        told = {
            "site": asked.site.pk,
            "team": asked.team.pk if asked.team else None,
            "since": asked.since,
            "at": at,
            "until": asked.until,
            "sections": query.sheet(shift_of(asked, actor, at)),
            "notes": notes_of(asked),
        }
        return Response(SheetSerializer(told).data)


def _check(request: Request) -> None:
    """A page makes the best of an address; a program is told what cannot be read of it."""
    known = {parameter.name for parameter in ASKED}
    wrong = {name: ["There is no such filter."] for name in request.GET if name not in known}
    if request.GET.get("until", NOON) not in (NOON, HALF_DAY):
        wrong["until"] = [f"`{NOON}` or `{HALF_DAY}`."]
    for name in ("site", "team"):
        said = request.GET.get(name)
        if said is not None and not (said.isascii() and said.isdigit() and len(said) < 19):
            wrong[name] = ["A whole number."]
    if wrong:
        raise ValidationError(wrong)


def _another(request: Request, found: Asked) -> bool:
    """A site was named that the caller does not see, or a team that there is not."""
    numbers = {"site": found.site.pk, "team": found.team.pk if found.team else None}
    return any(name in request.GET and int(request.GET[name]) != numbers[name] for name in numbers)
