"""Approvals by HTTP: what waits, and votes. A program reads; a vote is a person's, so tokens have
none.
"""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions import approvals, electorate, outside, tokens, voting
from exceptions.actors import Actor, visible_approvals
from exceptions.answers import Answer
from exceptions.api import repeats, strict
from exceptions.api.bodies import BoundedJSONParser
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.cases import problems
from exceptions.api.fields import InstantField
from exceptions.api.problems import MoveRefused
from exceptions.api.strict import StrictSerializer
from exceptions.lifecycle import Refused
from exceptions.models import ApprovalLevel, ApprovalRequest, User, Vote
from exceptions.outside import Outside
from exceptions.queries import approvals as query
from exceptions.vocabulary import ApprovalState, Ballot, LevelState

NO_TOKEN = "approvals:vote"  # noqa: S105 - a scope that is given to none
LAST = 100


class VoteSerializer(serializers.Serializer[Any]):
    voter = serializers.CharField(source="voter.username")
    cast_by = serializers.CharField(
        source="cast_by.username", help_text="Differs from `voter` only by delegation"
    )
    ballot = serializers.ChoiceField(choices=Ballot.choices)
    reason = serializers.CharField()
    at = InstantField()
    outside = serializers.SerializerMethodField(
        help_text="Given on paper or by phone, and recorded by `cast_by`: an override"
    )

    def get_outside(self, vote: Vote) -> bool:
        return hasattr(vote, "outside")


class LevelSerializer(serializers.Serializer[Any]):
    """One level: who is asked, and when it was opened, first seen and ended."""

    number = serializers.IntegerField()
    says = serializers.SerializerMethodField(help_text="Who is asked, in words")
    state = serializers.ChoiceField(choices=LevelState.choices)
    opened_at = InstantField(allow_null=True)
    first_seen_at = InstantField(allow_null=True)
    ended_at = InstantField(allow_null=True)

    def get_says(self, level: ApprovalLevel) -> str:
        return approvals.level_in_words(level)


class ApprovalSerializer(serializers.Serializer[Any]):
    """A request for approval. Needs the caller as `actor` in its context."""

    id = serializers.IntegerField()
    case = serializers.IntegerField(source="case_id")
    decision = serializers.IntegerField(source="decision_id")
    kind = serializers.CharField(source="decision.kind")
    cost = serializers.DecimalField(
        source="decision.cost", max_digits=14, decimal_places=2, allow_null=True
    )
    currency = serializers.CharField(source="decision.currency")
    state = serializers.ChoiceField(choices=ApprovalState.choices)
    digest = serializers.CharField(help_text="Of the decision and its facts; a vote names it")
    proposed_by = serializers.CharField(source="proposed_by.username")
    asked_at = InstantField()
    expires_at = InstantField()
    ended_at = InstantField(allow_null=True)
    why_ended = serializers.CharField()
    levels = LevelSerializer(many=True)
    votes = VoteSerializer(many=True)
    waits_for_me = serializers.SerializerMethodField()

    def get_waits_for_me(self, request: ApprovalRequest) -> bool:
        actor: Actor = self.context["actor"]
        return electorate.seat(request, request.case, actor, at=timezone.now()) is not None


class VoteBodySerializer(StrictSerializer):
    ballot = serializers.ChoiceField(choices=Ballot.choices)
    digest = serializers.CharField(max_length=64, help_text="Of what the voter has seen")
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=500, help_text="Needed to say no"
    )


class OutsideBodySerializer(StrictSerializer):
    voter = serializers.CharField(max_length=150, help_text="User name of who said yes")
    given_at = serializers.DateTimeField(help_text="When they said it")
    evidence = serializers.IntegerField(
        min_value=1, max_value=2**53, help_text="Id of the case's file that shows it"
    )
    digest = serializers.CharField(max_length=64, help_text="Of what the recorder has seen")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class Approvals(APIView):
    permission_classes = [HasScope]
    scopes = {"GET": tokens.READ}

    @extend_schema(
        operation_id="approvals_list",
        tags=["approvals"],
        parameters=[
            OpenApiParameter(
                "state", enum=ApprovalState.values, description="`pending` without", required=False
            )
        ],
        responses={200: ApprovalSerializer(many=True)} | problems(400),
    )
    def get(self, request: Request) -> Response:
        """Requests about cases that the caller may see, the latest first; at most 100."""
        state = request.query_params.get("state", ApprovalState.PENDING)
        if state not in ApprovalState.values or set(request.query_params) - {"state"}:
            raise ValidationError({"state": [f"One of {', '.join(ApprovalState.values)}."]})
        actor = actor_of(request)
        found = query.whole(actor).filter(state=state).order_by("-id")[:LAST]
        return Response(ApprovalSerializer(found, many=True, context={"actor": actor}).data)


class ApprovalVote(APIView):
    permission_classes = [HasScope]
    scopes = {"POST": NO_TOKEN}
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="approvals_vote",
        tags=["approvals"],
        parameters=[repeats.PARAMETER],
        request=VoteBodySerializer,
        responses={200: ApprovalSerializer} | problems(400, 404, 409, 413, 415, 422),
    )
    def post(self, request: Request, pk: int) -> Response:
        """Say yes or no. Only people who are signed in vote; tokens are refused."""
        actor = actor_of(request)
        if not visible_approvals(actor).filter(pk=pk).exists():
            raise Http404
        said = strict.body(VoteBodySerializer, request)
        answer = repeats.answer(request, lambda: _voted(pk, actor, said), at=timezone.now())
        if answer.status != 200:
            raise MoveRefused(answer.body)
        return Response(answer.body, headers=repeats.headers(answer))


def _voted(pk: int, actor: Actor, said: dict[str, Any]) -> Answer:
    """The request after the vote, or the sentence that refuses it."""
    try:
        voting.vote(pk, said.pop("ballot"), actor, at=timezone.now(), **said)
    except Refused as refused:
        return Answer(409, str(refused))
    found = query.whole(actor).get(pk=pk)
    return Answer(200, ApprovalSerializer(found, context={"actor": actor}).data)


class ApprovalOutside(APIView):
    permission_classes = [HasScope]
    scopes = {"POST": NO_TOKEN}
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="approvals_outside",
        tags=["approvals"],
        parameters=[repeats.PARAMETER],
        request=OutsideBodySerializer,
        responses={200: ApprovalSerializer} | problems(400, 404, 409, 413, 415, 422),
    )
    def post(self, request: Request, pk: int) -> Response:
        """Record that somebody who is asked said yes on paper or by phone: an override. For
        supervisors of the site who are signed in; tokens are refused.
        """
        actor = actor_of(request)
        if not visible_approvals(actor).filter(pk=pk).exists():
            raise Http404
        said = strict.body(OutsideBodySerializer, request)
        answer = repeats.answer(request, lambda: _recorded(pk, actor, said), at=timezone.now())
        if answer.status != 200:
            raise MoveRefused(answer.body)
        return Response(answer.body, headers=repeats.headers(answer))


def _recorded(pk: int, actor: Actor, said: dict[str, Any]) -> Answer:
    """The request after it, or the sentence that refuses it."""
    voter = User.objects.filter(username=said["voter"]).first()
    told = Outside(
        voter=voter.pk if voter else 0,
        given_at=said["given_at"],
        evidence=said["evidence"],
        digest=said["digest"],
        reason=said.get("reason", ""),
    )
    try:
        outside.record(pk, told, actor, at=timezone.now())
    except Refused as refused:
        return Answer(409, str(refused))
    found = query.whole(actor).get(pk=pk)
    return Answer(200, ApprovalSerializer(found, context={"actor": actor}).data)
