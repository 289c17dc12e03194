"""Cases and their append-only history."""

import string
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Lower

from exceptions.models.document import Document
from exceptions.models.importing import ImportJob
from exceptions.models.people import Team
from exceptions.models.policy import Policy
from exceptions.models.site import Site
from exceptions.vocabulary import (
    ENDED_STATES,
    OPEN_STATES,
    Happening,
    KindCode,
    Move,
    Outcome,
    State,
    Tier,
    Via,
)

SIGNS = string.punctuation


def _apart(text: Combinable) -> Func:
    """A blank for every sign: RTM/IN/00012 is three words."""
    blanks = Value(" " * len(SIGNS))
    return Func(Lower(text), Value(SIGNS), blanks, function="translate", output_field=TextField())


def _numbers(text: Combinable) -> Func:
    """Only what is a number: P00012 is found by 00012 too."""
    no_digits, blank, each = Value("[^0-9]+"), Value(" "), Value("g")
    return Func(text, no_digits, blank, each, function="regexp_replace", output_field=TextField())


_SAID: tuple[Combinable, ...] = (F("title"), KT("facts__reference"), KT("facts__transfers"))
# The words of a case: of its title, and of what the source calls its record and those below it. A
# search must ask for exactly this expression, or the database does not take the index for it.
CASE_WORDS = SearchVector(*map(_apart, _SAID), *map(_numbers, _SAID), config="simple")


