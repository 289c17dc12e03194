"""Sightings: findings that opened no case, and the blackouts that hold some of them back."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from exceptions.models.case import Case
from exceptions.models.document import Document
from exceptions.models.policy import Policy
from exceptions.models.site import Connection, Site
from exceptions.vocabulary import HeldBy, KindCode


class Blackout(models.Model):
    """A time in which no new case is opened at a site, about a partner, or both of them.

    It is never deleted: what it held back names it. Taken back, it holds nothing back any more.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, null=True)
    partner_id = models.BigIntegerField(null=True, help_text="A partner or carrier in the source")
    partner_name = models.CharField(max_length=120, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="blackout_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=False)
                | Q(partner_id__isnull=False, connection__isnull=False),
                name="blackout_names_something",
            ),
        ]
        indexes = [
            # Read by blackouts.running.
            models.Index(
                fields=["ends_at"], name="blackout_ends", condition=Q(withdrawn_at__isnull=True)
            ),
        ]
        ordering = ["-starts_at", "-id"]

    def __str__(self) -> str:
        return self.whom

    @property
    def whom(self) -> str:
        """What it is about: `Rotterdam`, `Rotterdam, Kempten Bearings`."""
        partner = self.partner_name or (f"partner {self.partner_id}" if self.partner_id else "")
        return ", ".join(name for name in (str(self.site or ""), partner) if name)


class Sighting(models.Model):
    """A finding that opened no case, for as long as it stands.

    It ends when the finding clears (`case` stays empty) or becomes a case. Written under the lock
    of its document. `reasons` are all that held it back, oldest first; `held_by` is the last.
    """

    fingerprint = models.CharField(max_length=160)
    subject_key = models.CharField(max_length=160)
    kind = models.CharField(max_length=40, choices=KindCode.choices)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="sightings")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="sightings")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")

    title = models.CharField(max_length=200)
    value_at_risk: "models.DecimalField[Decimal | None, Decimal | None]" = models.DecimalField(
        max_digits=16, decimal_places=2, null=True
    )
    currency = models.CharField(max_length=3, blank=True)

    held_by = models.CharField(max_length=12, choices=HeldBy.choices)
    says = models.CharField(max_length=200, help_text="Why, in a sentence")
    blackout = models.ForeignKey(
        Blackout, on_delete=models.PROTECT, null=True, related_name="sightings"
    )
    reasons = models.JSONField(default=list)
    since = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    until = models.DateTimeField(null=True, help_text="When it is looked at again")
    ended_at = models.DateTimeField(null=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="sightings")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(held_by__in=HeldBy.values), name="sighting_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=True) | Q(ended_at__isnull=False),
                name="sighting_of_a_case_has_ended",
            ),
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(ended_at__isnull=True),
                name="sighting_one_live_per_fingerprint",
            ),
        ]
        indexes = [
            # Read by queries.held_back.
            models.Index(
                fields=["site", "-since"],
                name="sighting_live",
                condition=Q(ended_at__isnull=True),
            ),
            # Read by sightings.times_seen.
            models.Index(fields=["subject_key", "since"], name="sighting_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_held_by_display()})"
