"""The outbox: what is to be done in a source system or elsewhere, and whether that was proved."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exceptions.models.case import Case
from exceptions.models.decision import Decision
from exceptions.models.site import Connection
from exceptions.vocabulary import UNFINISHED, OutboxState, Target, Verb


class OutboxMessage(models.Model):
    """One intent. It is written with the move that wants it, and delivered later by the adapter.

    `key` travels into the source system with the effect, and is looked for there before anything is
    sent a second time. Rows for one record are delivered in the order of their ids, by each target
    for itself.
    """

    key = models.CharField(max_length=80, unique=True)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT)
    model = models.CharField(max_length=64)
    record_id = models.BigIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="outbox")
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, related_name="outbox"
    )
    verb = models.CharField(max_length=30, choices=Verb.choices)
    target = models.CharField(
        max_length=10, choices=Target.choices, default=Target.SOURCE, db_default=Target.SOURCE
    )
    parameters = models.JSONField(default=dict)

    state = models.CharField(
        max_length=12, choices=OutboxState.choices, default=OutboxState.PENDING
    )
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    mistakes = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Of the attempts, those that failed by our own fault"
    )
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True, help_text="When the source said yes")
    read_back_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, help_text="In the source's own words")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    by_hand = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Whose word it is that it is given up, or stands there: not read back",
    )
    by_hand_at = models.DateTimeField(null=True)
    by_hand_because = models.CharField(max_length=300, blank=True, db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OutboxState.values), name="outbox_state_known"
            ),
            models.CheckConstraint(
                condition=Q(target__in=Target.values), name="outbox_target_known"
            ),
            models.CheckConstraint(
                condition=Q(by_hand=None, by_hand_at=None, by_hand_because="")
                | Q(by_hand__isnull=False, by_hand_at__isnull=False) & ~Q(by_hand_because=""),
                name="outbox_by_hand_says_why",
            ),
        ]
        indexes = [
            # Read by integrations.outbox.claim: what is due, and what stands before it.
            models.Index(
                fields=["next_attempt_at"], name="outbox_due", condition=Q(state__in=UNFINISHED)
            ),
            models.Index(
                fields=["connection", "model", "record_id", "id"],
                name="outbox_record_order",
                condition=Q(state__in=UNFINISHED),
            ),
            # Read by integrations.health: what needs a person, and what was proved lately.
            models.Index(
                fields=["-created_at"], name="outbox_failed", condition=Q(state=OutboxState.FAILED)
            ),
            models.Index(fields=["read_back_at"], name="outbox_read_back"),
        ]
        verbose_name_plural = "outbox messages"

    def __str__(self) -> str:
        return self.key
