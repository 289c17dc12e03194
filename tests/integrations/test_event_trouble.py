"""Deliveries of sources that cannot be read, and what they do not hold up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from exceptions.models import Document, Parcel
from integrations import events, scans
from integrations.carriers import ADAPTERS
from integrations.models import (
    CarrierScan,
    DeliveryState,
    EventSource,
    InboxDelivery,
)
from tests.integrations.became import ASIDE, DONE, HOUR, outcome, status
from tests.integrations.knocking import Sender, sender
from tests.making import Tower

BODIES = Path(__file__).parent / "carriers" / "bodies"


def example(key: str) -> bytes:
    names = {"ups": "ups_out"}
    return (BODIES / f"{names.get(key, key)}.json").read_bytes()


RECORDED = sorted({path.stem.partition("_")[0] for path in BODIES.glob("*.json")})


def store(source: EventSource, body: bytes, at: datetime) -> InboxDelivery:
    """As the door would: who signed is asked elsewhere."""
    return InboxDelivery.objects.create(
        connection=source.connection,
        source=source,
        key=f"test:{InboxDelivery.objects.count()}",
        received_at=at,
        body=body,
        next_attempt_at=at,
    )


@pytest.mark.parametrize("key", RECORDED)
def test_each_recorded_body_is_taken_in_through_the_inbox(
    tower: Tower, at: datetime, key: str
) -> None:
    source = sender(tower, at, name=key, adapter=key, secret="12345678").source
    delivery = store(source, example(key), at)
    events.work_due(lambda: at)

    delivery.refresh_from_db()
    expected = {scan.tracking for scan in ADAPTERS[key].read(example(key))}
    assert delivery.state == DONE
    assert {p.tracking for p in Parcel.objects.all()} == expected


@pytest.mark.parametrize("key", sorted(ADAPTERS))
@pytest.mark.parametrize("garbage", [b"", b"[", b"\xff\xfe\x00", b"null", b"5", b"[" * 90_000])
def test_garbage_is_set_aside_with_a_reason_and_can_be_put_back(
    tower: Tower, at: datetime, key: str, garbage: bytes
) -> None:
    source = sender(tower, at, name=key, adapter=key, secret=_secret(key)).source
    delivery = store(source, garbage, at)
    events.work_due(lambda: at)

    delivery.refresh_from_db()
    assert (delivery.state, bool(delivery.outcome), status()) == (ASIDE, True, {})


def _secret(key: str) -> str:
    return "" if key == "standard" else "12345678"


@pytest.mark.parametrize("key", RECORDED)
def test_a_recorded_body_that_is_cut_off_is_set_aside(tower: Tower, at: datetime, key: str) -> None:
    source = sender(tower, at, name=key, adapter=key, secret="12345678").source
    delivery = store(source, example(key)[:-20], at)
    events.work_due(lambda: at)

    assert (outcome(delivery)[0], status()) == (ASIDE, {})


@pytest.mark.parametrize(
    "said",
    [
        {"tracking": ""},
        {"tracking": "   "},
        {"tracking": "x" * 81},
        {"tracking": "1\x00Z"},
        {"carrier": ""},
        {"carrier": "x" * 81},
        {"at": "soon"},
        {"at": None},
    ],
    ids=str,
)
def test_an_event_of_nothing_is_set_aside_and_stops_nobody(
    n8n: Sender, said: dict[str, Any]
) -> None:
    bad, good = n8n.tell("1", **said), n8n.tell("2")
    n8n.work()

    assert (outcome(bad)[0], outcome(good)) == (ASIDE, (DONE, "1 taken in"))


def test_odd_letters_are_kept_as_far_as_the_database_can(n8n: Sender) -> None:
    said = n8n.tell("1", said="a\x00b" + "x" * 900, place="y" * 200, transfer="z" * 300)
    n8n.work()

    scan = CarrierScan.objects.get()
    assert (outcome(said)[0], len(scan.said), len(scan.place)) == (DONE, 500, 120)


@contextmanager
def _refusing() -> Iterator[None]:
    """The database refuses parcels of one number: it stands for whatever may go wrong with one."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "ALTER TABLE exceptions_parcel ADD CONSTRAINT refuse CHECK (tracking <> 'T1') NOT VALID"
        )
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE exceptions_parcel DROP CONSTRAINT refuse")


def test_one_that_cannot_be_taken_in_does_not_hold_up_the_others(n8n: Sender) -> None:
    deliveries = [n8n.tell(f"{n}", tracking=f"T{n}") for n in range(3)]
    with _refusing():
        n8n.work()
        states = [outcome(d)[0] for d in deliveries]
        for _time in range(events.MOST_FAILURES):
            n8n.at += HOUR
            n8n.work()

    assert states == [DONE, DeliveryState.WAITING, DONE]
    assert outcome(deliveries[1]) == (ASIDE, events.UNEXPECTED)


def test_a_worker_that_dies_with_deliveries_loses_none(n8n: Sender, at: datetime) -> None:
    n8n.tell("1")
    assert len(events.claim(at=at, limit=10)) == 1  # and is gone
    assert n8n.work() == 0

    n8n.at = at + events.LEASE + timedelta(seconds=1)
    assert (n8n.work(), status()) == (1, {"1Z99": "in_transit"})


def test_old_scans_are_forgotten(n8n: Sender, at: datetime) -> None:
    n8n.tell("1")
    n8n.work()

    assert scans.forget(at=at) == 0
    assert scans.forget(at=at + timedelta(days=400)) == 1
    assert Document.objects.filter(facts_type="Shipment").count() == 1
