"""Faults that were seen of connections and of sources of events."""

from django.db import models
from django.db.models import Q

from exceptions.models import Connection
from exceptions.vocabulary import Fault
from integrations.models.event_source import EventSource


class SeenFault(models.Model):
    """One fault of one connection, or of one source of events, as it was last watched: one row for
    ever, for it may come back. Its number is that of the record which its cases are about.

    `said` is what was seen when it began.
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="seen_faults", db_index=False
    )
    source = models.ForeignKey(
        EventSource,
        on_delete=models.CASCADE,
        null=True,
        related_name="seen_faults",
        help_text="Empty: the connection itself",
    )
    fault = models.CharField(max_length=16, choices=Fault.choices)
    since = models.DateTimeField()
    said = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField(null=True)
    latest_day = models.DateTimeField(null=True)
    well_since = models.DateTimeField(null=True, help_text="Not seen any more since then")
    over = models.BooleanField(default=False, help_text="And for long enough")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "source", "fault"],
                nulls_distinct=False,
                name="seen_fault_once",
            ),
            models.CheckConstraint(
                condition=Q(over=False) | Q(well_since__isnull=False),
                name="seen_fault_over_is_well",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source or self.connection}: {self.fault}"
