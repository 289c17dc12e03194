"""What carriers said of parcels, scan by scan."""

from django.db import models
from django.db.models import Q

from exceptions.models import Parcel
from exceptions.vocabulary import Transport, Trouble
from integrations.models.event_source import EventSource


class ScanState(models.TextChoices):
    TAKEN = "taken", "taken in"
    LATE = "late", "came late"
    UNKNOWN = "unknown", "unknown word"
    SILENT = "silent", "says nothing of the way"


class CarrierScan(models.Model):
    """One event of a parcel, as its source told it. Kept for some months.

    `key` is the same for the same news, in whichever delivery it comes.
    """

    source = models.ForeignKey(EventSource, on_delete=models.CASCADE, related_name="scans")
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="scans")
    key = models.CharField(max_length=64, help_text="SHA-256 of what makes it the same news")
    at = models.DateTimeField(help_text="When it happened, as the carrier says")
    received_at = models.DateTimeField()
    code = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=24, choices=Transport.choices, blank=True)
    trouble = models.CharField(max_length=16, choices=Trouble.choices, blank=True)
    said = models.CharField(max_length=500, blank=True)
    place = models.CharField(max_length=120, blank=True)
    eta_at = models.DateTimeField(null=True)
    became = models.CharField(max_length=8, choices=ScanState.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="carrier_scan_once"),
        ]
        indexes = [
            models.Index(fields=["parcel", "-at"], name="scan_of_parcel"),
            # Read by meanings.give: what waits for somebody to say what a word means.
            models.Index(
                fields=["source", "code"],
                name="scan_unknown",
                condition=Q(became=ScanState.UNKNOWN),
            ),
            # Read by scans.forget.
            models.Index(fields=["received_at"], name="scan_received"),
        ]

    def __str__(self) -> str:
        return f"{self.parcel} {self.code}"
