"""Signed commands: a token that has a secret is believed only with a signature that holds.

Signed as Standard Webhooks are: HMAC-SHA256 over `id.timestamp.body`, the id being the command's
Idempotency-Key. So what was caught on the way cannot be changed, and sent again it does nothing.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from exceptions import settings_history
from exceptions.models import ServiceToken, User
from exceptions.vocabulary import Governed
from integrations import vault
from integrations.models import CommandSecret
from integrations.targets import n8n

WINDOW = timedelta(minutes=5)
MOST_SIGNATURES = 5  # a sender that changes its secret signs with both


class NotPossible(Exception):
    """Why it cannot be done, as a sentence."""


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


@transaction.atomic
def renew(token: ServiceToken, *, at: datetime, by: User | None = None) -> str:
    """A new secret, told once; the one that was in use holds until `retire`. Raises NotPossible."""
    found = _locked(token)
    if found and found.sealed_before:
        raise NotPossible(_("Two secrets hold already. Retire the former one first."))
    secret = vault.new_secret()
    CommandSecret.objects.update_or_create(
        token=token,
        defaults={
            "sealed": vault.seal(secret),
            "sealed_before": found.sealed if found else "",
            "made_at": at,
        },
    )
    _tell(token, _("next secret made") if found else _("has to sign from now on"), by, at)
    return secret


@transaction.atomic
def retire(token: ServiceToken, *, at: datetime, by: User | None = None) -> None:
    """What the former secret signs holds no more. Raises NotPossible."""
    found = _locked(token)
    if not found or not found.sealed_before:
        raise NotPossible(_("Only one secret holds: there is no former one to retire."))
    found.sealed_before = ""
    found.save(update_fields=["sealed_before"])
    _tell(token, _("former secret retired"), by, at)


@transaction.atomic
def stop(token: ServiceToken, *, at: datetime, by: User | None = None) -> None:
    """It need not sign any more: its key alone is believed. Raises NotPossible."""
    found = _locked(token)
    if not found:
        raise NotPossible(_("This token has no secret."))
    found.delete()
    _tell(token, _("need not sign any more; its secrets are gone"), by, at)


def _locked(token: ServiceToken) -> CommandSecret | None:
    """The token is locked, too: of two who make its first secret, one comes second."""
    ServiceToken.objects.select_for_update(no_key=True).get(pk=token.pk)
    return CommandSecret.objects.filter(token=token).first()


def _tell(token: ServiceToken, what: str, by: User | None, at: datetime) -> None:
    says = _("Commands of the token “%(name)s”: %(what)s") % {"name": token.name, "what": what}
    settings_history.add(Governed.SECRET, says, by=by, at=at, data={"token": token.pk})
