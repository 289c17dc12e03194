"""Links by which somebody without an account hands files in for one case."""

from datetime import datetime

from django.conf import settings
from django.db import models

from exceptions.models.case import Case


class UploadLink(models.Model):
    """For dock staff, a driver, a carrier: it takes files, and shows nothing of the case but its
    number and what is asked for. Its address is its id, signed.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="upload_links")
    given_to = models.CharField(max_length=80, help_text="For whom it is, in words")
    slots = models.JSONField(default=list, help_text="What is asked for")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    uses = models.PositiveIntegerField(default=0, help_text="Files that came by it")
    last_used_at = models.DateTimeField(null=True)
    hour_began_at = models.DateTimeField(null=True, help_text="Since when tries are counted")
    tries = models.PositiveIntegerField(default=0, help_text="In that hour")

    class Meta:
        ordering = ["id"]

    def works(self, at: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > at

    def __str__(self) -> str:
        return f"{self.given_to}: {self.case}"
