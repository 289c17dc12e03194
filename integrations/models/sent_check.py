"""What later looks found of what was sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exceptions.models import OutboxMessage


class Found(models.TextChoices):
    """What a later look found of something that once stood in Odoo, proved."""

    AGREES = "agrees", _("stands there")
    MOVED = "moved", _("changed since in Odoo")  # which is its right
    LOST = "lost", _("gone")
    UNREADABLE = "unreadable", _("could not be read")


class SentCheck(models.Model):
    """The last look at one message. `since`: when it was first found like that."""

    message = models.OneToOneField(OutboxMessage, on_delete=models.CASCADE, related_name="look")
    found = models.CharField(max_length=10, choices=Found.choices)
    since = models.DateTimeField()
    looked_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    left_at = models.DateTimeField(
        null=True, help_text="A person said that it is not wanted any more: not looked for"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(found__in=Found.values), name="sent_check_found_known"
            )
        ]
        indexes = [
            # Read by odoo.sent.due: what nobody has looked at for the longest.
            models.Index(fields=["looked_at"], name="sent_check_looked"),
        ]

    def __str__(self) -> str:
        return f"{self.message}: {self.found}"
