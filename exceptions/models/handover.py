"""Hand-overs: what somebody leaves to the next shift, and who took over. Never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exceptions.models.people import Team
from exceptions.models.site import Site


class Handover(models.Model):
    """What was written for the next shift of a site, or of a team there. Never changed.

    `since` is from when on the sheet told what happened.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="handovers")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    text = models.CharField(max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=150, help_text="As they were called then")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="handover_says_something"),
        ]
        indexes = [
            # Read by queries.handover.written: the latest of a site.
            models.Index(fields=["site", "-at"], name="handover_latest"),
        ]
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.site} by {self.by_name}"


class HandoverTaken(models.Model):
    """Somebody else took over what was handed over; once."""

    handover = models.OneToOneField(Handover, on_delete=models.PROTECT, related_name="taken")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=150, help_text="As they were called then")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.handover} taken over by {self.by_name}"
