"""Carriers and their parcels: what gives each a number of its own."""

from django.db import models

from exceptions.models.site import Connection


class Carrier(models.Model):
    """Who carries. `key` is the name in lower case: carriers are told apart by it."""

    key = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Parcel(models.Model):
    """A tracking number of a carrier. Its id is the record id of the documents about it.

    `transfer` is the reference of the source's record that it carries, as the carrier last named
    one.
    """

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="parcels")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="parcels")
    tracking = models.CharField(max_length=80)
    transfer = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "carrier", "tracking"], name="parcel_once"
            ),
        ]

    def __str__(self) -> str:
        return self.tracking
