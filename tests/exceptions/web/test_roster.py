"""The pages of the duty roster and of absences."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from exceptions import calendars
from exceptions.business_time import Opening
from exceptions.calendars import CalendarSettings
from exceptions.models import Absence, Case, Membership, Shift, Team
from exceptions.vocabulary import Role
from tests.exceptions.cases import member
from tests.exceptions.duty_makers import is_away, on_shift, user
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower

DAY = timedelta(days=1)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TO = "\N{EN DASH}"


def today() -> date:
    return now().astimezone(AMSTERDAM).date()


def monday() -> date:
    """Of the week to come, all of which lies ahead."""
    return today() + (7 - today().weekday()) * DAY


def roster_of(tower: Tower, team: str = "procurement", who: str = "lead.rtm", **said: Any) -> Any:
    wanted = {"site": tower.site.pk, "team": Team.objects.get(code=team).pk} | said
    return signed_in(who).get("/roster/", wanted)


def shift_form(**said: Any) -> dict[str, Any]:
    return {
        "person": user("procurement.rtm").pk,
        "weekdays": ["1", "2"],
        "starts": "08:00",
        "ends": "16:00",
        "first_day": today().isoformat(),
    } | said


def wall(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), AMSTERDAM)


# -- The week -----------------------------------------------------------------------------------


def test_without_a_roster_everybody_is_on_duty(tower: Tower) -> None:
    said = words(roster_of(tower))

    assert "no roster: whoever is not away counts as on duty" in said
    assert "procurement.rtm on duty" in said
    assert "Nobody is on duty" not in said


def test_the_week_shows_shifts_absences_and_gaps(tower: Tower) -> None:
    hours = CalendarSettings(zone="Europe/Amsterdam", weekly=((Opening(480, 1080),),) + ((),) * 6)
    tower.site.calendar = calendars.create("Mondays", hours, by=None, at=now())
    tower.site.save()
    on_shift("procurement.rtm", tower.site, 6, 14, weekdays=[1, 2])
    on_shift("procurement.rtm", tower.site, 22, 6, weekdays=[3])
    is_away("procurement.rtm", wall(monday(), 12), wall(monday() + DAY, 9))
    page = roster_of(tower, week=monday().isoformat())
    cells = page.context["week"][0].cells

    assert [([s.says for s in c.shifts], [a.says for a in c.away]) for c in cells] == [
        ([f"06:00{TO}14:00"], ["away from 12:00"]),
        ([f"06:00{TO}14:00"], ["away until 09:00"]),
        ([f"22:00{TO}06:00 (+1)"], []),
        *[([], [])] * 4,
    ]
    assert page.context["gaps_by_day"] == [
        (monday(), [f"12:00{TO}18:00"]),
        *[(monday() + n * DAY, []) for n in range(1, 7)],
    ]
    noon = wall(monday(), 12)
    assert f"{noon:%a} {noon.day} {noon:%b} 12:00{TO}18:00 {noon:%Z}" in page.context["gaps"]
    assert "Rotterdam is at work then, and nobody of Procurement is on duty." in words(page)


def test_who_is_on_duty_now_and_until_when(tower: Tower) -> None:
    procurement = Team.objects.get(code="procurement")
    for name in ("ana", "ben", "cleo"):
        member(name, Role.OPERATOR, site=tower.site, team=procurement)
    whole_day = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "first_day": today() - DAY}
    on_shift("ana", tower.site, 0, 0, last_day=today(), **whole_day)
    on_shift("cleo", tower.site, 9, 10, **whole_day | {"first_day": today() + 2 * DAY})
    is_away("ben", now() - DAY, now() + DAY, "ana")
    page = roster_of(tower)
    found = {
        each.person.username: (each.on_duty, each.away and str(each.away.deputy), each.next)
        for each in page.context["standings"]
    }

    assert found == {
        "ana": (True, None, None),
        "ben": (False, "ana", None),
        "cleo": (False, None, wall(today() + 2 * DAY, 9)),
        "procurement.rtm": (False, None, None),
    }
    ana = page.context["standings"][0]
    assert ana.until == wall(today() + DAY, 0)
    assert "ana stands in" in words(page)


def test_a_week_with_a_change_of_the_clocks(tower: Tower) -> None:
    """The night is one entry, on the day on which it begins."""
    on_shift("procurement.rtm", tower.site, 22, 6, weekdays=[6, 7])
    page = roster_of(tower, week="2026-10-20")
    cells = page.context["week"][0].cells

    assert [cell.day for cell in cells] == [date(2026, 10, 19) + n * DAY for n in range(7)]
    assert [len(cell.shifts) for cell in cells] == [0, 0, 0, 0, 0, 1, 1]


def test_why_somebody_is_away_is_told_to_whom_it_concerns(tower: Tower) -> None:
    is_away("procurement.rtm", now() - DAY, now() + DAY, reason="sick")
    told = {
        who: "· sick ·" in words(roster_of(tower, who=who))
        for who in ("lead.rtm", "procurement.rtm", "warehouse.rtm")
    }

    assert told == {"lead.rtm": True, "procurement.rtm": True, "warehouse.rtm": False}


def test_changes_are_shown_to_supervisors_and_auditors(tower: Tower) -> None:
    member("auditor", Role.AUDITOR)
    signed_in("lead.rtm").post(f"/roster/shifts/new/?site={tower.site.pk}", shift_form())
    signed_in("lead.chi").post("/roster/absences/new/", absence_form())
    told = {
        who: [change.what for change in roster_of(tower, who=who).context["changes"] or []]
        for who in ("lead.rtm", "auditor", "procurement.rtm")
    }

    assert told == {
        "lead.rtm": ["shift_added"],
        "auditor": ["shift_added"],
        "procurement.rtm": [],
    }


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("?site=999999", 404),
        ("?site=x&team=y&week=z", 200),
        ("?team=999999", 200),
        ("?week=9999-12-31", 200),
        ("?week=0001-01-01", 200),
    ],
)
def test_any_address(tower: Tower, query: str, status: int) -> None:
    assert signed_in("lead.rtm").get(f"/roster/{query}").status_code == status


def test_it_opens_where_one_works(tower: Tower) -> None:
    """With the reader's own team, among all of the sites that they may see."""
    Membership.objects.create(user=user("quality.rtm"), role=Role.AUDITOR)
    asked = signed_in("quality.rtm").get("/roster/").context["asked"]

    assert (asked.site, asked.team.code) == (tower.site, "quality")


