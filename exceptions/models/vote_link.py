"""Links by which a person decides from an e-mail, without signing in."""

from django.conf import settings
from django.db import models

from exceptions.models.approval import ApprovalLevel, Vote


class VoteLink(models.Model):
    """One person's link to one level of one request, for exactly what was asked then (`digest`).

    The link itself stands in the e-mail and nowhere else: here is its SHA-256. It votes once.
    """

    level = models.ForeignKey(ApprovalLevel, on_delete=models.PROTECT, related_name="links")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="vote_links"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, null=True, related_name="link")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used_at=None, vote=None)
                | models.Q(used_at__isnull=False, vote__isnull=False),
                name="vote_link_used_by_its_vote",
            ),
        ]

    def __str__(self) -> str:
        return f"link of {self.person} to {self.level}"
