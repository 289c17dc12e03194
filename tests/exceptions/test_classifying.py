"""The clock that runs until people classify a case, and a life with that and a claim in it."""

from datetime import datetime, timedelta

import pytest

from exceptions import (
    audit,
    claims,
    escalate,
    intake,
    lifecycle,
    policies,
    raising,
)
from exceptions.actors import Actor
from exceptions.kinds import KINDS
from exceptions.models import Case, Notification
from exceptions.raising import Raised
from exceptions.vocabulary import (
    ClockState,
    Happening,
    Move,
    Notice,
    State,
    Tier,
)
from tests.exceptions.office import HOUR, MINUTE, MONDAY, OFFICE, TICK, keeps, told, wall
from tests.exceptions.test_claims import CARRIER, claims_within, lost, publish
from tests.exceptions.test_clocks import every_minute
from tests.making import Tower


def raised(tower: Tower, at: datetime = MONDAY) -> Case:
    said = Raised(kind=CARRIER, site=tower.site, summary="A pallet fell", subject="Rhine Haulage")
    return raising.raise_case(said, tower.actor("logistics.rtm"), at=at)


def classify(case: Case, actor: Actor, at: datetime) -> None:
    data = {"severity": 60, "reason": "Two customers wait for it."}
    lifecycle.move(case.pk, Move.CLASSIFY, actor, at=at, data=data)


def test_what_people_raise_waits_to_be_classified_where_the_policy_says_so(tower: Tower) -> None:
    publish(CARRIER, classify_minutes=60)
    keeps(tower, OFFICE)
    case = raised(tower)
    (clock,) = case.clocks.all()
    assert (case.state, case.tier, clock.kind, clock.due_at, case.next_due_at) == (
        State.DETECTED,
        "",
        "classify",
        wall(16, 17, 20),
        wall(16, 17, 20),
    )
    assert list(intake.recheck_due(at=MONDAY + MINUTE)[1]) in ([], ["unchanged"], ["refreshed"])

    classify(case, tower.supervisor, MONDAY + 30 * MINUTE)
    assert escalate.find_owners(at=MONDAY + 31 * MINUTE) == 1
    case.refresh_from_db()
    assert (case.state, case.score, case.tier) == (State.ASSIGNED, 60, Tier.HIGH)
    kinds = case.clocks.values_list("kind", "state")
    assert sorted(kinds) == [
        ("acknowledge", "running"),
        ("claim", "running"),
        ("classify", "met"),
        ("resolve", "running"),
    ]
    assert list(audit.verify(case)) == []


def test_what_a_source_shows_is_classified_at_once_all_the_same(tower: Tower) -> None:
    publish(CARRIER, classify_minutes=60)
    assert lost(tower).state == State.ASSIGNED


def test_another_policy_does_not_touch_what_waits_to_be_classified(tower: Tower) -> None:
    publish(CARRIER, classify_minutes=60)
    case = raised(tower)
    policies.publish(CARRIER, KINDS[CARRIER].default_policy, at=MONDAY + MINUTE)
    intake.recheck_due(at=MONDAY + 2 * MINUTE)
    case.refresh_from_db()
    assert (case.state, case.score) == (State.DETECTED, None)


def test_the_lead_hears_of_what_nobody_classifies(tower: Tower) -> None:
    publish(CARRIER, classify_minutes=60)
    raised(tower)
    for at in (MONDAY + 45 * MINUTE, MONDAY + HOUR + TICK):
        escalate.sweep_clocks(at=at)
        escalate.warn(at=at)
    heard = Notification.objects.order_by("pk").values_list("person__username", "what")
    assert list(heard) == [
        ("lead.rtm", Notice.CLOCK_WARNING),
        ("lead.rtm", Notice.CLOCK_BREACHED),
    ]


@pytest.mark.parametrize("which", [Move.DISMISS])
def test_what_ends_unclassified_needs_no_classification(tower: Tower, which: Move) -> None:
    publish(CARRIER, classify_minutes=60)
    case = raised(tower)
    data = {"outcome": "false_positive", "reason": "It was another pallet."}
    lifecycle.move(case.pk, which, tower.supervisor, at=MONDAY + MINUTE, data=data)
    assert list(case.clocks.values_list("kind", "state")) == [("classify", "cancelled")]


# -- A whole life, a minute before and a minute after each target ---------------------------------


@pytest.mark.parametrize(
    ("early", "ended"), [(MINUTE, ClockState.MET), (-MINUTE, ClockState.BREACHED)]
)
@pytest.mark.parametrize("worker", ["up", "down"])
def test_a_life_with_each_step_at_the_last_or_the_first_minute(
    tower: Tower, early: timedelta, ended: ClockState, worker: str
) -> None:
    keeps(tower, OFFICE)
    claims_within(CARRIER, 30 * 60, classify_minutes=60)
    case, at = raised(tower), MONDAY
    classified_by = case.clocks.get(kind="classify").due_at
    steps = [(classified_by, lambda t: classify(case, tower.supervisor, t))]
    if worker == "up":
        every_minute(at, classified_by - early)
    steps[0][1](classified_by - early)
    escalate.find_owners(at=classified_by - early)
    claimed_by = case.clocks.get(kind="claim").due_at
    if worker == "up":
        every_minute(classified_by - early, claimed_by - early)
    claims.file(case.pk, "4711", tower.supervisor, at=claimed_by - early)

    late = ended == ClockState.BREACHED
    found = {
        c.kind: (c.state, c.breached_at) for c in case.clocks.filter(kind__in=("classify", "claim"))
    }
    assert found == {
        "classify": (ended, classified_by if late else None),
        "claim": (ended, claimed_by if late else None),
    }
    assert claimed_by == MONDAY + 30 * HOUR  # days of the calendar
    ran_out = {e.data["clock"] for e in told(case, Happening.CLOCK_BREACHED)}
    assert ran_out & {"classify", "claim"} == (
        {"classify", "claim"} if late and worker == "up" else set()
    )
    case.refresh_from_db()
    assert list(audit.verify(case)) == []
