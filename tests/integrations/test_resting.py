"""One Odoo that does not answer holds up nobody: it rests, longer each time, and comes last."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import urllib3
from django.core.management import call_command

from exceptions.models import OutboxMessage
from integrations import inbox, outbox, resting, rounds
from integrations.models import OdooAccess
from integrations.odoo import connecting, line, sync
from integrations.odoo.sources import SOURCES
from tests.integrations import linked as linking
from tests.integrations.linked import Linked, knock, open_cases

QUICK = urllib3.Timeout(connect=1, read=0.3)
STALL = 10.0  # seconds, far beyond our patience in these tests, also on a busy machine


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "PATIENCE", QUICK)
    monkeypatch.setattr(resting, "KNOCK", QUICK)
    monkeypatch.setattr(line, "ENOUGH", 0.2)


@pytest.fixture
def other(linked: Linked, version: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Linked]:
    """A second Odoo, connected after the first."""
    with linking.linked(linked.at, version, monkeypatch, name="Other") as running:
        yield running


def stall(linked: Linked, model: str = "") -> None:
    linked.odoo.faults.add("stall", seconds=STALL, model=model)


def later(linked: Linked, other: Linked, **by: float) -> datetime:
    other.later(**by)
    return linked.later(**by)


def access(linked: Linked) -> OdooAccess:
    return OdooAccess.objects.get(pk=linked.row.pk)


def rested(linked: Linked) -> tuple[int, timedelta | None]:
    """Silences in a row, and for how long it is left alone from now on."""
    row = access(linked)
    return row.silences, row.rest_until - linked.at if row.rest_until else None


def test_a_hanging_odoo_does_not_hold_up_the_others(
    linked: Linked, other: Linked, hasty: None
) -> None:
    stall(linked)
    late = other.receipt()
    begun = time.monotonic()

    reads = rounds.sync_all(linked.now)

    assert time.monotonic() - begun < STALL
    assert len(linked.seen.requests) == 1
    assert {r.connection for r in reads if r.error} == {"Plant"}
    assert "it took too long" in reads[0].error
    assert open_cases() == [("late_inbound", late)]
    assert rested(linked) == (1, resting.FIRST_REST)
    assert rested(other) == (0, None)


def test_it_is_left_alone_for_longer_each_time_and_then_only_knocked_at(
    linked: Linked, other: Linked, hasty: None
) -> None:
    stall(linked)
    rounds.sync_all(linked.now)
    waits, asked = [], []
    for _ in range(6):
        silences, wait = rested(linked)
        assert wait is not None
        waits.append(wait.total_seconds())
        later(linked, other, seconds=waits[-1] - 1)
        linked.seen.forget()
        assert {r.connection for r in rounds.sync_all(linked.now)} == {"Other"}
        assert linked.seen.requests == []
        later(linked, other, seconds=1)
        rounds.sync_all(linked.now)
        assert rested(linked)[0] == silences + 1
        asked.append([(r.model, r.method) for r in linked.seen.requests])

    assert waits == [30, 60, 120, 240, 300, 300]
    assert asked == [[("stock.warehouse", "search_count")]] * 6


def test_once_it_answers_all_is_as_before(linked: Linked, other: Linked, hasty: None) -> None:
    stall(linked)
    late = linked.receipt()
    rounds.sync_all(linked.now)
    linked.odoo.faults.clear()
    later(linked, other, seconds=30)

    reads = rounds.sync_all(linked.now)

    assert [r.error for r in reads] == [""] * len(SOURCES) * 2
    assert reads[-1].connection == "Plant"  # it came last
    assert rested(linked) == (0, None)
    assert open_cases() == [("late_inbound", late)]


def test_who_has_waited_longest_comes_first(linked: Linked, other: Linked) -> None:
    rounds.sync_one(linked.row, linked.now)
    assert [r.connection for r in rounds.sync_all(linked.now)][:: len(SOURCES)] == [
        "Other",
        "Plant",
    ]
    later(linked, other, seconds=15)
    rounds.sync_one(other.row, linked.now)
    later(linked, other, seconds=15)

    assert [r.connection for r in rounds.sync_all(linked.now)][:: len(SOURCES)] == [
        "Plant",
        "Other",
    ]


def test_one_model_that_hangs_ends_the_round_and_comes_last_in_the_next(
    linked: Linked, hasty: None
) -> None:
    late, quant, order = linked.receipt(), linked.miscount(), linked.order_of(linked.delivery())
    stall(linked, model="sale.order.line")  # which here only the deliveries ask for
    first = linked.sync()
    linked.later(seconds=30)

    second = linked.sync()

    assert list(first) == ["receipts", "deliveries"]
    others = [source.name for source in SOURCES if source.name != "deliveries"]
    assert list(second) == [*others, "deliveries"]
    found = [("inventory_discrepancy", quant), ("late_inbound", late)]
    assert (second["deliveries"].silence, [c for c in open_cases() if c in found]) == (True, found)
    assert "delivery_delay" not in dict(open_cases())
    linked.odoo.faults.clear()
    linked.later(minutes=1)
    linked.sync()
    assert ("delivery_delay", order) in open_cases()


def test_a_round_has_its_time_and_the_next_goes_on(linked: Linked) -> None:
    """An Odoo with very much to tell: each page takes it half a minute."""
    late = [linked.receipt(written=linked.wire(minutes=-20 - n)) for n in range(6)]
    rows = []
    with linked.client() as odoo:
        linked.seen.at_each = lambda: linked.later(seconds=10)
        for _ in range(8):
            until = linked.at + rounds.LONGEST_ROUND
            reads = sync.sync(linked.row, odoo, now=linked.now, until=until, size=2)
            rows.append({r.source: r.rows for r in reads}["receipts"])
            if all(r.done for r in reads):
                break

    assert len(rows) > 1
    assert max(rows) < len(late)
    assert open_cases() == [("late_inbound", each) for each in late]


def test_inbox_and_outbox_leave_it_alone_too(linked: Linked, hasty: None) -> None:
    late = linked.receipt()
    linked.sync()
    knock(linked, b'{"_model": "stock.picking", "_id": %d}' % late)
    linked.later(seconds=6)
    resting.rest(linked.row, at=linked.at)
    linked.seen.forget()

    assert (linked.work_inbox(), linked.deliver(), linked.seen.requests) == (0, 0, [])
    linked.later(seconds=30)
    assert (linked.work_inbox(), linked.deliver()) == (1, OutboxMessage.objects.count())


@pytest.mark.parametrize("work", [inbox.work_due, outbox.deliver_due])
def test_they_tell_the_others_of_its_silence(
    linked: Linked, hasty: None, work: Callable[[Callable[[], datetime]], int]
) -> None:
    late = linked.receipt()
    linked.sync()
    knock(linked, b'{"_model": "stock.picking", "_id": %d}' % late)
    linked.later(seconds=6)
    stall(linked)

    work(linked.now)

    assert rested(linked) == (1, resting.FIRST_REST)
    assert (rounds.sync_all(linked.now), rounds.reconcile_all(linked.now)) == ([], [])


def test_many_who_wait_at_once_make_one_silence(linked: Linked) -> None:
    for _ in range(3):
        resting.rest(linked.row, at=linked.at)

    assert rested(linked) == (1, resting.FIRST_REST)


def test_a_comparison_that_meets_silence_is_broken_off(linked: Linked, hasty: None) -> None:
    linked.receipt()
    linked.sync()
    stall(linked)
    linked.seen.forget()

    (gap,) = rounds.reconcile_all(linked.now)

    assert ("it took too long" in gap.error, len(linked.seen.requests)) == (True, 1)
    assert rested(linked) == (1, resting.FIRST_REST)


@pytest.mark.parametrize("command", ["tick", "check_connections"])
def test_a_person_need_not_wait_for_the_rest_to_end(linked: Linked, command: str) -> None:
    resting.rest(linked.row, at=linked.at)

    call_command(command)

    assert rested(linked) == (0, None)
