"""Deliveries that were made, their proof and their returns, as facts."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from exceptions.evidence import keeping
from exceptions.facts import Handover
from exceptions.models import Case, Document, OutboxMessage
from exceptions.vocabulary import EvidenceSource, Slot, Verb
from integrations.odoo import reconcile
from integrations.odoo.ground import Ground
from integrations.odoo.sources import handovers
from integrations.simulator.flows import selling, transfers
from integrations.simulator.flows.purchasing import Item
from tests.exceptions.evidence import pictures
from tests.integrations.linked import (
    ADMIN,
    BUYER,
    CUSTOMER,
    WAREHOUSE,
    Linked,
    hook_up,
    open_cases,
)


def delivered(linked: Linked, *items: tuple[int, float, float]) -> int:
    """A delivery made now; each item is a product, how many, and the price of one."""
    lines = [Item(*item) for item in items or ((1, 4.0, 25.0),)]
    with linked.world.acting_as(ADMIN) as tx:
        order = selling.order(tx, WAREHOUSE, CUSTOMER, BUYER, lines, linked.wire(days=1))
        transfer = selling.confirm(tx, order)
        transfers.validate(tx, transfer)
    return transfer


def returned(linked: Linked, delivery: int, *, share: float = 0.5) -> int:
    with linked.world.acting_as(ADMIN) as tx:
        return transfers.give_back(tx, delivery, share=share)


def document(linked: Linked, delivery: int, name: str = "pod.pdf") -> None:
    with linked.world.acting_as(ADMIN) as tx:
        tx.create(
            "ir.attachment",
            {"name": name, "res_model": "stock.picking", "res_id": delivery, "type": "binary"},
        )


def facts_of(linked: Linked, *deliveries: int) -> list[Handover]:
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        rows = odoo.search_read(
            "stock.picking",
            [*handovers.DOMAIN, ["id", "in", list(deliveries)]],
            handovers.FIELDS,
            order="id",
            limit=100,
        )
        found = handovers.read(odoo, ground, rows)
    return [f for f in found if isinstance(f, Handover)]


def test_a_delivery_says_who_got_what_and_when(linked: Linked) -> None:
    delivery = delivered(linked, (1, 4.0, 25.0), (2, 1.0, 10.5))
    row = linked.picking(delivery)

    (facts,) = facts_of(linked, delivery)

    assert (facts.model, facts.record_id, facts.reference) == (
        "stock.picking",
        delivery,
        row["name"],
    )
    assert (facts.value, facts.currency, facts.delivered_at) == (
        Decimal("110.50"),
        "EUR",
        linked.at,
    )
    assert facts.customer is not None
    assert facts.responsible is not None
    assert (facts.customer.id, facts.responsible.id) == (CUSTOMER, BUYER)
    assert (facts.returns, facts.open_returns, facts.settled, facts.has_proof) == (
        (),
        (),
        False,
        False,
    )


def test_of_a_return_what_comes_back_counts(linked: Linked) -> None:
    """Half of 4 pieces at 25.00; the simulator returns the first line only."""
    delivery = delivered(linked, (1, 4.0, 25.0), (2, 1.0, 10.5))
    back = linked.picking(returned(linked, delivery))

    (facts,) = facts_of(linked, delivery)

    assert (facts.value, facts.open_returns, facts.settled) == (
        Decimal("50.00"),
        (back["name"],),
        False,
    )


def test_a_return_that_has_come_in_settles_it_and_a_cancelled_one_is_none(linked: Linked) -> None:
    came, cancelled = delivered(linked), delivered(linked)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, transfers.give_back(tx, came))
        transfers.cancel(tx, transfers.give_back(tx, cancelled))

    settled, unsettled = facts_of(linked, came, cancelled)

    assert (settled.settled, settled.open_returns, len(settled.returns)) == (True, (), 1)
    assert (unsettled.settled, unsettled.open_returns, unsettled.returns) == (False, (), ())


def test_of_a_back_order_only_what_went_out_counts(linked: Linked) -> None:
    """Ordered 4 at 25.00; 1 left the house, 3 still wait."""
    transfer = linked.delivery(value=25.0, quantity=4.0)
    with linked.world.acting_as(ADMIN) as tx:
        (move,) = transfers.open_moves(tx, transfer)
        transfers.validate(tx, transfer, {move["id"]: 1.0})

    (facts,) = facts_of(linked, transfer)

    assert facts.value == Decimal("25.00")


@pytest.mark.parametrize("how", ["signature", "document"])
def test_a_signature_or_a_document_is_a_proof(linked: Linked, how: str) -> None:
    delivery = delivered(linked)
    if how == "document":
        document(linked, delivery)
    else:
        linked.tell("stock.picking", delivery, signature="aGFuZA==")

    (facts,) = facts_of(linked, delivery)

    assert facts.has_proof is True
    read = [r.kwargs.get("fields") for r in linked.seen.of("stock.picking", "search_read")]
    assert not any("signature" in (fields or ()) for fields in read)


def test_a_page_costs_the_same_few_calls_however_many_deliveries(linked: Linked) -> None:
    some = [delivered(linked) for _ in range(6)]
    returned(linked, some[0])
    facts_of(linked, some[0])
    linked.seen.forget()
    facts_of(linked, some[0])
    for_one = len(linked.seen.requests)
    linked.seen.forget()

    facts_of(linked, *some)

    assert len(linked.seen.requests) == for_one


def test_an_open_return_opens_a_dispute_and_its_arrival_ends_it(linked: Linked) -> None:
    delivery = delivered(linked)
    linked.sync()
    assert open_cases() == []
    linked.later(seconds=20)
    back = returned(linked, delivery)
    linked.later(seconds=20)
    linked.sync()
    assert open_cases() == [("pod_dispute", delivery)]
    linked.later(seconds=20)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, back)
    linked.later(seconds=20)

    linked.sync()

    case = Case.objects.get(kind="pod_dispute")
    assert (case.state, case.outcome) == ("resolved", "self_healed")


def test_a_hint_about_a_return_reads_its_delivery(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = delivered(linked)
    linked.sync()
    hook_up(linked, monkeypatch)
    returned(linked, delivery)
    linked.later(seconds=6)

    linked.work_inbox()

    assert open_cases() == [("pod_dispute", delivery)]


def test_a_return_that_is_deleted_ends_it_at_the_next_comparison(linked: Linked) -> None:
    """A deletion leaves no trace on the delivery."""
    delivery = delivered(linked)
    back = returned(linked, delivery)
    linked.sync()
    linked.later(minutes=1)
    linked.sync()
    linked.delete("stock.picking", back)
    linked.later(minutes=1)
    linked.sync()
    assert open_cases() == [("pod_dispute", delivery)]

    with linked.client() as odoo:
        reconcile.reconcile(linked.row, odoo, now=linked.now)

    assert open_cases() == []


@pytest.mark.parametrize(
    ("days", "proven", "kept"), [(30, False, True), (31, False, False), (1, True, False)]
)
def test_what_is_undisputed_is_kept_for_a_month_and_only_without_a_proof(
    linked: Linked, days: int, proven: bool, kept: bool
) -> None:
    delivery = delivered(linked)
    if proven:
        document(linked, delivery)
    linked.tell("stock.picking", delivery, date_done=linked.wire(days=-days))

    linked.sync()

    assert Document.objects.filter(facts_type="Handover").exists() == kept


def test_what_was_attached_from_here_is_no_proof_unless_it_is_the_signed_record(
    linked: Linked, settings: Any, tmp_path: Path
) -> None:
    settings.TOWER_EVIDENCE_DIR = tmp_path
    delivery = delivered(linked)
    returned(linked, delivery)
    linked.sync()
    case = linked.case("stock.picking", delivery)
    owner, web = linked.owner(case), EvidenceSource.WEB
    wet = [pictures.jpeg()]
    file = keeping.add(case, wet, "wet.jpg", owner, source=web, at=linked.at).evidence
    keeping.send_to_source(file.pk, owner, at=linked.at)
    linked.deliver()
    (ours,) = facts_of(linked, delivery)
    keeping.file_under(file.pk, Slot.SIGNED_DELIVERY, owner, at=linked.at)
    (signed,) = facts_of(linked, delivery)
    keeping.file_under(file.pk, "", owner, at=linked.at)
    document(linked, delivery)
    (theirs,) = facts_of(linked, delivery)

    assert OutboxMessage.objects.get(verb=Verb.ATTACH).state == "confirmed"
    assert [each.has_proof for each in (ours, signed, theirs)] == [False, True, True]


def test_an_old_delivery_that_comes_back_is_disputed(linked: Linked) -> None:
    delivery = delivered(linked)
    linked.tell("stock.picking", delivery, date_done=linked.wire(days=-80))
    linked.sync()
    linked.later(minutes=1)
    returned(linked, delivery)
    linked.later(minutes=1)
    linked.sync()

    assert open_cases() == [("pod_dispute", delivery)]


def test_what_was_delivered_elsewhere_or_is_no_sale_is_not_read(linked: Linked) -> None:
    waiting, made = linked.delivery(), delivered(linked)
    back = returned(linked, made)

    assert [f.record_id for f in facts_of(linked, waiting, made, back)] == [made]


def test_another_month_goes_by_and_the_case_stands(linked: Linked) -> None:
    delivery = delivered(linked)
    returned(linked, delivery)
    linked.sync()
    linked.later(days=40)
    linked.tell("stock.picking", delivery, origin="Looked at again")
    linked.later(minutes=1)
    linked.sync()

    assert open_cases() == [("pod_dispute", delivery)]
    assert Case.objects.get().detected_at == linked.at - timedelta(days=40, minutes=1)
