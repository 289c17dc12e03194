"""Delegations by HTTP: those of the caller, made and ended by people alone."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions import delegating, tokens
from exceptions.actors import Actor, visible_sites
from exceptions.answers import Answer
from exceptions.api import repeats, strict
from exceptions.api.approvals import NO_TOKEN
from exceptions.api.bodies import BoundedJSONParser
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.cases import problems
from exceptions.api.fields import InstantField
from exceptions.api.problems import MoveRefused
from exceptions.api.strict import StrictSerializer
from exceptions.delegating import Lent
from exceptions.lifecycle import Refused
from exceptions.models import Delegation, User

LAST = 100


class DelegationSerializer(serializers.ModelSerializer[Delegation]):
    """`to_person` votes for `from_person`, up to `most` at stake (none: any amount)."""

    from_person = serializers.CharField(source="from_person.username")
    to_person = serializers.CharField(source="to_person.username")
    starts_at = InstantField()
    ends_at = InstantField()
    sites: "serializers.PrimaryKeyRelatedField[Any]" = serializers.PrimaryKeyRelatedField(
        many=True, read_only=True, help_text="None: every site"
    )
    made_at = InstantField()
    taken_back_at = InstantField(allow_null=True)

    class Meta:
        model = Delegation
        fields = [
            *("id", "from_person", "to_person", "starts_at", "ends_at", "most", "currency"),
            *("sites", "reason", "made_at", "taken_back_at"),
        ]


class LendSerializer(StrictSerializer):
    to = serializers.CharField(max_length=150, help_text="The name that they sign in with")
    starts_at = InstantField(required=False, help_text="Now without")
    ends_at = InstantField()
    most = serializers.DecimalField(
        max_digits=14, decimal_places=2, required=False, help_text="Any amount without"
    )
    currency = serializers.CharField(max_length=3, required=False)
    sites = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="Every site without"
    )
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class Delegations(APIView):
    permission_classes = [HasScope]
    scopes = {"GET": tokens.READ, "POST": NO_TOKEN}
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="delegations_list",
        tags=["approvals"],
        responses={200: DelegationSerializer(many=True)} | problems(),
    )
    def get(self, request: Request) -> Response:
        """By and to the caller, the latest first; at most 100."""
        found = _theirs(actor_of(request))[:LAST]
        return Response(DelegationSerializer(found, many=True).data)

    @extend_schema(
        operation_id="delegations_make",
        tags=["approvals"],
        parameters=[repeats.PARAMETER],
        request=LendSerializer,
        responses={201: DelegationSerializer} | problems(400, 409, 413, 415, 422),
    )
    def post(self, request: Request) -> Response:
        """Let somebody vote for oneself. Only people who are signed in do so."""
        actor, said = actor_of(request), strict.body(LendSerializer, request)
        lent = _lent(actor, said)
        return _told(request, lambda: Answer(201, _lend(lent, actor)))


class OneDelegation(APIView):
    permission_classes = [HasScope]
    scopes = {"DELETE": NO_TOKEN}

    @extend_schema(
        operation_id="delegations_end",
        tags=["approvals"],
        responses={200: DelegationSerializer} | problems(404, 409),
    )
    def delete(self, request: Request, pk: int) -> Response:
        """End it, by either of the two. Votes that were given stay."""
        actor = actor_of(request)
        if not _theirs(actor).filter(pk=pk).exists():
            raise Http404
        return _told(request, lambda: Answer(200, _end(pk, actor)))


def _told(request: Request, act: Any) -> Response:
    def tried() -> Answer:
        try:
            answer: Answer = act()
        except Refused as refused:
            return Answer(409, str(refused))
        return answer

    answer = repeats.answer(request, tried, at=timezone.now())
    if answer.status == 409:
        raise MoveRefused(answer.body)
    return Response(answer.body, status=answer.status, headers=repeats.headers(answer))


def _theirs(actor: Actor) -> QuerySet[Delegation]:
    mine = Q(from_person=actor.user) | Q(to_person=actor.user)
    people = Delegation.objects.filter(mine).select_related("from_person", "to_person")
    return people.prefetch_related("sites")


def _lent(actor: Actor, said: dict[str, Any]) -> Lent:
    wanted = said.get("sites", [])
    sites = tuple(visible_sites(actor).filter(pk__in=wanted))
    if len(sites) != len(set(wanted)):
        raise ValidationError({"sites": ["Give ids of sites that you see."]})
    return Lent(
        to=User.objects.filter(username=said["to"]).first(),
        starts_at=said.get("starts_at"),
        ends_at=said["ends_at"],
        most=said.get("most"),
        currency=said.get("currency", ""),
        sites=sites,
        reason=said.get("reason", ""),
    )


def _lend(lent: Lent, actor: Actor) -> Any:
    made = delegating.lend(lent, actor, at=timezone.now())
    return DelegationSerializer(_theirs(actor).get(pk=made.pk)).data


def _end(pk: int, actor: Actor) -> Any:
    delegating.take_back(pk, actor, at=timezone.now())
    return DelegationSerializer(_theirs(actor).get(pk=pk)).data
