"""Answers given to requests that may be repeated."""

from django.conf import settings
from django.db import models


class GivenAnswer(models.Model):
    """What a caller was told for a request with an Idempotency-Key.

    The row is written in the transaction of what was done, so there is an answer exactly when it
    was done, and a repetition that comes at the same time waits for it.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64, help_text="SHA-256 of the address and the body")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="answer_once_per_key"),
        ]
        indexes = [
            # Read by answers.forget.
            models.Index(fields=["at"], name="answer_at"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"
