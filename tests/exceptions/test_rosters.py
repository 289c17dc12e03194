"""Rosters: who is on duty at an instant, who is away, and when nobody is on duty."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from exceptions import rosters
from exceptions.models import RosterChange, Team, User
from exceptions.vocabulary import Role, RosterAct
from tests.exceptions.cases import member
from tests.exceptions.duty_makers import is_away, on_shift, user
from tests.exceptions.office import OFFICE, keeps, wall
from tests.making import Tower

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = wall(17, 12)


@pytest.fixture
def team(tower: Tower) -> Team:
    """Procurement in Rotterdam: procurement.rtm and second."""
    procurement = Team.objects.get(code="procurement")
    member("second", Role.OPERATOR, site=tower.site, team=procurement)
    return procurement


def stands(tower: Tower, at: datetime, team: Team | None = None) -> dict[str, bool]:
    """Who of Procurement in Rotterdam is on duty."""
    people = User.objects.filter(username__in=["procurement.rtm", "second"])
    presence = rosters.present(people, tower.site, at, team)
    return {person.username: presence.on_duty(person) for person in people}


def test_without_a_roster_all_who_are_not_away_are_on_duty(tower: Tower, team: Team) -> None:
    is_away("second", TUESDAY - HOUR, TUESDAY + HOUR)

    assert stands(tower, TUESDAY, team) == {"procurement.rtm": True, "second": False}
    assert stands(tower, TUESDAY + HOUR, team) == {"procurement.rtm": True, "second": True}


def test_with_a_roster_only_those_on_a_shift(tower: Tower, team: Team) -> None:
    on_shift("second", tower.site, 6, 14, team=team)
    on_shift("procurement.rtm", tower.site, 14, 22, team=team)

    told = [stands(tower, wall(17, hour), team) for hour in (5, 6, 14, 22)]
    assert [list(each.values()) for each in told] == [
        [False, False],
        [False, True],
        [True, False],
        [False, False],
    ]
    saturday = stands(tower, wall(21, 8), team)
    assert saturday == {"procurement.rtm": False, "second": False}


def test_another_teams_roster_is_not_this_ones(tower: Tower, team: Team) -> None:
    on_shift("warehouse.rtm", tower.site, 6, 14, team=Team.objects.get(code="warehouse"))
    on_shift("procurement.chi", tower.other_site, 6, 7, team=team)

    assert stands(tower, TUESDAY, team) == {"procurement.rtm": True, "second": True}
    assert stands(tower, TUESDAY) == {"procurement.rtm": False, "second": False}


def test_a_shift_without_a_team_is_for_those_that_its_person_works_in(
    tower: Tower, team: Team
) -> None:
    on_shift("lead.rtm", tower.site, 6, 14)
    without = stands(tower, TUESDAY, team)
    on_shift("second", tower.site, 6, 14)

    assert without == {"procurement.rtm": True, "second": True}
    assert stands(tower, TUESDAY, team) == {"procurement.rtm": False, "second": True}


def test_a_roster_lasts_from_its_first_shift_to_its_last(tower: Tower, team: Team) -> None:
    for day in (date(2026, 11, 16), date(2026, 11, 19)):
        on_shift("second", tower.site, 6, 14, team=team, first_day=day, last_day=day)

    free, rostered = [True, True], [False, False]
    told = {day: list(stands(tower, wall(day, 20), team).values()) for day in range(15, 21)}
    assert told == {15: free, 16: rostered, 17: rostered, 18: rostered, 19: rostered, 20: free}


def test_who_is_away_and_who_acts_for_them(tower: Tower, team: Team) -> None:
    is_away("second", TUESDAY - DAY, TUESDAY + HOUR, deputy="procurement.rtm")
    is_away("second", TUESDAY + HOUR, TUESDAY + DAY)
    presence = rosters.present(User.objects.all(), tower.site, TUESDAY)
    away = presence.away(user("second"))

    assert away == rosters.Away(until=TUESDAY + DAY, deputy=user("procurement.rtm"))
    assert presence.away(user("procurement.rtm")) is None
    assert list(presence.absences) == [user("second").pk]


@pytest.mark.parametrize(
    ("chain", "acts"),
    [
        ([("second", "procurement.rtm")], "procurement.rtm"),
        ([("second", "procurement.rtm"), ("procurement.rtm", "warehouse.rtm")], "warehouse.rtm"),
        ([("second", "procurement.rtm"), ("procurement.rtm", "second")], None),
        ([("second", "procurement.rtm"), ("procurement.rtm", "")], None),
        ([("second", "procurement.chi")], None),  # works elsewhere
        ([("second", "")], None),
    ],
)
def test_deputies_of_deputies(
    tower: Tower, team: Team, chain: list[tuple[str, str]], acts: str | None
) -> None:
    for person, deputy in chain:
        is_away(person, TUESDAY - HOUR, TUESDAY + HOUR, deputy)
    people = User.objects.filter(username="second")
    away = rosters.present(people, tower.site, TUESDAY).away(user("second"))

    assert away is not None
    assert (str(away.deputy) if away.deputy else None) == acts


def test_a_deactivated_deputy_acts_for_nobody(tower: Tower, team: Team) -> None:
    is_away("second", TUESDAY, TUESDAY + HOUR, "procurement.rtm")
    User.objects.filter(username="procurement.rtm").update(is_active=False)
    away = rosters.present(User.objects.all(), tower.site, TUESDAY).away(user("second"))

    assert away == rosters.Away(until=TUESDAY + HOUR, deputy=None)


def test_it_costs_as_much_for_many_as_for_one(
    tower: Tower, team: Team, django_assert_max_num_queries: object
) -> None:
    on_shift("second", tower.site, 6, 14, team=team)
    is_away("second", TUESDAY, TUESDAY + HOUR, "procurement.rtm")
    with django_assert_max_num_queries(5):  # type: ignore[operator] # pytest-django's
        rosters.present(User.objects.all(), tower.site, TUESDAY, team)


# -- Gaps -------------------------------------------------------------------------------------


def test_gaps_lie_within_opening_hours(tower: Tower, team: Team) -> None:
    keeps(tower, OFFICE)  # weekdays, 8 to 18
    on_shift("second", tower.site, 6, 14, team=team)
    on_shift("procurement.rtm", tower.site, 15, 18, team=team)
    is_away("procurement.rtm", wall(18, 15, 30), wall(18, 16))
    found = rosters.gaps(tower.site, team, wall(17, 13), wall(20, 0))

    assert found == [
        (wall(17, 14), wall(17, 15)),
        (wall(18, 14), wall(18, 15)),
        (wall(18, 15, 30), wall(18, 16)),
        (wall(19, 14), wall(19, 15)),
    ]


def test_gaps_are_when_nobody_is_present(tower: Tower, team: Team) -> None:
    """What the page lists and what routing goes by are the same, a quarter of an hour at a time."""
    last = date(2026, 11, 18)
    on_shift("second", tower.site, 22, 6, team=team, weekdays=[1, 2, 3], last_day=last)
    on_shift("procurement.rtm", tower.site, 6, 14, weekdays=[2, 3], last_day=last)
    is_away("procurement.rtm", wall(17, 9), wall(17, 10))
    is_away("second", wall(20, 9), wall(20, 10))
    is_away("procurement.rtm", wall(20, 9, 30), wall(20, 11))
    found = rosters.gaps(tower.site, team, wall(16, 0), wall(21, 0))

    quarters = [wall(16, 0) + n * HOUR / 4 for n in range(5 * 96)]
    nobody = [at for at in quarters if not any(stands(tower, at, team).values())]
    assert nobody == [at for at in quarters if any(a <= at < b for a, b in found)]
    assert found[-1] == (wall(20, 9, 30), wall(20, 10))


def test_a_team_without_people_is_one_gap(tower: Tower) -> None:
    team = Team.objects.get(code="quality")
    User.objects.filter(username="quality.rtm").update(is_active=False)

    assert rosters.gaps(tower.site, team, TUESDAY, TUESDAY + DAY) == [(TUESDAY, TUESDAY + DAY)]


# -- The tables -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {"weekdays": []},
        {"weekdays": [0]},
        {"weekdays": [8]},
        {"last_day": date(2026, 1, 4)},
        {"external_id": "12"},
    ],
)
def test_no_shift_like_that(tower: Tower, said: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        on_shift("warehouse.rtm", tower.site, 6, 14, **said)


def test_no_absence_like_that(tower: Tower) -> None:
    for until, deputy, said in (
        (TUESDAY, "", {}),
        (TUESDAY + HOUR, "warehouse.rtm", {}),
        (TUESDAY + HOUR, "", {"reason": "boredom"}),
        (TUESDAY + HOUR, "", {"connection": tower.connection}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            is_away("warehouse.rtm", TUESDAY, until, deputy, **said)


def test_what_was_changed_stays(tower: Tower) -> None:
    change = RosterChange.objects.create(
        person=user("warehouse.rtm"), by_name="x", at=TUESDAY, what=RosterAct.SHIFT_ADDED
    )
    for sql in (
        "UPDATE exceptions_rosterchange SET about = 'y'",
        "DELETE FROM exceptions_rosterchange",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert RosterChange.objects.get() == change