def test_a_site_of_others_is_none(tower: Tower) -> None:
    answers = [
        signed_in("lead.chi").get(path, {"site": tower.site.pk}).status_code
        for path in ("/roster/", "/roster/shifts/new/")
    ]
    assert answers == [404, 404]


# -- Shifts -------------------------------------------------------------------------------------


def test_a_shift_is_added_saved_and_ended(tower: Tower) -> None:
    client = signed_in("lead.rtm")
    added = client.post(f"/roster/shifts/new/?site={tower.site.pk}", shift_form())
    shift = Shift.objects.get()
    saved = client.post(f"/roster/shifts/{shift.pk}/", shift_form(ends="15:30", weekdays=[]))
    shift.refresh_from_db()
    page = words(client.get(f"/roster/shifts/{shift.pk}/"))
    ended = client.post(f"/roster/shifts/{shift.pk}/end/", follow=True)

    assert (added.status_code, saved.status_code) == (302, 302)
    assert (shift.ends, shift.weekdays, str(shift.team)) == (
        time(15, 30),
        [1, 2, 3, 4, 5, 6, 7],
        "Procurement",
    )
    assert "A shift of procurement.rtm" in page
    assert "The shift of procurement.rtm has ended: today is none." in words(ended)
    assert not Shift.objects.exists()


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"person": ""}, "Choose somebody who works at this site."),
        ({"starts": "eight"}, "Give a time, such as 08:00."),
        ({"first_day": "2026-02-30"}, "Give a day."),
        ({"last_day": "2020-01-01"}, "The last day comes before the first."),
    ],
)
def test_what_was_typed_stays(tower: Tower, said: dict[str, Any], says: str) -> None:
    form = shift_form(ends="17:45") | said
    page = signed_in("lead.rtm").post(f"/roster/shifts/new/?site={tower.site.pk}", form)

    assert (page.status_code, says in words(page)) == (422, True)
    assert 'value="17:45"' in page.content.decode()
    assert page.content.decode().count(" checked") == 2


def test_a_shift_of_odoo_is_only_shown(tower: Tower) -> None:
    shift = on_shift(
        "procurement.rtm", tower.site, 6, 14, connection=tower.connection, external_id="1"
    )
    client = signed_in("lead.rtm")
    page = words(client.get(f"/roster/shifts/{shift.pk}/"))
    saved = client.post(f"/roster/shifts/{shift.pk}/", shift_form())

    assert "This shift comes from Odoo." in page
    assert (saved.status_code, "change it there" in words(saved)) == (422, True)


# -- Absences -----------------------------------------------------------------------------------


def absence_form(**said: Any) -> dict[str, Any]:
    """From now on, for two days, in the reader's zone (UTC here)."""
    return {
        "starts_at": f"{now():%Y-%m-%dT%H:%M}",
        "ends_at": f"{now() + 2 * DAY:%Y-%m-%dT%H:%M}",
        "reason": "leave",
    } | said


def test_one_records_ones_own(tower: Tower) -> None:
    client = signed_in("procurement.rtm")
    form = absence_form(deputy=user("quality.rtm").pk)
    page = client.post("/roster/absences/new/", form, follow=True)
    made = Absence.objects.get()

    assert (str(made.person), str(made.deputy)) == ("procurement.rtm", "quality.rtm")
    assert "The absence of procurement.rtm is recorded." in words(page)
    assert "Your absence" in words(page)
    assert "quality.rtm stands in" in words(page)


