"""Proposals of access: what one admin would give somebody, until another confirms it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exceptions.models.people import Team
from exceptions.models.site import Site
from exceptions.vocabulary import ProposalEnd, Role

PEOPLE = settings.AUTH_USER_MODEL


class AccessProposal(models.Model):
    """A role for somebody (without a role: letting them in again), which waits for a second admin.

    `digest` is that of what the person had when it was proposed: whoever confirms, confirms for
    exactly that. Without `ended_at` it is open until `expires_at`.
    """

    user = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, related_name="access_proposals")
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, null=True, related_name="+")
    end = models.CharField(max_length=12, choices=ProposalEnd.choices, blank=True)

    class Meta:
        constraints = [
            # Read by granting.waiting, too: the few that are open.
            models.UniqueConstraint(
                fields=["user", "role", "site", "team"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="access_proposal_one_open",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end="")
                | Q(ended_at__isnull=False, end__in=ProposalEnd.values),
                name="access_proposal_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(end=ProposalEnd.CONFIRMED)
                | Q(ended_by__isnull=False)
                & ~Q(ended_by=models.F("proposed_by"))
                & ~Q(ended_by=models.F("user")),
                name="access_proposal_second_person",
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.role or 'access'} for {self.user}"
