"""Discoveries: looks over an Odoo for the exceptions that its company has."""

from django.db import models
from django.db.models import Q

from exceptions.models import Connection, User


class Discovery(models.Model):
    """A look over one Odoo for the exceptions that its company has (see `discovery`). It waits
    until a worker takes it; `found` is the report as JSON.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="discoveries")
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    stepped_at = models.DateTimeField(null=True, help_text="Its worker was alive then")
    finished_at = models.DateTimeField(null=True)
    step = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    found = models.JSONField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(finished_at=None),
                name="discovery_one_at_a_time",
            ),
        ]
        indexes = [
            # Read by the page: the latest of a connection.
            models.Index(fields=["connection", "-asked_at"], name="discovery_recent"),
        ]
        verbose_name_plural = "discoveries"

    def __str__(self) -> str:
        return f"{self.connection}: {self.asked_at:%Y-%m-%d}"