def test_times_are_of_the_readers_zone(tower: Tower) -> None:
    reader = user("procurement.rtm")
    reader.time_zone = "Asia/Kolkata"
    reader.save()
    day = now().date() + 3 * DAY
    form = absence_form(starts_at=f"{day}T09:00", ends_at=f"{day}T17:30")
    page = signed_in("procurement.rtm").post("/roster/absences/new/", form, follow=True)
    made = Absence.objects.get()

    kolkata = ZoneInfo("Asia/Kolkata")
    assert made.starts_at == datetime.combine(day, time(9), kolkata)
    assert made.ends_at == datetime.combine(day, time(17, 30), kolkata)
    assert f'value="{day}T17:30"' in page.content.decode()


def test_a_supervisor_records_for_their_people(tower: Tower) -> None:
    client = signed_in("lead.rtm")
    form = absence_form(person=user("procurement.rtm").pk)
    client.post("/roster/absences/new/", form)
    foreign = client.post("/roster/absences/new/", absence_form(person=user("procurement.chi").pk))

    assert str(Absence.objects.get().person) == "procurement.rtm"
    assert foreign.status_code == 422
    assert "Choose yourself, or somebody whom you supervise." in words(foreign)


def test_who_owns_cases_is_offered_to_hand_them_over(tower: Tower) -> None:
    cases = [tower.late_case(number, at=now()) for number in (1, 2)]
    client = signed_in("lead.rtm")
    form = absence_form(person=user("procurement.rtm").pk, deputy=user("quality.rtm").pk)
    page = client.post("/roster/absences/new/", form, follow=True)
    url = f"/roster/absences/{Absence.objects.get().pk}/hand-over/"
    done = client.post(url, follow=True)
    again = client.post(url, follow=True)

    assert "procurement.rtm owns 2 open cases" in words(page)
    assert "Hand these 2 cases to quality.rtm" in words(page)
    assert "2 cases assigned." in words(done)
    assert "procurement.rtm owns no open case any more." in words(again)
    owners = Case.objects.filter(pk__in=[c.pk for c in cases]).values_list("owner__username")
    assert list(owners) == [("quality.rtm",)] * 2


def test_what_somebody_else_took_meanwhile_is_told(tower: Tower) -> None:
    """A case that the deputy may not own any more stays, and its row says why."""
    tower.late_case(1, at=now())
    away = is_away("procurement.rtm", now() - DAY, now() + DAY, "quality.rtm")
    is_away("quality.rtm", now() - DAY, now() + DAY)
    page = signed_in("lead.rtm").post(f"/roster/absences/{away.pk}/hand-over/", follow=True)

    assert "1 refused:" in words(page)
    assert "quality.rtm is away, too, and nobody stands in for them." in words(page)


def test_who_may_not_assign_is_told_who_can(tower: Tower) -> None:
    tower.late_case(1, at=now())
    away = is_away("procurement.rtm", now() - DAY, now() + DAY, "quality.rtm")
    page = words(signed_in("procurement.rtm").get(f"/roster/absences/{away.pk}/"))

    assert "A supervisor of the site can hand them over." in page
    assert "Hand this case" not in page


def test_an_absence_is_changed_and_ended(tower: Tower) -> None:
    away = is_away("procurement.rtm", now() - DAY, now() + DAY)
    client = signed_in("procurement.rtm")
    form = absence_form(starts_at=f"{now() - DAY:%Y-%m-%dT%H:%M}", reason="sick")
    saved = client.post(f"/roster/absences/{away.pk}/", form, follow=True)
    ended = client.post(f"/roster/absences/{away.pk}/end/", follow=True)
    away.refresh_from_db()
    over = words(client.get(f"/roster/absences/{away.pk}/"))

    assert "The absence of procurement.rtm is saved." in words(saved)
    assert "procurement.rtm is not away any more." in words(ended)
    assert (away.reason, away.ends_at < now() + timedelta(minutes=1)) == ("sick", True)
    assert "It was over" in over


def test_of_odoo_only_the_deputy_is_changed(tower: Tower) -> None:
    away = is_away(
        "procurement.rtm",
        now() - DAY,
        now() + DAY,
        connection=tower.connection,
        external_id="hr.leave:1",
    )
    client = signed_in("lead.rtm")
    said = {"person": away.person_id, "deputy": user("quality.rtm").pk}
    client.post(f"/roster/absences/{away.pk}/", said)
    before = (away.starts_at, away.ends_at, away.reason)
    away.refresh_from_db()

    assert (str(away.deputy), before) == (
        "quality.rtm",
        (away.starts_at, away.ends_at, away.reason),
    )


@pytest.mark.parametrize("who", ["warehouse.rtm", "lead.chi"])
def test_absences_of_others_are_none_of_ones_business(tower: Tower, who: str) -> None:
    away = is_away("procurement.rtm", now(), now() + DAY)
    client: Client = signed_in(who)
    asked = [
        client.get(f"/roster/absences/{away.pk}/"),
        client.post(f"/roster/absences/{away.pk}/end/"),
        client.post(f"/roster/absences/{away.pk}/hand-over/"),
    ]

    assert [answer.status_code for answer in asked] == [404, 404, 404]
