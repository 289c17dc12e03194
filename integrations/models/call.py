"""How each call of a source went."""

from django.db import models

from exceptions.models import Connection


class OdooCall(models.Model):
    """One call of a source: how long it took and how it ended. Kept for some days."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="calls")
    at = models.DateTimeField()
    model = models.CharField(max_length=64)
    method = models.CharField(max_length=64)
    seconds = models.FloatField()
    outcome = models.CharField(max_length=40)
    rows = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            # Read by health.calls, and by housekeeping.
            models.Index(fields=["connection", "at"], name="call_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.model}.{self.method} {self.outcome}"
