"""The page on which a case is raised by hand."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from exceptions.models import Case, User
from exceptions.vocabulary import Role
from tests.exceptions.cases import member
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower

PAGE = "/cases/raise/"


def form(tower: Tower, **said: Any) -> dict[str, Any]:
    return {
        "once": "1",
        "kind": "customs_hold",
        "site": tower.site.pk,
        "summary": "Two crates stand in Basel",
        "subject": "Basel customs",
        "value": "1250.5",
        "currency": "chf",
        "need_at": "",
    } | said


def test_the_page_asks_and_opens_a_case(tower: Tower) -> None:
    client = signed_in("procurement.rtm")
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Raise a case" in words(page)

    answer = client.post(PAGE, form(tower))

    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("case", args=[case.pk]))
    assert (case.title, str(case.value_at_risk), case.currency) == (
        "Two crates stand in Basel",
        "1250.50",
        "CHF",
    )
    shown = words(client.get(answer["Location"]))
    assert f"{case.reference} is raised." in shown
    assert "What has happened Two crates stand in Basel" in shown
    assert "Raised by procurement.rtm" in shown
    assert "procurement.rtm detected: Two crates stand in Basel" in shown


def test_only_sites_where_one_works_are_offered(tower: Tower) -> None:
    sites = re.findall(
        r"<option[^>]*>(Rotterdam|Chicago)<", signed_in("lead.rtm").get(PAGE).content.decode()
    )
    everywhere = member("boss", Role.SUPERVISOR).name

    assert sites == ["Rotterdam"]
    assert "Chicago" in words(signed_in(everywhere).get(PAGE))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": ""}, "Choose what kind of exception it is."),
        ({"kind": "nonsense"}, "Select a valid choice."),
        ({"site": ""}, "Choose where it is."),
        ({"site": "999999"}, "Choose a site where you work."),
        ({"summary": "  "}, "Say in a sentence what has happened."),
        ({"subject": ""}, "Say who or what it is about."),
        ({"value": "lots"}, "Give the value as a number, such as 1250.50."),
        ({"value": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"currency": "E1R"}, "A currency has three letters, such as EUR."),
        ({"currency": ""}, "Say in which currency the value is."),
        ({"need_at": "soon"}, "Give a date and a time."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    tower: Tower, change: dict[str, Any], sentence: str
) -> None:
    answer = signed_in("lead.rtm").post(PAGE, form(tower, **change))

    assert answer.status_code == 422
    assert sentence in words(answer)
    if "subject" not in change:
        assert 'value="Basel customs"' in answer.content.decode()
    assert not Case.objects.exists()


def test_an_instant_is_of_the_reader_s_zone(tower: Tower) -> None:
    User.objects.filter(username="lead.rtm").update(time_zone="America/Chicago")
    day = (now() + timedelta(days=9)).date()
    signed_in("lead.rtm").post(PAGE, form(tower, need_at=f"{day}T08:30"))

    local = datetime(day.year, day.month, day.day, 8, 30, tzinfo=ZoneInfo("America/Chicago"))
    assert Case.objects.get().need_at == local


def test_the_same_page_sent_twice_raises_one_case(tower: Tower) -> None:
    client = signed_in("lead.rtm")
    first, again = client.post(PAGE, form(tower)), client.post(PAGE, form(tower))
    other = client.post(PAGE, form(tower, summary="Three crates"))

    assert first["Location"] == again["Location"]
    assert (other.status_code, "This page was sent before" in words(other)) == (409, True)
    assert Case.objects.count() == 1


def test_without_a_value_it_is_unknown(tower: Tower) -> None:
    signed_in("lead.rtm").post(PAGE, form(tower, value="", currency=""))

    case = Case.objects.get()
    assert (case.value_at_risk, case.currency) == (None, "")


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.SUPERVISOR, 200), (Role.OPERATOR, 200), (Role.AUDITOR, 403), (Role.EXECUTIVE, 403)],
)
def test_the_way_there_is_open_to_who_works(tower: Tower, role: Role, status: int) -> None:
    client = signed_in(member("someone", role, site=tower.site).name)

    assert client.get(PAGE).status_code == status
    shown = [PAGE in client.get(path).content.decode() for path in ("/", "/palette/?q=raise")]
    assert shown == [status == 200] * 2


def test_a_foreign_site_is_refused_even_by_hand(tower: Tower) -> None:
    answer = signed_in("lead.rtm").post(PAGE, form(tower, site=tower.other_site.pk))

    assert (answer.status_code, Case.objects.exists()) == (422, False)


def test_what_is_split_off_begins_like_its_case(tower: Tower) -> None:
    case = tower.late_case(1, at=now())
    there = tower.late_case(2, at=now(), site_id=tower.other_site.pk)
    client = signed_in("procurement.rtm")
    link = f"{PAGE}?of={case.pk}"
    initial = client.get(link).context["form"].initial

    assert f'href="{link}"' in client.get(f"/cases/{case.pk}/").content.decode()
    assert initial == {
        "kind": "late_inbound",
        "site": tower.site.pk,
        "subject": "Kempten Bearings",
        "currency": "EUR",
    }
    for other in (f"{PAGE}?of={there.pk}", f"{PAGE}?of=x"):
        assert client.get(other).context["form"].initial == {}


def test_who_only_reads_is_not_asked_to_split(tower: Tower) -> None:
    case = tower.late_case(1, at=now())
    member("reader", Role.AUDITOR)

    assert "separate case" not in words(signed_in("reader").get(f"/cases/{case.pk}/"))
