"""Changing rosters: who may, what is refused in which words, and that every change is kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from exceptions import rostering
from exceptions.actors import Actor, person
from exceptions.models import Absence, Membership, Shift, Team, User
from exceptions.rostering import Leave, NotRostered, Turn
from exceptions.vocabulary import AbsenceReason, Move, Role
from tests.exceptions.cases import member
from tests.exceptions.duty_makers import is_away, on_shift, user
from tests.making import Tower

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = date(2026, 11, 16)


def turn(username: str, **said: Any) -> Turn:
    base = Turn(
        person=user(username),
        team=None,
        weekdays=(1, 2, 3, 4, 5),
        starts=time(8),
        ends=time(16),
        first_day=MONDAY,
        last_day=None,
    )
    return replace(base, **said)


def leave(at: datetime, **said: Any) -> Leave:
    """From an hour before `at`, for a day."""
    base = Leave(starts_at=at - HOUR, ends_at=at + DAY, reason=AbsenceReason.LEAVE, deputy=None)
    return replace(base, **said)


def refused(change: Callable[[], object]) -> str:
    with pytest.raises(NotRostered) as told:
        change()
    return str(told.value)


def record(username: str) -> list[tuple[str, str, str]]:
    """What was changed of their roster, the first first."""
    rows = user(username).roster_changes.order_by("id")
    return list(rows.values_list("what", "about", "by_name"))


# -- Shifts -----------------------------------------------------------------------------------


def test_a_shift_is_added_changed_and_ended(tower: Tower, at: datetime) -> None:
    lead = tower.supervisor
    made = rostering.add_shift(tower.site, turn("warehouse.rtm"), by=lead, at=at)
    night = turn("warehouse.rtm", starts=time(22), ends=time(6), weekdays=(1, 3))
    for _ in range(2):
        rostering.change_shift(made.pk, night, by=lead, at=at)
    rostering.end_shift(made.pk, by=lead, at=at)
    made.refresh_from_db()

    assert (made.starts, made.ends, made.weekdays) == (time(22), time(6), [1, 3])
    assert (str(made.team), made.last_day) == ("Warehouse operations", MONDAY)
    day, night_said = (
        "Mon–Fri 08:00–16:00, from 16 Nov 2026, Warehouse operations",  # noqa: RUF001
        "Mon, Wed 22:00–06:00 (+1), from 16 Nov 2026, Warehouse operations",  # noqa: RUF001
    )
    assert record("warehouse.rtm") == [
        ("shift_added", day, "lead.rtm"),
        ("shift_changed", f"{day} → {night_said}", "lead.rtm"),
        ("shift_ended", night_said, "lead.rtm"),
    ]


def test_a_shift_that_had_no_day_yet_goes(tower: Tower, at: datetime) -> None:
    tomorrow = at.date() + DAY
    made = rostering.add_shift(
        tower.site,
        turn("warehouse.rtm", weekdays=(), first_day=tomorrow, last_day=tomorrow),
        by=tower.supervisor,
        at=at,
    )
    rostering.end_shift(made.pk, by=tower.supervisor, at=at)
    gone = refused(lambda: rostering.end_shift(made.pk, by=tower.supervisor, at=at))

    assert made.weekdays == [3]  # the day itself, a Wednesday
    assert not Shift.objects.exists()
    assert gone == "Somebody has taken this shift away."


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (MONDAY, MONDAY + 2 * DAY, [1, 2, 3]),
        (MONDAY + 5 * DAY, MONDAY + 7 * DAY, [1, 6, 7]),
        (MONDAY, None, [1, 2, 3, 4, 5, 6, 7]),
        (MONDAY, MONDAY + 30 * DAY, [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_no_weekdays_is_every_day(
    tower: Tower, at: datetime, first: date, last: date | None, days: list[int]
) -> None:
    said = turn("warehouse.rtm", weekdays=(), first_day=first, last_day=last)
    made = rostering.add_shift(tower.site, said, by=tower.supervisor, at=at)

    assert made.weekdays == days


def test_who_has_several_teams_is_there_for_all_of_them(tower: Tower, at: datetime) -> None:
    quality = Team.objects.get(code="quality")
    both = {"user": user("warehouse.rtm"), "role": Role.OPERATOR, "site": tower.site}
    Membership.objects.create(team=quality, **both)
    made = rostering.add_shift(tower.site, turn("warehouse.rtm"), by=tower.supervisor, at=at)
    named = rostering.add_shift(
        tower.site, turn("warehouse.rtm", team=quality), by=tower.supervisor, at=at
    )

    assert (made.team, named.team) == (None, quality)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (
            {"person": "warehouse.chi"},
            "warehouse.chi does not work on cases of Rotterdam.",
        ),
        (
            {"team": "quality"},
            "warehouse.rtm does not work in Quality management at Rotterdam.",
        ),
        ({"last_day": MONDAY - DAY}, "The last day comes before the first."),
        (
            {"last_day": MONDAY, "weekdays": (2, 3)},
            "None of these weekdays lies between the first day and the last.",
        ),
    ],
)
def test_no_such_shift(tower: Tower, at: datetime, said: dict[str, Any], says: str) -> None:
    if "person" in said:
        said["person"] = user(said["person"])
    if "team" in said:
        said["team"] = Team.objects.get(code=said["team"])
    wanted = replace(turn("warehouse.rtm"), **said)

    assert (
        refused(lambda: rostering.add_shift(tower.site, wanted, by=tower.supervisor, at=at)) == says
    )
    assert not Shift.objects.exists()


def test_the_same_shift_is_added_once(tower: Tower, at: datetime) -> None:
    rostering.add_shift(tower.site, turn("warehouse.rtm"), by=tower.supervisor, at=at)
    says = refused(
        lambda: rostering.add_shift(tower.site, turn("warehouse.rtm"), by=tower.supervisor, at=at)
    )

    assert says == "warehouse.rtm has this shift already."


@pytest.mark.parametrize("who", ["warehouse.rtm", "lead.chi", "executive", "admin"])
def test_only_a_supervisor_of_the_site_keeps_its_roster(
    tower: Tower, at: datetime, who: str
) -> None:
    member("executive", Role.EXECUTIVE)
    member("admin", Role.INTEGRATION_ADMIN)
    by = tower.actor(who)
    shift = on_shift("warehouse.rtm", tower.site, 6, 14)
    says = "Only a supervisor of Rotterdam keeps its roster."

    assert [
        refused(lambda: rostering.add_shift(tower.site, turn("quality.rtm"), by=by, at=at)),
        refused(lambda: rostering.change_shift(shift.pk, turn("warehouse.rtm"), by=by, at=at)),
        refused(lambda: rostering.end_shift(shift.pk, by=by, at=at)),
    ] == [says] * 3


def test_what_odoo_says_is_changed_there(tower: Tower, at: datetime) -> None:
    theirs: dict[str, Any] = {"connection": tower.connection, "external_id": "7"}
    shift = on_shift("warehouse.rtm", tower.site, 6, 14, **theirs)
    away = is_away("warehouse.rtm", at, at + DAY, **theirs)
    lead, deputy = tower.supervisor, user("quality.rtm")
    changed = rostering.change_absence(
        away.pk, leave(at, deputy=deputy, reason=AbsenceReason.SICK), by=lead, at=at
    )

    assert refused(lambda: rostering.end_shift(shift.pk, by=lead, at=at)) == (
        "This shift comes from Odoo: change it there."
    )
    assert refused(lambda: rostering.end_absence(away.pk, by=lead, at=at)) == (
        "This absence comes from Odoo: end it there."
    )
    assert (changed.deputy, changed.starts_at, changed.reason) == (deputy, at, "leave")


# -- Absences ---------------------------------------------------------------------------------


def test_an_absence_is_recorded_changed_and_ended(tower: Tower, at: datetime) -> None:
    me = tower.actor("warehouse.rtm")
    assert me.user is not None
    made = rostering.record(me.user, leave(at), by=me, at=at)
    deputy = user("quality.rtm")
    for _ in range(2):
        rostering.change_absence(made.pk, leave(at, deputy=deputy), by=tower.supervisor, at=at)
    rostering.end_absence(made.pk, by=me, at=at + HOUR)
    made.refresh_from_db()
    over = refused(lambda: rostering.end_absence(made.pk, by=me, at=at + HOUR))

    assert (made.ends_at, made.deputy, over) == (at + HOUR, deputy, "This absence is over already.")
    said = "away, 17 Nov 2026 11:00 to 18 Nov 2026 12:00 UTC"
    assert record("warehouse.rtm") == [
        ("absence_recorded", said, "warehouse.rtm"),
        ("absence_changed", f"{said} → {said}, deputy quality.rtm", "lead.rtm"),
        ("absence_ended", f"{said}, deputy quality.rtm", "warehouse.rtm"),
    ]


def test_one_that_has_not_begun_goes(tower: Tower, at: datetime) -> None:
    coming = leave(at, starts_at=at + HOUR)
    made = rostering.record(user("quality.rtm"), coming, by=tower.supervisor, at=at)
    rostering.end_absence(made.pk, by=tower.supervisor, at=at)

    assert not Absence.objects.exists()


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"ends_at": -HOUR}, "An absence ends after it starts."),
        (
            {"starts_at": -2 * DAY, "ends_at": -DAY},
            "Give an end that lies ahead: what is over changes nothing.",
        ),
        ({"ends_at": 800 * DAY}, "An absence lasts two years at most."),
        (
            {"deputy": "warehouse.rtm"},
            "warehouse.rtm cannot stand in:",
        ),
        (
            {"deputy": "quality.chi"},
            "quality.chi cannot stand in:",
        ),
        (
            {"deputy": "auditor"},
            "auditor cannot stand in:",
        ),
    ],
)
def test_no_such_absence(tower: Tower, at: datetime, said: dict[str, Any], says: str) -> None:
    member("auditor", Role.AUDITOR, site=tower.site)
    given = {name: user(value) if name == "deputy" else at + value for name, value in said.items()}
    wanted = leave(at, **given)
    who = user("warehouse.rtm")
    if says.endswith(":"):
        says += " choose somebody else who works where warehouse.rtm does."

    assert refused(lambda: rostering.record(who, wanted, by=tower.supervisor, at=at)) == says


@pytest.mark.parametrize(
    ("by", "may"),
    [
        ("warehouse.rtm", True),
        ("lead.rtm", True),
        ("boss", True),
        ("lead.chi", False),
        ("quality.rtm", False),
        ("admin", False),
    ],
)
def test_who_may_say_that_somebody_is_away(tower: Tower, at: datetime, by: str, may: bool) -> None:
    member("boss", Role.SUPERVISOR)
    member("admin", Role.INTEGRATION_ADMIN)
    actor, who = tower.actor(by), user("warehouse.rtm")
    if may:
        assert rostering.record(who, leave(at), by=actor, at=at).person == who
        return
    assert refused(lambda: rostering.record(who, leave(at), by=actor, at=at)) == (
        "Only warehouse.rtm or a supervisor of a site of theirs can do this."
    )


def test_everybody_records_their_own(tower: Tower, at: datetime) -> None:
    executive = member("executive", Role.EXECUTIVE)
    assert executive.user is not None
    rostering.record(executive.user, leave(at), by=executive, at=at)

    assert list(rostering.deputies_for(executive.user)) == []


def test_deputies_work_where_the_person_does(tower: Tower) -> None:
    boss = member("boss", Role.SUPERVISOR).user
    assert boss is not None
    here = {u.username for u in rostering.deputies_for(user("warehouse.rtm"))}

    assert here == {
        name
        for name in User.objects.values_list("username", flat=True)
        if name.endswith(".rtm") and name != "warehouse.rtm"
    } | {"boss"}
    assert rostering.deputies_for(boss).count() == User.objects.count() - 1


# -- What they leave open -----------------------------------------------------------------------


def owners(tower: Tower, numbers: list[int], at: datetime) -> None:
    for number in numbers:
        tower.late_case(number, at=at)


def test_their_cases_go_to_the_deputy_each_on_its_own(tower: Tower, at: datetime) -> None:
    owners(tower, [1, 2, 3], at)
    who, deputy, lead = user("procurement.rtm"), user("quality.rtm"), tower.supervisor
    away = rostering.record(who, leave(at, deputy=deputy), by=lead, at=at)
    kept = rostering.owned_by(who, lead).order_by("pk")
    taken = kept[1]
    done = rostering.hand_over(away, by=lead, at=at)
    again = rostering.hand_over(away, by=lead, at=at)
    last = taken.events.filter(move=Move.ASSIGN).latest("number")

    assert [(handed.case.reference[:1], handed.says) for handed in done] == [("C", "")] * 3
    assert again == []
    taken.refresh_from_db()
    assert (taken.owner, str(last.data["reason"])) == (
        deputy,
        "procurement.rtm is away until 18 Nov 2026 13:00 CET.",
    )


def test_whoever_may_not_assign_hands_nothing_over(tower: Tower, at: datetime) -> None:
    owners(tower, [1], at)
    me = tower.actor("procurement.rtm")
    assert me.user is not None
    away = rostering.record(me.user, leave(at, deputy=user("quality.rtm")), by=me, at=at)

    assert [handed.says for handed in rostering.hand_over(away, by=me, at=at)] == [
        "Only a supervisor of Rotterdam can do this."
    ]


@pytest.mark.parametrize(
    ("deputies", "says", "owner"),
    [
        ([("procurement.rtm", "")], "Name a deputy first.", "procurement.rtm"),
        (
            [("procurement.rtm", "quality.rtm"), ("quality.rtm", "")],
            "quality.rtm is away, too, and nobody stands in for them.",
            "procurement.rtm",
        ),
        (
            [("procurement.rtm", "quality.rtm"), ("quality.rtm", "planning.rtm")],
            "",
            "planning.rtm",
        ),
    ],
)
def test_a_deputy_who_is_away_too(
    tower: Tower, at: datetime, deputies: list[tuple[str, str]], says: str, owner: str
) -> None:
    owners(tower, [1], at)
    rows = [is_away(who, at, at + DAY, deputy) for who, deputy in deputies]
    done = rostering.hand_over(rows[0], by=tower.supervisor, at=at)

    assert [(h.says, str(type(h.case).objects.get(pk=h.case.pk).owner)) for h in done] == [
        (says, owner)
    ]


def test_cases_that_the_reader_may_not_see_stay(tower: Tower, at: datetime) -> None:
    owners(tower, [1], at)
    boss: Actor = member("boss", Role.SUPERVISOR, site=tower.other_site)
    Membership.objects.create(
        user=user("procurement.rtm"), role=Role.OPERATOR, site=tower.other_site
    )
    away = rostering.record(
        user("procurement.rtm"), leave(at, deputy=user("procurement.chi")), by=boss, at=at
    )

    assert rostering.hand_over(away, by=boss, at=at) == []
    assert rostering.owned_by(user("procurement.rtm"), person(user("lead.rtm"))).count() == 1
