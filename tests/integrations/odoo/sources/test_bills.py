"""Bills as facts, beside what was ordered and what came, and the cases that come and go."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from exceptions.facts import Bill
from exceptions.models import Case, Document, Site
from exceptions.vocabulary import Outcome
from integrations.odoo import reconcile
from integrations.odoo.ground import Ground
from integrations.odoo.sources import bills
from integrations.simulator.flows import billing, transfers
from tests.integrations.linked import ADMIN, BUYER, SUPPLIER, Linked, open_cases

BILL, LINE, BILL_LINE = "account.move", "purchase.order.line", "account.move.line"
DOZENS, KG = 2, 3


def facts_of(linked: Linked, bill: int) -> Bill:
    """Of one bill; those with its reference come along and are left out."""
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        domain = [*bills.DOMAIN, ["id", "=", bill]]
        rows = odoo.search_read(BILL, domain, bills.FIELDS, order="id", limit=1)
        found = bills.read(odoo, ground, rows)
    (facts,) = [f for f in found if f.record_id == bill]
    assert isinstance(facts, Bill)
    return facts


def wrong_bills() -> list[int]:
    return [record for kind, record in open_cases() if kind == "invoice_mismatch"]


def line_of(linked: Linked, bill: int) -> int:
    (line,) = linked.world.tables[BILL_LINE].where("move_id", bill)
    return line


# Facts -------------------------------------------------------------------------------------------


def test_a_bill_says_what_it_asks_for_beside_what_was_ordered(linked: Linked) -> None:
    line = linked.partial(ordered=10, came=6, price=100)
    bill = linked.billed(line, share=1.5, dearer=1.1)

    facts = facts_of(linked, bill)

    tables = linked.world.tables
    order = tables["purchase.order"].rows[tables[LINE].rows[line]["order_id"]]
    assert (facts.reference, facts.supplier_reference) == (
        tables[BILL].rows[bill]["name"],
        f"INV-{order['name']}",
    )
    assert (facts.open, facts.total, facts.currency) == (True, Decimal(990), "EUR")
    assert (facts.order_references, facts.duplicates) == ((order["name"],), ())
    assert facts.supplier is not None
    assert facts.responsible is not None
    assert (facts.supplier.id, facts.responsible.id) == (SUPPLIER, BUYER)
    (told,) = facts.lines
    assert (told.billed_quantity, told.over_quantity) == (Decimal(9), Decimal(3))
    assert (told.billed_price, told.ordered_price) == (Decimal(110), Decimal(100))


@pytest.mark.parametrize(
    ("state", "payment", "is_open"),
    [
        ("draft", "not_paid", True),
        ("posted", "not_paid", True),
        ("posted", "partial", True),
        ("posted", "in_payment", False),
        ("posted", "paid", False),
        ("posted", "reversed", False),
        ("cancel", "not_paid", False),
    ],
)
def test_what_can_still_be_held_back_is_open(
    linked: Linked, state: str, payment: str, is_open: bool
) -> None:
    bill = linked.billed(linked.partial())
    linked.tell(BILL, bill, state=state, payment_state=payment)

    assert facts_of(linked, bill).open == is_open


@pytest.mark.parametrize("number", ["/", ""])
def test_a_draft_without_a_number_is_named_by_the_supplier_s(linked: Linked, number: str) -> None:
    bill = linked.billed(linked.partial())
    linked.tell(BILL, bill, state="draft", name=number, ref=" LB-7 ")

    facts = facts_of(linked, bill)

    assert (facts.reference, facts.supplier_reference) == ("Draft LB-7", "LB-7")


@pytest.mark.parametrize(
    ("zone", "day", "due_at"),
    [
        ("Europe/Amsterdam", "2026-11-17", datetime(2026, 11, 17, 22, 59, 59, tzinfo=UTC)),
        ("Europe/Amsterdam", "2026-10-25", datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)),
        ("Europe/Amsterdam", "2026-10-24", datetime(2026, 10, 24, 21, 59, 59, tzinfo=UTC)),
        ("America/Chicago", "2026-11-17", datetime(2026, 11, 18, 5, 59, 59, tzinfo=UTC)),
        ("Asia/Kolkata", "2026-11-17", datetime(2026, 11, 17, 18, 29, 59, tzinfo=UTC)),
    ],
)
def test_a_bill_is_due_until_the_end_of_the_day_at_its_site(
    linked: Linked, zone: str, day: str, due_at: datetime
) -> None:
    """Clocks went back in Amsterdam on 25 October 2026."""
    bill = linked.billed(linked.partial())
    linked.sync()
    Site.objects.update(time_zone=zone)
    linked.tell(BILL, bill, invoice_date_due=day)

    assert facts_of(linked, bill).due_at == due_at


@pytest.mark.parametrize(
    ("unit", "quantity", "price", "told"),
    [
        (DOZENS, 1.0, 1200.0, ("12", "100")),  # a dozen at 1,200 is 12 at 100
        (KG, 6.0, 100.0, (None, None)),  # no pieces: not compared
        (False, 6.0, 100.0, ("6", "100")),  # Odoo counts such a line as it is
    ],
)
def test_a_bill_in_another_unit_is_told_in_the_order_s_or_not_at_all(
    linked: Linked, unit: int, quantity: float, price: float, told: tuple[str | None, str | None]
) -> None:
    bill = linked.billed(linked.partial(ordered=20, came=12, price=100))
    values: dict[str, Any] = {
        "quantity": quantity,
        "price_unit": price,
        "price_subtotal": quantity * price,
    }
    linked.tell(BILL_LINE, line_of(linked, bill), product_uom_id=unit, **values)

    (line,) = facts_of(linked, bill).lines

    wanted = tuple(None if text is None else Decimal(text) for text in told)
    assert (line.billed_quantity, line.billed_price) == wanted
    assert line.ordered_price == 100


def test_prices_of_two_currencies_are_not_compared(linked: Linked) -> None:
    bill = linked.billed(linked.partial(), dearer=3.0)
    linked.tell(BILL, bill, currency_id=2)

    facts = facts_of(linked, bill)

    assert (facts.currency, facts.lines[0].ordered_price) == ("USD", None)


def test_bills_that_follow_what_was_ordered_may_be_ahead_of_what_came(linked: Linked) -> None:
    line = linked.partial(came=6)
    linked.tell("product.product", 1, purchase_method="purchase")
    bill = linked.billed(line, share=1.5)

    assert facts_of(linked, bill).lines[0].over_quantity is None


def test_what_is_over_counts_on_the_newest_bill_that_can_be_held(linked: Linked) -> None:
    line = linked.partial(ordered=10, came=6)
    first = linked.billed(line)
    with linked.world.acting_as(ADMIN) as tx:  # the rest is billed too, but has not come
        second = billing.again(tx, first)
        tx.write(BILL, second, {"ref": "INV-2"})
        billing.add_line(tx, second, line, 4.0, 100.0)
    over = [facts_of(linked, bill).lines[0].over_quantity for bill in (first, second)]
    linked.tell(BILL, second, payment_state="paid")
    later = [facts_of(linked, bill).lines[0].over_quantity for bill in (first, second)]

    none, four = Decimal(0), Decimal(4)
    assert (over, later) == ([none, four], [four, none])


def test_two_lines_of_one_bill_count_what_is_over_once(linked: Linked) -> None:
    line = linked.partial(ordered=10, came=6)
    bill = linked.billed(line)
    with linked.world.acting_as(ADMIN) as tx:
        billing.add_line(tx, bill, line, 4.0, 100.0)

    assert [told.over_quantity for told in facts_of(linked, bill).lines] == [0, 4]


def test_a_bill_without_an_order_belongs_to_its_company_s_first_warehouse(linked: Linked) -> None:
    bill = linked.billed(linked.partial())
    with linked.world.acting_as(ADMIN) as tx:
        loose = billing.again(tx, bill)

    facts = facts_of(linked, loose)

    assert Site.objects.get(pk=facts.site_id).code == "RTM"
    assert (facts.lines, facts.order_references) == ((), ())


@pytest.mark.parametrize(
    ("said", "alike"),
    [
        ({}, True),
        ({"payment_state": "paid"}, True),  # paid once is enough
        ({"state": "draft"}, True),
        ({"state": "cancel"}, False),
        ({"partner_id": SUPPLIER + 1}, False),
        ({"company_id": 2}, False),
        ({"ref": "INV-other"}, False),
        ({"move_type": "in_refund"}, False),  # a credit note may name the bill it credits
    ],
)
def test_the_same_reference_of_the_same_supplier_in_the_same_company(
    linked: Linked, said: dict[str, object], alike: bool
) -> None:
    bill = linked.billed(linked.partial())
    with linked.world.acting_as(ADMIN) as tx:
        if said.get("company_id"):
            tx.create("res.company", {"name": "Meridian India", "currency_id": 3})
        other = billing.again(tx, bill)
        tx.write(BILL, other, said)
    name = linked.world.tables[BILL].rows[other]["name"]

    assert facts_of(linked, bill).duplicates == ((name,) if alike else ())


def test_bills_without_a_reference_are_not_alike(linked: Linked) -> None:
    bill = linked.billed(linked.partial())
    with linked.world.acting_as(ADMIN) as tx:
        for each in (bill, billing.again(tx, bill)):
            tx.write(BILL, each, {"ref": False})

    assert facts_of(linked, bill).duplicates == ()


def test_a_contact_of_a_supplier_is_the_supplier(linked: Linked) -> None:
    bill = linked.billed(linked.partial())
    with linked.world.acting_as(ADMIN) as tx:
        firm = {"parent_id": SUPPLIER, "commercial_partner_id": SUPPLIER}
        contact = tx.create("res.partner", {"name": "Accounts", "active": True, **firm})
        other = billing.again(tx, bill)
        tx.write(BILL, other, {"partner_id": contact})
    name = linked.world.tables[BILL].rows[other]["name"]

    assert facts_of(linked, bill).duplicates == (name,)


def test_a_page_is_enriched_in_a_few_calls_however_long_it_is(linked: Linked) -> None:
    for _ in range(5):
        linked.billed(linked.partial(), share=1.5)
    linked.sync()
    linked.seen.forget()

    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        rows = odoo.search_read(BILL, bills.DOMAIN, bills.FIELDS, order="id", limit=100)
        assert len(bills.read(odoo, ground, rows)) == 5

    places = ("res.", "stock.")  # read once a run, not once a page
    by_page = [r for r in linked.seen.requests if r.method != "fields_get"]
    asked = [r.model for r in by_page if not r.model.startswith(places)]
    assert asked == [BILL, BILL, BILL_LINE, LINE, "purchase.order", "product.product", BILL_LINE]


# Cases -------------------------------------------------------------------------------------------


def test_goods_that_arrive_make_a_bill_right_that_nobody_touched(linked: Linked) -> None:
    line = linked.partial(ordered=10, came=6, days=9)
    bill = linked.billed(line, share=10 / 6)
    linked.sync()
    stamp = linked.world.tables[BILL].rows[bill]["write_date"]
    assert wrong_bills() == [bill]

    linked.later(minutes=1)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, linked.backorder_of(line))
    linked.sync()

    assert linked.world.tables[BILL].rows[bill]["write_date"] == stamp
    assert (wrong_bills(), linked.case(BILL, bill).outcome) == ([], Outcome.SELF_HEALED)


def test_a_credit_note_makes_a_bill_right(linked: Linked) -> None:
    bill = linked.billed(linked.partial(came=6, days=9), share=1.5)
    linked.sync()
    assert wrong_bills() == [bill]

    linked.later(minutes=1)
    with linked.world.acting_as(ADMIN) as tx:
        billing.credit(tx, bill)
    linked.sync()

    assert wrong_bills() == []


def test_an_order_at_the_billed_price_makes_a_bill_right(linked: Linked) -> None:
    line = linked.partial(ordered=10, came=6, price=100, days=9)
    bill = linked.billed(line, dearer=1.1)
    linked.sync()
    assert wrong_bills() == [bill]

    linked.later(minutes=1)
    linked.tell(LINE, line, price_unit=110.0, price_subtotal=1100.0)
    linked.sync()

    assert wrong_bills() == []


def test_a_bill_that_is_paid_is_nobody_s_exception_any_more(linked: Linked) -> None:
    bill = linked.billed(linked.partial(days=9), share=1.5)
    linked.sync()
    linked.later(minutes=1)
    with linked.world.acting_as(ADMIN) as tx:
        billing.pay(tx, bill)
    linked.sync()

    assert wrong_bills() == []


def test_of_two_alike_each_is_a_case_until_one_is_cancelled(linked: Linked) -> None:
    bill = linked.billed(linked.partial(days=9))
    linked.sync()
    assert wrong_bills() == []

    linked.later(minutes=1)
    with linked.world.acting_as(ADMIN) as tx:
        again = billing.again(tx, bill)
    linked.sync()
    assert wrong_bills() == [bill, again]
    assert {case.value_at_risk for case in Case.objects.filter(kind="invoice_mismatch")} == {600}

    linked.later(minutes=1)
    with linked.world.acting_as(ADMIN) as tx:
        billing.cancel(tx, again)
    linked.sync()
    assert wrong_bills() == []


def test_a_corrected_reference_is_noticed_on_the_other_bill_by_the_next_reconcile(
    linked: Linked,
) -> None:
    """What it was before, Odoo does not tell any more."""
    bill = linked.billed(linked.partial(days=9))
    with linked.world.acting_as(ADMIN) as tx:
        again = billing.again(tx, bill)
    for _ in range(2):  # until no round looks back to when the first was written
        linked.sync()
        linked.later(minutes=20)
    linked.tell(BILL, again, ref="INV-2")
    linked.sync()
    assert wrong_bills() == [bill]

    linked.later(minutes=1)
    with linked.client() as odoo:
        reconcile.reconcile(linked.row, odoo, now=linked.now)

    assert wrong_bills() == []


def test_every_open_bill_has_a_document_and_no_other(linked: Linked) -> None:
    fine = linked.billed(linked.partial(days=9))
    paid = linked.billed(linked.partial(days=9))
    linked.tell(BILL, paid, payment_state="paid")

    reads = linked.sync()

    assert [reads[name].error for name in ("bills", "billed_lines")] == ["", ""]
    documents = Document.objects.filter(model=BILL)
    assert list(documents.values_list("record_id", flat=True)) == [fine]


def test_who_may_not_read_bills_is_told_and_the_rest_goes_on(linked: Linked) -> None:
    linked.world.logins = [
        replace(login, groups=login.groups - {"account.group_account_readonly"})
        for login in linked.world.logins
    ]
    line = linked.partial(days=-2)

    reads = linked.sync()

    assert "account.move" in reads["bills"].error
    assert (reads["order_lines"].error, open_cases()) == (
        "",
        [("late_inbound", linked.backorder_of(line)), ("partial_receipt", line)],
    )
