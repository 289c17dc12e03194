"""Pauses: while a case waits for somebody outside, its clock to resolve stands still."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from exceptions.models.case import Case
from exceptions.vocabulary import Waiting


class Pause(models.Model):
    """One wait, for whom and why. It ends when the answer is there, at the latest at `ends_by`,
    when the pauses of the case have used up what the policy allows.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pauses")
    waiting_for = models.CharField(max_length=20, choices=Waiting.choices)
    counterparty = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)
    started_at = models.DateTimeField()
    expected_at = models.DateTimeField(null=True, help_text="When the answer is expected")
    reminded_at = models.DateTimeField(null=True, help_text="When the owner was reminded of it")
    ends_by = models.DateTimeField(help_text="When the budget for pauses is used up")
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="inherited",
        help_text="The pause of the parent case that this one came with",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="pause_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="pause_ends_after_it_starts",
            ),
        ]
        indexes = [
            # Read by escalate.end_pauses and remind_of_answers: what is due, and nothing else.
            models.Index(fields=["ends_by"], name="pause_due", condition=Q(ended_at=None)),
            models.Index(
                fields=["expected_at"],
                name="pause_expected",
                condition=Q(ended_at=None, reminded_at=None, expected_at__isnull=False),
            ),
        ]
        ordering = ["case_id", "started_at"]

    def __str__(self) -> str:
        return f"{self.case_id} waits for {self.counterparty}"
