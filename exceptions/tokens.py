"""Service tokens: programs' keys to the API. A key is shown once; only its SHA-256 is kept."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from exceptions.models import ServiceToken, User

PREFIX = "ct_"
READ, MOVE, RAISE, FACTS = "cases:read", "cases:move", "cases:raise", "facts:write"
SCOPES = (READ, MOVE, RAISE, FACTS)
# What is told of a parcel may concern any site of the connection: carriers know numbers, not sites.
BEYOND_SITES = frozenset({FACTS})
USE_IS_NOTED_EVERY = timedelta(minutes=1)


class Invalid(Exception):
    """The key opens nothing; the text is a sentence for whoever holds it."""


def issue(
    user: User,
    *,
    name: str,
    scopes: Sequence[str],
    at: datetime,
    days: int | None = None,
    sites: Iterable[int] | None = None,
    by: User | None = None,
) -> str:
    """A new key, which acts as `user` within `scopes`, for `days` or until it is revoked; at
    `sites` only, or wherever the person may.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise ValueError(f"scopes are one or more of {', '.join(SCOPES)}")
    key = PREFIX + secrets.token_urlsafe(32)
    ServiceToken.objects.create(
        name=name,
        digest=digest(key),
        user=user,
        scopes=sorted(set(scopes)),
        sites=None if sites is None else sorted(sites),
        made_by=by,
        created_at=at,
        expires_at=at + timedelta(days=days) if days is not None else None,
    )
    return key


def find(key: str, *, at: datetime) -> ServiceToken:
    """The token of a key, whose use is noted. Raises Invalid.

    The look-up is by digest, so that how long it takes tells nothing about the key.
    """
    wanted = digest(key)
    token = ServiceToken.objects.select_related("user").filter(digest=wanted).first()
    if token is None or not hmac.compare_digest(token.digest, wanted) or not token.user.is_active:
        raise Invalid("This token is not known here.")
    if token.revoked_at and token.revoked_at <= at:
        raise Invalid("This token was revoked.")
    if token.expires_at and token.expires_at <= at:
        raise Invalid("This token has expired.")
    _note_use(token, at)
    return token


def digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def _note_use(token: ServiceToken, at: datetime) -> None:
    """Once a minute is enough to tell whether a token is still in use."""
    stale = at - USE_IS_NOTED_EVERY
    if token.last_used_at and token.last_used_at > stale:
        return
    unnoted = Q(last_used_at=None) | Q(last_used_at__lte=stale)
    ServiceToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=at)
