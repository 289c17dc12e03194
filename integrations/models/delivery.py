"""The inbox: what webhooks brought."""

from django.db import models
from django.db.models import Q

from exceptions.models import Connection
from integrations.models.event_source import EventSource


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "waiting"
    DONE = "done", "done"
    SET_ASIDE = "set_aside", "set aside"


class InboxDelivery(models.Model):
    """One webhook delivery, stored before anything is thought about it. Kept for some weeks after
    it is done; one that waits or was set aside is kept for ever.

    `key` tells the same news sent twice: a second arrival only counts up `duplicates`.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="deliveries")
    source = models.ForeignKey(
        EventSource,
        on_delete=models.CASCADE,
        null=True,
        related_name="deliveries",
        db_index=False,  # its indexes are below
        help_text="Empty: the connection's own Odoo",
    )
    key = models.CharField(max_length=120)
    received_at = models.DateTimeField()
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Of the attempts, those that waiting will not cure"
    )
    duplicates = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "key"], name="delivery_once", condition=Q(source=None)
            ),
            models.UniqueConstraint(
                fields=["source", "key"],
                name="delivery_of_source_once",
                condition=Q(source__isnull=False),
            ),
        ]
        indexes = [
            # Read by inbox.work and events.work: what waits and is due.
            models.Index(
                fields=["next_attempt_at"],
                name="delivery_due",
                condition=Q(state=DeliveryState.WAITING, source=None),
            ),
            models.Index(
                fields=["next_attempt_at"],
                name="delivery_of_source_due",
                condition=Q(state=DeliveryState.WAITING, source__isnull=False),
            ),
            # Read by the list of sources: the last one, and those of today.
            models.Index(
                fields=["source", "-received_at"],
                name="delivery_of_source",
                condition=Q(source__isnull=False),
            ),
            models.Index(fields=["connection", "-received_at"], name="delivery_recent"),
            # Read by health.inbox: what needs a person.
            models.Index(
                fields=["-received_at"],
                name="delivery_aside",
                condition=Q(state=DeliveryState.SET_ASIDE),
            ),
            # Read by inbox.forget_done: what is old enough to be removed.
            models.Index(
                fields=["done_at"], name="delivery_done", condition=Q(state=DeliveryState.DONE)
            ),
        ]
        verbose_name_plural = "inbox deliveries"

    def __str__(self) -> str:
        return self.key
