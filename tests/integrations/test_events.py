"""What sources send, worked through: taken in once, in its own order, matched, or set aside."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from exceptions import intake
from exceptions.facts import Sent
from exceptions.models import Case, Document, Parcel, SettingChange, User
from exceptions.vocabulary import Matched, Transport, Trouble
from integrations import events, meanings, scans
from integrations.carriers import ADAPTERS
from integrations.models import (
    CarrierScan,
    CarrierWord,
    DeliveryState,
    EventSource,
    InboxDelivery,
    ScanState,
)
from tests.integrations.knocking import Sender, sender
from tests.making import Tower

HOUR = timedelta(hours=1)
DONE, ASIDE = DeliveryState.DONE, DeliveryState.SET_ASIDE
BODIES = Path(__file__).parent / "carriers" / "bodies"


@pytest.fixture
def n8n(tower: Tower, at: datetime) -> Sender:
    return sender(tower, at)


def outcome(delivery: InboxDelivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.outcome


def status() -> dict[str, str]:
    found = Document.objects.filter(facts_type="Shipment")
    return {d.facts["tracking"]: d.facts["status"] for d in found}


def cases() -> list[tuple[str, str]]:
    return list(Case.objects.order_by("pk").values_list("kind", "title"))


# Once, and in their own order -------------------------------------------------------------------


def test_trouble_opens_a_case_at_the_sources_site(tower: Tower, n8n: Sender) -> None:
    delivery = n8n.tell("1", status="exception", trouble="lost")

    assert (n8n.work(), outcome(delivery)) == (1, (DONE, "1 taken in"))
    assert cases() == [("carrier_failure", "1Z99 with DHL: lost")]
    assert Case.objects.get().site == tower.site


def test_the_same_news_in_other_deliveries_is_taken_in_once(n8n: Sender) -> None:
    one = n8n.tell("1")
    n8n.work()
    two, three = n8n.tell("2"), n8n.tell("3")
    n8n.work()

    assert [outcome(d)[1] for d in (one, two, three)] == [
        "1 taken in",
        "1 was here before",
        "1 was here before",
    ]
    assert CarrierScan.objects.count() == 1


def test_several_events_in_one_body_are_ordered_by_their_time(n8n: Sender, at: datetime) -> None:
    story = [
        {"tracking": "A", "carrier": "DHL", "status": s, "at": (at - back * HOUR).isoformat()}
        for s, back in (("delivered", 1), ("in_transit", 3), ("out_for_delivery", 2))
    ]
    delivery = n8n.deliver(json.dumps(story).encode(), "1")
    n8n.work()

    assert (outcome(delivery), status()) == ((DONE, "3 taken in"), {"A": "delivered"})


def test_a_late_in_transit_never_overwrites_delivered(n8n: Sender, at: datetime) -> None:
    n8n.tell("1", status="delivered")
    n8n.work()
    late = n8n.tell("2", status="in_transit", at=(at - HOUR).isoformat())
    lost = n8n.tell("3", status="exception", trouble="lost", at=(at - 2 * HOUR).isoformat())
    n8n.work()

    assert [outcome(late), outcome(lost)] == [(DONE, "1 came late")] * 2
    assert (status(), cases()) == ({"1Z99": "delivered"}, [])
    assert list(CarrierScan.objects.order_by("at").values_list("status", "became")) == [
        ("exception", ScanState.LATE),
        ("in_transit", ScanState.LATE),
        ("delivered", ScanState.TAKEN),
    ]


def test_what_has_not_happened_yet_does_not_outlast_what_follows(n8n: Sender, at: datetime) -> None:
    n8n.tell("1", status="in_transit", at=(at + 100 * HOUR).isoformat())
    n8n.work()
    n8n.at += HOUR
    n8n.tell("2", status="delivered")
    n8n.work()

    assert status() == {"1Z99": "delivered"}


def test_48_hours_without_a_scan_are_silence(n8n: Sender, at: datetime) -> None:
    n8n.tell("1", status="in_transit", said="Left the depot")
    n8n.work()
    intake.recheck_due(at=at + 48 * HOUR)
    assert cases() == []

    intake.recheck_due(at=at + 48 * HOUR + timedelta(seconds=1))

    assert cases() == [("carrier_failure", "1Z99 with DHL: no scan")]
    n8n.at = at + 50 * HOUR
    n8n.tell("2", status="out_for_delivery")
    n8n.work()
    assert Case.objects.get().state == "resolved"


# Filters and words -----------------------------------------------------------------------------


def test_what_the_filter_names_is_dropped_and_counted(tower: Tower, at: datetime) -> None:
    filtered = sender(tower, at, name="Filtered", dropped=["pre_transit", "weather"])
    told_of = {"pre_transit": None, "exception": "weather", "in_transit": None}
    deliveries = [
        filtered.tell(s, status=s, trouble=trouble, tracking=s) for s, trouble in told_of.items()
    ]
    filtered.work()

    assert [outcome(d)[1] for d in deliveries] == [
        "1 dropped by the filter",
        "1 dropped by the filter",
        "1 taken in",
    ]
    assert status() == {"in_transit": "in_transit"}


def test_an_unknown_word_waits_for_somebody_to_say_what_it_means(n8n: Sender, at: datetime) -> None:
    admin = User.objects.create_user("ines.admin")
    delivery = n8n.tell("1", status="TXX", said="Umgeleitet")
    n8n.tell("2", status="TXX", tracking="1Z11")
    n8n.work()
    assert (outcome(delivery), status()) == ((DONE, "1 unknown word"), {})
    word = CarrierWord.objects.get()
    assert (word.code, word.said, word.given_at) == ("TXX", "Umgeleitet", None)

    waited = meanings.give(word, Transport.EXCEPTION, Trouble.DELAYED, admin, at=at)

    assert (waited, status()) == (2, {"1Z99": "exception", "1Z11": "exception"})
    assert sorted(title for _kind, title in cases()) == [
        "1Z11 with DHL: delayed",
        "1Z99 with DHL: delayed",
    ]
    line = SettingChange.objects.latest("number")
    assert (line.says, line.by) == ("n8n: “TXX” means exception, delayed", admin)
    n8n.tell("3", status="TXX", tracking="1Z22")
    n8n.work()
    assert status()["1Z22"] == "exception"


def test_a_word_may_mean_nothing(n8n: Sender, at: datetime) -> None:
    n8n.tell("1", status="TXX")
    n8n.work()
    admin = User.objects.create_user("ines.admin")

    assert meanings.give(CarrierWord.objects.get(), None, None, admin, at=at) == 1
    assert (status(), CarrierScan.objects.get().became) == ({}, ScanState.SILENT)


def test_an_old_unknown_word_that_is_understood_later_does_not_win(
    n8n: Sender, at: datetime
) -> None:
    n8n.tell("1", status="TXX", at=(at - HOUR).isoformat())
    n8n.tell("2", status="delivered")
    n8n.work()

    admin = User.objects.create_user("ines.admin")
    meanings.give(CarrierWord.objects.get(), Transport.EXCEPTION, Trouble.LOST, admin, at=at)

    assert (status(), cases()) == ({"1Z99": "delivered"}, [])


# Matching --------------------------------------------------------------------------------------


def parcel() -> tuple[str, str, str]:
    found = Parcel.objects.get()
    document = Document.objects.get(facts_type="Shipment")
    return found.transfer, found.matched, document.site.code


def test_a_tracking_number_on_a_transfer_is_believed_first(
    tower: Tower, n8n: Sender, at: datetime
) -> None:
    sent = (Sent(tracking="1z 99", transfer="MIL/OUT/00007"),)
    other = {"site_id": tower.other_site.pk, "parcels": sent, "transfers": ()}
    intake.take_in([tower.delivery(7, at=at, **other), tower.delivery(8, at=at)], at=at)
    n8n.tell("1", transfer="S00008")
    n8n.work()

    assert parcel() == ("MIL/OUT/00007", Matched.TRACKING, tower.other_site.code)
    facts = Document.objects.get(facts_type="Shipment").facts
    assert facts["customer"]["name"] == "Vantage Turbines"


@pytest.mark.parametrize("named", ["S00007", "RTM/OUT/00007"])
def test_the_name_of_an_order_or_transfer_comes_next(
    tower: Tower, n8n: Sender, at: datetime, named: str
) -> None:
    intake.take_in([tower.delivery(7, at=at)], at=at)
    n8n.tell("1", transfer=named)
    n8n.work()

    assert parcel() == ("RTM/OUT/00007", Matched.NAMED, tower.site.code)


def test_own_rules_take_off_what_a_shop_puts_before_the_order(tower: Tower, at: datetime) -> None:
    intake.take_in([tower.delivery(7, at=at)], at=at)
    rule = {"field": "order", "begins": "web-", "strip": True}
    shop = sender(tower, at, name="Shop", rules=[rule])
    shop.tell("1", transfer="WEB-S00007")
    shop.work()

    assert parcel() == ("RTM/OUT/00007", Matched.RULE, tower.site.code)


def test_own_rules_say_the_site_where_nothing_else_does(tower: Tower, at: datetime) -> None:
    rule = {"field": "tracking", "begins": "1Z", "site_id": tower.other_site.pk}
    ruled = sender(tower, at, name="Ruled", rules=[rule])
    ruled.tell("1")
    ruled.work()

    assert parcel() == ("", "", tower.other_site.code)


def test_what_nobody_knew_is_found_once_the_transfer_is_mirrored(
    tower: Tower, n8n: Sender, at: datetime
) -> None:
    n8n.tell("1", status="exception", trouble="damaged")
    n8n.tell("2", tracking="unknown for ever")
    n8n.work()
    assert scans.match_waiting(at=at) == 0

    sent = (Sent(tracking="1Z99", transfer="RTM/OUT/00007"),)
    intake.take_in([tower.delivery(7, at=at, parcels=sent)], at=at)

    assert (scans.match_waiting(at=at), scans.match_waiting(at=at)) == (1, 0)
    facts = Document.objects.get(facts__tracking="1Z99").facts
    assert (facts["transfer"], facts["customer"]["name"]) == ("RTM/OUT/00007", "Vantage Turbines")


def test_of_two_transfers_with_one_number_the_living_one_is_meant(
    tower: Tower, n8n: Sender, at: datetime
) -> None:
    """Carriers use their numbers again."""
    batch = [
        tower.delivery(
            n,
            at=at,
            open=is_open,
            parcels=(Sent(tracking="1Z99", transfer=f"RTM/OUT/{n:05}"),),
            written_at=at + n * HOUR,
        )
        for n, is_open in ((7, True), (8, False))
    ]
    intake.take_in(batch, at=at)
    n8n.tell("1")
    n8n.work()

    assert parcel()[0] == "RTM/OUT/00007"


# What is wrong with a delivery -----------------------------------------------------------------


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
