"""Comments and promises by HTTP: the same rules and sentences as on the pages."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions import commenting, promises, tokens
from exceptions.actors import visible_cases
from exceptions.answers import Answer
from exceptions.api import repeats, strict
from exceptions.api.bodies import BoundedJSONParser
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.cases import problems
from exceptions.api.fields import InstantField
from exceptions.api.problems import MoveRefused
from exceptions.api.strict import StrictSerializer
from exceptions.lifecycle import Refused
from exceptions.models import Comment, Promise
from exceptions.vocabulary import PromiseState

REFUSALS = problems(400, 404, 409, 413, 415, 422)


class CommentSerializer(serializers.Serializer[Any]):
    """A comment as it reads now. Each earlier wording stands in the events of the case."""

    id = serializers.IntegerField()
    case = serializers.IntegerField(source="case_id")
    author = serializers.CharField(source="author.username")
    text = serializers.SerializerMethodField(help_text="Empty when it was withdrawn")
    mentions = serializers.SerializerMethodField(help_text="Logins")
    written_at = InstantField()
    edited_at = InstantField(allow_null=True)
    withdrawn_at = InstantField(allow_null=True)

    def get_text(self, comment: Comment) -> str:
        return "" if comment.withdrawn_at else comment.text

    def get_mentions(self, comment: Comment) -> list[str]:
        return [user.username for user in comment.mentions.all()]


class PromiseSerializer(serializers.Serializer[Any]):
    """What a counterparty promised."""

    id = serializers.IntegerField()
    case = serializers.IntegerField(source="case_id")
    by = serializers.CharField(source="promised_by")
    what = serializers.CharField()
    due_at = InstantField()
    state = serializers.ChoiceField(choices=PromiseState.choices)
    recorded_by = serializers.CharField(source="recorded_by.username")
    recorded_at = InstantField()
    settled_at = InstantField(allow_null=True)


class CommentBodySerializer(StrictSerializer):
    text = serializers.CharField(
        max_length=commenting.LONGEST, help_text="`@login` mentions somebody who may see the case"
    )
    children = serializers.BooleanField(
        required=False, help_text="Also on the open cases that are part of it"
    )


class WordingSerializer(StrictSerializer):
    text = serializers.CharField(max_length=commenting.LONGEST)


class PromiseBodySerializer(StrictSerializer):
    by = serializers.CharField(max_length=120, help_text="Who promised it, in words")
    what = serializers.CharField(max_length=300)
    due_at = InstantField(help_text="Until when")


class SettledSerializer(StrictSerializer):
    state = serializers.ChoiceField(choices=[s for s in PromiseState if s != PromiseState.OPEN])


Told = serializers.BaseSerializer[Any]


class Talk(APIView):
    permission_classes = [HasScope]
    scopes = {
        "GET": tokens.READ,
        "POST": tokens.MOVE,
        "PATCH": tokens.MOVE,
        "DELETE": tokens.MOVE,
    }
    parser_classes = [BoundedJSONParser]

    def done(self, request: Request, act: Callable[[], Told]) -> Response:
        """What `act` tells, once for the same key; its refusal is a problem."""

        def answered() -> Answer:
            try:
                return Answer(200, act().data)
            except Refused as refused:
                return Answer(409, str(refused))

        answer = repeats.answer(request, answered, at=timezone.now())
        if answer.status != 200:
            raise MoveRefused(answer.body)
        return Response(answer.body, headers=repeats.headers(answer))

    def case_of(self, request: Request, pk: int) -> int:
        if not visible_cases(actor_of(request)).filter(pk=pk).exists():
            raise Http404
        return pk


class Comments(Talk):
    @extend_schema(
        operation_id="comments_list",
        tags=["comments"],
        responses={200: CommentSerializer(many=True)} | problems(404),
    )
    def get(self, request: Request, pk: int) -> Response:
        """What people said about the case, the oldest first."""
        rows = Comment.objects.filter(case=self.case_of(request, pk)).select_related("author")
        return Response(CommentSerializer(rows.prefetch_related("mentions"), many=True).data)

    @extend_schema(
        operation_id="comments_write",
        tags=["comments"],
        parameters=[repeats.PARAMETER],
        request=CommentBodySerializer,
        responses={200: CommentSerializer} | REFUSALS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Comment on the case; whom it mentions watches the case from then on."""
        actor, case = actor_of(request), self.case_of(request, pk)
        said = strict.body(CommentBodySerializer, request)

        def act() -> Told:
            text, to_all = said["text"], said.get("children", False)
            comments = commenting.write(case, text, actor, at=timezone.now(), children=to_all)
            return CommentSerializer(comments[0])

        return self.done(request, act)


class OneComment(Talk):
    @extend_schema(
        operation_id="comments_edit",
        tags=["comments"],
        parameters=[repeats.PARAMETER],
        request=WordingSerializer,
        responses={200: CommentSerializer} | REFUSALS,
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change the wording of one's own comment; the earlier one stays in the history."""
        actor, _case = actor_of(request), self._found(request, pk)
        text = strict.body(WordingSerializer, request)["text"]
        return self.done(
            request, lambda: CommentSerializer(commenting.edit(pk, text, actor, at=timezone.now()))
        )

    @extend_schema(
        operation_id="comments_withdraw",
        tags=["comments"],
        parameters=[repeats.PARAMETER],
        request=None,
        responses={200: CommentSerializer} | REFUSALS,
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Withdraw one's own comment. That there was one stays visible."""
        actor, _case = actor_of(request), self._found(request, pk)
        return self.done(
            request, lambda: CommentSerializer(commenting.withdraw(pk, actor, at=timezone.now()))
        )

    def _found(self, request: Request, pk: int) -> int:
        case = Comment.objects.filter(pk=pk).values_list("case_id", flat=True).first()
        return self.case_of(request, case or 0)


class Promises(Talk):
    @extend_schema(
        operation_id="promises_list",
        tags=["promises"],
        responses={200: PromiseSerializer(many=True)} | problems(404),
    )
    def get(self, request: Request, pk: int) -> Response:
        """What was promised about the case, by when it is due."""
        rows = Promise.objects.filter(case=self.case_of(request, pk))
        return Response(PromiseSerializer(rows.select_related("recorded_by"), many=True).data)

    @extend_schema(
        operation_id="promises_record",
        tags=["promises"],
        parameters=[repeats.PARAMETER],
        request=PromiseBodySerializer,
        responses={200: PromiseSerializer} | REFUSALS,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Record what a counterparty promised; the owner is reminded when it falls due."""
        actor, case = actor_of(request), self.case_of(request, pk)
        said = strict.body(PromiseBodySerializer, request)

        def act() -> Told:
            by, what, due = said["by"], said["what"], said["due_at"]
            done = promises.record(case, actor, by=by, what=what, due=due, at=timezone.now())
            return PromiseSerializer(done)

        return self.done(request, act)


class OnePromise(Talk):
    @extend_schema(
        operation_id="promises_settle",
        tags=["promises"],
        parameters=[repeats.PARAMETER],
        request=SettledSerializer,
        responses={200: PromiseSerializer} | REFUSALS,
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Say whether it was kept, broken or withdrawn."""
        actor = actor_of(request)
        case = Promise.objects.filter(pk=pk).values_list("case_id", flat=True).first()
        self.case_of(request, case or 0)
        how = PromiseState(strict.body(SettledSerializer, request)["state"])
        return self.done(
            request, lambda: PromiseSerializer(promises.settle(pk, how, actor, at=timezone.now()))
        )
