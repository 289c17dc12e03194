"""Approvals taken outside: a yes that was given on paper or by phone, and what shows it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exceptions.models.approval import Vote
from exceptions.models.evidence import Evidence

PEOPLE = settings.AUTH_USER_MODEL


class OutsideVote(models.Model):
    """The vote was given elsewhere and recorded here by its `cast_by`; `evidence` shows it. Whose
    yes it is may object for a day: `stopped` says whether anything could be held back then.
    """

    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, related_name="outside")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(help_text="When they said yes")
    until = models.DateTimeField(help_text="Until when they may object")
    objected_at = models.DateTimeField(null=True)
    objection = models.CharField(max_length=500, blank=True)
    stopped = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(objected_at=None, objection="", stopped=False)
                | Q(objected_at__isnull=False) & ~Q(objection=""),
                name="outside_objection_says_why",
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.vote} outside"
