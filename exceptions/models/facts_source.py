"""What each connection tells of each type of facts, and how old that is."""

from django.db import models

from exceptions.models.site import Connection


class FactsSource(models.Model):
    """How far a connection's records of one facts type are known. The adapter writes it after each
    reading; what other ways bring (carriers, reports, files) has none.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="sources")
    facts_type = models.CharField(max_length=40)
    read_at = models.DateTimeField(
        null=True, help_text="When the last reading of all that had changed began"
    )
    installed = models.BooleanField(
        default=True, help_text="Off: this source does not have such records"
    )
    missing = models.JSONField(
        default=list, help_text="Models that would tell more of them and are not installed"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "facts_type"], name="facts_source_once"),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.facts_type}"
