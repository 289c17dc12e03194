"""The ledger: every gap with what became of it, what both sides sum up to, and the cases of it."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

import pytest

from exceptions import audit
from exceptions.models import Case, Document
from exceptions.vocabulary import Happening
from integrations.models import Expected, Gap, GapKind, ReconcileRun, Repair
from integrations.odoo import sync
from integrations.simulator import instants
from integrations.simulator.flows import transfers
from tests.integrations.linked import ADMIN, Linked, hook_up
from tests.integrations.odoo.test_reconcile import behind, compare

HOURS_AGO = 5


@pytest.fixture(params=[19])
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def ledger(linked: Linked) -> list[tuple[int, str, str, bool]]:
    rows = Gap.objects.filter(connection=linked.row.connection).order_by("record_id")
    return [(g.record_id, g.what, g.expected_by, g.is_open) for g in rows]


def summed(stamps: Iterable[tuple[int, str]]) -> str:
    """As the ledger says it of one side, by another way: all in a list, added up at the end."""
    hashes = [
        hashlib.blake2b(f"{record}:{stamp[:19]}".encode(), digest_size=8).hexdigest()
        for record, stamp in stamps
    ]
    return format(sum(int(each, 16) for each in hashes) & 0xFFFFFFFFFFFFFFFF, "016x")


def in_odoo(linked: Linked) -> str:
    rows = linked.world.tables["stock.picking"].rows.values()
    living = [r for r in rows if r["state"] in ("confirmed", "waiting", "assigned")]
    return summed((r["id"], r["write_date"]) for r in living)


def here() -> str:
    living = Document.objects.filter(living=True, gone_at=None, facts_type="Receipt")
    return summed((d.record_id, str(d.written_at)) for d in living)


def test_every_planted_gap_is_in_the_ledger_with_what_became_of_it(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One missed, one changed, one closed and one deleted unseen, and one that was told."""
    hook_up(linked, monkeypatch)
    told = linked.receipt()
    changed, closed, deleted = (linked.receipt(days=9) for _ in range(3))
    linked.later(seconds=10)
    linked.work_inbox()
    linked.sync()
    linked.odoo.faults.add("drop_webhook")
    linked.later(minutes=20)
    with linked.world.transaction(ADMIN, behind(linked)) as tx:
        transfers.plan(tx, changed, linked.wire(days=-3))
        transfers.validate(tx, closed)
    linked.delete("stock.picking", deleted)
    missed = linked.receipt(written=behind(linked))
    linked.sync()
    before = (in_odoo(linked), here())

    run = compare(linked)["receipts"]

    assert ledger(linked) == [
        (changed, GapKind.DIVERGED, Expected.WEBHOOK, False),
        (closed, GapKind.DIVERGED, Expected.WEBHOOK, False),
        (deleted, GapKind.DELETED, Expected.WEBHOOK, False),
        (missed, GapKind.MISSED, Expected.WEBHOOK, False),
    ]
    gaps = {gap.record_id: gap for gap in Gap.objects.select_related("case")}
    assert {g.repaired_how for g in gaps.values()} == {Repair.READ_AGAIN}
    assert gaps[missed].since == linked.at - timedelta(hours=HOURS_AGO)
    assert gaps[deleted].since == Document.objects.get(record_id=deleted).read_at
    assert (run.their_sum, run.our_sum) == before
    assert (run.their_count, run.our_count, run.agrees) == (3, 4, True)
    assert (run.their_sum_after, run.our_sum_after) == (in_odoo(linked), here())
    assert (run.missed, run.diverged, run.deleted, run.repaired) == (1, 2, 1, 4)
    assert marked() == {missed}
    assert {g.record_id: g.case for g in gaps.values() if g.case} == {
        missed: linked.case("stock.picking", missed)
    }
    assert not linked.case("stock.picking", told).missed_by_webhook


def marked() -> set[int]:
    found = Case.objects.filter(missed_by_webhook=True)
    return set(found.values_list("document__record_id", flat=True))


