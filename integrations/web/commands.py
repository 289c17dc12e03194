"""Commands, signed where their token has a secret. What they do, `exceptions.api.commands` says."""

from typing import Any

from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from exceptions.api import commands
from exceptions.api.bodies import MOST_BYTES
from exceptions.api.commands import CommandView
from exceptions.api.problems import TooLarge
from exceptions.models import ServiceToken
from integrations import command_signing

UNSIGNED = (
    "This token signs its commands: send webhook-id (the Idempotency-Key), webhook-timestamp "
    "(now, in seconds) and webhook-signature (v1, and the base64 of HMAC-SHA256 over "
    "id.timestamp.body)."
)


class Signed(CommandView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises AuthenticationFailed for what is not signed as it should be."""
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and isinstance(request.auth, ServiceToken):
            self._check(request, request.auth)

    def _check(self, request: Request, token: ServiceToken) -> None:
        secrets = command_signing.secrets_of(token)
        if not secrets:
            return
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise TooLarge
        raw, key, at = request.body, self.key(request), timezone.now()
        if not command_signing.holds(raw, request.headers, secrets, key=key, at=at):
            raise AuthenticationFailed(UNSIGNED)


class Commands(Signed, commands.Commands):
    pass


class Batch(Signed, commands.Batch):
    pass
