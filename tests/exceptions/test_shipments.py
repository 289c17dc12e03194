"""What carriers say, in whatever order it arrives."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from exceptions import intake, shipments
from exceptions.facts import Handover, Partner
from exceptions.models import Carrier, Case, Document, Parcel
from exceptions.shipments import Event
from tests.making import Tower

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)


def event(at: datetime, **said: Any) -> Event:
    plain: dict[str, Any] = {
        "tracking": "1Z99",
        "carrier": "DHL",
        "status": "in_transit",
        "at": at,
    }
    return Event(**(plain | said))


def take(tower: Tower, *events: Event, at: datetime) -> list[shipments.Taken]:
    return [shipments.take_in(each, tower.site, at=at) for each in events]


def handover(tower: Tower, at: datetime, **said: Any) -> Handover:
    plain: dict[str, Any] = {
        "connection_id": tower.connection.pk,
        "site_id": tower.site.pk,
        "model": "stock.picking",
        "record_id": 12,
        "reference": "RTM/OUT/00012",
        "url": "http://odoo.test/12",
        "read_at": at,
        "written_at": at,
        "company": "Meridian",
        "delivered_at": at,
        "customer": Partner(id=70, name="Vantage Turbines", tier="A"),
        "order_reference": "S00001",
        "has_proof": False,
        "value": Decimal(750),
        "currency": "EUR",
    }
    return Handover(**(plain | said))


def test_a_parcel_is_one_document_of_its_own_number(tower: Tower, at: datetime) -> None:
    take(tower, event(at), event(at + HOUR, carrier="dhl"), event(at, tracking="1Z11"), at=at)
    take(tower, event(at, carrier="UPS"), at=at)

    documents = Document.objects.order_by("record_id")
    assert [(d.model, d.record_id, d.reference) for d in documents] == [
        ("carrier.shipment", parcel.pk, parcel.tracking) for parcel in Parcel.objects.order_by("pk")
    ]
    assert [str(p) for p in Parcel.objects.order_by("pk")] == ["1Z99", "1Z11", "1Z99"]
    assert [str(c) for c in Carrier.objects.order_by("pk")] == ["DHL", "UPS"]


def test_trouble_opens_a_case_and_delivery_ends_it(tower: Tower, at: datetime) -> None:
    take(tower, event(at, status="exception", trouble="lost"), at=at)
    case = Case.objects.get()
    assert (case.kind, case.title, str(case.team)) == (
        "carrier_failure",
        "1Z99 with DHL: lost",
        "Logistics",
    )

    (taken,) = take(tower, event(at + HOUR, status="delivered"), at=at + HOUR)

    case.refresh_from_db()
    assert (case.state, case.outcome, taken.changes) == ("resolved", "self_healed", {"cleared": 1})
    assert case.events.order_by("-number")[0].via == "carrier"


def test_customs_are_another_kind(tower: Tower, at: datetime) -> None:
    take(tower, event(at, trouble="customs"), at=at)
    assert [c.kind for c in Case.objects.all()] == ["customs_hold"]

    take(tower, event(at + HOUR, trouble="damaged"), at=at + HOUR)

    assert sorted(Case.objects.values_list("kind", "state")) == [
        ("carrier_failure", "assigned"),
        ("customs_hold", "resolved"),
    ]


def test_the_last_event_wins_in_whatever_order_they_come(tower: Tower, at: datetime) -> None:
    story = [
        event(at, status="pre_transit"),
        event(at + HOUR, status="exception", trouble="damaged"),
        event(at + 2 * HOUR, status="delivered", said="Left with the neighbour"),
    ]
    now = at + 3 * HOUR
    for number, order in enumerate(permutations(story)):
        tracked = [replaced(each, tracking=f"T{number}") for each in order]
        last = take(tower, *tracked, at=now)[-1].document
        assert (last.facts["status"], last.facts["said"], last.read_at) == (
            "delivered",
            "Left with the neighbour",
            at + 2 * HOUR,
        )
    assert not Case.objects.filter(resolved_at=None).exists()


def replaced(one: Event, **said: Any) -> Event:
    return event(**({f: getattr(one, f) for f in Event.__dataclass_fields__} | said))


def test_a_late_event_changes_nothing_and_says_so(tower: Tower, at: datetime) -> None:
    (first,) = take(tower, event(at + HOUR, trouble="lost"), at=at + HOUR)
    (late,) = take(tower, event(at, status="delivered"), at=at + 2 * HOUR)
    (just_later,) = take(tower, event(at + HOUR + TICK), at=at + 2 * HOUR)

    assert (first.late, late.late, just_later.late) == (False, True, False)
    assert (dict(late.changes), dict(just_later.changes)) == ({}, {"cleared": 1})


def test_the_same_event_twice_is_once(tower: Tower, at: datetime) -> None:
    lost = event(at, trouble="lost", transfer="RTM/OUT/00012")
    (first,) = take(tower, lost, at=at)
    (again,) = take(tower, lost, at=at + HOUR)

    assert (dict(first.changes), dict(again.changes), again.late) == ({"opened": 1}, {}, False)
    case = Case.objects.get()
    assert case.event_count == case.events.count()
    assert (Document.objects.count(), Parcel.objects.count()) == (1, 1)


def test_silence_is_found_exactly_when_it_has_lasted_too_long(tower: Tower, at: datetime) -> None:
    (taken,) = take(tower, event(at), at=at + HOUR)
    due = at + 48 * HOUR + TICK
    assert taken.document.recheck_at == due

    assert intake.recheck_due(at=due - TICK)[0] == 0
    assert dict(intake.recheck_due(at=due)[1]) == {"opened": 1}

    case = Case.objects.get()
    assert (case.title, case.detected_at) == ("1Z99 with DHL: no scan", due)
    take(tower, event(due + HOUR), at=due + HOUR)
    case.refresh_from_db()
    assert case.outcome == "self_healed"


def test_the_mirrored_transfer_says_for_whom_and_how_much(tower: Tower, at: datetime) -> None:
    order = tower.delivery(1, at=at, promised_at=at + 5 * HOUR, planned_at=None)
    gone = tower.delivery(
        1, at=at + HOUR, open=False, transfers=(), value=None, promised_at=None, planned_at=None
    )
    intake.take_in([order], at=at)
    intake.take_in([gone], at=at + HOUR)
    intake.take_in([handover(tower, at + HOUR)], at=at + HOUR)

    (taken,) = take(tower, event(at + HOUR, transfer="RTM/OUT/00012"), at=at + HOUR)

    facts = taken.document.facts
    assert (facts["customer"]["name"], facts["value"], facts["currency"]) == (
        "Vantage Turbines",
        "750",
        "EUR",
    )
    assert (taken.document.first_promised_at, taken.document.reference) == (
        at + 5 * HOUR,
        "RTM/OUT/00012",
    )
    assert (taken.document.url, facts["company"]) == ("http://odoo.test/12", "Meridian")


def test_a_step_of_an_open_order_is_matched_too(tower: Tower, at: datetime) -> None:
    intake.take_in([tower.delivery(4, at=at)], at=at)
    (taken,) = take(tower, event(at, transfer="RTM/OUT/00004", trouble="lost"), at=at)

    assert taken.document.facts["value"] == "5000"
    case = Case.objects.get(kind="carrier_failure")
    assert (case.value_at_risk, case.need_at) == (Decimal(5_000), at - 3 * HOUR)


@pytest.mark.parametrize("other", ["reference", "connection"])
def test_what_does_not_match_is_not_guessed(tower: Tower, at: datetime, other: str) -> None:
    said = {"reference": "RTM/OUT/00013"} if other == "reference" else {}
    intake.take_in([handover(tower, at, **said)], at=at)
    if other == "connection":
        Document.objects.update(gone_at=at)
    (taken,) = take(tower, event(at, transfer="RTM/OUT/00012"), at=at)

    facts = taken.document.facts
    assert (facts["customer"], facts["value"], facts["promised_at"]) == (None, None, None)


def test_a_transfer_once_named_is_remembered(tower: Tower, at: datetime) -> None:
    named, _, late = take(
        tower,
        event(at, transfer="RTM/OUT/00012"),
        event(at + HOUR),
        event(at - HOUR, transfer="RTM/OUT/00099"),
        at=at + HOUR,
    )

    assert named.document.reference == "RTM/OUT/00012"
    assert (late.document.reference, late.document.read_at) == ("RTM/OUT/00012", at + HOUR)
