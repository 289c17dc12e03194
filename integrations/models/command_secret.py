"""Secrets with which programs sign their commands."""

from django.db import models

from exceptions.models import ServiceToken


class CommandSecret(models.Model):
    """Of one token: with it, whoever has only found the key can do nothing. Stored encrypted (see
    `vault`). While programs change over, what the one before signs holds, too.
    """

    token = models.OneToOneField(ServiceToken, on_delete=models.CASCADE, related_name="signing")
    sealed = models.TextField()
    sealed_before = models.TextField(blank=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"secret of {self.token}"
