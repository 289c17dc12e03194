"""Steps of an escalation are noted apart from warnings: none is left out, and none comes twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exceptions import escalate, lifecycle, policies, rebasing
from exceptions.actors import Actor
from exceptions.kinds import KINDS
from exceptions.models import Case, Clock
from exceptions.rebasing import Onto
from exceptions.verdicts import Escalation, PolicySettings
from exceptions.vocabulary import ClockKind, Happening, KindCode, Move, Role, Rung, Tier
from tests.exceptions.cases import member
from tests.making import Tower

HOUR = timedelta(hours=1)
AT = datetime(2026, 11, 17, 9, tzinfo=UTC)
USUAL = KINDS[KindCode.LATE_INBOUND].default_policy
LADDER = tuple(
    Escalation(clock=ClockKind.RESOLVE, percent=percent, to=to)
    for percent, to in [
        *((40, Rung.TEAM), (80, Rung.SUPERVISORS)),
        *((100, Rung.LEAD), (130, Rung.EXECUTIVES)),
    ]
)
ALL = [(40, "team"), (80, "supervisors"), (100, "lead"), (130, "executives")]


def with_target(hours: int, *, ladder: tuple[Escalation, ...] = LADDER) -> PolicySettings:
    """High has so many hours to resolve, and the ladder; critical has another first step."""
    resolve = USUAL.targets[ClockKind.RESOLVE] | {Tier.HIGH: hours * 60}
    early = Escalation(clock=ClockKind.RESOLVE, percent=20, to=Rung.LEAD)
    return replace(
        USUAL,
        targets=USUAL.targets | {ClockKind.RESOLVE: resolve},
        escalation={Tier.HIGH: ladder, Tier.CRITICAL: (early, *ladder)},
    )


@pytest.fixture
def ruler(tower: Tower) -> Actor:
    policies.publish(KindCode.LATE_INBOUND, with_target(24), at=AT)
    return member("petra", Role.POLICY_ADMIN)


def acknowledged(tower: Tower) -> Case:
    case = tower.late_case(at=AT)
    return lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=AT)


def sweep(at: datetime) -> None:
    """As the task does it."""
    for each in (escalate.end_pauses, escalate.sweep_clocks, escalate.warn):
        each(at=at)


def taken(case: Case) -> list[tuple[int, str]]:
    told = case.events.filter(happening=Happening.ESCALATED).order_by("number")
    return [(event.data["percent"], event.data["to"]) for event in told]


def rebase(hours: int, ruler: Actor, at: datetime) -> None:
    """The time to resolve was a typo; what runs is moved onto the new one."""
    policies.publish(KindCode.LATE_INBOUND, with_target(hours), at=at)
    ids = Clock.objects.values_list("pk", flat=True)
    rebasing.rebase(Onto.POLICY, KindCode.LATE_INBOUND, ids, ruler, at=at, reason="A typo.")


@contextmanager
def undone() -> Iterator[None]:
    """Each history of chance begins with the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from([None, 8, 24, 48])), max_size=8))
def test_however_often_the_time_is_corrected_each_step_comes_once(
    tower: Tower, ruler: Actor, history: list[tuple[int, int | None]]
) -> None:
    """After each so many hours the worker wakes up, or somebody corrects the time before it does.

    Counted beside it: a step is due once its share of the time of then has passed when it looks.
    """
    with undone():
        case, at, target = acknowledged(tower), AT, 24
        due: set[tuple[int, str]] = set()
        for hours, corrected in history:
            at += hours * HOUR
            if corrected:
                rebase(corrected, ruler, at)
                target = corrected
            sweep(at)
            passed = 100 * (at - AT) / (target * HOUR)
            # What runs out this instant has not run out before the next.
            due |= {s for s in ALL if s[0] <= passed and (s[0] < 100 or passed > 100)}
            assert sorted(taken(case)) == sorted(due)
        sweep(at + 999 * HOUR)
        assert sorted(taken(case)) == ALL


def test_a_step_below_a_warning_that_was_told_is_not_left_out(tower: Tower, ruler: Actor) -> None:
    """At 95 % of its time, with all warnings told, its severity rises: the first step is new."""
    case = acknowledged(tower)
    sweep(AT + 23 * HOUR)
    assert taken(case) == ALL[:2]
    judged = {"severity": 90, "reason": "The line stands still."}
    lifecycle.move(case.pk, Move.RECLASSIFY, tower.supervisor, at=AT + 23 * HOUR, data=judged)
    for _ in range(2):
        sweep(AT + 23 * HOUR)
    assert taken(case) == [*ALL[:2], (20, "lead")]


def test_warnings_of_a_corrected_clock_come_anew_and_steps_do_not(
    tower: Tower, ruler: Actor
) -> None:
    case = acknowledged(tower)
    sweep(AT + 25 * HOUR)
    rebase(48, ruler, AT + 25 * HOUR)
    for hours in range(26, 49):
        sweep(AT + hours * HOUR)
    warned = case.events.filter(happening=Happening.CLOCK_WARNED).order_by("number")

    assert [event.data["percent"] for event in warned] == [75, 90]
    assert taken(case) == ALL[:3]


def test_what_was_taken_before_the_update_is_taken(tower: Tower, ruler: Actor) -> None:
    """The steps that the percentage noted had passed, and those of which the history tells."""
    carry_over = import_module(
        "exceptions.migrations.0033_steps_taken_apart_from_warnings"
    ).CARRY_OVER
    case = acknowledged(tower)
    sweep(AT + 25 * HOUR)
    before = list(case.clocks.get(kind="resolve").steps_taken)
    Clock.objects.update(steps_taken=[])
    with connection.cursor() as cursor:
        cursor.execute(carry_over)

    now = set(case.clocks.get(kind="resolve").steps_taken)
    assert before == ["40:team", "80:supervisors", "100:lead"]
    assert {key for key in now if not key.endswith(":takes")} == set(before)
    sweep(AT + 99 * HOUR)
    assert taken(case) == ALL
