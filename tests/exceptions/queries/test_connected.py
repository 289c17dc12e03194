"""Connected cases: found along the links of the source, told as a path, within what one may see."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from exceptions import intake, lifecycle
from exceptions.actors import Actor
from exceptions.facts import Facts, Product, TransferLine
from exceptions.models import Case, Connection, Document, Site
from exceptions.queries.connected import MOST_RECORDS, connected
from exceptions.vocabulary import Move, Outcome
from tests.making import Tower

GUIDE = Product(id=9, name="Linear guide LG-35")


def waits(for_what: str) -> dict[str, Any]:
    line = TransferLine(product=GUIDE, demanded=Decimal(3), reserved=Decimal(0), waits_for=for_what)
    return {"lines": (line,)}


def chain(tower: Tower, at: datetime) -> list[Facts]:
    """A purchase order from the bill to the customer; each record has an exception of its own."""
    return [
        tower.order_line(1, at=at, order_reference="P00012"),
        tower.receipt(31, at=at, order_reference="P00012"),
        tower.bill(3, at=at, order_references=("P00012",), duplicates=("BILL/0004",)),
        tower.transfer(77, at=at, order_reference="S00033", **waits("RTM/IN/00031")),
        tower.delivery(33, at=at, transfers=("RTM/OUT/00077",)),
        tower.shipment(5, at=at, transfer="RTM/OUT/00077", reference="RTM/OUT/00077"),
    ]


def case_of(kind: str) -> Case:
    return Case.objects.select_related("document").get(kind=kind)


def told(case: Case, actor: Actor) -> dict[str, str]:
    return {found.case.kind: found.says for found in connected(case, actor)}


def test_the_whole_chain_from_its_order(tower: Tower, at: datetime) -> None:
    intake.take_in(chain(tower, at), at=at)

    assert told(case_of("partial_receipt"), tower.supervisor) == {
        "late_inbound": "PO P00012 → receipt RTM/IN/00031",
        "invoice_mismatch": "PO P00012 → bill BILL/0003",
        "blocked_transfer": "PO P00012 → receipt RTM/IN/00031 → delivery RTM/OUT/00077",
        "delivery_delay": "PO P00012 → receipt RTM/IN/00031 → delivery RTM/OUT/00077"
        " → sales order S00033",
        "carrier_failure": "PO P00012 → receipt RTM/IN/00031 → delivery RTM/OUT/00077"
        " → parcel 1Z00005",
    }


def test_the_whole_chain_from_its_customer(tower: Tower, at: datetime) -> None:
    intake.take_in(chain(tower, at), at=at)
    found = connected(case_of("delivery_delay"), tower.supervisor)
    to_the_receipt = "sales order S00033 → delivery RTM/OUT/00077 → receipt RTM/IN/00031"
    to_the_order = f"{to_the_receipt} → PO P00012"

    assert [(c.case.kind, c.says) for c in found] == [
        ("blocked_transfer", "sales order S00033 → delivery RTM/OUT/00077"),
        (
            "carrier_failure",
            "sales order S00033 → delivery RTM/OUT/00077 → parcel 1Z00005",
        ),
        ("late_inbound", to_the_receipt),
        ("partial_receipt", to_the_order),
        ("invoice_mismatch", f"{to_the_order} → bill BILL/0003"),
    ]


def test_records_without_a_case_are_steps_on_the_way(tower: Tower, at: datetime) -> None:
    """Here the receipt is in time: it has no case, and still leads to the delivery."""
    in_time = {"promised_at": at + timedelta(days=9), "planned_at": at + timedelta(days=9)}
    said = chain(tower, at)
    said[1] = tower.receipt(31, at=at, order_reference="P00012", **in_time)
    intake.take_in(said, at=at)

    assert not Case.objects.filter(kind="late_inbound").exists()
    path = told(case_of("partial_receipt"), tower.supervisor)["blocked_transfer"]
    assert path == "PO P00012 → receipt RTM/IN/00031 → delivery RTM/OUT/00077"


def test_two_kinds_of_one_record_are_connected_by_it(tower: Tower, at: datetime) -> None:
    line = tower.transfer(1, at=at, crosses_border=True, without_hs_code=(GUIDE,))
    intake.take_in([line], at=at)

    assert told(case_of("blocked_transfer"), tower.supervisor) == {
        "customs_hold": "delivery RTM/OUT/00001"
    }


def test_a_lot_connects_what_was_counted_with_what_is_on_hold(tower: Tower, at: datetime) -> None:
    intake.take_in(
        [
            tower.count(1, at=at, lot="L-7"),
            tower.inspection(2, at=at, lot="L-7"),
            tower.inspection(3, at=at, lot="L-7", product=Product(id=10, name="Other")),
        ],
        at=at,
    )

    assert [c.says for c in connected(case_of("inventory_discrepancy"), tower.supervisor)] == [
        "count RTM/Stock 1 → lot L-7 → inspection RTM/Stock/Quality Hold 2"
    ]


def test_what_has_ended_or_was_deleted_is_left_out(tower: Tower, at: datetime) -> None:
    intake.take_in(chain(tower, at), at=at)
    dismissed = {"outcome": Outcome.FALSE_POSITIVE, "reason": "The bill is right."}
    bill = case_of("invoice_mismatch")
    lifecycle.move(bill.pk, Move.DISMISS, tower.supervisor, at=at, data=dismissed)
    intake.mark_gone(Document.objects.filter(facts_type="Transfer"), at=at)

    assert told(case_of("partial_receipt"), tower.supervisor) == {
        "late_inbound": "PO P00012 → receipt RTM/IN/00031"
    }


def test_the_same_names_elsewhere_are_other_records(tower: Tower, at: datetime) -> None:
    """Another company of the same database, and another database, number alike."""
    other = Connection.objects.create(name="Other Odoo")
    site = Site.objects.create(connection=other, external_id=9, code="OTH", name="Other")
    intake.take_in(
        [
            tower.order_line(1, at=at),
            tower.bill(1, at=at, company="Meridian US"),
            tower.receipt(1, at=at, connection_id=other.pk, site_id=site.pk),
        ],
        at=at,
    )

    assert told(case_of("partial_receipt"), tower.actor("lead.rtm")) == {}


def test_one_is_led_only_through_records_of_ones_own_sites(tower: Tower, at: datetime) -> None:
    said = chain(tower, at)
    said[1] = tower.receipt(31, at=at, order_reference="P00012", site_id=tower.other_site.pk)
    intake.take_in(said, at=at)
    start = case_of("partial_receipt")

    assert set(told(start, tower.supervisor)) == {"invoice_mismatch"}
    assert set(told(case_of("late_inbound"), tower.actor("lead.chi"))) == set()


def test_it_costs_a_statement_a_step_however_many_records(tower: Tower, at: datetime) -> None:
    intake.take_in(chain(tower, at), at=at)
    more = range(100, 100 + MOST_RECORDS + 20)
    intake.take_in([tower.receipt(n, at=at, order_reference="P00012") for n in more], at=at)
    start, actor = case_of("partial_receipt"), tower.supervisor
    with CaptureQueriesContext(connection) as said:
        found = connected(start, actor)

    assert len(found) == 20
    assert len(said) <= 5


def test_what_names_nothing_costs_one_statement(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    Document.objects.update(links=[])
    case.document.refresh_from_db()
    with CaptureQueriesContext(connection) as said:
        assert connected(case, tower.supervisor) == []
    assert len(said) == 3  # two of them for who the reader is
