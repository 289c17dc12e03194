"""Reports: what gives each case that was raised by hand a record of its own."""

from django.conf import settings
from django.db import models


class RaisedReport(models.Model):
    """Who raised a case, and when. Its id is the record id of the document that says what."""

    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports"
    )
    raised_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"R-{self.pk}"
