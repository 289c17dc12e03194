"""The worklist: in the order in which to work, every row exactly once."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from exceptions import actors, intake, lifecycle
from exceptions.models import Case, User
from exceptions.queries import queue
from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.queue import Key, Place, Worklist
from exceptions.vocabulary import Move
from tests.exceptions.cases import detected
from tests.making import Tower

VALUES = (400, 900, 3_000, 7_000, 12_000, 30_000, 60_000)


def open_cases(tower: Tower, n: int, at: datetime, first: int = 1) -> None:
    """`n` cases of several severities, taken in minute by minute up to `at`."""
    for i in range(first, first + n):
        then = at - timedelta(minutes=3 * (n - i % n))
        said = {"value": Decimal(VALUES[i % len(VALUES)]), "promised_at": then - timedelta(hours=i)}
        intake.take_in([tower.receipt(i, at=then, **said)], at=then)


def worklist(at: datetime, **asked: object) -> Worklist:
    return Worklist(Case.objects.all(), CaseFilter().changed(**asked), at)


def all_pages(work: Worklist, size: int) -> list[int]:
    """The ids of every page, asked one after the other."""
    ids, after = [], ""
    while True:
        page = work.page(after, size)
        ids += [row.case.pk for row in page.rows]
        after = page.after
        if not after:
            return ids


def rank(case: Case) -> tuple[int, datetime, int]:
    assert case.score is not None
    assert case.next_due_at is not None
    return (-case.score, case.next_due_at, case.pk)


def test_severity_comes_first_then_the_next_clock(tower: Tower, at: datetime) -> None:
    open_cases(tower, 12, at)

    shown = [row.case for row in worklist(at).page(size=100).rows]
    assert len(shown) == 12
    assert shown == sorted(shown, key=rank)


@pytest.mark.parametrize("size", [1, 2, 5, 12, 13])
def test_pages_hold_every_case_once(tower: Tower, at: datetime, size: int) -> None:
    open_cases(tower, 12, at)
    ranked = sorted(Case.objects.all(), key=rank)

    assert all_pages(worklist(at), size) == [case.pk for case in ranked]


def test_what_comes_in_between_two_pages_shifts_nothing(tower: Tower, at: datetime) -> None:
    open_cases(tower, 10, at)
    before = {case.pk for case in Case.objects.all()}
    first = worklist(at).page(size=4)
    open_cases(tower, 10, at, first=21)
    rest, after = [], first.after
    while after:
        page = worklist(at).page(after, size=4)
        rest += [row.case.pk for row in page.rows]
        after = page.after

    seen = [row.case.pk for row in first.rows] + rest
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_cases_without_clock_or_severity_come_last(tower: Tower, at: datetime) -> None:
    open_cases(tower, 6, at)
    ids = sorted(Case.objects.values_list("pk", flat=True))
    Case.objects.filter(pk__in=ids[:2]).update(next_due_at=None, score=50)
    Case.objects.filter(pk=ids[2]).update(score=50)
    Case.objects.filter(pk__in=ids[3:5]).update(score=90)
    Case.objects.filter(pk=ids[5]).update(score=90, next_due_at=None)

    first_two = sorted(ids[3:5], key=lambda pk: rank(Case.objects.get(pk=pk)))
    expected = [*first_two, ids[5], ids[2], ids[0], ids[1]]
    assert all_pages(worklist(at), 1) == expected
    assert all_pages(worklist(at), 4) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 4, 9])
def test_a_case_without_severity_is_listed_last(tower: Tower, at: datetime, size: int) -> None:
    unscored = detected(tower, at=at)
    open_cases(tower, 3, at, first=11)
    scored = sorted(Case.objects.exclude(pk=unscored.pk), key=rank)
    place = worklist(at).place(unscored)

    assert all_pages(worklist(at), size) == [*(case.pk for case in scored), unscored.pk]
    assert place == Place(number=4, of=4, previous=scored[-1].pk, next=None)


def test_ended_cases_come_newest_first(tower: Tower, at: datetime) -> None:
    open_cases(tower, 5, at)
    for case in Case.objects.all():
        data = {"outcome": "duplicate", "reason": "Same truck"}
        lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=at, data=data)

    ids = list(Case.objects.order_by("-pk").values_list("pk", flat=True))
    assert all_pages(worklist(at, states=("ended",)), 2) == ids
    assert all_pages(worklist(at), 2) == []


@pytest.mark.parametrize(
    "text", ["", "x", "1_2", "1_2_3_4", "_notadate_5", "1__x", "_0001-01-01T00:00+14:00_5"]
)
def test_a_key_that_cannot_be_read_starts_from_the_top(
    tower: Tower, at: datetime, text: str
) -> None:
    open_cases(tower, 2, at)

    assert Key.read(text) is None
    assert len(worklist(at).page(text).rows) == 2


def test_a_key_survives_the_address(tower: Tower, at: datetime) -> None:
    case = tower.late_case(1, at=at)

    assert Key.read(str(Key.of(case))) == Key.of(case)


def test_totals_never_mix_currencies(tower: Tower, at: datetime) -> None:
    intake.take_in(
        [
            tower.receipt(1, at=at, value=Decimal(10_000)),
            tower.receipt(2, at=at, value=Decimal(5_000)),
            tower.receipt(3, at=at, value=Decimal(70_000), currency="USD"),
            tower.receipt(4, at=at, value=None),
        ],
        at=at,
    )
    total = worklist(at).total()

    assert total.n == 4
    assert total.critical == Case.objects.filter(tier="critical").count()
    assert total.at_risk == [("USD", Decimal(70_000)), ("EUR", Decimal(15_000))]


def test_nothing_is_at_risk_any_more_in_what_has_ended(tower: Tower, at: datetime) -> None:
    ended = tower.late_case(1, at=at, value=Decimal(10_000))
    tower.late_case(2, at=at, value=Decimal(5_000))
    data = {"outcome": "duplicate", "reason": "Same truck"}
    lifecycle.move(ended.pk, Move.DISMISS, tower.supervisor, at=at, data=data)
    totals = [worklist(at, states=(state,)).total() for state in ("open", "all", "ended")]

    assert [(total.n, total.at_risk) for total in totals] == [
        (1, [("EUR", Decimal(5_000))]),
        (2, [("EUR", Decimal(5_000))]),
        (1, []),
    ]


def test_a_long_history_is_not_counted_to_its_end(tower: Tower, at: datetime) -> None:
    for number in range(3):
        case = tower.late_case(number, at=at)
        data = {"outcome": "duplicate", "reason": "Same truck"}
        lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=at, data=data)
    tower.late_case(3, at=at)
    told = [
        (total.n, total.more)
        for states, most in [("all", 3), ("all", 4), ("ended", 2), ("ended", 3), ("open", 0)]
        for total in [replace(worklist(at, states=(states,)), most=most).total()]
    ]
    assert told == [(3, True), (4, False), (2, True), (3, False), (1, False)]


def test_a_case_knows_its_place_and_its_neighbours(tower: Tower, at: datetime) -> None:
    open_cases(tower, 6, at)
    ranked = sorted(Case.objects.all(), key=rank)
    places = [worklist(at).place(case) for case in ranked]

    ids = [None, *(case.pk for case in ranked), None]
    assert [(p.number, p.of, p.previous, p.next) for p in places] == [
        (i + 1, 6, ids[i], ids[i + 2]) for i in range(6)
    ]


def test_a_case_that_left_the_list_still_has_neighbours(tower: Tower, at: datetime) -> None:
    open_cases(tower, 3, at)
    first, second, third = sorted(Case.objects.all(), key=rank)
    asked = {"states": ("unacknowledged",)}
    lifecycle.move(second.pk, Move.ACKNOWLEDGE, tower.owner_of(second), at=at)
    place = worklist(at, **asked).place(second)

    assert (place.number, place.of, place.previous, place.next) == (None, 2, first.pk, third.pk)
    assert worklist(at, tiers=("none",)).place(first) == Place(None, 0, None, None)


def test_every_view_is_counted_in_one_statement(
    tower: Tower, at: datetime, django_assert_num_queries
) -> None:
    open_cases(tower, 4, at)
    me = User.objects.get(username="procurement.rtm")
    views = {
        "open": CaseFilter(),
        "mine": CaseFilter(owners=("me",)),
        "unacknowledged": CaseFilter(states=("unacknowledged",)),
        "elsewhere": CaseFilter(sites=(tower.other_site.pk,)),
    }
    with django_assert_num_queries(1):
        found = queue.counts(Case.objects.all(), views, at=at, reader=me)

    assert found == {"open": 4, "mine": 4, "unacknowledged": 4, "elsewhere": 0}


def test_what_arrived_and_what_changed_since(tower: Tower, at: datetime) -> None:
    old = tower.late_case(1, at=at)
    since = queue.latest_event()
    new = tower.late_case(2, at=at)
    lifecycle.move(old.pk, Move.ACKNOWLEDGE, tower.owner_of(old), at=at)

    assert worklist(at).arrived(since) == [new.pk]
    assert queue.changed(Case.objects.all(), since) == [old.pk, new.pk]
    assert worklist(at, sites=(tower.other_site.pk,)).arrived(since) == []
    assert queue.changed(actors.visible_cases(tower.actor("lead.chi")), since) == []
    assert queue.changed(Case.objects.all(), queue.latest_event()) == []
