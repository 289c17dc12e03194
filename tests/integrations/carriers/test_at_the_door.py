"""Every carrier knocks at the real door: with its own example, and with garbage of every sort.

Whatever comes is let in and understood, set aside with a reason, or refused; what is garbage
changes nothing, and the next good delivery is taken in as if nothing had been.
"""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.datastructures import CaseInsensitiveMapping as Headers

from exceptions.models import Case, Document
from integrations import event_sources, events, receiving
from integrations.carriers import ADAPTERS
from integrations.models import CarrierScan, DeliveryState, EventSource, InboxDelivery, Refusal
from tests.integrations.carriers.saying import BODIES, TABLES
from tests.integrations.carriers.signing import SIGNED, STAMPED, STATIC, Signer
from tests.making import Tower

DONE, ASIDE = DeliveryState.DONE, DeliveryState.SET_ASIDE
LONG_AGO = "0001-01-01T00:00:00+14:00"  # no instant in UTC, nor is the next
NEVER = "9999-12-31T23:59:59-14:00"


@cache
def signer_of(carrier: str) -> Signer:
    return Signer(carrier)


@cache
def examples(carrier: str) -> list[bytes]:
    """The vendor's own, where there are any, the earliest first; else one in its form."""
    recorded = [p.read_bytes() for p in sorted(BODIES.glob(f"{carrier}*.json"), reverse=True)]
    words, said = TABLES[carrier]
    word = next(word for word, meant in words.items() if meant)
    return recorded or [json.dumps(said(word)).encode()]


def plain(carrier: str) -> Any:
    return json.loads(examples(carrier)[0])


@dataclass
class Knocking:
    """One carrier at the door."""

    carrier: str
    source: EventSource
    path: str
    knocks: int = 0

    def signed(self, body: bytes, at: datetime | None = None, event: str = "") -> dict[str, str]:
        self.knocks += 1
        at = at or timezone.now()
        return signer_of(self.carrier).headers(body, at, event or f"evt-{self.knocks}")

    def post(self, body: bytes, headers: dict[str, str] | None = None, **more: Any) -> HttpResponse:
        answer = Client(enforce_csrf_checks=True).generic(
            "POST",
            self.path,
            body,
            content_type=more.get("content_type", "application/json"),
            headers=self.signed(body) if headers is None else headers,
        )
        assert isinstance(answer, HttpResponse)
        return answer

    def tell(self, body: bytes) -> tuple[str, str]:
        """What became of a delivery that is let in."""
        answer = self.post(body)
        assert answer.status_code == 202, answer.content
        events.work_due(timezone.now)
        delivery = InboxDelivery.objects.get(pk=json.loads(answer.content)["stored"])
        return delivery.state, delivery.outcome


@pytest.fixture(params=ADAPTERS)
def carrier(request: pytest.FixtureRequest, tower: Tower) -> Knocking:
    key = str(request.param)
    said = event_sources.Settings(name=key, site=tower.site, per_minute=10_000)
    at = timezone.now()
    source, _secret = event_sources.add(said, key, signer_of(key).secret, None, at=at)
    address = event_sources.address(source)
    return Knocking(key, source, address[address.index("/hooks/") :])


def known() -> tuple[int, int, int]:
    """What the tower believes of parcels."""
    parcels = Document.objects.filter(facts_type="Shipment")
    return CarrierScan.objects.count(), parcels.count(), Case.objects.count()


def test_every_carrier_is_signed_for() -> None:
    assert SIGNED.keys() == ADAPTERS.keys()


def test_what_it_sends_is_stored_and_taken_in(carrier: Knocking) -> None:
    for body in examples(carrier.carrier):
        state, outcome = carrier.tell(body)
        wanted = {
            (s.tracking, s.at, s.code[:120], s.status or "", s.trouble or "", s.said)
            for s in ADAPTERS[carrier.carrier].read(body)
        }
        stored = CarrierScan.objects.select_related("parcel")
        found = {(s.parcel.tracking, s.at, s.code, s.status, s.trouble, s.said) for s in stored}

        assert (state, re.sub(r"\d+ ", "", outcome)) == (DONE, "taken in")
        assert wanted
        assert wanted <= found


# Let in, but nothing to be understood ------------------------------------------------------------


def everywhere(value: Any, new: Callable[[Any], Any]) -> Any:
    """The value with each of its leaves made new."""
    if isinstance(value, dict):
        return {name: everywhere(each, new) for name, each in value.items()}
    if isinstance(value, list):
        return [everywhere(each, new) for each in value]
    return new(value)


def leaves(new: Any) -> Callable[[str], bytes]:
    """The example with the same garbage in every place."""
    return lambda key: json.dumps(everywhere(plain(key), lambda _old: new)).encode()


def dated(new: str, number: float) -> Callable[[str], bytes]:
    """The example with other instants: where a leaf is a date, or a number, as some write them."""

    def change(old: Any) -> Any:
        if isinstance(old, str) and re.match(r"\d{4}-?\d\d-?\d\d|\d{6}$", old):
            return new
        return number if (type(old) in (int, float) and old > 1e6) or old == 1 else old

    return lambda key: json.dumps(everywhere(plain(key), change)).encode()


def raw(change: Callable[[bytes], bytes]) -> Callable[[str], bytes]:
    return lambda key: change(examples(key)[0])


