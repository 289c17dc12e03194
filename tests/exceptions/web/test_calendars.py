"""The pages of calendars and of corrected clocks."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from exceptions import calendars
from exceptions.business_time import Opening
from exceptions.calendars import CalendarSettings
from exceptions.models import Calendar, Connection, Membership, PartnerCalendar, Site, User
from exceptions.vocabulary import Happening, Role
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower

WEEK = {f"day-{n}": "08:00-18:00" for n in range(5)} | {"day-5": "", "day-6": ""}
TYPED = {"name": "Rotterdam dock", "zone": "Europe/Amsterdam", "country": "NL"} | WEEK
DAYTIME = (Opening(480, 1080),)
OFFICE = CalendarSettings(zone="Europe/Amsterdam", weekly=(DAYTIME,) * 5 + ((),) * 2)


@pytest.fixture
def petra(tower: Tower) -> Client:
    user = User.objects.create_user("petra", time_zone="Europe/Amsterdam")
    Membership.objects.create(user=user, role=Role.POLICY_ADMIN)
    return signed_in("petra")


@pytest.fixture
def office(tower: Tower) -> Calendar:
    """Kept by Rotterdam, around the clock."""
    always = CalendarSettings(zone="Europe/Amsterdam", weekly=((Opening(0, 1440),),) * 7)
    calendar = calendars.create("Office", always, by=None, at=now())
    tower.site.calendar = calendar
    tower.site.save()
    return calendar


def as_shown(client: Client, calendar: Calendar) -> dict[str, Any]:
    """What the form of the page would send if nothing was changed."""
    form = client.get(f"/calendars/{calendar.pk}/").context["form"]
    days = {f"day-{day.number}": day.said for day in form.week}
    kept = " ".join(str(pk) for pk in form.kept)
    sites = [str(pk) for pk in form.sites]
    return {"zone": form.zone, "version": form.version, "kept": kept, "site": sites} | days


def test_a_calendar_is_made_and_kept_by_the_ticked_sites(petra: Client, tower: Tower) -> None:
    answer = petra.post("/calendars/new/", TYPED | {"site": [tower.site.pk]}, follow=True)
    calendar = Calendar.objects.get()
    version = calendars.in_force(calendar.pk)

    assert "The calendar is made." in words(answer)
    assert [site.pk for site in calendar.sites.all()] == [tower.site.pk]
    assert version is not None
    assert calendars.settings_of(version).weekly == OFFICE.weekly
    assert "public holidays of NL" in words(petra.get("/calendars/"))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"day-0": "8-18"}, "Monday: give hours such as 08:00-18:00."),
        ({"day-0": "18:00-08:00"}, "Every opening starts before it ends, within one day."),
        ({"zone": "Nowhere"}, "“Nowhere” is no time zone"),
        ({"closures": "24 Dec"}, "“24 Dec”: give a day and why"),
        ({"name": " "}, "Give it a name that no other calendar has."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    petra: Client, typed: dict[str, str], says: str
) -> None:
    answer = petra.post("/calendars/new/", TYPED | typed)
    assert (answer.status_code, says in words(answer)) == (422, True)
    for name, value in (TYPED | typed).items():
        if name != "country" and value.strip():
            assert value in answer.content.decode()
    assert Calendar.objects.count() == 0


def test_what_somebody_else_has_saved_is_not_overwritten_unseen(
    petra: Client, office: Calendar, tower: Tower
) -> None:
    mine = as_shown(petra, office)
    theirs = as_shown(petra, office) | {"closures": "2026-12-24 Stocktaking"}
    petra.post(f"/calendars/{office.pk}/", theirs)
    answer = petra.post(f"/calendars/{office.pk}/", mine | {"day-6": "09:00-12:00"})

    assert answer.status_code == 422
    assert "Somebody else has saved this calendar. Open it again." in words(answer)
    assert [v.number for v in office.versions.all()] == [2, 1]


def test_a_site_keeps_a_calendar_until_its_tick_is_taken_away(
    petra: Client, office: Calendar, tower: Tower
) -> None:
    stale = as_shown(petra, office)
    Site.objects.filter(pk=tower.other_site.pk).update(calendar=office)
    petra.post(f"/calendars/{office.pk}/", stale)
    assert office.sites.count() == 2
    petra.post(f"/calendars/{office.pk}/", as_shown(petra, office) | {"site": []})
    assert office.sites.count() == 0


def test_clocks_that_run_are_shown_and_those_that_are_ticked_corrected(
    petra: Client, office: Calendar, tower: Tower
) -> None:
    cases = [tower.late_case(n, at=now() - timedelta(minutes=5)) for n in (1, 2)]
    weekend = {f"day-{n}": "" for n in range(6)} | {"day-6": "10:00-11:00"}
    answer = petra.post(f"/calendars/{office.pk}/", as_shown(petra, office) | weekend, follow=True)
    page = answer.content.decode()
    shown = re.findall(r'name="clock" value="(\d+)"', page)
    assert len(shown) == 4

    path = f"/calendars/{office.pk}/rebase/"
    assert petra.post(path, {"clock": shown}).status_code == 422
    chosen = [str(clock.pk) for clock in cases[0].clocks.all()]
    done = petra.post(path, {"clock": chosen, "reason": "Closed all week."}, follow=True)
    assert "2 clocks are corrected." in words(done)
    told = [case.events.filter(happening=Happening.REBASED).count() for case in cases]
    assert told == [2, 0]


def test_a_partner_gets_hours_of_its_own_and_loses_them_again(
    petra: Client, office: Calendar, tower: Tower
) -> None:
    path = f"/calendars/{office.pk}/partners/"
    petra.post(path, {"partner": "Kempten Bearings (7)"})
    row = PartnerCalendar.objects.get()
    assert (row.partner_id, row.connection) == (7, tower.connection)
    petra.post(path, {"remove": row.pk})
    assert PartnerCalendar.objects.count() == 0


def test_of_two_odoos_it_has_to_be_said_in_which_the_partner_is(
    petra: Client, office: Calendar, tower: Tower
) -> None:
    other = Connection.objects.create(name="Second Odoo")
    Site.objects.create(connection=other, external_id=9, code="X", name="Xanten")
    path = f"/calendars/{office.pk}/partners/"
    answer = petra.post(path, {"partner": "7"}, follow=True)
    assert "Say in which Odoo the partner is." in words(answer)
    petra.post(path, {"partner": "7", "connection": other.pk})
    assert PartnerCalendar.objects.get().connection == other


def test_who_works_reads_calendars_and_changes_none(office: Calendar) -> None:
    client = signed_in("lead.rtm")
    assert "Policy admins of all sites that keep this calendar can change it." in words(
        client.get(f"/calendars/{office.pk}/")
    )
    assert client.post(f"/calendars/{office.pk}/", TYPED).status_code == 403
    assert client.get("/calendars/new/").status_code == 403
