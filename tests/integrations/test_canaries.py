"""Canaries on 17 and 19: the whole way with webhooks over HTTP, broken and killed at each hop."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from exceptions.models import (
    Case,
    CaseEvent,
    Document,
    KillSwitch,
    Notification,
    OutboxMessage,
    User,
)
from exceptions.vocabulary import Via
from integrations import canaries, connections, provisioning
from integrations.alone import CANARY, alone
from integrations.connections import FROM_COMMAND
from integrations.models import Canary, CanaryRun, Hop
from integrations.odoo.access import Secret
from integrations.simulator import webhooks
from tests.integrations.linked import Linked
from tests.integrations.sending import KilledError

SECONDS = 120
FILES = "ir.attachment"
on_any_version = pytest.mark.parametrize("version", [19])


POSTED: list[tuple[str, bytes]] = []  # by Odoo, and not come in at our door yet


@pytest.fixture
def told(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> Linked:
    """Odoo tells of changes by HTTP, its warehouses are read, and a canary is due."""
    linked.sync()
    tell(linked, monkeypatch)
    return linked


def tell(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Odoo posts comes in a moment later, in the thread that sees the test's database."""

    def post(url: str, body: bytes) -> int:
        POSTED.append((url, body))
        return 202

    POSTED.clear()
    monkeypatch.setattr(webhooks, "_request", post)
    with provisioning.administering(linked.row, "admin", Secret("sim-admin-key")) as admin:
        planned = provisioning.plan(linked.row, admin)
        provisioning.carry_out(linked.row, admin, planned, by=FROM_COMMAND, at=linked.at)
    canaries.switch(linked.row, on=True, minutes=5, by=None, via=Via.COMMAND, at=linked.at)


def come_in() -> None:
    for url, body in POSTED:
        answer = Client().post(urlsplit(url).path, body, content_type="application/json")
        assert answer.status_code == 202
    POSTED.clear()


def step(linked: Linked, **after: float) -> None:
    """The worker ticks: the inbox first, then the canaries."""
    linked.later(**after)
    linked.work_inbox()
    canaries.walk_all(linked.now)
    come_in()


def run(linked: Linked) -> CanaryRun:
    return CanaryRun.objects.filter(access=linked.row).latest("started_at")


def files(linked: Linked) -> list[str]:
    rows = linked.world.tables[FILES].rows.values()
    return [r["name"] for r in rows if str(r["name"]).startswith("control-tower-canary-")]


def test_it_walks_the_whole_way_and_leaves_nothing_behind(told: Linked) -> None:
    began = told.at
    step(told)
    step(told, seconds=6)

    last = run(told)
    assert (last.passed, last.hop, last.reason) == (True, None, "")
    assert dict(last.durations) == {
        Hop.ODOO: 0,
        Hop.WEBHOOK: 0,
        Hop.INBOX: 6,
        Hop.CASE: 0,
        Hop.PUSH: 0,
        Hop.READ_BACK: 0,
        Hop.CLEAN_UP: 0,
    }
    assert (last.started_at, last.seconds) == (began, 6)
    assert "late" in last.case_title
    assert files(told) == []
    assert [r.method for r in told.seen.of(FILES, "create", "unlink")] == ["create", "unlink"]
    assert canaries.latest(told.row.connection) == last


def test_its_test_case_is_among_no_cases(told: Linked) -> None:
    models = (Case, CaseEvent, Document, Notification, OutboxMessage)
    before = [model.objects.count() for model in models]
    step(told)
    step(told, seconds=6)

    assert run(told).passed
    assert [model.objects.count() for model in models] == before


@on_any_version
def test_the_next_one_is_sent_after_its_interval(told: Linked) -> None:
    step(told)
    step(told, seconds=6)
    for _ in range(29):
        step(told, seconds=10)
    assert CanaryRun.objects.count() == 1
    step(told, seconds=10)
    assert CanaryRun.objects.count() == 2


# Broken at each hop -------------------------------------------------------------------------------


def no_odoo(linked: Linked) -> None:
    linked.odoo.faults.add("user_error", times=1, model="res.users", method="write")


def no_webhook(linked: Linked) -> None:
    linked.odoo.faults.add("drop_webhook", times=1, model="res.users")


def no_push(linked: Linked) -> None:
    linked.odoo.faults.add("user_error", times=1, model=FILES, method="create")


def no_clean_up(linked: Linked) -> None:
    linked.odoo.faults.add("user_error", times=1, model=FILES, method="unlink")


def nothing_stands(linked: Linked) -> None:
    """Somebody deletes it between the push and the read-back."""

    def delete() -> None:
        with linked.world.acting_as(2) as tx:
            for each in list(tx.tables[FILES].rows):
                tx.unlink(FILES, each)

    linked.seen.before(FILES, "create", lambda: linked.seen.before(FILES, "search", delete))


REFUSED = "The simulator was told to refuse this."


