"""How far each source has been read."""

from django.db import models

from exceptions.models import Connection


class SyncCursor(models.Model):
    """How far one source of one connection has been read.

    `written_at` and `record_id` are the keyset position inside the round that is under way: a run
    that is killed continues from the last page it stored. `round_started_at` and `deep_started_at`
    are by the source's own clock; from them follows where the next round, and the next deep one,
    begin.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="cursors")
    source = models.CharField(max_length=40)
    written_at = models.DateTimeField(null=True)
    record_id = models.BigIntegerField(default=0)
    round_started_at = models.DateTimeField(null=True)
    round_is_deep = models.BooleanField(default=True)
    deep_started_at = models.DateTimeField(null=True)
    under_way = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True, help_text="When the last whole round ended")
    rows_in_round = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    failed_at = models.DateTimeField(null=True)
    absent = models.BooleanField(default=False, help_text="This Odoo does not have the model")
    note = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="What is no error"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "source"], name="cursor_once"),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.source}"