class Case(models.Model):
    """The life of one logistics exception. `state` is written by `lifecycle` alone."""

    kind = models.CharField(max_length=40, choices=KindCode.choices)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="cases")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="cases")
    fingerprint = models.CharField(max_length=160)
    subject_key = models.CharField(max_length=160)

    title = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, help_text="Why it is here, in one line")
    facts = models.JSONField(help_text="What the source said when the rule last found this")
    substance = models.CharField(max_length=64, help_text="SHA-256 of those facts")

    state = models.CharField(max_length=20, choices=State.choices, default=State.DETECTED)
    score = models.PositiveSmallIntegerField(null=True)
    tier = models.CharField(max_length=10, choices=Tier.choices, blank=True)
    contributions = models.JSONField(default=list)
    policy = models.ForeignKey(
        Policy, on_delete=models.PROTECT, help_text="Its weights, clocks, windows and playbook"
    )
    thresholds = models.JSONField(
        default=dict, help_text="In force when the rule last found this, and where each came from"
    )
    value_at_risk: "models.DecimalField[Decimal | None, Decimal | None]" = models.DecimalField(
        max_digits=16, decimal_places=2, null=True
    )
    currency = models.CharField(max_length=3, blank=True)
    need_at = models.DateTimeField(null=True)

    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="cases"
    )

    detected_at = models.DateTimeField()
    classified_at = models.DateTimeField(null=True)
    assigned_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True, help_text="First move made by a person")
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True, help_text="Of the running clock that ends first")
    look_at = models.DateTimeField(
        null=True, help_text="When to see whether its lease has run out (see leases)"
    )

    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    root_cause = models.CharField(max_length=200, blank=True)
    corrective_action = models.CharField(max_length=200, blank=True)
    avoided: "models.DecimalField[Decimal | None, Decimal | None]" = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, help_text="None: nobody has said"
    )
    lost: "models.DecimalField[Decimal | None, Decimal | None]" = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, help_text="None: nobody has said"
    )
    amounts_currency = models.CharField(
        max_length=3, blank=True, db_default="", default="", help_text="Of avoided and lost"
    )
    reopen_count = models.PositiveSmallIntegerField(default=0)
    missed_by_webhook = models.BooleanField(default=False)

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="children",
        db_index=False,
        help_text="The case of the disruption that this one is part of; it has none itself",
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="duplicates",
        db_index=False,
        help_text="The case that this one is a duplicate of",
    )

    imported_from = models.CharField(
        max_length=40, blank=True, help_text="The source it was imported from; empty: found here"
    )
    external_id = models.CharField(max_length=120, blank=True, help_text="Its number there")
    import_job = models.ForeignKey(
        ImportJob, on_delete=models.PROTECT, null=True, related_name="cases", db_index=False
    )
    import_digest = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of what the file said last"
    )

    event_count = models.PositiveIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="case_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, outcome="")
                | Q(state__in=ENDED_STATES, outcome__in=Outcome.values),
                name="case_ended_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.DETECTED, State.CLASSIFIED, *ENDED_STATES])
                | Q(owner__isnull=False),
                name="case_assigned_has_owner",
            ),
            models.CheckConstraint(
                # What recovers or is dismissed at once ends without one.
                condition=Q(state__in=[State.DETECTED, *ENDED_STATES])
                | Q(score__isnull=False, tier__in=Tier.values),
                name="case_classified_has_score",
            ),
            # That a parent has no parent itself is held by the trigger `case_one_level`.
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="case_no_parent_of_itself"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None)
                | Q(outcome=Outcome.DUPLICATE) & ~Q(merged_into=F("id")),
                name="case_merged_is_duplicate",
            ),
            models.CheckConstraint(
                condition=Q(avoided=None, lost=None, amounts_currency="")
                | Q(state__in=ENDED_STATES) & ~Q(amounts_currency=""),
                name="case_amounts_when_ended",
            ),
            models.CheckConstraint(
                condition=(Q(avoided=None) | Q(avoided__gte=0)) & (Q(lost=None) | Q(lost__gte=0)),
                name="case_amounts_positive",
            ),
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(state__in=OPEN_STATES),
                name="case_one_live_per_fingerprint",
            ),
            models.UniqueConstraint(
                fields=["imported_from", "external_id"],
                condition=~Q(imported_from=""),
                name="case_imported_once",
            ),
        ]
        indexes = [
            # Read by queries.queue: the ranked worklist of what is open.
            models.Index(
                models.F("score").desc(nulls_last=True),
                "next_due_at",
                "id",
                name="case_open_ranked",
                condition=Q(state__in=OPEN_STATES),
            ),
            # Read by routing (open cases per owner) and by "Mine".
            models.Index(
                fields=["owner", "state"],
                name="case_open_owner",
                condition=Q(state__in=OPEN_STATES),
            ),
            # Read by recurrence.before and the recurrence figures.
            models.Index(fields=["subject_key", "detected_at"], name="case_subject"),
            # Read by the figures about what recurs: what was resolved of a subject shortly before.
            models.Index(
                fields=["subject_key", "resolved_at"],
                name="case_subject_resolved",
                condition=Q(resolved_at__isnull=False),
            ),
            # Read by intake, for the last case of a fingerprint (reopen window).
            models.Index(fields=["fingerprint", "-id"], name="case_fingerprint_latest"),
            # Read by the dashboards (ranges).
            models.Index(fields=["detected_at"], name="case_detected"),
            models.Index(fields=["resolved_at"], name="case_resolved"),
            # Read by escalate.close_quiet_cases: without the many that have closed, and without
            # what was imported as resolved.
            models.Index(
                fields=["policy", "resolved_at"],
                name="case_to_close",
                condition=Q(state=State.RESOLVED, event_count__gt=1),
            ),
            # Read by escalate.end_leases: what was acknowledged and may have been left lying.
            models.Index(
                fields=["look_at"],
                name="case_lease",
                condition=Q(state=State.ACKNOWLEDGED, look_at__isnull=False),
            ),
            # Read by queries.grouped: the cases of a parent, and those merged into a case.
            models.Index(
                fields=["parent"], name="case_of_parent", condition=Q(parent__isnull=False)
            ),
            models.Index(
                fields=["merged_into"],
                name="case_merged",
                condition=Q(merged_into__isnull=False),
            ),
            # Read by the queue, for the cases of one import.
            models.Index(
                fields=["import_job"],
                name="case_of_import",
                condition=Q(import_job__isnull=False),
            ),
            # Read by case_conditions.about: the search by words, also over all that has ended.
            GinIndex(CASE_WORDS, name="case_words"),
            # Read by the figures about how cases ended, and by the backlog of past days.
            models.Index(
                Coalesce("resolved_at", "closed_at"),
                name="case_ended",
                condition=Q(state__in=ENDED_STATES),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"C-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def age_until(self, at: datetime) -> float:
        """Seconds from detection to the end of the case, or to `at` while it is open."""
        end = at if self.is_open else (self.resolved_at or self.closed_at or at)
        return (end - self.detected_at).total_seconds()


class CaseEvent(models.Model):
    """One line of a case's history, written by `audit.append`; a trigger refuses any change.

    `hash` covers the event and `previous_hash`, so that a missing, changed or swapped event shows.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField(help_text="1, 2, 3 … within the case")
    at = models.DateTimeField()
    move = models.CharField(max_length=20, choices=Move.choices, blank=True)
    happening = models.CharField(max_length=20, choices=Happening.choices, blank=True)
    from_state = models.CharField(max_length=20, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=20, choices=State.choices, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=120)
    via = models.CharField(max_length=10, choices=Via.choices)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="event_number_once"),
            models.CheckConstraint(
                condition=(Q(move="") & ~Q(happening="")) | (~Q(move="") & Q(happening="")),
                name="event_move_or_happening",
            ),
        ]
        indexes = [
            # Read by the auditors' page: days of a history of millions, in next to no room.
            BrinIndex(fields=["at"], name="event_at"),
            # Read there, too: what people did by hand, few among many.
            models.Index(fields=["at"], name="event_override", condition=Q(data__override=True)),
        ]
        ordering = ["case_id", "number"]

    def __str__(self) -> str:
        return f"{self.case_id}.{self.number} {self.move or self.happening}"