@pytest.mark.parametrize(
    ("trouble", "hop", "says"),
    [
        (no_odoo, Hop.ODOO, REFUSED),
        (no_webhook, Hop.WEBHOOK, "Nothing arrived in 120 s."),
        (no_push, Hop.PUSH, REFUSED),
        (nothing_stands, Hop.READ_BACK, "Odoo said yes, but it does not stand there."),
        (no_clean_up, Hop.CLEAN_UP, REFUSED),
    ],
)
def test_the_row_says_at_which_hop_it_was_broken_and_why(
    told: Linked, trouble: Callable[[Linked], None], hop: Hop, says: str
) -> None:
    trouble(told)
    step(told)
    step(told, seconds=6)
    step(told, seconds=SECONDS)

    last = run(told)
    assert (last.broken_at, last.hop, last.passed) == (hop, hop, False)
    assert says in last.reason
    step(told, minutes=5)
    step(told, seconds=6)
    assert (run(told).passed, files(told)) == (True, [])


@on_any_version
def test_an_inbox_that_nobody_works_through_is_said(told: Linked) -> None:
    canaries.walk_all(told.now)
    come_in()
    told.later(seconds=SECONDS)
    canaries.walk_all(told.now)

    assert (run(told).broken_at, run(told).reason) == (Hop.INBOX, "Not worked through in 120 s.")


@on_any_version
def test_an_odoo_without_warehouses_opens_no_test_case(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(linked, monkeypatch)
    step(linked)
    step(linked, seconds=6)

    assert run(linked).broken_at == Hop.CASE
    assert run(linked).reason == "No warehouse of this Odoo has been read yet."


@on_any_version
def test_an_odoo_that_is_away_is_the_first_hop(told: Linked) -> None:
    told.odoo.faults.add("reset", model="res.users")
    step(told)

    assert run(told).broken_at == Hop.ODOO
    assert "did not answer" in run(told).reason


# Killed, at once, and held back -------------------------------------------------------------------


@on_any_version
def test_killed_at_any_instant_it_is_gone_on_with_and_nothing_is_left(told: Linked) -> None:
    """The clock is asked between all hops: whoever asks it the n-th time dies."""
    for nth in itertools.count(1):
        asked = itertools.count(1)

        def dies(nth: int = nth, asked: "itertools.count[int]" = asked) -> datetime:
            if next(asked) == nth:
                raise KilledError
            return told.at

        survived = walked(told, dies)
        for _ in range(2):
            step(told, seconds=6)
        assert (run(told).passed, files(told)) == (True, [])
        assert CanaryRun.objects.filter(ended_at=None).count() == 0
        told.later(minutes=5)
        if survived:
            break
    assert nth > 5


def walked(linked: Linked, now: Callable[[], datetime]) -> bool:
    try:
        canaries.walk_all(now)
        come_in()
        linked.later(seconds=6)
        linked.work_inbox()
        canaries.walk_all(now)
    except KilledError:
        return False
    return True


@on_any_version
def test_it_never_walks_twice_at_once(told: Linked) -> None:
    canaries.walk_all(told.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CanaryRun.objects.create(access=told.row, started_at=told.at)
    with alone(told.row, CANARY) as is_alone:
        assert is_alone


@on_any_version
def test_with_sending_off_nothing_is_touched_and_that_is_said(told: Linked) -> None:
    connections.switch_sending(told.row.connection, on=False, by=FROM_COMMAND, at=told.at)
    told.seen.forget()
    step(told)

    canary = Canary.objects.get(access=told.row)
    assert (canary.skipped_because, canary.skipped_at) == ("sending is off", told.at)
    assert (told.seen.of("res.users", "write"), CanaryRun.objects.count()) == ([], 0)


@on_any_version
def test_with_a_kill_switch_on_nothing_is_pushed_and_it_is_no_failure(told: Linked) -> None:
    step(told)
    who = User.objects.get(username="lead")
    KillSwitch.objects.create(reason="Stocktaking.", engaged_at=told.at, engaged_by=who)
    step(told, seconds=6)

    assert Canary.objects.get(access=told.row).skipped_because == "a kill switch is on"
    assert (told.seen.of(FILES, "create"), CanaryRun.objects.count()) == ([], 0)


@on_any_version
def test_off_it_is_never_sent(told: Linked) -> None:
    canaries.switch(told.row, on=False, minutes=5, by=None, via=Via.COMMAND, at=told.at)
    step(told, hours=1)
    assert CanaryRun.objects.count() == 0


@on_any_version
def test_walks_of_long_ago_are_forgotten(told: Linked) -> None:
    step(told)
    step(told, seconds=6)
    told.later(days=15)
    step(told)
    assert canaries.forget(told.now) == 1
    assert CanaryRun.objects.count() == 1


@on_any_version
def test_a_worker_that_stands_still_is_late(told: Linked) -> None:
    canary = Canary.objects.get(access=told.row)
    soon = told.at + timedelta(minutes=4)
    assert [canaries.is_late(canary, at=at) for at in (soon, told.at + timedelta(minutes=6))] == [
        False,
        True,
    ]
