"""Cases as the API tells them. Times are ISO in UTC; amounts are strings beside their currency."""

from typing import Any

from django.db import models as db
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exceptions import clocks, lifecycle, snoozing, waking
from exceptions.actors import Actor, visible_cases
from exceptions.api.fields import InstantField
from exceptions.models import (
    Case,
    CaseEvent,
    Clock,
    Decision,
    Document,
    OutboxMessage,
    Site,
    Snooze,
    Team,
    User,
)
from exceptions.queries.connected import connected
from exceptions.queries.grouped import Grouped, grouped
from exceptions.queries.recurring import recurring
from exceptions.rules import RULES
from exceptions.vocabulary import Factor, Move


class ModelSerializer(serializers.ModelSerializer[Any]):
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        db.DateTimeField: InstantField
    }


class SiteSerializer(ModelSerializer):
    class Meta:
        model = Site
        fields = ["id", "code", "name", "time_zone"]


class TeamSerializer(ModelSerializer):
    class Meta:
        model = Team
        fields = ["id", "code", "name"]


class OwnerSerializer(ModelSerializer):
    name = serializers.CharField(source="__str__")

    class Meta:
        model = User
        fields = ["id", "username", "name"]


class DocumentSerializer(ModelSerializer):
    """The record in the source system that the case is about."""

    connection = serializers.CharField(source="connection.name")

    class Meta:
        model = Document
        fields = ["connection", "model", "record_id", "reference", "url", "first_promised_at"]


class DocumentDetailSerializer(DocumentSerializer):
    """The record with what it said when it was last read, which is what decisions rest on."""

    facts = serializers.DictField()

    class Meta(DocumentSerializer.Meta):
        fields = [*DocumentSerializer.Meta.fields, "facts", "substance", "read_at"]
        extra_kwargs = {
            "substance": {"help_text": "SHA-256 of these facts, to be sent along with a proposal"}
        }


class CaseSerializer(ModelSerializer):
    reference = serializers.CharField()
    site = SiteSerializer()
    team = TeamSerializer(allow_null=True)
    owner = OwnerSerializer(allow_null=True)
    document = DocumentSerializer()
    version = serializers.IntegerField(
        source="event_count", help_text="Counts what happened to it; commands may name it"
    )

    class Meta:
        model = Case
        fields = [
            "id",
            "reference",
            "version",
            "fingerprint",
            "kind",
            "title",
            "state",
            "outcome",
            "score",
            "tier",
            "reason",
            "value_at_risk",
            "currency",
            "site",
            "team",
            "owner",
            "document",
            "subject_key",
            "need_at",
            "detected_at",
            "classified_at",
            "assigned_at",
            "acknowledged_at",
            "first_response_at",
            "resolved_at",
            "closed_at",
            "next_due_at",
            "root_cause",
            "corrective_action",
            "avoided",
            "lost",
            "amounts_currency",
            "reopen_count",
            "missed_by_webhook",
            "imported_from",
            "external_id",
        ]


class ContributionSerializer(serializers.Serializer[Any]):
    """One reason of the score. The points of all of them add up to it."""

    factor = serializers.ChoiceField(choices=Factor.choices)
    points = serializers.IntegerField()
    because = serializers.CharField()


class ThresholdSerializer(serializers.Serializer[Any]):
    """A threshold under which the case was found, and where it came from, in words."""

    name = serializers.CharField()
    value = serializers.CharField(help_text="A decimal number")
    origin = serializers.CharField(help_text="Such as: site Rotterdam: 120 instead of 60")


class ThresholdsSerializer(serializers.Serializer[Any]):
    """The thresholds in force when the rule last found the case; empty before it did."""

    version = serializers.IntegerField(required=False, help_text="Of the policy they belong to")
    values = ThresholdSerializer(many=True, required=False)


class ClockSerializer(ModelSerializer):
    class Meta:
        model = Clock
        fields = [
            "kind",
            "state",
            "started_at",
            "target_minutes",
            "due_at",
            "stopped_at",
            "breached_at",
        ]


class SnoozeShownSerializer(ModelSerializer):
    """The snooze that lasts. `warning` tells in a sentence of a clock that ends before it does."""

    by = serializers.CharField()
    warning = serializers.SerializerMethodField()

    class Meta:
        model = Snooze
        fields = ["until", "until_at", "value", "currency", "reason", "started_at", "by", "warning"]

    @extend_schema_field(str)
    def get_warning(self, row: Snooze) -> str:
        return snoozing.warning(row, clocks.of_case(row.case), timezone.now())


class EventSerializer(ModelSerializer):
    """A line of the history: a move or a happening. `hash` covers it and the line before."""

    actor = serializers.CharField(source="actor_name")
    data = serializers.DictField()  # type: ignore[assignment] # DRF takes fields off the class

    class Meta:
        model = CaseEvent
        fields = [
            "number",
            "at",
            "move",
            "happening",
            "from_state",
            "to_state",
            "actor",
            "via",
            "data",
            "hash",
        ]


class DecisionSerializer(ModelSerializer):
    proposed_by = serializers.CharField()
    parameters = serializers.DictField()

    class Meta:
        model = Decision
        fields = [
            "id",
            "kind",
            "state",
            "parameters",
            "reason",
            "cost",
            "currency",
            "undoes",
            "proposed_by",
            "proposed_at",
            "approved_by",
            "approved_at",
        ]


