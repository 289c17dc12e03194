"""Versioned: settings that one person drafts and another puts in force."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

PEOPLE = settings.AUTH_USER_MODEL


class Versioned(models.Model):
    """One version of some settings, or the draft of the next; `drafting` works on it.

    A draft has no version. Once published it gets one and is never edited again (a trigger
    refuses). The newest published version rules. `hands` are the ids of everybody who worked on
    the draft, for none of them may publish it; `revision` counts its changes, so that who
    publishes says which state they have read.
    """

    version = models.PositiveIntegerField(null=True, help_text="None while it is a draft")
    settings = models.JSONField()
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, null=True, related_name="+")
    hands = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=0)
    drafted_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True, help_text="Why it is as it is")

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True

    @property
    def is_open_draft(self) -> bool:
        return self.version is None and self.discarded_at is None


def version_when_published(name: str) -> models.CheckConstraint:
    """A version has a number and an instant; a draft has neither."""
    return models.CheckConstraint(
        condition=Q(version=None, published_at=None)
        | Q(version__isnull=False, published_at__isnull=False),
        name=name,
    )
