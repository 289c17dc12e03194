"""The commands: what each takes, which scope it needs, and which function does it.

They are the ones behind the addresses of their own: a command can do nothing that these cannot, and
is refused as they are. There is none that votes: a vote is a person's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from exceptions import commenting, promises, raising, tokens
from exceptions.actors import Actor
from exceptions.api import amounts, claiming, moves, shipments, snoozing, together, waiting
from exceptions.api import raising as raised
from exceptions.api.move_bodies import BODIES
from exceptions.api.strict import StrictSerializer
from exceptions.api.talk import CommentBodySerializer, PromiseBodySerializer
from exceptions.models import Decision
from exceptions.vocabulary import Move

Parameters = type[serializers.Serializer[Any]]


@dataclass(frozen=True, slots=True)
class Done:
    """Which case a command was about, or made; what else is told of it."""

    case_id: int | None
    told: Mapping[str, Any]


# Of a command that concerns no case, the id is 0.
Act = Callable[[int, Actor, datetime, dict[str, Any]], Done]


@dataclass(frozen=True, slots=True)
class Command:
    scope: str
    body: type[StrictSerializer]
    act: Act
    of_a_case: bool = True


def _simply(act: together.Act) -> Act:
    def done(pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> Done:
        act(pk, actor, at, said)
        return Done(pk, {})

    return done


def _move(which: Move) -> Act:
    def done(pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> Done:
        moves.make(pk, which, actor, said, at)
        return Done(pk, {})

    return done


def _propose(pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> Done:
    moves.make(pk, Move.PROPOSE, actor, said, at)
    decision = Decision.objects.filter(case=pk).latest("pk")
    return Done(pk, {"decision": decision.pk, "decision_state": decision.state})


def _comment(pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> Done:
    children = said.get("children", False)
    comments = commenting.write(pk, said["text"], actor, at=at, children=children)
    return Done(pk, {"comment": comments[0].pk})


def _promise(pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> Done:
    by, what, due = said["by"], said["what"], said["due_at"]
    promise = promises.record(pk, actor, by=by, what=what, due=due, at=at)
    return Done(pk, {"promise": promise.pk})


def _raise(_pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> Done:
    return Done(raising.raise_case(raised.read(said, actor), actor, at=at).pk, {})


def _shipment(_pk: int, actor: Actor, at: datetime, said: dict[str, Any]) -> Done:
    return Done(None, shipments.take_in(said, actor, at=at))


def _parameters(which: str, body: Parameters) -> Parameters:
    """What an address of its own takes, but for the name of the move: the command says that."""
    return type(f"{which.capitalize()}Parameters", (body,), {"move": None})


def _body(which: str, parameters: Parameters, *, of_a_case: bool) -> type[StrictSerializer]:
    needed = any(field.required for field in parameters().fields.values())
    fields: dict[str, Any] = {
        "__doc__": f"The command `{which}`.",
        "command": serializers.ChoiceField(choices=[which]),
        "parameters": parameters() if needed else parameters(default=dict),
    }
    if of_a_case:
        fields["case"] = serializers.CharField(
            max_length=160, help_text="`C-12`, or the fingerprint of the case"
        )
        fields["expected_version"] = serializers.IntegerField(
            required=False,
            min_value=0,
            max_value=2**31 - 1,
            help_text="`version` of the case as you read it: refused if it has changed since",
        )
    return type(f"{which.capitalize()}Command", (StrictSerializer,), fields)


def _command(
    which: str, scope: str, body: Parameters, act: Act, *, of_a_case: bool = True
) -> Command:
    return Command(scope, _body(which, body, of_a_case=of_a_case), act, of_a_case)


def _about_cases() -> dict[str, tuple[Parameters, Act]]:
    made_moves = {
        str(which): (_parameters(which, body), _propose if which == "propose" else _move(which))
        for which, body in ((Move(name), body) for name, body in BODIES.items())
    }
    return made_moves | {
        "comment": (CommentBodySerializer, _comment),
        "promise": (PromiseBodySerializer, _promise),
        "snooze": (snoozing.SnoozeSerializer, _simply(snoozing.snooze)),
        "wake": (snoozing.WakeSerializer, _simply(snoozing.wake)),
        "pause": (waiting.PauseSerializer, _simply(waiting.pause)),
        "resume": (waiting.ResumeSerializer, _simply(waiting.resume)),
        "attach": (together.AttachSerializer, _simply(together.attach)),
        "detach": (together.DetachSerializer, _simply(together.detach)),
        "amounts": (amounts.AmountsSerializer, _simply(amounts.say)),
        "claim": (claiming.ClaimSerializer, _simply(claiming.claim)),
    }


RAISE, SHIPMENT = "raise", "shipment"
COMMANDS: dict[str, Command] = {
    which: _command(which, tokens.MOVE, body, act) for which, (body, act) in _about_cases().items()
} | {
    RAISE: _command(RAISE, tokens.RAISE, raised.RaiseSerializer, _raise, of_a_case=False),
    SHIPMENT: _command(
        SHIPMENT, tokens.FACTS, shipments.ShipmentEventSerializer, _shipment, of_a_case=False
    ),
}
ANY = PolymorphicProxySerializer(
    component_name="Command",
    serializers={which: command.body for which, command in COMMANDS.items()},
    resource_type_field_name="command",
)


def named(body: Any) -> str:
    """Which command a body is. Raises ValidationError."""
    if not isinstance(body, dict):
        raise ValidationError({"body": ["Send a JSON object with a `command`."]})
    which = body.get("command")
    if not isinstance(which, str) or which not in COMMANDS:
        raise ValidationError({"command": [f"One of: {', '.join(COMMANDS)}."]})
    return which


def read(which: str, body: Any) -> dict[str, Any]:
    """What the body of that command says. Raises ValidationError naming the fields."""
    serializer = COMMANDS[which].body(data=body)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
