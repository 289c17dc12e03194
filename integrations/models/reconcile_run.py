"""Comparisons of both sides: when, of how much, and with what result."""

from django.db import models
from django.db.models import Q

from exceptions.models import Connection


class ReconcileRun(models.Model):
    """One source of one connection compared with our mirror, before and after what differed was
    read again. Kept for some weeks.

    The counts and checksums are of the documents that can hold an exception (see `odoo.sides`).
    They are unknown (None, "") until it has looked at all of them; one without `finished_at` is
    under way, or was stopped.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="reconciles")
    source = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    watermark = models.DateTimeField(
        null=True, help_text="Odoo's clock when it began: what was written by then is compared"
    )
    compared = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    diverged = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0)
    their_count = models.PositiveIntegerField(null=True)
    their_sum = models.CharField(max_length=16, blank=True)
    our_count = models.PositiveIntegerField(null=True)
    our_sum = models.CharField(max_length=16, blank=True)
    their_count_after = models.PositiveIntegerField(null=True)
    their_sum_after = models.CharField(max_length=16, blank=True)
    our_count_after = models.PositiveIntegerField(null=True)
    our_sum_after = models.CharField(max_length=16, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=models.F("started_at")),
                name="reconcile_ends_after_it_began",
            ),
        ]
        indexes = [
            # Read by ledger.latest: the newest run of each source.
            models.Index(fields=["connection", "source", "-started_at"], name="reconcile_latest"),
            # Read by ledger.forget: what is old enough to be removed.
            models.Index(fields=["started_at"], name="reconcile_started"),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.source}"

    @property
    def agrees(self) -> bool:
        """Whether both sides said the same when it was over."""
        theirs = (self.their_count_after, self.their_sum_after)
        return self.their_count_after is not None and theirs == (
            self.our_count_after,
            self.our_sum_after,
        )
