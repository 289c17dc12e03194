"""Policies: the versioned settings of a kind."""

from django.db import models
from django.db.models import Q

from exceptions.models.versioned import Versioned, version_when_published
from exceptions.vocabulary import KindCode


class Policy(Versioned):
    """One version of a kind's settings: cases and clocks rest on it. `settings` are a
    verdicts.PolicySettings as JSON.
    """

    kind = models.CharField(max_length=40, choices=KindCode.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(version=None, discarded_at=None),
                name="policy_one_draft_a_kind",
            ),
            version_when_published("policy_version_when_published"),
        ]
        ordering = ["kind", "-version"]
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}" if self.version else f"{self.kind} draft"
