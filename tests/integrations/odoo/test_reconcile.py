"""The comparison of both sides: finds what no cursor can, repairs it, and counts it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from exceptions.models import Document
from exceptions.vocabulary import Outcome
from integrations import rounds
from integrations.models import ReconcileRun
from integrations.odoo import mirrored, paging, reconcile
from integrations.simulator import instants
from integrations.simulator.flows import counting, transfers
from tests.integrations.linked import ADMIN, Linked, mirror, open_cases

NOTHING = (0, 0, 0, 0)
ELSE = {  # what the company of the tests has besides, and what it does not have
    "order_lines": NOTHING,
    "bills": NOTHING,
    "transfers": NOTHING,
    "reorder_rules": (24, 0, 0, 0),
    "quality_checks": NOTHING,
    "quality_alerts": NOTHING,
    "inspections": NOTHING,
    "goods_on_hold": NOTHING,
    "handovers": NOTHING,
}


def compare(linked: Linked) -> dict[str, ReconcileRun]:
    with linked.client() as odoo:
        return {g.source: g for g in reconcile.reconcile(linked.row, odoo, now=linked.now)}


def told(gap: ReconcileRun) -> tuple[int, int, int, int]:
    return gap.compared, gap.missed, gap.diverged, gap.deleted


def behind(linked: Linked) -> str:
    """A stamp that no cursor will look at again."""
    return instants.text(linked.at - timedelta(hours=5))


def test_two_sides_that_agree_have_no_gap(linked: Linked) -> None:
    linked.receipt()
    linked.delivery()
    linked.miscount()
    linked.sync()
    linked.later(minutes=15)

    gaps = compare(linked)

    assert {name: told(gap) for name, gap in gaps.items()} == {
        "receipts": (1, 0, 0, 0),
        "deliveries": (1, 0, 0, 0),
        "counts": (1, 0, 0, 0),
        **ELSE,
    }


def test_what_was_missed_in_every_source_is_backfilled(linked: Linked) -> None:
    linked.sync()
    with linked.world.transaction(ADMIN, behind(linked)) as tx:
        quant = linked.quants()[5]  # one that the delivery does not reserve
        counting.count(tx, quant, 1.0, ADMIN)
    receipt = linked.receipt(written=behind(linked))
    delivery = linked.delivery()
    linked.tell("stock.picking", delivery, written=behind(linked))
    linked.later(minutes=1)
    linked.sync()
    assert len(open_cases()) == 0

    gaps = compare(linked)

    assert {name: told(gap) for name, gap in gaps.items()} == {
        "receipts": (1, 1, 0, 0),
        "deliveries": (1, 1, 0, 0),
        "counts": (1, 1, 0, 0),
        **ELSE,
    }
    assert open_cases() == [
        ("delivery_delay", linked.order_of(delivery)),
        ("inventory_discrepancy", quant),
        ("late_inbound", receipt),
    ]


def test_what_was_closed_unseen_is_read_again(linked: Linked) -> None:
    late = linked.receipt(written=behind(linked))
    quant = linked.miscount()
    linked.sync()
    with linked.world.transaction(ADMIN, behind(linked)) as tx:
        transfers.validate(tx, late)
        counting.recount(tx, quant)
    linked.later(minutes=1)
    linked.sync()
    assert len(open_cases()) == 2

    compare(linked)

    assert open_cases() == []
    assert linked.case("stock.picking", late).outcome == Outcome.SELF_HEALED


def test_what_changed_unseen_is_counted_and_read(linked: Linked) -> None:
    late = linked.receipt(written=instants.text(linked.at - timedelta(days=3)))
    linked.sync()
    linked.later(minutes=20)
    with linked.world.transaction(ADMIN, behind(linked)) as tx:
        transfers.plan(tx, late, linked.wire(days=3))
    linked.sync()

    gap = compare(linked)["receipts"]

    assert (told(gap), open_cases()) == ((1, 0, 1, 0), [])


def test_what_belongs_to_no_warehouse_is_not_missed(linked: Linked) -> None:
    late = linked.receipt()
    linked.tell("stock.picking.type", linked.picking(late)["picking_type_id"], warehouse_id=False)
    linked.sync()

    assert told(compare(linked)["receipts"]) == (1, 0, 0, 0)


def test_what_comes_back_is_believed_again(linked: Linked) -> None:
    """A record that a right hid for a while, or a backup that was played back."""
    late = linked.receipt()
    linked.sync()
    row = dict(linked.picking(late))
    linked.delete("stock.picking", late)
    compare(linked)
    assert (mirror(linked.row), open_cases()) == ({}, [])
    linked.world.tables["stock.picking"].put(late, row)
    linked.later(minutes=1)

    compare(linked)

    assert open_cases() == [("late_inbound", late)]
    assert Document.objects.get().gone_at is None


def test_one_source_that_fails_does_not_stop_the_others(linked: Linked) -> None:
    linked.receipt()
    linked.sync()
    linked.odoo.faults.add("server_error", model="sale.order", message="boom")
    delivery = linked.delivery()
    linked.tell("stock.picking", delivery, written=behind(linked))
    linked.later(minutes=1)

    gaps = {g.source: g for g in rounds.reconcile_all(linked.now)}

    assert "Odoo failed inside" in gaps["deliveries"].error
    assert (told(gaps["receipts"]), gaps["counts"].error) == ((1, 0, 0, 0), "")


def test_an_odoo_that_is_away_is_told_and_changes_nothing(linked: Linked) -> None:
    linked.receipt()
    linked.sync()
    linked.row.url = "http://127.0.0.1:9"
    linked.row.save()

    (gap,) = rounds.reconcile_all(linked.now)

    assert "cannot be reached" in gap.error
    assert len(mirror(linked.row)) == len(open_cases()) == 1


@pytest.mark.parametrize("number", [1, 2])
def test_both_sides_are_compared_in_pages(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    deleted, done, *left = [linked.receipt(days=3) for _ in range(5)]
    linked.sync()
    linked.delete("stock.picking", deleted)
    with linked.world.transaction(ADMIN, behind(linked)) as tx:
        transfers.validate(tx, done)
    late = [linked.receipt(written=behind(linked)) for _ in range(5)]
    linked.seen.forget()
    for module, name in ((paging, "MANY"), (mirrored, "BATCH"), (reconcile, "BATCH")):
        monkeypatch.setattr(module, name, number)

    gap = compare(linked)["receipts"]

    assert told(gap) == (len(late) + len(left), 5, 1, 1)
    assert open_cases() == [("late_inbound", each) for each in late]
    assert living() == [*left, *late]
    asked = linked.seen.of("stock.picking", "search_read")
    assert {r.kwargs["limit"] for r in asked if "write_date" not in r.kwargs["order"]} == {number}


def living() -> list[int]:
    found = Document.objects.filter(living=True, gone_at=None)
    return sorted(found.values_list("record_id", flat=True))


def test_a_delivery_whose_transfers_lie_on_two_pages_is_compared_with_all_of_them(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked.sync()
    transfer = linked.delivery()
    linked.tell("stock.picking", transfer, written=behind(linked))
    with linked.world.transaction(ADMIN, behind(linked)) as tx:
        row = {**tx.row("stock.picking", transfer), "name": "WH/OUT/next"}
        other = tx.create("stock.picking", {k: v for k, v in row.items() if k != "id"})
    monkeypatch.setattr(paging, "MANY", 1)

    gap = compare(linked)["deliveries"]

    assert (gap.missed, gap.diverged) == (1, 0)
    names = sorted(linked.picking(each)["name"] for each in (transfer, other))
    assert Document.objects.get().facts["transfers"] == names


def test_what_has_ended_costs_nothing_however_much_it_is(linked: Linked) -> None:
    linked.receipt()
    linked.sync()
    compare(linked)
    before = rows_read(lambda: compare(linked))
    ended = [linked.receipt() for _ in range(20)]
    with linked.world.acting_as(ADMIN) as tx:
        for each in ended:
            transfers.validate(tx, each)
    linked.later(minutes=1)
    linked.sync()

    assert len(mirror(linked.row)) == 21
    assert rows_read(lambda: compare(linked)) == before


def rows_read(happens: Callable[[], object]) -> int:
    """How many rows the statements about documents have returned."""
    rows: list[int] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith("SELECT") and "exceptions_document" in sql:
            rows.append(context["cursor"].rowcount)
        return result

    with connection.execute_wrapper(note):
        happens()
    return sum(rows)
