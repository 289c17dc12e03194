"""Raising a case by hand, by HTTP; the list of cases is read at the same address."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import raising, tokens
from exceptions.actors import Actor
from exceptions.answers import Answer
from exceptions.api import repeats, strict
from exceptions.api.bodies import BoundedJSONParser
from exceptions.api.callers import actor_of
from exceptions.api.cases import CaseList, problems, whole_cases
from exceptions.api.fields import InstantField
from exceptions.api.problems import MoveRefused
from exceptions.api.serializers import CaseDetailSerializer
from exceptions.api.strict import StrictSerializer
from exceptions.facts import Partner
from exceptions.kinds import KINDS
from exceptions.models import Case, Site
from exceptions.raising import Raised, Refused

KINDS_RAISED = [(code.value, code.label) for code in KINDS]


class PartnerSerializer(StrictSerializer):
    """Whom it concerns, as the source knows them."""

    id = serializers.IntegerField(min_value=1, max_value=2**53, help_text="In the source system")
    name = serializers.CharField(max_length=200)
    tier = serializers.RegexField(
        r"^[ABC]\Z", required=False, allow_null=True, help_text="How much they matter: A, B or C"
    )


class RaiseSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=KINDS_RAISED)
    site = serializers.IntegerField(help_text="Id of a site where the caller works on cases")
    summary = serializers.CharField(max_length=200, help_text="What has happened: the title")
    subject = serializers.CharField(
        max_length=100, help_text="Who or what is at fault: what recurrence is counted on"
    )
    value = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    currency = serializers.RegexField(
        r"^[A-Z]{3}\Z", required=False, allow_null=True, help_text="ISO 4217, needed with a value"
    )
    need_at = InstantField(required=False, allow_null=True, help_text="When it is needed")
    partner = PartnerSerializer(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("value") is not None and not attrs.get("currency"):
            raise ValidationError({"currency": ["Say in which currency the value is."]})
        return attrs


class Cases(CaseList):
    """Cases to read, and cases that a program raises as a person would."""

    scopes = {"GET": tokens.READ, "POST": tokens.RAISE}
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="cases_raise",
        tags=["cases"],
        parameters=[repeats.PARAMETER],
        request=RaiseSerializer,
        responses={201: CaseDetailSerializer} | problems(400, 409, 413, 415, 422),
    )
    def post(self, request: Request) -> Response:
        """Raise a case. It is scored, owned and timed as any other, and ends by people alone."""
        actor, at = actor_of(request), timezone.now()
        raised = read(strict.body(RaiseSerializer, request), actor)
        answer = repeats.answer(request, lambda: _raise(raised, actor, at), at=at)
        if answer.status != 201:
            raise MoveRefused(answer.body)
        return Response(answer.body, status=201, headers=repeats.headers(answer))


def read(said: dict[str, Any], actor: Actor) -> Raised:
    """What is to be raised. Raises ValidationError for a site where the actor does not work."""
    site, partner = _site(actor, said["site"]), said.get("partner")
    told = said | {"site": site, "partner": Partner(**partner) if partner else None}
    return Raised(**told)


def _site(actor: Actor, site_id: int) -> Site:
    sites = raising.sites_of(actor)
    if not sites.exists():
        raise PermissionDenied("Only who works on cases may raise them.")
    site = sites.filter(pk=site_id).first() if abs(site_id) < 2**63 else None
    if site is None:
        raise ValidationError({"site": ["You work at no such site."]})
    return site


def _raise(raised: Raised, actor: Actor, at: datetime) -> Answer:
    try:
        case = raising.raise_case(raised, actor, at=at)
    except Refused as refused:
        return Answer(409, str(refused))
    told = whole_cases(Case.objects.all()).get(pk=case.pk)
    return Answer(201, CaseDetailSerializer(told, context={"actor": actor}).data)
