"""What sources send, worked through: taken in once, and in its own order."""

import json
from datetime import datetime, timedelta

from exceptions import intake
from exceptions.models import Case
from integrations.models import (
    CarrierScan,
    ScanState,
)
from tests.integrations.became import DONE, HOUR, cases, outcome, status
from tests.integrations.knocking import Sender
from tests.making import Tower


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
