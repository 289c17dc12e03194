"""What an auditor relies on: the settings history, daily anchors, and their verification."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exceptions.models.site import Site
from exceptions.vocabulary import Governed, Via


class SettingChange(models.Model):
    """One line of the settings history, written by `settings_history.add`; a trigger refuses any
    change. All lines are one chain: `hash` covers the line and `previous_hash`.
    """

    number = models.PositiveBigIntegerField(unique=True, help_text="1, 2, 3 …")
    at = models.DateTimeField()
    area = models.CharField(max_length=20, choices=Governed.choices)
    says = models.CharField(max_length=300, help_text="What was done, in the words of then")
    because = models.CharField(max_length=500, blank=True, help_text="Why, where somebody said so")
    data = models.JSONField(default=dict, help_text="What it was before and is now; no secrets")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_name = models.CharField(max_length=150, help_text="As they were called then")
    via = models.CharField(max_length=10, choices=Via.choices)
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Whose auditors may know; empty: all",
    )
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(area__in=Governed.values), name="setting_change_area_known"
            ),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number} {self.says}"


class Anchor(models.Model):
    """What all history came to at the end of a day: kept outside, it proves that nothing older was
    taken away or made anew since. Rows are only ever added (a trigger).

    It covers the case events with ids up to `up_to`, from the anchor before, and the settings
    history up to `setting_number`.
    """

    day = models.DateField(unique=True, help_text="In UTC")
    at = models.DateTimeField()
    up_to = models.BigIntegerField(help_text="Id of the last case event that it covers")
    events = models.PositiveBigIntegerField(help_text="Case events since the anchor before")
    setting_number = models.PositiveBigIntegerField()
    setting_hash = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day} {self.hash}"


class Verification(models.Model):
    """One reading of all history from its first line on, asked for by somebody or nightly.

    It waits until it has `started_at`, and runs until it has `ended_at`.
    """

    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cases = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)
    settings = models.PositiveBigIntegerField(default=0)
    anchors = models.PositiveIntegerField(default=0)
    faults = models.PositiveBigIntegerField(default=0)
    says = models.JSONField(default=list, help_text="The first faults, a sentence each")

    class Meta:
        constraints = [
            # Whoever asks while one waits or runs, gets that one.
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at=None), name="verification_one_at_a_time"
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"verification of {self.asked_at:%Y-%m-%d %H:%M}Z"
