"""The executive report besides its numbers: assumptions of its estimates, and who gets it."""

from decimal import Decimal
from typing import TypeAlias

from django.conf import settings
from django.db import models

from exceptions.vocabulary import Cadence

Amount: TypeAlias = "models.DecimalField[Decimal | None, Decimal | None]"


class ReportAssumptions(models.Model):
    """One wording of the assumptions; the latest row is in force. Rows are only ever added (a
    trigger). What is empty is not assumed, and what rests on it is not estimated.
    """

    minutes_saved: Amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, help_text="Handling of a case that heals itself"
    )
    cost_per_hour: Amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    expedite_cost: Amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    failure_cost: Amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, help_text="Of one resolve clock breached"
    )
    currency = models.CharField(max_length=3)
    sla_target: Amount = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, help_text="Clocks met, in percent"
    )
    because = models.CharField(max_length=300, help_text="Where the values come from")
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        get_latest_by = "id"

    def __str__(self) -> str:
        return f"assumptions of {self.set_at:%Y-%m-%d}"


class ReportSubscription(models.Model):
    """Somebody gets the report by e-mail. Day and hour are of the wall clock in their own zone."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="report_subscriptions"
    )
    every = models.CharField(max_length=10, choices=Cadence.choices)
    day = models.PositiveSmallIntegerField(help_text="1 (Monday) to 7, or 1 to 31 of the month")
    hour = models.TimeField()
    sites = models.JSONField(default=list, help_text="Ids; empty: every site that they see")
    kinds = models.JSONField(default=list, help_text="Empty: all")
    due_at = models.DateTimeField(help_text="When it is sent next")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Empty: by the link in an e-mail",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(every__in=Cadence.values), name="report_cadence_known"
            ),
        ]
        indexes = [
            # Read by report.mails.make_due.
            models.Index(fields=["due_at"], name="report_due", condition=models.Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"report for {self.person}, {self.every}"
