"""Gaps: where our mirror was found to differ from the source."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exceptions.models import Case, Connection, Document, OutboxMessage


class GapKind(models.TextChoices):
    """What was wrong with our mirror, or (lost) with what we had put into the source."""

    MISSED = "missed", _("missed")
    DIVERGED = "diverged", _("changed unseen")
    DELETED = "deleted", _("deleted unseen")
    LOST = "lost", _("ours is gone")


class Expected(models.TextChoices):
    """How the news should have come."""

    WEBHOOK = "webhook", _("webhook")
    POLLING = "polling", _("reading in rounds")
    COMPARING = "comparing", _("comparing alone")  # it left no stamp, and nothing told of it


class Repair(models.TextChoices):
    """How a gap was closed."""

    READ_AGAIN = "read_again", _("read again")
    BY_ITSELF = "by_itself", _("came later by itself")
    SENT_AGAIN = "sent_again", _("sent again")
    LEFT = "left", _("left as it is")


class Gap(models.Model):
    """One document that differed, or a message whose effect is gone. It stays open, with the
    reason, until it is repaired; then it is kept for some weeks.

    `since` is the earliest instant at which the news can have been due: what Odoo stamped, or,
    where a deletion leaves no stamp, when we last saw it as it was.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="gaps")
    source = models.CharField(max_length=40)
    model = models.CharField(max_length=64)
    record_id = models.BigIntegerField()
    document = models.ForeignKey(
        Document, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    what = models.CharField(max_length=10, choices=GapKind.choices)
    expected_by = models.CharField(max_length=10, choices=Expected.choices)
    since = models.DateTimeField()
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField(help_text="When a comparison last came across it")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it is still open")
    repaired_at = models.DateTimeField(null=True)
    repaired_how = models.CharField(max_length=10, choices=Repair.choices, blank=True)
    case = models.ForeignKey(
        Case, on_delete=models.SET_NULL, null=True, related_name="+", help_text="That came of it"
    )
    message = models.ForeignKey(
        OutboxMessage,
        on_delete=models.CASCADE,
        null=True,
        related_name="gaps",
        db_index=False,
        help_text="What was sent and proved, and is gone",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "source", "record_id"],
                condition=Q(repaired_at=None, message=None),
                name="gap_open_once",
            ),
            models.UniqueConstraint(
                fields=["message"],
                condition=Q(repaired_at=None),
                name="gap_of_message_open_once",
            ),
            models.CheckConstraint(
                condition=Q(what=GapKind.LOST, message__isnull=False)
                | ~Q(what=GapKind.LOST) & Q(message=None),
                name="gap_lost_names_its_message",
            ),
            models.CheckConstraint(condition=Q(what__in=GapKind.values), name="gap_what_known"),
            models.CheckConstraint(
                condition=Q(expected_by__in=Expected.values), name="gap_expected_known"
            ),
            models.CheckConstraint(
                condition=Q(repaired_at=None, repaired_how="")
                | Q(repaired_at__isnull=False, repaired_how__in=Repair.values, reason=""),
                name="gap_repaired_or_open",
            ),
        ]
        indexes = [
            # Read by ledger.gaps and ledger.figures: the newest first, by connection.
            models.Index(fields=["connection", "-found_at"], name="gap_recent"),
            # Read by ledger.forget: what is old enough to be removed.
            models.Index(
                fields=["repaired_at"],
                name="gap_repaired",
                condition=Q(repaired_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.record_id}: {self.what}"

    @property
    def is_open(self) -> bool:
        return self.repaired_at is None
