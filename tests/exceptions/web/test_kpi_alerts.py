"""The page of alerts on numbers: made in the units that people think in, changed, switched off."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from exceptions import kpi_alerts
from exceptions.models import KpiAlert, User
from tests.exceptions.queries.world import executive_of
from tests.making import Tower

ALERTS = "/dashboards/alerts/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def lead(tower: Tower) -> Client:
    return signed_in(User.objects.get(username="lead.rtm"))


def typed(tower: Tower, **said: Any) -> dict[str, Any]:
    return {
        "name": "Slow answers",
        "number": "first_response|",
        "site": tower.site.pk,
        "kind": "",
        "days": "7",
        "way": "above",
        "raise_at": "2.5",
        "clear_at": "2",
        "least_n": "10",
        **said,
    }


def test_nothing_is_watched_yet(lead: Client, tower: Tower) -> None:
    html = lead.get(ALERTS).content.decode()
    assert html.count("No number is watched yet") == 1


@pytest.mark.parametrize(
    ("number", "thresholds"),
    [
        ("first_response|", (Decimal(9000), Decimal(7200))),  # hours to seconds
        ("sla_breach|", (Decimal("0.025"), Decimal("0.02"))),  # percent to a share
        ("volume|", (Decimal("2.5"), Decimal(2))),
    ],
)
def test_thresholds_are_typed_as_people_say_them(
    lead: Client, tower: Tower, number: str, thresholds: tuple[Decimal, Decimal]
) -> None:
    answer = lead.post(f"{ALERTS}make/", typed(tower, number=number))
    alert = KpiAlert.objects.get()
    assert answer["Location"] == ALERTS
    assert (alert.raise_at, alert.clear_at) == thresholds

    form = lead.get(f"{ALERTS}{alert.pk}/").context["form"]
    assert (form["raise_at"].value(), form["clear_at"].value()) == ("2.5", "2")


@pytest.mark.parametrize(
    ("said", "field", "says"),
    [
        ({"clear_at": "3"}, "clear_at", "It is over below where it is raised, or right there."),
        ({"way": "below"}, "clear_at", "It is over above where it is raised, or right there."),
        ({"raise_at": "many"}, "raise_at", "Give a number, such as 12.5."),
        ({"number": "happiness|"}, "number", None),
        ({"site": ""}, "site", "Choose at which site its case shall stand."),
        ({"everywhere": "on"}, "everywhere", "Only who sees all sites can have all counted."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    lead: Client, tower: Tower, said: dict[str, str], field: str, says: str | None
) -> None:
    answer = lead.post(f"{ALERTS}make/", typed(tower, **said))
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, [field])
    assert says is None or form.errors[field] == [says]
    assert 'value="Slow answers"' in answer.content.decode()
    assert KpiAlert.objects.count() == 0


def test_what_stands_is_shown_with_its_case(lead: Client, tower: Tower) -> None:
    at = timezone.now()
    said = typed(tower, name="Many", number="volume|", raise_at="0", clear_at="0", least_n="1")
    lead.post(f"{ALERTS}make/", said)
    tower.late_case(at=at - timedelta(hours=1))
    kpi_alerts.look(at=at)

    (line,) = lead.get(ALERTS).context["lines"]
    assert (line.number, line.threshold, line.value) == ("Volume", "above 0", "1")
    assert line.case is not None
    assert line.case.title == "Many: 1 (n = 1 cases)"


def test_switched_off_and_on_again(lead: Client, tower: Tower) -> None:
    lead.post(f"{ALERTS}make/", typed(tower))
    alert = KpiAlert.objects.get()
    for on in ("no", "yes"):
        lead.post(f"{ALERTS}{alert.pk}/switch/", {"on": on})
        alert.refresh_from_db()
        assert alert.enabled == (on == "yes")


def test_executives_see_them_and_change_nothing(lead: Client, tower: Tower) -> None:
    lead.post(f"{ALERTS}make/", typed(tower))
    page = signed_in(executive_of(tower.site)).get(ALERTS).context
    assert (page["form"], [line.may_change for line in page["lines"]]) == (None, [False])
    elsewhere = signed_in(executive_of(tower.other_site)).get(ALERTS).context
    assert elsewhere["lines"] == []
