"""Snoozes: a case is out of the working queue for a while. Its clocks go on."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from exceptions.models.case import Case
from exceptions.vocabulary import Tier, Until, Woke


class Snooze(models.Model):
    """One snooze, until when and why. Whatever it waits for, it ends at `until_at` at the latest.

    `owner` and `tier` are those of the case when it began: another owner, or a graver tier, ends
    it (see waking).
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="snoozes")
    until = models.CharField(max_length=10, choices=Until.choices)
    until_at = models.DateTimeField(help_text="When it ends at the latest")
    value: "models.DecimalField[Decimal | None, Decimal | None]" = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, help_text="Ends when more than this is at risk"
    )
    currency = models.CharField(max_length=3, blank=True, help_text="Of that value")
    reason = models.CharField(max_length=300)
    started_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    tier = models.CharField(max_length=10, choices=Tier.choices, blank=True)
    ended_at = models.DateTimeField(null=True)
    woke = models.CharField(
        max_length=12, choices=Woke.choices, blank=True, help_text="Why it ended"
    )

    class Meta:
        constraints = [
            # Read by the queue, too: whether a case is snoozed.
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="snooze_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, woke="")
                | Q(ended_at__gte=F("started_at"), woke__in=Woke.values),
                name="snooze_ends_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(until=Until.VALUE, value__isnull=False)
                | Q(until__in=[Until.DATE, Until.ETA], value=None),
                name="snooze_until_known",
            ),
        ]
        indexes = [
            # Read by escalate.end_snoozes: what is due, and nothing else.
            models.Index(fields=["until_at"], name="snooze_due", condition=Q(ended_at=None)),
        ]
        ordering = ["case_id", "started_at"]

    def __str__(self) -> str:
        return f"{self.case_id} until {self.until_at:%Y-%m-%d %H:%M}Z"
