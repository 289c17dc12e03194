"""Scheduled actions: what an Odoo does by itself, and how that goes."""

from django.db import models

from exceptions.models import Connection


class ActionState(models.TextChoices):
    FINE = "fine", "fine"
    LATE = "late", "late"
    FAILING = "failing", "failing"
    SWITCHED_OFF = "switched_off", "switched off"
    NEVER_ON = "never_on", "off"


# Those that somebody should look at.
TROUBLED = (ActionState.FAILING, ActionState.SWITCHED_OFF, ActionState.LATE)


class ScheduledAction(models.Model):
    """One scheduled action of one Odoo, as it was last read; `since` is when it came to stand so,
    as far as was seen.
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="scheduled_actions"
    )
    cron_id = models.BigIntegerField(help_text="In Odoo")
    name = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=ActionState.choices)
    since = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "cron_id"], name="scheduled_action_once"),
        ]

    def __str__(self) -> str:
        return self.name
