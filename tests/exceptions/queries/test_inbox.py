"""Lines of the inbox: a storm is one, and what it says is what it lists."""

from datetime import datetime, timedelta

import pytest

from exceptions import notices
from exceptions.actors import Actor, person
from exceptions.models import Case, Notification, User
from exceptions.queries.inbox import Asked, lines, unread, visible
from exceptions.vocabulary import Notice
from tests.exceptions.cases import member
from tests.making import Tower

SECOND = timedelta(seconds=1)


@pytest.fixture
def anna(tower: Tower) -> Actor:
    return tower.actor("warehouse.rtm")


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    case = tower.late_case(at=at)
    Notification.objects.all().delete()
    return case


def tell(case: Case, anna: Actor, what: Notice, at: datetime, by: Actor | None = None) -> None:
    notices.tell(case, what, [anna.user], at=at, by=by, key=f"{what}:{at}:{by and by.name}")


def told(anna: Actor, asked: Asked) -> list[tuple[str, int, int]]:
    return [(line.says, line.n, line.unread) for line in lines(anna, asked)]


def test_many_at_once_are_one_line_that_unfolds_into_as_many(
    tower: Tower, case: Case, anna: Actor, at: datetime
) -> None:
    """37 by one hand a second apart, 3 by another, and one of another kind in between."""
    for n in range(37):
        tell(case, anna, Notice.ASSIGNED, at + n * SECOND, tower.supervisor)
    for n in range(3):
        tell(case, anna, Notice.ASSIGNED, at + n * SECOND)
    tell(case, anna, Notice.REOPENED, at + 10 * SECOND)
    alone = (f"{case.reference} was assigned to you", 1, 1)

    assert told(anna, Asked()) == [
        ("37 cases were assigned to you by lead.rtm", 37, 37),
        (f"{case.reference} came back", 1, 1),
        *[alone] * 3,
    ]
    storm = lines(anna, Asked())[0]
    unfolded = Asked(
        whats=("assigned",), by="lead.rtm", since=storm.since, until=storm.until, unfolded=True
    )
    assert told(anna, unfolded) == [(f"lead.rtm assigned {case.reference} to you", 1, 1)] * 37


def test_what_comes_minutes_apart_stands_apart(case: Case, anna: Actor, at: datetime) -> None:
    """Each within two minutes of the one before; the gap of 121 seconds ends a line."""
    seconds = [0, 100, 220, 340, 461, 470, 480]
    for second in seconds:
        tell(case, anna, Notice.CLOCK_BREACHED, at + second * SECOND)

    assert [n for _, n, _ in told(anna, Asked())] == [1, 1, 1, 4]


def test_unread_and_kinds_are_asked_for(case: Case, anna: Actor, at: datetime) -> None:
    for n in range(5):
        tell(case, anna, Notice.MENTIONED, at + n * SECOND)
    tell(case, anna, Notice.RESOLVED, at)
    first = Notification.objects.filter(what="mentioned").earliest("at")
    Notification.objects.filter(pk=first.pk).update(read_at=at)

    assert [(n, u) for _, n, u in told(anna, Asked(whats=("mentioned",)))] == [(5, 4)]
    assert [n for _, n, _ in told(anna, Asked(unread=True))] == [4, 1]


def test_only_ones_own_and_only_of_cases_one_may_see(
    tower: Tower, case: Case, anna: Actor, at: datetime
) -> None:
    tell(case, anna, Notice.MENTIONED, at)
    other = member("other", None)
    assert (told(other, Asked()), visible(other).count()) == ([], 0)
    assert (len(told(anna, Asked())), visible(anna).count()) == (1, 1)
    User.objects.get(username="warehouse.rtm").memberships.all().delete()
    left = person(User.objects.get(username="warehouse.rtm"))
    assert (told(left, Asked()), visible(left).count(), unread(left)) == ([], 0, 0)


def test_unread_is_counted_up_to_a_hundred(case: Case, anna: Actor, at: datetime) -> None:
    for n in range(120):
        tell(case, anna, Notice.COMMENTED, at + n * SECOND)
    before = unread(anna)
    read = Notification.objects.order_by("id")[:30]
    Notification.objects.filter(pk__in=[n.pk for n in read]).update(read_at=at)

    assert (before, unread(anna)) == (100, 90)
