"""Commands: what programs such as n8n do here, all at one address, each once however often sent."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions.actors import Actor, visible_cases
from exceptions.answers import Answer
from exceptions.api import callers, command_bodies, repeats, shipments, strict
from exceptions.api.bodies import BoundedJSONParser
from exceptions.api.cases import problems
from exceptions.api.command_bodies import COMMANDS, SHIPMENT, Done
from exceptions.api.problems import MoveRefused, ProblemSerializer, as_problem
from exceptions.api.strict import StrictSerializer
from exceptions.lifecycle import Refused
from exceptions.models import Case, CaseEvent, ServiceToken
from exceptions.vocabulary import OPEN_STATES, Via

MOST_AT_ONCE = 50
LONGEST_KEY = 240  # each row of a batch has the key with its number behind it
OURS = re.compile(r"C-([0-9]{1,18})\Z")
KEY = OpenApiParameter(
    repeats.HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="The same key with the same body is done once, and answered the same.",
)


class CaseNowSerializer(serializers.Serializer[Any]):
    """How the case stands after the command."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    state = serializers.CharField()
    tier = serializers.CharField()
    owner = serializers.CharField(source="owner.username", allow_null=True, default=None)
    version = serializers.IntegerField(source="event_count")


class CommandDoneSerializer(serializers.Serializer[Any]):
    """A command that was carried out."""

    command = serializers.CharField()
    case = CaseNowSerializer(allow_null=True)
    told = serializers.DictField(
        help_text="Ids of what was made (`comment`, `promise`, `decision`); of a shipment, what "
        "became of it"
    )


@extend_schema_field(command_bodies.ANY)
class CommandField(serializers.JSONField):
    """One command, read only when it is its turn."""


class BatchSerializer(StrictSerializer):
    commands = serializers.ListField(
        child=CommandField(), min_length=1, max_length=MOST_AT_ONCE, allow_empty=False
    )


class CommandRowSerializer(serializers.Serializer[Any]):
    """What became of one command of a batch."""

    number = serializers.IntegerField(help_text="Its place in the batch, from 0")
    status = serializers.IntegerField(help_text="What it would have been answered alone")
    result = CommandDoneSerializer(allow_null=True)
    problem = ProblemSerializer(allow_null=True)


class BatchDoneSerializer(serializers.Serializer[Any]):
    results = CommandRowSerializer(many=True)


class CommandView(APIView):
    """Which scope is needed depends on the command."""

    permission_classes = [IsAuthenticated]
    parser_classes = [BoundedJSONParser]

    def key(self, request: Request) -> str:
        """Raises ValidationError: without a key, what is sent twice would be done twice."""
        key = repeats.key_of(request)
        if key is None:
            raise ValidationError({repeats.HEADER: ["A command needs one, so that it is once."]})
        if len(key) > LONGEST_KEY:
            raise ValidationError({repeats.HEADER: [f"At most {LONGEST_KEY} characters."]})
        return key


class Commands(CommandView):
    @extend_schema(
        operation_id="commands_send",
        tags=["commands"],
        parameters=[KEY],
        request=command_bodies.ANY,
        responses={200: CommandDoneSerializer} | problems(400, 404, 409, 413, 415, 422),
    )
    def post(self, request: Request) -> Response:
        """Do something with a case, raise one, or tell what a carrier says. By the rules and with
        the refusals of the addresses that each has of its own. Nobody votes here.
        """
        answer = _carried_out(request, self.key(request), request.data, timezone.now())
        return Response(answer.body, headers=repeats.headers(answer))


class Batch(CommandView):
    @extend_schema(
        operation_id="commands_send_many",
        tags=["commands"],
        parameters=[KEY],
        request=BatchSerializer,
        responses={200: BatchDoneSerializer} | problems(400, 413, 415),
    )
    def post(self, request: Request) -> Response:
        """Several commands, one after the other, each for itself: one that is refused keeps none
        of the others from being done. Sent again, only what was not done is.
        """
        key = self.key(request)
        rows = strict.body(BatchSerializer, request)["commands"]
        results = [_row(request, f"{key}/{n}", n, row) for n, row in enumerate(rows)]
        return Response({"results": results})


def _row(request: Request, key: str, number: int, body: Any) -> dict[str, Any]:
    try:
        answer = _carried_out(request, key, body, timezone.now())
    except (APIException, Http404, PermissionDenied) as error:
        told = as_problem(error, {})
        return {
            "number": number,
            "status": told.status_code,
            "result": None,
            "problem": told.data,
        }
    return {"number": number, "status": 200, "result": answer.body, "problem": None}


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that can be read, about a case that the caller sees."""

    which: str
    case_id: int
    said: dict[str, Any]
    version: int | None


def _carried_out(request: Request, key: str, body: Any, at: datetime) -> Answer:
    """What the command answers, or answered before. Raises what the API says in problems."""
    which, actor = command_bodies.named(body), _actor(request)
    callers.need(request, COMMANDS[which].scope)
    if which == SHIPMENT:
        shipments.check_caller(request)
    asked = _asked(which, body, actor)
    answer = repeats.once(request, key, body, lambda: _answer(asked, actor, at), at=at)
    if answer.status != 200:
        raise MoveRefused(answer.body)
    return answer


def _actor(request: Request) -> Actor:
    """Who acts: what a program does here is not told to n8n again (see `announcing`)."""
    actor = callers.actor_of(request)
    return replace(actor, via=Via.N8N) if isinstance(request.auth, ServiceToken) else actor


def _asked(which: str, body: Any, actor: Actor) -> Asked:
    read = command_bodies.read(which, body)
    case_id = _case_id(read["case"], actor) if COMMANDS[which].of_a_case else 0
    return Asked(which, case_id, read["parameters"], read.get("expected_version"))


def _case_id(name: str, actor: Actor) -> int:
    """Of a fingerprint, the case that is open, else the newest. Raises Http404."""
    seen = visible_cases(actor)
    if ours := OURS.match(name):
        found = seen.filter(pk=int(ours[1]))
    else:
        of_it = seen.filter(fingerprint=name).order_by("-pk")
        live = of_it.filter(state__in=OPEN_STATES)
        found = live if live.exists() else of_it
    case_id = found.values_list("pk", flat=True).first()
    if case_id is None:
        raise Http404
    return case_id


def _answer(asked: Asked, actor: Actor, at: datetime) -> Answer:
    try:
        done = _done(asked, actor, at)
    except Refused as refused:
        return Answer(409, str(refused))
    case = Case.objects.select_related("owner").filter(pk=done.case_id or 0).first()
    told = {"command": asked.which, "case": case, "told": done.told}
    return Answer(200, CommandDoneSerializer(told).data)


@transaction.atomic
def _done(asked: Asked, actor: Actor, at: datetime) -> Done:
    done = COMMANDS[asked.which].act(asked.case_id, actor, at, dict(asked.said))
    if asked.version is not None:
        _check_version(asked.case_id, asked.version, at)
    return done


def _check_version(case_id: int, version: int, at: datetime) -> None:
    """Raises Refused, which undoes the command, when others did something in between.

    Asked afterwards, as only what the command does holds the locks, in the order that it needs.
    What the command itself wrote has its own instant.
    """
    later = CaseEvent.objects.filter(case=case_id, number__gt=version).order_by("number")
    first = later.values_list("at", flat=True).first()
    case = Case.objects.get(pk=case_id)
    if case.event_count >= version and first in (None, at):
        return
    words = _("%(case)s has changed since you looked. Read it again, then send a new command.")
    raise Refused(words % {"case": case.reference})
