"""Who signed what: the vendors' own vectors where they publish any, else a reference in a line."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.utils.datastructures import CaseInsensitiveMapping as Headers

from integrations.carriers import ADAPTERS

AT = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
BODIES = Path(__file__).parent / "bodies"
SECRET, RAW = "s3cret", b'{"a": 1}'
STAMP = str(int(AT.timestamp()))


def mac(signed: bytes) -> bytes:
    return hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()


SIGNED = {
    "easypost": {"X-Hmac-Signature": f"hmac-sha256-hex={mac(RAW).hex()}"},
    "shippo": {"Shippo-Auth-Signature": f"t={STAMP},v1={mac(f'{STAMP}.'.encode() + RAW).hex()}"},
    "aftership": {"AfterShip-Hmac-SHA256": base64.b64encode(mac(RAW)).decode()},
    "sendcloud": {"Sendcloud-Signature": mac(RAW).hex()},
    "dhl": {"X-Tower-Secret": SECRET},
    "ups": {"credential": SECRET},
    "fedex": {"fdx-signature": base64.b64encode(mac(RAW)).decode()},
    "17track": {"sign": hashlib.sha256(RAW + b"/" + SECRET.encode()).hexdigest()},
    "ship24": {"Authorization": f"Bearer {SECRET}"},
    "project44": {"X-Tower-Secret": SECRET},
    "epcis": {"GS1-Signature": mac(RAW).hex()},
}
OVER_THE_BODY = SIGNED.keys() - {"dhl", "ups", "ship24", "project44"}


def holds(
    key: str, headers: dict[str, str], *secrets: str, raw: bytes = RAW, at: datetime = AT
) -> bool:
    return ADAPTERS[key].signature.holds(raw, Headers(headers), secrets, at=at)


def test_every_carrier_is_signed_for_here() -> None:
    """Those with keys, below; Standard Webhooks at the door itself, where there is an id."""
    assert SIGNED.keys() | {"shipengine", "standard"} == ADAPTERS.keys()


def test_easypost_signs_its_own_example() -> None:
    said = json.loads((BODIES / "easypost.json").read_bytes())
    compact = json.dumps(said, separators=(",", ":")).encode()
    wanted = "hmac-sha256-hex=38f3f53c103713df81616a0a186d77141957323ec21d5fe9363db93840f527db"

    assert holds("easypost", {"X-Hmac-Signature": wanted}, "sécret", raw=compact)


def test_sendcloud_signs_its_own_example() -> None:
    wanted = "1eed4b3d41f4653ac64fd56f1bf1cbfd349e4482cbc11dff7134bd93e5da4b0a"

    assert holds("sendcloud", {"Sendcloud-Signature": wanted}, "secretkey", raw=b'{"key": "value"}')


@pytest.mark.parametrize("key", SIGNED)
def test_who_has_the_secret_is_believed_and_nobody_else(key: str) -> None:
    headers = SIGNED[key]
    others = [
        holds(key, headers, "another"),
        holds(key, headers),
        holds(key, headers, ""),
        holds(key, {}, SECRET),
        holds(key, dict.fromkeys(headers, ""), SECRET),
        holds(key, {name: said + "0" for name, said in headers.items()}, SECRET),
    ]

    assert holds(key, headers, SECRET)
    assert others == [False] * 6


@pytest.mark.parametrize("key", SIGNED)
def test_while_a_secret_is_replaced_both_count(key: str) -> None:
    assert holds(key, SIGNED[key], "the new one", SECRET)
    assert holds(key, SIGNED[key], SECRET, "the new one")


@pytest.mark.parametrize("key", sorted(OVER_THE_BODY))
def test_another_body_is_not_what_was_signed(key: str) -> None:
    assert not holds(key, SIGNED[key], SECRET, raw=RAW + b" ")


def test_an_empty_secret_opens_nothing() -> None:
    headers = {"Sendcloud-Signature": hmac.new(b"", RAW, hashlib.sha256).hexdigest()}

    assert not holds("sendcloud", headers, "")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_what_is_sent_again_later_is_refused(minutes: int) -> None:
    assert not holds("shippo", SIGNED["shippo"], SECRET, at=AT + timedelta(minutes=minutes))


@pytest.mark.parametrize("minutes", [-4, 4])
def test_clocks_may_differ_a_little(minutes: int) -> None:
    assert holds("shippo", SIGNED["shippo"], SECRET, at=AT + timedelta(minutes=minutes))


def test_fedex_may_write_it_in_hex() -> None:
    assert holds("fedex", {"fdx-signature": mac(RAW).hex()}, SECRET)


@pytest.mark.parametrize("stamp", ["", "soon", "9" * 30, "2026-11-17", "\uff11"])
def test_a_stamp_that_is_none_is_refused(stamp: str) -> None:
    signed = mac(f"{stamp}.".encode() + RAW).hex()

    assert not holds("shippo", {"Shippo-Auth-Signature": f"t={stamp},v1={signed}"}, SECRET)


# RSA ------------------------------------------------------------------------------------------

STAMPS = ("x-shipengine-timestamp", "x-shipengine-rsa-sha256-key-id")


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def published(key: rsa.RSAPrivateKey, name: str = "one") -> str:
    def told(number: int) -> str:
        raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    numbers = key.public_key().public_numbers()
    return json.dumps({"keys": [{"kid": name, "n": told(numbers.n), "e": told(numbers.e)}]})


def signed(key: rsa.RSAPrivateKey, stamp: str) -> dict[str, str]:
    made = key.sign(stamp.encode() + b"." + RAW, padding.PKCS1v15(), hashes.SHA256())
    return {
        "x-shipengine-rsa-sha256-signature": base64.b64encode(made).decode(),
        STAMPS[0]: stamp,
        STAMPS[1]: "one",
    }


@pytest.mark.parametrize("stamp", ["2026-11-17T12:01:00Z", STAMP])
def test_shipengine_signs_with_its_published_key(key: rsa.RSAPrivateKey, stamp: str) -> None:
    assert holds("shipengine", signed(key, stamp), published(key))


def test_no_other_key_name_body_or_hour_will_do(key: rsa.RSAPrivateKey) -> None:
    headers = signed(key, "2026-11-17T12:01:00Z")
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    assert not holds("shipengine", headers, published(stranger))
    assert not holds("shipengine", headers, published(key, "two"))
    assert not holds("shipengine", headers, published(key), raw=RAW + b" ")
    assert not holds("shipengine", headers, published(key), at=AT + timedelta(hours=1))
    assert not holds("shipengine", headers | {STAMPS[0]: "2026-11-17T12:02:00Z"}, published(key))


@pytest.mark.parametrize("document", ["", "{}", "[]", "no JSON", '{"keys": [{"kid": "one"}]}'])
def test_without_keys_nobody_is_believed(key: rsa.RSAPrivateKey, document: str) -> None:
    assert not holds("shipengine", signed(key, STAMP), document)
