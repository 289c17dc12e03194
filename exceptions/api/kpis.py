"""Every KPI over a range, for BI tools: the dashboards' numbers, with their definitions."""

from dataclasses import replace
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions import actors, tokens
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.cases import HELP, problems
from exceptions.kpis.register import kpis
from exceptions.kpis.telling import told
from exceptions.queries import asked as filters
from exceptions.queries import scope as scopes
from exceptions.queries.asked import Asked
from exceptions.rollups import keeping
from exceptions.vocabulary import Better, Unit

CASES = ("site", "kind", "tier", "team", "owner")
RANGE = ("from", "to", "days")


class ScopeSerializer(serializers.Serializer[Any]):
    """What was counted. Empty lists mean all, but for `sites`: those that the caller may see."""

    to = serializers.DateField(help_text="Counted, in each site's zone")
    at = serializers.DateTimeField()
    sites = serializers.ListField(child=serializers.IntegerField())
    kinds = serializers.ListField(child=serializers.CharField())
    tiers = serializers.ListField(child=serializers.CharField())
    teams = serializers.ListField(child=serializers.IntegerField())
    owners = serializers.ListField(child=serializers.IntegerField())

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's own."""
        return {"from": serializers.DateField(help_text="The first day"), **super().get_fields()}


class MeasureSerializer(serializers.Serializer[Any]):
    value = serializers.JSONField(
        allow_null=True,
        help_text="A share from 0 to 1, seconds, a count, or an amount as text; null: nothing",
    )
    n = serializers.IntegerField(help_text="How many rows it is of")
    counted = serializers.IntegerField(help_text="Of a share, how many of the n")


class PartSerializer(MeasureSerializer):
    part = serializers.CharField()
    name = serializers.CharField()


class KpiSerializer(MeasureSerializer):
    key = serializers.CharField()
    name = serializers.CharField()
    definition = serializers.CharField()
    unit = serializers.ChoiceField(choices=Unit.choices)
    better = serializers.ChoiceField(choices=Better.choices)
    counts = serializers.CharField(help_text="What the n are")
    apart = serializers.CharField(help_text="What the parts tell apart; empty without any")
    parts = PartSerializer(many=True)


class KpisSerializer(serializers.Serializer[Any]):
    scope = ScopeSerializer()
    fresh_at = serializers.DateTimeField(help_text="As of when all changes are counted")
    kpis = KpiSerializer(many=True)


class Kpis(APIView):
    """Every number of the dashboards over a range of days, at the caller's sites."""

    permission_classes = [HasScope]
    scopes = {"GET": tokens.READ}

    @extend_schema(
        operation_id="kpis",
        tags=["kpis"],
        parameters=[
            *(OpenApiParameter(name, str, many=True, description=HELP[name]) for name in CASES),
            OpenApiParameter(
                "kpi", str, many=True, description="Only these keys", enum=list(kpis())
            ),
            OpenApiParameter("from", str, description="First day, of each site's own zone"),
            OpenApiParameter("to", str, description="Last day, counted; 366 days at most"),
            OpenApiParameter("days", str, description="Until today", enum=filters.PRESETS),
        ],
        responses={200: KpisSerializer} | problems(400),
    )
    def get(self, request: Request) -> Response:
        actor, at = actor_of(request), timezone.now()
        if actors.site_ids(actor) == frozenset():
            raise PermissionDenied
        asked, keys = _asked(request, at)
        counted_at = keeping.freshen(at)
        scope = replace(asked.scope(actor, at), rolled=counted_at is not None)
        return Response(told(scope, keys) | {"fresh_at": counted_at or at})


def _asked(request: Request, at: Any) -> tuple[Asked, list[str]]:
    """The range and the cases. What cannot be read is an error, never ignored."""
    asked = filters.read(request.GET, scopes.today(actor_of(request), at))
    known = {*CASES, *RANGE, "kpi"}
    wrong = {name: ["There is no such filter."] for name in request.GET if name not in known}
    keys = request.GET.getlist("kpi")
    if unknown := [key for key in keys if key not in kpis()]:
        wrong["kpi"] = [f"There is no {', '.join(unknown)[:200]}."]
    if asked.unread:
        wrong["range" if "=" not in asked.unread[0] else asked.unread[0].split("=")[0]] = [
            f"{told} cannot be read."[:200] for told in asked.unread
        ]
    if wrong:
        raise ValidationError(wrong)
    return asked, keys