def test_the_history_says_that_no_webhook_told_of_it(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook_up(linked, monkeypatch)
    linked.receipt(days=9)
    linked.sync()
    linked.odoo.faults.add("drop_webhook")
    late = linked.receipt(written=behind(linked))
    linked.later(minutes=1)
    linked.sync()

    compare(linked)

    case = linked.case("stock.picking", late)
    notes = case.events.filter(happening=Happening.NOTED)
    assert [n.data["text"][:16] for n in notes] == ["No webhook told "]
    assert list(audit.verify(case)) == []
    assert case.fingerprint == f"late_inbound:{linked.row.connection_id}:stock.picking:{late}"


def test_where_no_webhook_ever_came_none_is_blamed(linked: Linked) -> None:
    linked.sync()
    late = linked.receipt(written=behind(linked))
    linked.later(minutes=1)
    linked.sync()

    compare(linked)

    assert ledger(linked) == [(late, GapKind.MISSED, Expected.POLLING, False)]
    assert marked() == set()


def test_what_is_on_its_way_is_no_gap(linked: Linked) -> None:
    """It is taken in all the same."""
    linked.sync()
    linked.later(minutes=1)
    late = linked.receipt()

    run = compare(linked)["receipts"]

    assert (ledger(linked), run.missed, run.agrees) == ([], 0, True)
    assert linked.case("stock.picking", late).missed_by_webhook is False


def test_before_the_first_reading_is_over_nothing_is_missed(linked: Linked) -> None:
    linked.receipt(written=behind(linked))

    compare(linked)

    assert (ledger(linked), ReconcileRun.objects.count()) == ([], 0)


def test_what_cannot_be_repaired_stays_open_until_it_can(linked: Linked) -> None:
    linked.sync()
    broken, whole = (linked.receipt(written=behind(linked)) for _ in range(2))
    planned = linked.picking(broken)["scheduled_date"]
    linked.picking(broken)["scheduled_date"] = "no instant"
    linked.later(minutes=1)
    linked.sync()

    run = compare(linked)["receipts"]

    assert [row[::3] for row in ledger(linked)] == [(broken, True), (whole, False)]
    gap = Gap.objects.get(record_id=broken)
    assert (gap.reason, run.error) == (sync.UNEXPECTED, sync.UNEXPECTED)
    linked.later(hours=1)
    compare(linked)
    assert Gap.objects.get(record_id=broken).found_at == gap.found_at
    linked.picking(broken)["scheduled_date"] = planned
    linked.later(hours=1)

    run = compare(linked)["receipts"]

    gap.refresh_from_db()
    assert (gap.repaired_at, gap.repaired_how, gap.reason) == (linked.at, Repair.READ_AGAIN, "")
    assert (run.agrees, run.error) == (True, "")


def test_what_came_by_itself_is_closed(linked: Linked) -> None:
    linked.sync()
    late = linked.receipt(written=behind(linked))
    linked.later(minutes=1)
    linked.sync()
    fault = linked.odoo.faults.add("user_error", model="purchase.order")
    compare(linked)
    assert ledger(linked) == [(late, GapKind.MISSED, Expected.POLLING, True)]
    fault.times = 0
    linked.tell("stock.picking", late, priority="1")
    linked.later(minutes=1)
    linked.sync()

    compare(linked)

    assert Gap.objects.get().repaired_how == Repair.BY_ITSELF


def test_a_backup_played_back_in_odoo_is_a_gap_too(linked: Linked) -> None:
    late = linked.receipt()
    linked.sync()
    linked.later(minutes=20)
    linked.tell("stock.picking", late, priority="1")
    linked.sync()
    row = linked.picking(late)
    row["write_date"], row["priority"] = instants.text(linked.at - timedelta(hours=1)), "0"
    linked.later(minutes=1)

    run = compare(linked)["receipts"]

    assert (ledger(linked)[0][1:], run.agrees) == (
        (GapKind.DIVERGED, Expected.POLLING, False),
        True,
    )


def test_documents_of_several_records_agree_by_the_latest_of_them(linked: Linked) -> None:
    linked.sync()
    transfer = linked.delivery()
    linked.tell("stock.picking", transfer, written=instants.text(linked.at - timedelta(hours=2)))
    linked.later(minutes=1)
    linked.sync()

    runs = compare(linked)

    run = runs["deliveries"]
    assert (run.their_count, run.our_count, run.agrees) == (1, 0, True)
    assert all(each.agrees for each in runs.values() if each.pk)
