"""The files of cases, and who opened them. The bytes lie in `evidence.store`, by their SHA-256."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exceptions.models.case import Case
from exceptions.vocabulary import EvidenceSource, EvidenceType, Opened, Slot


class Evidence(models.Model):
    """A file of a case. What it is never changes (a trigger), and its row is never deleted."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    name = models.CharField(max_length=150)
    file_type = models.CharField(max_length=80, choices=EvidenceType.choices)
    size = models.BigIntegerField(help_text="Bytes")
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=10, choices=EvidenceSource.choices)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    added_by_name = models.CharField(max_length=120, help_text="As they were called then")
    added_at = models.DateTimeField()

    message = models.JSONField(null=True, help_text="What an e-mail says; its files are their own")
    part_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="parts",
        db_index=False,
        help_text="The e-mail that it was attached to",
    )

    slot = models.CharField(
        max_length=30, choices=Slot.choices, blank=True, help_text="What it is for"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_why = models.CharField(max_length=300, blank=True)
    erased_at = models.DateTimeField(null=True, help_text="By the retention; the row stays")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file_type__in=EvidenceType.values), name="evidence_type_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=EvidenceSource.values), name="evidence_source_known"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="evidence_not_empty"),
            models.CheckConstraint(
                condition=Q(slot__in=["", *Slot.values]), name="evidence_slot_known"
            ),
            models.UniqueConstraint(
                fields=["case", "sha256"],
                condition=Q(withdrawn_at=None),
                name="evidence_once_a_case",
            ),
        ]
        indexes = [
            # Read by evidence.store's readers: which cases still need these bytes.
            models.Index(fields=["sha256"], name="evidence_bytes"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class LegalHold(models.Model):
    """While one is set, no file of the case is erased."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="legal_holds")
    why = models.CharField(max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at=None), name="legal_hold_one_a_case"
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.case}: {self.why}"


class EvidenceAccess(models.Model):
    """Somebody opened a file. Rows are only ever added (a trigger)."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="accesses")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    name = models.CharField(max_length=120, help_text="As they were called then")
    at = models.DateTimeField()
    how = models.CharField(max_length=10, choices=Opened.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(how__in=Opened.values), name="evidence_access_known"
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name}: {self.evidence}"
