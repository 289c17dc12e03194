"""Who works when and who is away, read from a simulated Odoo: again, otherwise, and refused."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from exceptions.models import Absence, Membership, RosterChange, Shift, Site, Team, User
from exceptions.vocabulary import Role, TeamCode
from integrations import rounds
from integrations.models import SyncCursor
from integrations.odoo import duty_rosters
from integrations.odoo.duty_rosters import HOURS, LEAVES, REQUESTS, Turn
from integrations.simulator import rights
from tests.integrations.linked import ADMIN, INTEGRATION, Linked
from tests.integrations.odoo.test_sync_modules import uninstall

AT = datetime(2026, 11, 17, 12, tzinfo=UTC)
OFFICE = [(str(day), 8.0, 12.0) for day in range(5)] + [(str(day), 13.0, 17.0) for day in range(5)]


class Staff:
    """Femke works in Rotterdam, in the tower and in Odoo; her resource has office hours."""

    def __init__(self, linked: Linked) -> None:
        linked.sync()
        self.linked = linked
        self.site = Site.objects.get(code="RTM")
        self.site.time_zone = "Europe/Amsterdam"
        self.site.save()
        self.user = self._user("femke.dewit")
        self.femke = User.objects.create_user(
            "femke", email="Femke.deWit@meridian-components.example"
        )
        team = Team.objects.get_or_create(code=TeamCode.PROCUREMENT, name="Procurement")[0]
        Membership.objects.create(user=self.femke, role=Role.OPERATOR, site=self.site, team=team)
        self.calendar = self.make("resource.calendar", name="40 h", tz="Europe/Amsterdam")
        self.resource = self.make(
            "resource.resource", name="Femke", user_id=self.user, calendar_id=self.calendar
        )

    def _user(self, login: str) -> int:
        rows = self.linked.world.tables["res.users"].rows
        return next(pk for pk, row in rows.items() if row["login"] == login)

    def make(self, model: str, **values: Any) -> int:
        with self.linked.world.transaction(ADMIN) as tx:
            made: int = tx.create(model, {"active": True, **values})
        return made

    def leave(self, model: str = LEAVES, *, days: float = 2, **said: Any) -> int:
        """From an hour ago on, for so many days."""
        values = {
            "date_from": self.linked.wire(hours=-1),
            "date_to": self.linked.wire(days=days),
        }
        whose = (
            {"user_id": self.user, "state": "validate"}
            if model == REQUESTS
            else {"resource_id": self.resource, "time_type": "leave"}
        )
        return self.make(model, **values | whose | said)

    def hours(self, rows: list[tuple[str, float, float]], **said: Any) -> list[int]:
        return [
            self.make(
                HOURS,
                name="x",
                calendar_id=self.calendar,
                dayofweek=day,
                hour_from=start,
                hour_to=end,
                **{"day_period": "morning", **said},
            )
            for day, start, end in rows
        ]

    def read(self) -> None:
        """As the tick does, ten minutes on."""
        self.linked.later(minutes=11)
        assert rounds.read_duty(self.linked.now) == 1

    def may_see_requests(self) -> None:
        logins = self.linked.world.logins
        logins[:] = [
            replace(each, groups=each.groups | {rights.TIME_OFF})
            if each.uid == INTEGRATION
            else each
            for each in logins
        ]

    def note(self, model: str) -> str:
        return SyncCursor.objects.get(connection=self.linked.row.connection, source=model).note


@pytest.fixture
def staff(linked: Linked) -> Staff:
    return Staff(linked)


def away() -> list[tuple[str, str, datetime]]:
    rows = Absence.objects.order_by("external_id")
    return [(row.external_id.split(":")[0], str(row.person), row.ends_at) for row in rows]


def changes() -> list[str]:
    return list(RosterChange.objects.order_by("id").values_list("what", flat=True))


# -- Absences -----------------------------------------------------------------------------------


def test_a_leave_is_an_absence_and_is_read_once(staff: Staff, linked: Linked) -> None:
    until = linked.at + timedelta(days=2)
    staff.leave()
    staff.leave(days=-0.02)  # over
    staff.leave(time_type="other")  # away from the desk, and at work
    staff.leave(resource_id=False)  # a public holiday of all
    for _ in range(3):
        staff.read()

    assert away() == [(LEAVES, "femke", until)]
    assert changes() == ["absence_recorded"]
    assert RosterChange.objects.get().by_name == str(linked.row.connection)


def test_a_request_that_stands_in_both_models_is_one(staff: Staff, linked: Linked) -> None:
    staff.may_see_requests()
    request = staff.leave(REQUESTS)
    staff.leave(REQUESTS, state="confirm")  # nobody has approved it
    staff.leave(holiday_id=request)
    staff.read()

    assert [row.external_id for row in Absence.objects.all()] == [f"hr.leave:{request}"]
    assert staff.note(REQUESTS) == ""


def test_without_the_right_to_requests_it_is_read_from_the_leaves(
    staff: Staff, linked: Linked
) -> None:
    request = staff.leave(REQUESTS)
    staff.leave(holiday_id=request)
    staff.read()

    assert [row.external_id for row in Absence.objects.all()] == [f"hr.leave:{request}"]
    assert "may not read it (hr.leave)" in staff.note(REQUESTS)
    assert not SyncCursor.objects.exclude(error="").exists()


def test_what_is_taken_back_there_ends_here(staff: Staff, linked: Linked) -> None:
    now, coming = staff.leave(), staff.leave(date_from=linked.wire(days=1), days=3)
    staff.read()
    for leave in (now, coming):
        linked.delete(LEAVES, leave)
    staff.read()
    ended = Absence.objects.get()
    staff.read()

    assert ended.ends_at == linked.at - timedelta(minutes=11)
    assert changes() == ["absence_recorded"] * 2 + ["absence_ended"] * 2


def test_what_changes_there_changes_here_and_the_deputy_stays(staff: Staff, linked: Linked) -> None:
    leave = staff.leave()
    staff.read()
    deputy = User.objects.create_user("deputy")
    Absence.objects.update(deputy=deputy)
    later = linked.at + timedelta(days=5)
    linked.tell(LEAVES, leave, date_to=linked.wire(days=5))
    staff.read()

    assert away() == [(LEAVES, "femke", later)]
    assert Absence.objects.get().deputy == deputy


def test_people_are_known_by_their_address_or_login(staff: Staff, linked: Linked) -> None:
    staff.leave()
    for values, known in (
        ({"email": "", "username": "femke.dewit"}, True),
        ({"email": "other@example.com", "username": "femke"}, False),
    ):
        User.objects.filter(pk=staff.femke.pk).update(**values)
        Absence.objects.all().delete()
        staff.read()
        assert Absence.objects.exists() is known


def test_an_address_of_two_people_is_nobodys(staff: Staff) -> None:
    User.objects.create_user("twin", email=staff.femke.email)
    staff.leave()
    staff.read()

    assert away() == []


def test_garbage_is_left_out(staff: Staff, linked: Linked) -> None:
    staff.leave(date_from=linked.wire(days=3), days=2)  # ends before it starts
    staff.leave(date_from=False)
    staff.leave(resource_id=staff.make("resource.resource", name="Forklift", user_id=False))
    good = staff.leave()
    staff.read()

    assert [row.external_id for row in Absence.objects.all()] == [f"{LEAVES}:{good}"]


# -- Working hours ------------------------------------------------------------------------------


def test_working_hours_are_shifts_where_one_works(staff: Staff) -> None:
    staff.hours(OFFICE)
    staff.hours([("5", 9.0, 12.5)])
    staff.hours([("0", 12.0, 13.0)], day_period="lunch")
    for _ in range(2):
        staff.read()
    told = [(s.weekdays, s.starts, s.ends, str(s.team)) for s in Shift.objects.order_by("ends")]

    assert told == [
        ([6], time(9), time(12, 30), "Procurement"),
        ([1, 2, 3, 4, 5], time(8), time(17), "Procurement"),
    ]
    assert changes() == ["shift_added"] * 2


def test_hours_that_go_end_and_others_begin(staff: Staff, linked: Linked) -> None:
    rows = staff.hours([("0", 8.0, 16.0)])
    staff.read()
    Shift.objects.update(first_day=linked.at.date() - timedelta(days=9))
    linked.tell(HOURS, rows[0], hour_to=15.5)
    staff.read()
    told = [(s.ends, s.last_day) for s in Shift.objects.order_by("id")]

    yesterday = linked.at.date() - timedelta(days=1)
    assert told == [(time(16), yesterday), (time(15, 30), None)]
    linked.tell(HOURS, rows[0], hour_to=16.0)
    staff.read()
    first = Shift.objects.order_by("id")[0]
    assert (first.ends, first.first_day, first.last_day) == (time(16), linked.at.date(), None)


def test_who_keeps_a_roster_here_keeps_it_here(staff: Staff, linked: Linked) -> None:
    staff.hours(OFFICE)
    staff.read()
    Shift.objects.create(
        person=staff.femke,
        site=staff.site,
        weekdays=[1],
        starts=time(6),
        ends=time(14),
        first_day=linked.at.date(),
    )
    staff.read()

    assert [(s.starts, s.connection) for s in Shift.objects.all()] == [(time(6), None)]


def test_hours_of_another_zone_are_left_out_and_named(staff: Staff, linked: Linked) -> None:
    staff.hours(OFFICE)
    linked.tell("resource.calendar", staff.calendar, tz="Asia/Kolkata")
    staff.read()

    assert not Shift.objects.exists()
    assert staff.note(HOURS) == (
        "Left out, as their hours are in another zone than their site: femke."
    )


@pytest.mark.parametrize("model", [LEAVES, REQUESTS, HOURS, "resource.resource"])
def test_an_odoo_without_a_model_is_no_error(staff: Staff, linked: Linked, model: str) -> None:
    staff.leave()
    staff.hours(OFFICE)
    staff.read()
    before = Shift.objects.count()
    uninstall(linked, {"models": (model,), "fields": ()})
    staff.read()

    assert not SyncCursor.objects.exclude(error="").exists()
    assert (Absence.objects.filter(ends_at__gt=linked.at).count(), Shift.objects.count()) == (
        1,
        before,
    )


def test_it_is_read_every_ten_minutes(staff: Staff, linked: Linked) -> None:
    staff.read()
    told = []
    for _ in range(3):
        linked.later(minutes=4)
        told.append(rounds.read_duty(linked.now))

    assert told == [0, 0, 1]


# -- What a week of a calendar is (pure) ----------------------------------------------------------


def row(day: Any = "0", start: Any = 8.0, end: Any = 16.0, **said: Any) -> dict[str, Any]:
    return {"calendar_id": [1, "x"], "dayofweek": day, "hour_from": start, "hour_to": end} | said


@pytest.mark.parametrize(
    ("rows", "turns"),
    [
        ([row(), row("2")], [Turn((1, 3), 480, 960)]),
        ([row(end=12.0), row(start=13.5)], [Turn((1,), 480, 960)]),
        ([row(end=12.0), row(start=14.0)], [Turn((1,), 480, 720), Turn((1,), 840, 960)]),
        ([row(start=22.0, end=24.0)], [Turn((1,), 1320, 1440)]),
        ([row(start=8.25, end=16.999)], [Turn((1,), 495, 1020)]),
        ([row(), row("1", date_from="2026-12-01")], [Turn((1,), 480, 960)]),
        ([row(), row("1", date_to="2026-11-16")], [Turn((1,), 480, 960)]),
        ([row(), row("1", date_to="2026-11-17")], [Turn((1, 2), 480, 960)]),
        ([row(), row("1", resource_id=[9, "x"])], [Turn((1,), 480, 960)]),
        ([row(), row("1", display_type="line_section")], [Turn((1,), 480, 960)]),
    ],
)
def test_the_week_of_a_calendar(rows: list[dict[str, Any]], turns: list[Turn]) -> None:
    assert duty_rosters.turns(rows, AT) == {1: turns}
    assert duty_rosters.turns(list(reversed(rows)), AT) == {1: turns}


@pytest.mark.parametrize(
    "rows",
    [
        [row(week_type="0"), row("1")],
        [row("7")],
        [row("x")],
        [row(None)],
        [row(start="eight")],
        [row(start=float("nan"))],
        [row(start=float("inf"))],
        [row(start=16.0, end=8.0)],
        [row(end=24.5)],
        [row(start=-1.0)],
        [row(calendar_id=False)],
        [{}],
    ],
)
def test_no_week_of_a_calendar(rows: list[dict[str, Any]]) -> None:
    assert duty_rosters.turns(rows, AT) == {}
