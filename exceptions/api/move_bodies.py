"""What each move takes, field by field. Whether it may be made is for the door to say."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from exceptions.api.fields import InstantField
from exceptions.models import User
from exceptions.vocabulary import DISMISSALS, DecisionKind, Move, Outcome

RESOLUTIONS = [(o.value, o.label) for o in (Outcome.FIXED, Outcome.ACCEPTED)]
REASONS_TO_DISMISS = [(o.value, o.label) for o in DISMISSALS]


def sentence(*, required: bool = True, most: int = 500, says: str = "") -> serializers.CharField:
    return serializers.CharField(
        required=required, allow_blank=not required, max_length=most, help_text=says
    )


class MoveSerializer(serializers.Serializer[Any]):
    """A move without anything else to say. Fields that it does not have are refused."""

    move = serializers.ChoiceField(choices=Move.choices)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise ValidationError({name: ["This move has no such field."] for name in unknown})
        return super().to_internal_value(data)


class SeveritySerializer(MoveSerializer):
    severity = serializers.IntegerField(min_value=0, max_value=100)
    reason = sentence()


class AssignSerializer(MoveSerializer):
    owner = serializers.SlugRelatedField(
        slug_field="username",
        queryset=User.objects.filter(is_active=True),
        error_messages={"does_not_exist": "Nobody here is called {value}."},
        help_text="User name of the new owner",
    )
    reason = sentence(required=False)
    children = serializers.BooleanField(
        required=False,
        help_text="Also the open cases that are part of it; one that refuses stays as it is",
    )


class AcknowledgeSerializer(MoveSerializer):
    pass


class ProposeSerializer(MoveSerializer):
    decision = serializers.ChoiceField(choices=DecisionKind.choices)
    substance = serializers.CharField(
        max_length=64,
        help_text="`document.substance` of the case as you saw it. If the document has changed "
        "since, the move is refused: read the case again, and decide on what it then says",
    )
    reason = sentence(says="It is written to the source system")
    parameters = serializers.DictField(
        required=False,
        help_text="What the decision asks for, by name, as the offers of the case say. Instants "
        "with their zone; of what is chosen, its id",
    )
    undoes = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**53,
        help_text="With the decision `undo`: the id of the one that is taken back",
    )
    date = InstantField(required=False, help_text="Short for the parameter `date`")
    cost = serializers.DecimalField(
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
        help_text="For decisions that cost something, in the case's currency",
    )


class EndSerializer(MoveSerializer):
    """What people may say of a case that ends. What is not there stays unknown, or as it was."""

    avoided = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="What was spared by what was done",
    )
    lost = serializers.DecimalField(
        max_digits=16,
        decimal_places=2,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="What it cost in the end all the same",
    )
    amounts_currency = serializers.RegexField(
        r"^[A-Za-z]{3}$", required=False, help_text="Of both; else that of what was at risk"
    )


class ResolveSerializer(EndSerializer):
    outcome = serializers.ChoiceField(choices=RESOLUTIONS)
    reason = sentence()
    without_evidence = sentence(
        required=False,
        says="Why a supervisor resolves without files that the policy wants to be there",
    )


class CloseSerializer(EndSerializer):
    root_cause = sentence(most=200)
    corrective_action = sentence(required=False, most=200)


class ReopenSerializer(MoveSerializer):
    reason = sentence()


class DismissSerializer(EndSerializer):
    outcome = serializers.ChoiceField(choices=REASONS_TO_DISMISS)
    reason = sentence()
    merged_into = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**53,
        help_text="Of a duplicate: id of the open case in which the work goes on",
    )


BODIES: dict[str, type[MoveSerializer]] = {
    Move.CLASSIFY: SeveritySerializer,
    Move.RECLASSIFY: SeveritySerializer,
    Move.ASSIGN: AssignSerializer,
    Move.ACKNOWLEDGE: AcknowledgeSerializer,
    Move.PROPOSE: ProposeSerializer,
    Move.RESOLVE: ResolveSerializer,
    Move.CLOSE: CloseSerializer,
    Move.REOPEN: ReopenSerializer,
    Move.DISMISS: DismissSerializer,
}


def read(body: Any) -> tuple[Move, dict[str, Any]]:
    """The move that a body asks for, and its data. Raises ValidationError naming the fields."""
    if not isinstance(body, dict):
        raise ValidationError({"body": ["Send a JSON object with a `move`."]})
    which = body.get("move")
    if not isinstance(which, str) or which not in BODIES:
        raise ValidationError({"move": [f"One of: {', '.join(Move.values)}."]})
    serializer = BODIES[which](data=body)
    serializer.is_valid(raise_exception=True)
    data = dict(serializer.validated_data)
    del data["move"]
    return Move(which), data
