"""Each carrier's way to sign, written down a second time."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

# That a delivery was made long ago can be seen of these alone.
STAMPED = frozenset({"shippo", "shipengine", "standard"})
# These show a word that was agreed on, whatever the body says.
STATIC = frozenset({"dhl", "ups", "ship24", "project44"})


def published(key: rsa.RSAPrivateKey, name: str = "one") -> str:
    """The vendor's set of public keys."""

    def told(number: int) -> str:
        raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    numbers = key.public_key().public_numbers()
    return json.dumps({"keys": [{"kid": name, "n": told(numbers.n), "e": told(numbers.e)}]})


def mac(secret: str | bytes, signed: bytes) -> bytes:
    key = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(key, signed, hashlib.sha256).digest()


@dataclass
class Signer:
    """Signs as that carrier does. `secret` is what the tower is told of it."""

    carrier: str
    secret: str = ""
    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    def __post_init__(self) -> None:
        own = {
            "standard": "whsec_" + base64.b64encode(b"k" * 32).decode(),
            "shipengine": published(self.key),
        }
        self.secret = self.secret or own.get(self.carrier, "s3cret")

    def headers(self, body: bytes, at: datetime, event: str = "evt-1") -> dict[str, str]:
        return SIGNED[self.carrier](self, body, str(int(at.timestamp())), event)


Sign = Callable[[Signer, bytes, str, str], dict[str, str]]


def _shippo(signer: Signer, body: bytes, stamp: str, _event: str) -> dict[str, str]:
    signed = mac(signer.secret, f"{stamp}.".encode() + body).hex()
    return {"Shippo-Auth-Signature": f"t={stamp},v1={signed}"}


def _shipengine(signer: Signer, body: bytes, stamp: str, _event: str) -> dict[str, str]:
    made = signer.key.sign(stamp.encode() + b"." + body, padding.PKCS1v15(), hashes.SHA256())
    return {
        "x-shipengine-rsa-sha256-signature": base64.b64encode(made).decode(),
        "x-shipengine-timestamp": stamp,
        "x-shipengine-rsa-sha256-key-id": "one",
    }


def _standard(signer: Signer, body: bytes, stamp: str, event: str) -> dict[str, str]:
    key = base64.b64decode(signer.secret.removeprefix("whsec_"))
    signed = base64.b64encode(mac(key, f"{event}.{stamp}.".encode() + body)).decode()
    return {
        "webhook-id": event,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signed}",
    }


def _hex(header: str, prefix: str = "") -> Sign:
    return lambda signer, body, _stamp, _event: {header: prefix + mac(signer.secret, body).hex()}


def _base64(header: str) -> Sign:
    return lambda signer, body, _stamp, _event: {
        header: base64.b64encode(mac(signer.secret, body)).decode()
    }


def _word(header: str, prefix: str = "") -> Sign:
    return lambda signer, _body, _stamp, _event: {header: prefix + signer.secret}


def _salted(signer: Signer, body: bytes, _stamp: str, _event: str) -> dict[str, str]:
    return {"sign": hashlib.sha256(body + b"/" + signer.secret.encode()).hexdigest()}


SIGNED: dict[str, Sign] = {
    "easypost": _hex("X-Hmac-Signature", "hmac-sha256-hex="),
    "shippo": _shippo,
    "aftership": _base64("AfterShip-Hmac-SHA256"),
    "shipengine": _shipengine,
    "sendcloud": _hex("Sendcloud-Signature"),
    "dhl": _word("X-Tower-Secret"),
    "ups": _word("credential"),
    "fedex": _base64("fdx-signature"),
    "17track": _salted,
    "ship24": _word("Authorization", "Bearer "),
    "project44": _word("X-Tower-Secret"),
    "epcis": _hex("GS1-Signature"),
    "standard": _standard,
}
