"""How carriers sign: over the raw bytes, compared in constant time, false without a secret."""

import base64
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from django.utils.crypto import constant_time_compare
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

# What is older, or newer, than that is refused: it may be somebody who sends it again.
WINDOW = timedelta(minutes=5)

Headers = Mapping[str, str]
MOST_SIGNATURES = 5  # a sender that changes its secret signs with both


def in_hex(digest: bytes) -> str:
    return digest.hex()


def in_base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def as_it_is(secret: str) -> str:
    return secret


def decomposed(secret: str) -> str:
    """Unicode's NFKD: "é" and "e" with an accent are the same then."""
    return unicodedata.normalize("NFKD", secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hmac:
    """HMAC-SHA256 of the body in a header, in one of `ways` to write it."""

    header: str
    ways: tuple[Callable[[bytes], str], ...] = (in_hex,)
    prefix: str = ""
    prepared: Callable[[str], str] = as_it_is

    def holds(
        self,
        raw: bytes,
        headers: Headers,
        secrets: Sequence[str],
        *,
        at: datetime,  # noqa: ARG002
    ) -> bool:
        given = headers.get(self.header, "")
        digests = (_mac(self.prepared(secret), raw) for secret in _real(secrets))
        return _any_equal(given, (self.prefix + way(d) for d in digests for way in self.ways))


@dataclass(frozen=True, slots=True, kw_only=True)
class StampedHmac:
    """`t=<seconds>,v1=<hex>`: HMAC-SHA256 of `<seconds>.<body>`, good for some minutes."""

    header: str

    def holds(self, raw: bytes, headers: Headers, secrets: Sequence[str], *, at: datetime) -> bool:
        parts = [part.partition("=") for part in headers.get(self.header, "").split(",")]
        given = {name.strip(): value.strip() for name, _, value in parts}
        stamp = given.get("t", "")
        if not _is_near(stamp, at):
            return False
        signed = stamp.encode() + b"." + raw
        wanted = (_mac(secret, signed).hex() for secret in _real(secrets))
        return _any_equal(given.get("v1", ""), wanted)


@dataclass(frozen=True, slots=True)
class Standard:
    """As standardwebhooks.com says: over id, instant and body, good for some minutes. The library
    would ask the machine's clock, and so only signs here.
    """

    def holds(self, raw: bytes, headers: Headers, secrets: Sequence[str], *, at: datetime) -> bool:
        event, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        signatures = headers.get("webhook-signature", "").split(" ")
        if not event or not _is_near(stamp, at):
            return False
        wanted = [w for s in _real(secrets) if (w := _standard(s, event, stamp, raw))]
        found = [_any_equal(given, wanted) for given in signatures[:MOST_SIGNATURES]]
        return any(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """A word that was agreed on, in a header: whoever reads it once can send whatever they like."""

    header: str
    prefix: str = ""

    def holds(
        self,
        raw: bytes,  # noqa: ARG002
        headers: Headers,
        secrets: Sequence[str],
        *,
        at: datetime,  # noqa: ARG002
    ) -> bool:
        given = headers.get(self.header, "")
        return _any_equal(given, (self.prefix + secret for secret in _real(secrets)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Salted:
    """SHA-256 of the body, a slash and the key, in hex. No HMAC, but what 17TRACK does."""

    header: str

    def holds(
        self,
        raw: bytes,
        headers: Headers,
        secrets: Sequence[str],
        *,
        at: datetime,  # noqa: ARG002
    ) -> bool:
        signed = (raw + b"/" + secret.encode() for secret in _real(secrets))
        wanted = (hashlib.sha256(each).hexdigest() for each in signed)
        return _any_equal(headers.get(self.header, ""), wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rsa:
    """RSA-SHA256 of `<stamp>.<body>`, in base64, by a key of the vendor's. A secret is the vendor's
    set of public keys (JWKS) as JSON.
    """

    header: str
    stamp_header: str
    key_header: str

    def holds(self, raw: bytes, headers: Headers, secrets: Sequence[str], *, at: datetime) -> bool:
        stamp = headers.get(self.stamp_header, "")
        if not _is_near(stamp, at):
            return False
        signed = stamp.encode() + b"." + raw
        keys = _keys(_real(secrets), headers.get(self.key_header, ""))
        return any(_verifies(key, headers.get(self.header, ""), signed) for key in keys)


def _real(secrets: Sequence[str]) -> list[str]:
    return [secret for secret in secrets if secret]


def _mac(secret: str, signed: bytes) -> bytes:
    return hmac.digest(secret.encode(), signed, "sha256")


def _standard(secret: str, event: str, stamp: str, raw: bytes) -> str:
    """What the sender must have signed; empty where the secret, or the body, is no such thing."""
    try:
        signed_at = datetime.fromtimestamp(int(stamp), UTC)
        return Webhook(secret).sign(event, signed_at, raw.decode())
    except (ValueError, EmptyWebhookSecretError):  # of base64 and UTF-8, too
        return ""


def _any_equal(given: str, wanted: Iterable[str]) -> bool:
    """Every one is compared, whichever fits."""
    found = [constant_time_compare(given, each) for each in wanted]
    return bool(given) and any(found)


def _is_near(stamp: str, at: datetime) -> bool:
    """Seconds since 1970, or an instant in ISO 8601, near enough to now."""
    try:
        if stamp.isascii() and stamp.isdigit():
            signed_at = datetime.fromtimestamp(int(stamp), at.tzinfo)
        else:
            signed_at = datetime.fromisoformat(stamp)
        return abs(at - signed_at) <= WINDOW
    except (ValueError, TypeError, OverflowError, OSError):
        return False


def _keys(documents: Iterable[str], wanted: str) -> list[RSAPublicKey]:
    """Those of that name."""
    found = []
    for document in documents:
        try:
            keys = json.loads(document)["keys"]
            named = [key for key in keys if key["kid"] == wanted]
            found += [
                RSAPublicNumbers(e=_number(k["e"]), n=_number(k["n"])).public_key() for k in named
            ]
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _number(text: str) -> int:
    padded = text + "=" * (-len(text) % 4)
    return int.from_bytes(base64.urlsafe_b64decode(padded), "big")


def _verifies(key: RSAPublicKey, given: str, signed: bytes) -> bool:
    try:
        signature = base64.b64decode(given, validate=True)
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True
