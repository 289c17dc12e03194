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
from exceptions.models import Handover, Site
from exceptions.queries import handover as query
from exceptions.queries.handover import SECTIONS
from exceptions.queries.handover.asked import asked_for, notes_of, shift_of
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
    OpenApiParameter("until", str, enum=["noon", "12h"], description="How far ahead; noon without"),
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
        asked = asked_for(request.GET, actor, at)
        if asked is None or _other_site(request, asked.site):
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


def _other_site(request: Request, found: Site) -> bool:
    """A site was named that the caller does not see."""
    named = request.GET.get("site", "")
    return bool(named) and named != str(found.pk)
