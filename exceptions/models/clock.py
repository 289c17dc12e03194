"""Clocks: deadlines as rows."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Least

from exceptions.models.calendar import CalendarVersion
from exceptions.models.case import Case
from exceptions.models.facts_source import FactsSource
from exceptions.models.policy import Policy
from exceptions.vocabulary import ClockKind, ClockState


class Clock(models.Model):
    """A deadline of a case. It keeps the policy and the calendar it started under; later edits do
    not move it. While it is paused, `due_at` is what it was before.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=20, choices=ClockKind.choices)
    state = models.CharField(max_length=10, choices=ClockState.choices, default=ClockState.RUNNING)
    started_at = models.DateTimeField()
    target_minutes = models.PositiveIntegerField(help_text="Of business time")
    calendar_version = models.ForeignKey(
        CalendarVersion,
        on_delete=models.PROTECT,
        null=True,
        help_text="Whose hours count; empty: around the clock",
    )
    due_at = models.DateTimeField()
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT)
    stopped_at = models.DateTimeField(null=True, help_text="When the awaited move was made")
    breached_at = models.DateTimeField(null=True, help_text="Equals due_at once missed")
    percent_told = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Of the target; warnings up to here are done"
    )
    steps_taken = models.JSONField(
        default=list, db_default=[], help_text="Of its escalation, by clocks.key_of_step"
    )
    tell_at = models.DateTimeField(null=True, help_text="When the next warning or step is due")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(stopped_at__isnull=True),
                name="clock_one_unstopped_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ClockState.values), name="clock_state_known"
            ),
        ]
        indexes = [
            # Read by escalate.sweep: due clocks and nothing else.
            models.Index(
                fields=["due_at"], name="clock_due", condition=Q(state=ClockState.RUNNING)
            ),
            # Read by escalate.warn: due warnings and nothing else.
            models.Index(
                fields=["tell_at"],
                name="clock_tell",
                condition=Q(stopped_at=None, tell_at__isnull=False) & ~Q(state=ClockState.PAUSED),
            ),
            models.Index(fields=["kind", "due_at"], name="clock_kind_due"),
            # Read by the breach-rate figures: when a clock was met, or else fell due.
            models.Index(
                Least("stopped_at", "due_at"),
                name="clock_ended",
                condition=~Q(state=ClockState.CANCELLED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_at:%Y-%m-%d %H:%M}Z"


def source_read_at() -> Subquery:
    """When all that had changed in the source of the clock's case was read last."""
    source = FactsSource.objects.filter(
        connection=OuterRef("case__document__connection"),
        facts_type=OuterRef("case__document__facts_type"),
    )
    return Subquery(source.values("read_at")[:1])


def awaiting() -> Q:
    """Clocks to resolve whose due time the source has not been read since: nobody can know whether
    the exception still stood then, so what is old does not turn them over.
    """
    older = FactsSource.objects.filter(
        connection=OuterRef("case__document__connection"),
        facts_type=OuterRef("case__document__facts_type"),
        read_at__lt=OuterRef("due_at"),
    )
    return Q(Exists(older), kind=ClockKind.RESOLVE)


def over(at: datetime) -> Q:
    """Running clocks that are past due at `at`, whether or not the sweep has been there."""
    return Q(state=ClockState.RUNNING, due_at__lt=at) & ~awaiting()
