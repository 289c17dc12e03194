"""Comparisons that somebody has asked for."""

from django.db import models

from exceptions.models import Connection


class ReconcileRequest(models.Model):
    """Both sides of the connection are to be compared now; gone once it is done."""

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, related_name="reconcile_request"
    )
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.connection}, by {self.asked_by}"
