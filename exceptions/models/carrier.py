"""Carriers and their parcels: what gives each a number of its own."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exceptions.models.site import Connection
from exceptions.vocabulary import Matched


class Carrier(models.Model):
    """Who carries. `key` is the name in lower case: carriers are told apart by it."""

    key = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Parcel(models.Model):
    """A tracking number of a carrier. Its id is the record id of the documents about it.

    `transfer` is the reference of the source's record that it carries, and `matched` by what it was
    found. `named` is what the carrier was told that it belongs to, whether or not anybody knows it.
    """

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="parcels")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="parcels")
    tracking = models.CharField(max_length=80)
    transfer = models.CharField(max_length=120, blank=True)
    matched = models.CharField(max_length=8, choices=Matched.choices, blank=True, db_default="")
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    matched_at = models.DateTimeField(null=True)
    named = models.CharField(max_length=120, blank=True, db_default="")
    heard_at = models.DateTimeField(null=True, help_text="When a source last sent news of it")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "carrier", "tracking"], name="parcel_once"
            ),
        ]
        indexes = [
            # Read by matching.waiting: parcels that nobody knows, the latest first.
            models.Index(
                fields=["-heard_at"],
                name="parcel_unmatched",
                condition=Q(transfer="", heard_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.tracking
