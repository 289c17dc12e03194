"""Policies: the versioned settings of a kind."""

from django.db import models

from exceptions.vocabulary import KindCode


class Policy(models.Model):
    """One version of a kind's settings. They are never edited; the newest published one rules."""

    kind = models.CharField(max_length=40, choices=KindCode.choices)
    version = models.PositiveIntegerField()
    settings = models.JSONField()
    author = models.ForeignKey(
        "exceptions.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="policy_version_once"),
        ]
        ordering = ["kind", "-version"]
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"
