"""Policies: the versioned settings of a kind."""

from django.db import models
from django.db.models import Q

from exceptions.vocabulary import KindCode


class Policy(models.Model):
    """One version of a kind's settings, or the draft of the next.

    A draft has no version. Once published it gets one and is never edited again (a trigger
    refuses): cases and clocks rest on it. The newest published version rules. `hands` are the ids
    of everybody who worked on the draft, for none of them may publish it; `revision` counts its
    changes, so that who publishes says which state they have read.
    """

    kind = models.CharField(max_length=40, choices=KindCode.choices)
    version = models.PositiveIntegerField(null=True, help_text="None while it is a draft")
    settings = models.JSONField()
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
            models.UniqueConstraint(fields=["kind", "version"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(version=None, discarded_at=None),
                name="policy_one_draft_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(version=None, published_at=None)
                | Q(version__isnull=False, published_at__isnull=False),
                name="policy_version_when_published",
            ),
        ]
        ordering = ["kind", "-version"]
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}" if self.version else f"{self.kind} draft"

    @property
    def is_open_draft(self) -> bool:
        return self.version is None and self.discarded_at is None
