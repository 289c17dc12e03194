"""What the source has not been read for turns no clock over."""

from datetime import datetime, timedelta

from exceptions import escalate, intake, lifecycle
from exceptions.models import Case, Clock, FactsSource
from exceptions.queries import breach
from exceptions.queries.case_conditions import has_clock
from exceptions.queries.clocks_ended import clocks_ended
from exceptions.queries.scope import Scope
from exceptions.vocabulary import ClockKind, ClockState, Move, Outcome
from tests.making import Tower

HOUR = timedelta(hours=1)


def read(tower: Tower, at: datetime, facts_type: str = "Receipt") -> None:
    FactsSource.objects.update_or_create(
        connection=tower.connection, facts_type=facts_type, defaults={"read_at": at}
    )


def late(tower: Tower, at: datetime) -> tuple[Case, datetime]:
    """A case whose resolve clock is the only one left, and when that is due."""
    case = tower.late_case(at=at)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=at)
    return case, Clock.objects.get(kind=ClockKind.RESOLVE).due_at


def states() -> list[str]:
    return list(Clock.objects.filter(kind=ClockKind.RESOLVE).values_list("state", flat=True))


def test_a_case_is_overdue_once_its_source_has_shown_it_after_its_time(
    tower: Tower, at: datetime
) -> None:
    _case, due = late(tower, at)
    read(tower, due - HOUR)
    unread = escalate.sweep_clocks(at=due + 5 * HOUR)
    read(tower, due + 6 * HOUR)
    shown = escalate.sweep_clocks(at=due + 6 * HOUR)

    assert (unread, shown) == (0, 1)
    assert Clock.objects.get(kind=ClockKind.RESOLVE).breached_at == due


def test_the_reading_of_other_facts_tells_nothing(tower: Tower, at: datetime) -> None:
    _case, due = late(tower, at)
    read(tower, due - HOUR)
    read(tower, due + HOUR, "Delivery")
    assert escalate.sweep_clocks(at=due + 2 * HOUR) == 0


def test_what_people_are_to_do_does_not_wait_for_the_source(tower: Tower, at: datetime) -> None:
    tower.late_case(at=at)
    read(tower, at)
    assert escalate.sweep_clocks(at=at + 2 * HOUR) == 1  # to acknowledge


def test_what_proves_to_be_over_was_not_overdue(tower: Tower, at: datetime) -> None:
    _case, due = late(tower, at)
    read(tower, due - HOUR)
    back = due + 5 * HOUR
    intake.take_in([tower.receipt(at=at, read_at=back, open=False)], at=back)

    assert states() == [ClockState.CANCELLED]


def test_what_proves_to_be_over_after_it_was_shown_overdue_was(tower: Tower, at: datetime) -> None:
    _case, due = late(tower, at)
    read(tower, due + HOUR)
    back = due + 5 * HOUR
    intake.take_in([tower.receipt(at=at, read_at=back, open=False)], at=back)

    assert states() == [ClockState.BREACHED]


def test_who_resolves_it_late_resolves_it_late(tower: Tower, at: datetime) -> None:
    case, due = late(tower, at)
    read(tower, due - HOUR)
    said = {"outcome": Outcome.FIXED, "reason": "It stands on the dock."}
    lifecycle.move(case.pk, Move.RESOLVE, tower.supervisor, at=due + HOUR, data=said)

    assert states() == [ClockState.BREACHED]


def test_the_figures_count_it_with_the_sweep(tower: Tower, at: datetime) -> None:
    _case, due = late(tower, at)
    now = due + 5 * HOUR
    scope = Scope(
        at=now,
        first_day=at.date(),
        last_day=now.date(),
        sites=(tower.site.pk,),
        kinds=(),
    )

    def counted() -> tuple[int, int, int, int]:
        rates = [(rate.n, rate.breached) for rate in breach.by_clock(scope)]
        listed = clocks_ended(scope, Case.objects.all(), kind="resolve").count()
        over, running = (
            Case.objects.filter(has_clock("resolve", state, None, None, now)).count()
            for state in (ClockState.BREACHED, ClockState.RUNNING)
        )
        return sum(n for n, _breached in rates), listed, over, running

    read(tower, due - HOUR)
    assert counted() == (1, 0, 0, 1)  # the one that was met is that to acknowledge
    read(tower, due + HOUR)
    assert counted() == (2, 1, 1, 0)
