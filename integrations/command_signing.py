"""Signed commands: a token that has a secret is believed only with a signature that holds.

Signed as Standard Webhooks are: HMAC-SHA256 over `id.timestamp.body`, the id being the command's
Idempotency-Key. So what was caught on the way cannot be changed, and sent again it does nothing.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.utils.crypto import constant_time_compare

from exceptions.models import ServiceToken
from integrations import vault
from integrations.models import CommandSecret
from integrations.targets import n8n

WINDOW = timedelta(minutes=5)
MOST_SIGNATURES = 5  # a sender that changes its secret signs with both


def secrets_of(token: ServiceToken) -> list[str]:
    """The secret and the one before; empty for a token that need not sign."""
    found = CommandSecret.objects.filter(token=token).first()
    if found is None:
        return []
    return [vault.unseal(each) for each in (found.sealed, found.sealed_before) if each]


def holds(
    raw: bytes, headers: Mapping[str, str], secrets: list[str], *, key: str, at: datetime
) -> bool:
    """Whether one of the secrets signed these bytes, for this key, within minutes of `at`."""
    event, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signed_at = _instant(stamp)
    if event != key or signed_at is None or abs(at - signed_at) > WINDOW:
        return False
    given = headers.get("webhook-signature", "").split(" ")[:MOST_SIGNATURES]
    signed = (n8n.signature(n8n.key_of(each), event, signed_at, raw) for each in secrets)
    wanted = [each for each in signed if each]
    return any(constant_time_compare(one, each) for one in given for each in wanted)


def _instant(stamp: str) -> datetime | None:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        return None
    return datetime.fromtimestamp(int(stamp), UTC)


def renew(token: ServiceToken, *, at: datetime) -> str:
    """A new secret, told once; the one that was in use holds until `forget_before`."""
    secret = vault.new_secret()
    before = CommandSecret.objects.filter(token=token).values_list("sealed", flat=True).first()
    CommandSecret.objects.update_or_create(
        token=token,
        defaults={"sealed": vault.seal(secret), "sealed_before": before or "", "made_at": at},
    )
    return secret


def forget_before(token: ServiceToken) -> None:
    CommandSecret.objects.filter(token=token).update(sealed_before="")
