"""Routing sets: the versioned rules by which cases find their teams and owners."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce


class RoutingSet(models.Model):
    """One version of the rules, or the draft of the next; as `Policy`, but one for all kinds.

    A draft has no version. Once published it gets one and is never edited again (a trigger
    refuses). The newest published version rules; before there is one, every case goes to the team
    of its kind. `hands` are the ids of everybody who worked on the draft, for none of them may
    publish it; `revision` counts its changes.
    """

    version = models.PositiveIntegerField(
        null=True, unique=True, help_text="None while it is a draft"
    )
    settings = models.JSONField(help_text="routes.Routes as JSON")
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(
        "exceptions.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    hands = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=0)
    drafted_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        "exceptions.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True, help_text="Why it is as it is")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Coalesce("version", 0),
                condition=Q(version=None, discarded_at=None),
                name="routingset_one_draft",
            ),
            models.CheckConstraint(
                condition=Q(version=None, published_at=None)
                | Q(version__isnull=False, published_at__isnull=False),
                name="routingset_version_when_published",
            ),
        ]
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"routing v{self.version}" if self.version else "routing draft"

    @property
    def is_open_draft(self) -> bool:
        return self.version is None and self.discarded_at is None
