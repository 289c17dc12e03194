"""Events for n8n: posted to the addresses of the settings, signed as Standard Webhooks are.

The signature is HMAC-SHA256 over `id.timestamp.body`, in base64 behind `v1,`
(github.com/standard-webhooks/standard-webhooks, spec). The id is the message's key and stays the
same however often it is tried, so that n8n can drop repeats. No redirect is followed: where events
go, the administrator alone decides.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.utils.translation import gettext as _
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from exceptions.models import OutboxMessage
from integrations.targets import NotConnected, NotNow, Now, Undelivered, Values, Way

PREFIX = "whsec_"
TIMEOUT = urllib3.Timeout(connect=5, read=15)
MOST = 300  # bytes of the answer that are kept
# Of the refusals, those that time may cure.
LATER = frozenset({408, 425, 429, *range(500, 600)})


@contextmanager
def opened(message: OutboxMessage, now: Now) -> Iterator[Way]:  # noqa: ARG001
    """Raises NotConnected until an address and a secret are set."""
    if not is_connected(message):
        raise NotConnected(
            _(
                "Not sent: n8n is not connected. An administrator sets N8N_WEBHOOK_URL and "
                "N8N_WEBHOOK_SECRET."
            )
        )
    with urllib3.PoolManager(num_pools=1, retries=False, timeout=TIMEOUT) as pool:
        yield Posting(message, pool)


def url_of(message: OutboxMessage) -> str:
    """Where the event goes: each type, and each word of a playbook, can have its own workflow."""
    own: dict[str, str] = settings.N8N_WEBHOOK_URLS
    named = (message.parameters.get("event", ""), message.parameters["type"])
    return next((own[name] for name in named if name in own), str(settings.N8N_WEBHOOK_URL))


def is_connected(message: OutboxMessage) -> bool:
    """Whether there is a usable address, and a secret to sign with."""
    try:
        parts = urlsplit(url_of(message))
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
    return usable and parts.username is None and bool(_key())


class Posting:
    """One event on its way."""

    def __init__(self, message: OutboxMessage, pool: urllib3.PoolManager) -> None:
        self.message, self._pool = message, pool
        self._url = url_of(message)
        # The path is left out of what is told: with n8n it is as good as a password.
        self._host = str(urlsplit(self._url).netloc)

    def find(self) -> Values | None:
        """n8n drops a repeat by its id, so it may be sent again."""
        return None

    def still_holds(self, at: datetime) -> bool:  # noqa: ARG002
        return True

    def before(self) -> Values | None:
        return None

    def do(self, at: datetime) -> Values | None:
        body = envelope(self.message)
        try:
            answer = self._pool.request(
                "POST",
                self._url,
                body=body,
                headers=signed(self.message.key, at, body),
                redirect=False,
                preload_content=False,
            )
            said = answer.read(MOST, decode_content=False)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            words = _("n8n at %(host)s did not answer: %(what)s.")
            told = {"host": self._host, "what": type(error).__name__}
            raise NotNow(words % told, silence=True) from None
        answer.close()
        return _proof(self._host, answer.status, said)


def _proof(host: str, status: int, said: bytes) -> Values:
    words = "".join(c if c.isprintable() else " " for c in said.decode("utf-8", "replace")).strip()
    if 200 <= status < 300:
        return {"answered_by": host, "status": status, "answer": words}
    told = {"host": host, "status": status, "words": words}
    if status in LATER:
        raise NotNow(_("n8n at %(host)s answered %(status)s. %(words)s") % told)
    if 300 <= status < 400:
        raise Undelivered(
            _("n8n at %(host)s answered with a redirect (%(status)s), which is not followed.")
            % told
        )
    raise Undelivered(_("n8n at %(host)s refused the event (%(status)s). %(words)s") % told)


def envelope(message: OutboxMessage) -> bytes:
    """JSON: `type`, `timestamp` and `data`, as the specification proposes, and the `id`.

    The bytes are the same at every attempt.
    """
    data: dict[str, Any] = dict(message.parameters)
    data["url"] = f"{settings.TOWER_BASE_URL}/cases/{message.case_id}/"
    event = {
        "id": message.key,
        "type": data.pop("type"),
        "timestamp": message.created_at.isoformat(),
        "data": data,
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def signed(event: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that go with the body, signed anew at each attempt."""
    return {
        "Content-Type": "application/json",
        "webhook-id": event,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature(_key(), event, at, body),
    }


def signature(key: bytes, event: str, at: datetime, body: bytes) -> str:
    """As the header has it; empty for what nobody can have signed: without a key, or no text."""
    try:
        # The library takes the instant for UTC, whatever its zone.
        return Webhook(key).sign(event, at.astimezone(UTC), body.decode())
    except (UnicodeError, EmptyWebhookSecretError):
        return ""


def _key() -> bytes:
    return key_of(settings.N8N_WEBHOOK_SECRET)


def key_of(secret: str) -> bytes:
    """The secret's bytes: what follows `whsec_` is base64; without that, its own letters."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return b""
