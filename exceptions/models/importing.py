"""Imports of past cases: the file, how far it has been read, and what was wrong with its rows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exceptions.vocabulary import ImportState, Via


class ImportJob(models.Model):
    """One file on its way in. `importing.jobs` works it off in batches, each one transaction.

    `position` is how many rows (of an event log: cases) of the phase under way are done, in the
    transaction that did them; so a killed run goes on exactly there.
    """

    source = models.CharField(max_length=40, help_text=_("The system or file that it came from"))
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(help_text=_("Bytes"))
    uploaded_at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    actor_name = models.CharField(max_length=120)
    via = models.CharField(max_length=10, choices=Via.choices)
    sites = models.JSONField(null=True, help_text=_("Ids of sites that may be written; null: all"))

    mapping = models.JSONField(null=True)
    state = models.CharField(
        max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED
    )
    started_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True, help_text=_("When the last batch was done"))
    finished_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, blank=True)

    total = models.PositiveIntegerField(null=True, help_text=_("Rows, once all have been read"))
    position = models.PositiveIntegerField(default=0)
    inserted = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0, help_text=_("Rows that were left out"))
    notices = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ImportState.values), name="import_state_known"
            ),
        ]
        indexes = [
            # Read by importing.jobs.work_due, every few seconds.
            models.Index(
                fields=["id"],
                name="import_due",
                condition=Q(state__in=[ImportState.CHECKING, ImportState.IMPORTING]),
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.source}: {self.file_name}"

    @property
    def is_under_way(self) -> bool:
        return self.state in (ImportState.CHECKING, ImportState.IMPORTING)

    @property
    def good(self) -> int:
        return self.inserted + self.updated + self.unchanged


class ImportPart(models.Model):
    """A stretch of the uploaded file. They are removed once it has been imported."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="import_part_once"),
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.job_id}.{self.number}"


class ImportIssue(models.Model):
    """What is wrong with a row, or was to be said of it. The first ten thousand of a job."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="issues")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=120)
    value = models.CharField(max_length=80)
    says = models.CharField(max_length=400)
    is_error = models.BooleanField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.row}: {self.column}: {self.says}"


class ImportedNumber(models.Model):
    """An external id that the phase under way has met, so that one that comes twice is found.

    Removed with the end of the phase.
    """

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="numbers")
    external_id = models.CharField(max_length=120)
    row = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "external_id"], name="imported_number_once"),
        ]

    def __str__(self) -> str:
        return self.external_id