class OutboxSerializer(ModelSerializer):
    """What was or will be done in the source system. `error` is in the source's own words.

    `by_hand`: who gave it up, or said that it stands there; then nothing was read back.
    """

    by_hand = serializers.CharField(source="by_hand.username", default=None, allow_null=True)
    decision = serializers.IntegerField(source="decision_id", allow_null=True)
    parameters = serializers.DictField()

    class Meta:
        model = OutboxMessage
        fields = [
            "key",
            "verb",
            "state",
            "decision",
            "parameters",
            "attempts",
            "error",
            "created_at",
            "sent_at",
            "read_back_at",
            "by_hand",
            "by_hand_at",
            "by_hand_because",
        ]


class ConnectedSerializer(serializers.Serializer[Any]):
    """Another open case along the links of the records, and the path that leads to it."""

    id = serializers.IntegerField(source="case.pk")
    reference = serializers.CharField(source="case.reference")
    kind = serializers.CharField(source="case.kind")
    title = serializers.CharField(source="case.title")
    path = serializers.ListField(child=serializers.CharField())


class NearCaseSerializer(serializers.Serializer[Any]):
    """Another case, as short as can be."""

    id = serializers.IntegerField(source="pk")
    reference = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()


class SumSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    value = serializers.CharField(help_text="A decimal number")


class GroupSerializer(serializers.Serializer[Any]):
    """What of a disruption the caller may see: the case that this one is part of, the cases that
    are part of it, and what all open ones put at risk, goods once, currencies apart.
    """

    parent = NearCaseSerializer(allow_null=True)
    children = NearCaseSerializer(many=True)
    merged_into = NearCaseSerializer(source="into", allow_null=True)
    duplicates = NearCaseSerializer(many=True, help_text="Merged into this one")
    hidden = serializers.BooleanField(help_text="Cases of other sites are part of it, too")
    at_risk = serializers.SerializerMethodField()

    @extend_schema_field(SumSerializer(many=True))
    def get_at_risk(self, group: Grouped) -> list[dict[str, str]]:
        return [{"currency": currency, "value": str(value)} for currency, value in group.at_risk]


class LastEndSerializer(serializers.Serializer[Any]):
    """What ended the latest earlier case of the same subject: the latest fix, if there is one."""

    case = serializers.IntegerField(source="case.pk")
    outcome = serializers.CharField(source="case.outcome")
    how = serializers.CharField(help_text="Corrective action, root cause, decision or reason")
    at = InstantField()


class RecurrenceSerializer(serializers.Serializer[Any]):
    """`times` counts this case and the earlier ones of its subject in the policy's window."""

    times = serializers.IntegerField(help_text="As many as `?state=all&recurs_with=<id>` lists")
    days = serializers.IntegerField()
    subject = serializers.CharField()
    last = LastEndSerializer(allow_null=True)
    says = serializers.CharField()


class LegalMoveSerializer(serializers.Serializer[Any]):
    """A move that the caller may make on the case, now or at another time."""

    move = serializers.ChoiceField(choices=Move.choices)
    says = serializers.CharField(help_text="What it means, in a sentence")
    why_not_now = serializers.CharField(allow_blank=True, help_text="Empty: it can be made now")


class CaseDetailSerializer(CaseSerializer):
    """A case with all that belongs to it. Needs the caller as `actor` in its context."""

    document = DocumentDetailSerializer()
    policy_version = serializers.IntegerField(source="policy.version")
    facts = serializers.DictField(help_text="What the document said when the rule last found this")
    contributions = ContributionSerializer(many=True)
    thresholds = ThresholdsSerializer()
    clocks = ClockSerializer(many=True)
    snooze = serializers.SerializerMethodField()
    events = EventSerializer(many=True)
    decisions = DecisionSerializer(many=True)
    outbox = OutboxSerializer(many=True)
    recurrence = serializers.SerializerMethodField()
    connected = serializers.SerializerMethodField()
    group = serializers.SerializerMethodField()
    legal_moves = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        fields = [
            *CaseSerializer.Meta.fields,
            "policy_version",
            "facts",
            "contributions",
            "thresholds",
            "clocks",
            "snooze",
            "events",
            "decisions",
            "outbox",
            "recurrence",
            "connected",
            "group",
            "legal_moves",
        ]

    @extend_schema_field(SnoozeShownSerializer(allow_null=True))
    def get_snooze(self, case: Case) -> dict[str, Any] | None:
        row = waking.of(case)
        if row is None:
            return None
        told: dict[str, Any] = SnoozeShownSerializer(row).data
        return told

    @extend_schema_field(RecurrenceSerializer)
    def get_recurrence(self, case: Case) -> dict[str, Any]:
        actor: Actor = self.context["actor"]
        found = recurring(case, visible_cases(actor), timezone.now())
        told: dict[str, Any] = RecurrenceSerializer(found).data
        return told

    @extend_schema_field(ConnectedSerializer(many=True))
    def get_connected(self, case: Case) -> list[dict[str, Any]]:
        found = connected(case, self.context["actor"])
        return [ConnectedSerializer(other).data for other in found]

    @extend_schema_field(GroupSerializer)
    def get_group(self, case: Case) -> dict[str, Any]:
        told: dict[str, Any] = GroupSerializer(grouped(case, self.context["actor"])).data
        return told

    @extend_schema_field(LegalMoveSerializer(many=True))
    def get_legal_moves(self, case: Case) -> list[dict[str, str]]:
        actor: Actor = self.context["actor"]
        return [
            {"move": which.value, "says": str(RULES[which].says), "why_not_now": why_not}
            for which, why_not in lifecycle.legal_moves(case, actor).items()
        ]
