"""Odoo's own scheduled actions: how each stands, and what the tower's user may know of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integrations import rounds
from integrations.models import ActionState, ScheduledAction
from integrations.odoo.scheduled_actions import Told, state_of
from integrations.simulator import rights
from tests.integrations.linked import ADMIN, INTEGRATION, Linked

AT = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HOURLY = Told(
    id=1,
    name="Mail",
    active=True,
    every=timedelta(hours=1),
    next_at=AT + timedelta(minutes=20),
    last_at=AT - timedelta(minutes=40),
)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("told", "before", "state"),
    [
        (HOURLY, None, ActionState.FINE),
        (replace(HOURLY, next_at=AT - timedelta(hours=1)), None, ActionState.FINE),
        (replace(HOURLY, next_at=AT - timedelta(minutes=61)), None, ActionState.LATE),
        (replace(HOURLY, every=MINUTE, next_at=AT - 15 * MINUTE), None, ActionState.FINE),
        (replace(HOURLY, every=MINUTE, next_at=AT - 16 * MINUTE), None, ActionState.LATE),
        (replace(HOURLY, every=DAY, next_at=AT - timedelta(hours=6)), None, ActionState.FINE),
        (replace(HOURLY, every=DAY, next_at=AT - timedelta(hours=7)), None, ActionState.LATE),
        (replace(HOURLY, failures=2), None, ActionState.FAILING),
        (replace(HOURLY, active=False), None, ActionState.NEVER_ON),
        (replace(HOURLY, active=False), ActionState.NEVER_ON, ActionState.NEVER_ON),
        (replace(HOURLY, active=False), ActionState.FINE, ActionState.SWITCHED_OFF),
        (replace(HOURLY, active=False), ActionState.SWITCHED_OFF, ActionState.SWITCHED_OFF),
        (HOURLY, ActionState.SWITCHED_OFF, ActionState.FINE),
    ],
)
def test_how_an_action_stands(told: Told, before: ActionState | None, state: ActionState) -> None:
    assert state_of(told, before, at=AT) == state


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tower's user is in a group that may read scheduled actions."""
    readers = {**rights.READERS, "ir.cron": (rights.USER,)}
    monkeypatch.setattr(rights, "READERS", readers)


def standing() -> dict[str, str]:
    return dict(ScheduledAction.objects.exclude(state="fine").values_list("name", "state"))


def tell(linked: Linked, name: str, **values: object) -> None:
    rows = linked.world.tables["ir.cron"].rows
    action = next(pk for pk, row in rows.items() if row["cron_name"] == name)
    with linked.world.transaction(ADMIN) as tx:
        tx.write("ir.cron", action, values)


def test_what_is_late_or_was_switched_off(linked: Linked, allowed: None) -> None:
    rounds.read_actions(linked.now)
    assert (ScheduledAction.objects.count(), standing()) == (5, {})

    linked.later(minutes=40)
    tell(linked, "Mail: Email Queue Manager", nextcall=linked.wire(hours=-2))
    tell(linked, "Purchase reminder", active=False)
    rounds.read_actions(linked.now)

    assert standing() == {
        "Mail: Email Queue Manager": "late",
        "Purchase reminder": "switched_off",
    }
    since = set(ScheduledAction.objects.exclude(state="fine").values_list("since", flat=True))
    assert since == {linked.at}

    linked.later(minutes=6)
    tell(linked, "Mail: Email Queue Manager", nextcall=linked.wire(hours=1))
    rounds.read_actions(linked.now)
    assert standing() == {"Purchase reminder": "switched_off"}


@pytest.mark.parametrize("version", [19], indirect=True)
def test_failures_are_counted_since_18(linked: Linked, allowed: None) -> None:
    failing = linked.wire(days=-1)
    tell(linked, "Purchase reminder", failure_count=3, first_failure_date=failing)
    rounds.read_actions(linked.now)

    action = ScheduledAction.objects.get(state=ActionState.FAILING)
    assert (action.name, action.failures) == ("Purchase reminder", 3)
    assert action.since == linked.at - timedelta(days=1)


def test_one_that_is_gone_is_forgotten(linked: Linked, allowed: None) -> None:
    rounds.read_actions(linked.now)
    linked.delete("ir.cron", 1)
    linked.later(minutes=6)
    rounds.read_actions(linked.now)

    assert sorted(ScheduledAction.objects.values_list("cron_id", flat=True)) == [2, 3, 4, 5]


def test_without_the_right_it_is_said_and_not_asked_again_at_once(linked: Linked) -> None:
    assert rounds.read_actions(linked.now) == 1
    linked.row.refresh_from_db()
    assert linked.row.actions_note == "The tower's user may not read them (the model ir.cron)."
    assert not ScheduledAction.objects.exists()

    linked.seen.forget()
    linked.later(minutes=4)
    assert (rounds.read_actions(linked.now), linked.seen.requests) == (0, [])
    linked.later(minutes=1)
    assert rounds.read_actions(linked.now) == 1


def test_the_tower_signs_in_with_little(linked: Linked) -> None:
    """The right is not among those that its verbs need."""
    login = next(each for each in linked.world.logins if each.uid == INTEGRATION)
    assert rights.SYSTEM not in login.groups