GARBAGE: dict[str, Callable[[str], bytes]] = {
    "empty": raw(lambda _body: b""),
    "no JSON": raw(lambda _body: b"hello"),
    "truncated": raw(lambda body: body.rstrip()[:-1]),
    "half": raw(lambda body: body[: len(body) // 2]),
    "UTF-16": raw(lambda body: body.decode().encode("utf-16")),
    "no UTF-8": raw(lambda body: body.replace(b":", b':"\xff\xfe",', 1)),
    "byte order mark": raw(lambda body: b"\xef\xbb\xbf" + body),
    "twice": raw(lambda body: body + body),
    "a list of lists": raw(lambda body: b"[[" + body + b"]]"),
    "deep nesting": raw(lambda _body: b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    "deep list": raw(lambda _body: b"[" * 100_000),
    "a number": raw(lambda _body: b"1e999999"),
    "NUL bytes": raw(lambda body: body.replace(b" ", b"\x00") + b"\x00"),
    "lone surrogates": lambda key: leaves("#")(key).replace(b'"#"', b'"\\ud800"'),
    "huge numbers": lambda key: leaves("#")(key).replace(b'"#"', b"9" * 5_000),
    "lists everywhere": leaves([]),
    "objects everywhere": leaves({"a": {"b": []}}),
    "NUL everywhere": leaves("\x00"),
    "before all time": dated(LONG_AGO, -1e18),
    "after all time": dated(NEVER, 1e300),
    "no instant": dated("yesterday", float("-1e30")),
}


# What is no text cannot be signed by the specification that own programs follow.
NO_TEXT = {"UTF-16", "no UTF-8"}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_set_aside_with_a_reason(carrier: Knocking, name: str) -> None:
    body = GARBAGE[name](carrier.carrier)
    if carrier.carrier == "standard" and name in NO_TEXT:
        assert (carrier.post(body).status_code, known()) == (401, (0, 0, 0))
        return
    state, outcome = carrier.tell(body)

    assert (state, known()) == (ASIDE, (0, 0, 0)), outcome
    assert outcome
    assert "the log says why" not in outcome
    assert carrier.tell(examples(carrier.carrier)[0])[0] == DONE


# Not let in --------------------------------------------------------------------------------------


def refused(carrier: Knocking) -> dict[str, int]:
    return {each.reason: each.count for each in Refusal.objects.filter(source=carrier.source)}


def test_who_is_not_who_they_say_is_refused(carrier: Knocking) -> None:
    body = examples(carrier.carrier)[0]
    forged = [
        {},
        Signer(carrier.carrier, "another").headers(body, timezone.now())
        if carrier.carrier not in ("standard", "shipengine")
        else {},
        dict.fromkeys(carrier.signed(body), ""),
        {name: said[:-4] + "AAAA" for name, said in carrier.signed(body).items()},
        {name: "\xe9" + said for name, said in carrier.signed(body).items()},
    ]
    answers = [carrier.post(body, headers).status_code for headers in forged]

    assert (answers, InboxDelivery.objects.count()) == ([401] * len(forged), 0)
    assert refused(carrier) == {"signature": len(forged)}
    assert carrier.tell(body)[0] == DONE


def test_another_body_than_was_signed_is_refused(carrier: Knocking) -> None:
    body = examples(carrier.carrier)[0]
    changed = [carrier.post(each, carrier.signed(body)) for each in (body + b" ", body[:-1], b"")]
    wanted = [202] * 3 if carrier.carrier in STATIC else [401] * 3

    assert [each.status_code for each in changed] == wanted


def test_the_same_again_is_taken_in_once(carrier: Knocking) -> None:
    body = examples(carrier.carrier)[0]
    headers = carrier.signed(body)
    answers = [json.loads(carrier.post(body, headers).content) for _time in range(3)]
    worked = [events.work_due(timezone.now) for _time in range(2)]
    before = known()

    assert ([a["duplicate"] for a in answers], worked) == ([False, True, True], [1, 0])
    late = timezone.now() - timedelta(hours=1)
    again = carrier.post(body, carrier.signed(body, late, "evt-1"))
    assert again.status_code == (401 if carrier.carrier in STAMPED else 202)
    assert (events.work_due(timezone.now), known()) == (0, before)


def test_what_is_too_large_packed_or_in_another_charset_is_refused(carrier: Knocking) -> None:
    body = examples(carrier.carrier)[0]
    large, packed = body.ljust(receiving.LARGEST_BODY + 1), gzip.compress(body)
    other = body.decode().encode("utf-16")
    answers = [
        carrier.post(large),
        carrier.post(packed, carrier.signed(packed) | {"Content-Encoding": "gzip"}),
        carrier.post(other, content_type="application/json; charset=utf-16"),
    ]

    assert [a.status_code for a in answers] == [413, 415, 415]
    assert (InboxDelivery.objects.count(), refused(carrier)) == (0, {"too_large": 1, "encoding": 2})


def test_what_was_cut_off_on_the_way_is_refused(carrier: Knocking) -> None:
    """The rest of it never came; `tests/races/test_door.py` does it over a real line."""
    body = examples(carrier.carrier)[0]
    headers = Headers(carrier.signed(body) | {"Content-Length": str(len(body) + 10)})

    with pytest.raises(receiving.Refused, match="cut off"):
        receiving.receive(carrier.source, body, headers, at=timezone.now())
    assert (InboxDelivery.objects.count(), refused(carrier)) == (0, {"cut_off": 1})
