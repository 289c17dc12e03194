"""Canaries: a test event that walks the whole way through an Odoo and back, every few minutes."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrations.models.access import OdooAccess

LEAST_MINUTES, MOST_MINUTES = 1, 1440


class Hop(models.TextChoices):
    """The hops of the way in their order, each named by where it leads from and to."""

    ODOO = "odoo", _("tower → Odoo")
    WEBHOOK = "webhook", _("Odoo → webhook")
    INBOX = "inbox", _("webhook → inbox")
    CASE = "case", _("inbox → test case")
    PUSH = "push", _("test case → push")
    READ_BACK = "read_back", _("push → read-back")
    CLEAN_UP = "clean_up", _("read-back → clean-up")


class Canary(models.Model):
    """Whether and how often the canary of an Odoo is sent. `skipped_because`: why it was not when
    it was due last; empty when it was.
    """

    access = models.OneToOneField(OdooAccess, on_delete=models.CASCADE, related_name="canary")
    enabled = models.BooleanField(default=False)
    every_minutes = models.PositiveSmallIntegerField(default=5)
    due_at = models.DateTimeField(null=True)
    skipped_at = models.DateTimeField(null=True)
    skipped_because = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "canaries"
        constraints = [
            models.CheckConstraint(
                condition=Q(every_minutes__gte=LEAST_MINUTES, every_minutes__lte=MOST_MINUTES),
                name="canary_interval_possible",
            )
        ]

    def __str__(self) -> str:
        return f"{self.access}: every {self.every_minutes} min"


class CanaryRun(models.Model):
    """One walk, and the marked test case that it opens: it lives in this table alone, so that
    nothing that counts, lists, routes or tells of cases can come across it.

    Each hop has the instant at which it was done. One without `ended_at` is on its way.
    """

    access = models.ForeignKey(
        OdooAccess, on_delete=models.CASCADE, related_name="canary_runs", db_index=False
    )
    started_at = models.DateTimeField()
    odoo_at = models.DateTimeField(null=True)
    webhook_at = models.DateTimeField(null=True)
    inbox_at = models.DateTimeField(null=True)
    case_at = models.DateTimeField(null=True)
    push_at = models.DateTimeField(null=True)
    read_back_at = models.DateTimeField(null=True)
    clean_up_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    broken_at = models.CharField(max_length=10, choices=Hop.choices, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    case_title = models.CharField(max_length=200, blank=True, help_text="Of the test case")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["access"], condition=Q(ended_at=None), name="canary_alone"
            ),
            models.CheckConstraint(
                condition=Q(broken_at="", reason="")
                | Q(broken_at__in=Hop.values, ended_at__isnull=False) & ~Q(reason=""),
                name="canary_broken_says_why",
            ),
        ]
        indexes = [
            # Read by canaries.latest and the page of a connection: the newest first.
            models.Index(fields=["access", "-started_at"], name="canary_recent"),
            # Read by canaries.forget: what is old enough to be removed.
            models.Index(fields=["started_at"], name="canary_started"),
        ]

    def __str__(self) -> str:
        return f"{self.access}: {self.started_at:%Y-%m-%d %H:%M:%S}"

    @property
    def passed(self) -> bool:
        return self.ended_at is not None and not self.broken_at

    @property
    def seconds(self) -> float | None:
        """From the beginning until it was read back; cleaning up does not count."""
        end = self.read_back_at
        return (end - self.started_at).total_seconds() if end else None

    @property
    def reached(self) -> list[tuple[Hop, datetime | None]]:
        """Each hop with the instant at which it was done."""
        return [(hop, getattr(self, f"{hop}_at")) for hop in Hop]

    @property
    def durations(self) -> list[tuple[Hop, float | None]]:
        """Each hop with the seconds that it took; None from the one on that was not done."""
        found: list[tuple[Hop, float | None]] = []
        before: datetime | None = self.started_at
        for hop, at in self.reached:
            found.append((hop, (at - before).total_seconds() if at and before else None))
            before = at
        return found

    @property
    def hop(self) -> Hop | None:
        """The first that was not done; None once all are."""
        return next((hop for hop, at in self.reached if at is None), None)
