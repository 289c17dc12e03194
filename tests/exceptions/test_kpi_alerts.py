"""Alerts on numbers: raised once, over once, each a case with an owner."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from exceptions import kpi_alerts, lifecycle
from exceptions.kpi_alerts import Wish
from exceptions.models import Case, KpiAlert, SettingChange, User
from exceptions.vocabulary import KindCode, Move
from tests.making import Tower

HOUR = timedelta(hours=1)


@pytest.fixture
def lead(tower: Tower) -> User:
    return User.objects.get(username="lead.rtm")


@pytest.fixture
def wish(tower: Tower) -> Wish:
    """More than two late receipts detected in a week; over below two."""
    return Wish(
        name="Many late receipts",
        kpi="volume",
        part="late_inbound",
        site=tower.site,
        everywhere=False,
        kinds=(),
        days=7,
        above=True,
        raise_at=Decimal(2),
        clear_at=Decimal(2),
        least_n=1,
    )


def alarms() -> list[Case]:
    return list(Case.objects.filter(kind=KindCode.KPI_ALERT).order_by("pk"))


def late(tower: Tower, numbers: range, at: datetime) -> None:
    for number in numbers:
        tower.late_case(number, at=at)


def test_beyond_its_threshold_it_is_a_case_with_an_owner(
    tower: Tower, lead: User, wish: Wish, at: datetime
) -> None:
    kpi_alerts.make(wish, by=lead, at=at)
    late(tower, range(1, 3), at)
    kpi_alerts.look(at=at)
    assert alarms() == []

    late(tower, range(3, 5), at)
    kpi_alerts.look(at=at + HOUR)
    (case,) = alarms()
    assert (case.title, case.site) == ("Many late receipts: 4 (n = 4 cases)", tower.site)
    assert (case.owner is not None, case.state) == (True, "assigned")
    assert case.facts["limit"] == "Volume: above 2"


def test_looked_at_again_it_stays_one_case(
    tower: Tower, lead: User, wish: Wish, at: datetime
) -> None:
    kpi_alerts.make(wish, by=lead, at=at)
    late(tower, range(1, 4), at)
    for hours in range(5):
        kpi_alerts.look(at=at + hours * HOUR)
        tower.late_case(10 + hours, at=at + hours * HOUR)
    (case,) = alarms()
    assert case.title == "Many late receipts: 3 (n = 3 cases)"


def test_it_ends_by_itself_when_the_number_is_back(
    tower: Tower, lead: User, wish: Wish, at: datetime
) -> None:
    alert = kpi_alerts.make(wish, by=lead, at=at)
    late(tower, range(1, 4), at)
    kpi_alerts.look(at=at)
    kpi_alerts.look(at=at + timedelta(days=9))  # none of the last seven days

    (case,) = alarms()
    alert.refresh_from_db()
    assert (case.state, case.outcome, alert.standing) == ("resolved", "self_healed", False)


def test_switched_off_it_is_over(tower: Tower, lead: User, wish: Wish, at: datetime) -> None:
    alert = kpi_alerts.make(wish, by=lead, at=at)
    late(tower, range(1, 4), at)
    kpi_alerts.look(at=at)
    kpi_alerts.switch(alert.pk, False, by=lead, at=at + HOUR)
    kpi_alerts.look(at=at + 2 * HOUR)
    (case,) = alarms()
    assert (case.state, KpiAlert.objects.get().standing) == ("resolved", False)


def test_who_made_and_changed_it_is_kept(
    tower: Tower, lead: User, wish: Wish, at: datetime
) -> None:
    alert = kpi_alerts.make(wish, by=lead, at=at)
    kpi_alerts.change(alert.pk, replace(wish, raise_at=Decimal(9)), by=lead, at=at)
    told = SettingChange.objects.filter(area="alert").order_by("number")
    assert [(line.says, line.by, line.data["raise_at"]) for line in told] == [
        ("Alert “Many late receipts” made", lead, "2"),
        ("Alert “Many late receipts” changed", lead, "9"),
    ]


def test_a_case_that_people_ended_does_not_come_back_at_the_next_look(
    tower: Tower, lead: User, wish: Wish, at: datetime
) -> None:
    kpi_alerts.make(wish, by=lead, at=at)
    late(tower, range(1, 4), at)
    kpi_alerts.look(at=at)
    (case,) = alarms()
    owner = tower.owner_of(case)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=at + HOUR)
    data = {"outcome": "accepted", "reason": "Known: the port is closed."}
    lifecycle.move(case.pk, Move.RESOLVE, owner, at=at + HOUR, data=data)
    kpi_alerts.look(at=at + 2 * HOUR)
    assert [each.state for each in alarms()] == ["resolved"]
