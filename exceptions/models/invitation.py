"""Invitations: who was asked to come in, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Invitation(models.Model):
    """Somebody was asked to come in. Until they do, `person` is inactive and their roles open
    nothing.

    `known`: the address belonged to an account before. Then `person` is whose it is, nothing was
    given, and they alone are told so: nobody learns from the page which addresses exist.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="invitations"
    )
    name = models.CharField(max_length=301, help_text=_("As it was typed"))
    email = models.EmailField(help_text=_("As it was typed"))
    about = models.CharField(max_length=250, help_text=_("The first role, in words"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(help_text=_("The last time"))
    number = models.PositiveSmallIntegerField(
        default=1, help_text=_("How often it was sent: earlier links open nothing any more")
    )
    known = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(accepted_at=None, withdrawn_at=None, known=False),
                name="invitation_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"
