"""Cells that nobody can answer soon: found by shifts, absences and delegations, told of once."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from exceptions import delegating, matrices, outlook
from exceptions.actors import person
from exceptions.delegating import Lent
from exceptions.matrix import Level, Matrix, Row
from exceptions.models import CoverageHole, MatrixVersion, Membership, Notification
from exceptions.vocabulary import Role, Voters
from tests.exceptions.asking import approver
from tests.exceptions.cases import member
from tests.exceptions.duty_makers import is_away, on_shift, user
from tests.exceptions.office import HOUR, OFFICE, keeps, wall
from tests.exceptions.web.pages import signed_in, words
from tests.making import Tower

DAY = timedelta(days=1)
MONDAY_MORNING = wall(16, 9)
SAYS = "Rotterdam: any one of the approvers"


@pytest.fixture
def office(tower: Tower) -> Tower:
    """Rotterdam works on weekdays; an approver there has to allow everything from 1,000 on."""
    keeps(tower, OFFICE)
    levels = (Level(voters=Voters.APPROVER),)
    rows = (
        Row(bands=((), ())),
        Row(site=tower.site.pk, bands=((), levels)),
    )
    matrix = Matrix(bounds={"EUR": (Decimal(1000),)}, rows=rows)
    said = matrices.to_json(matrix)
    MatrixVersion.objects.create(version=1, published_at=MONDAY_MORNING, settings=said)
    member("petra", Role.POLICY_ADMIN)
    approver(tower, "pieter")
    return tower


def ahead(at: datetime = MONDAY_MORNING) -> list[tuple[str, str]]:
    return [(hole.says, f"{hole.first_day:%a %-d}") for hole in outlook.ahead(at)]


def lends(office: Tower, starts: datetime, ends: datetime, most: int | None = None) -> None:
    """Pieter lets Anna vote, who sees the cases of Rotterdam."""
    anna = member("anna", Role.AUDITOR, site=office.site)
    lent = Lent(
        to=anna.user,
        starts_at=starts,
        ends_at=ends,
        most=None if most is None else Decimal(most),
        currency="EUR" if most else "",
    )
    delegating.lend(lent, person(user("pieter")), at=MONDAY_MORNING)


def test_who_is_there_every_day_leaves_no_hole(office: Tower) -> None:
    assert ahead() == []


def test_the_first_day_of_an_absence_is_named(office: Tower) -> None:
    is_away("pieter", wall(19, 0), wall(21, 0))

    assert ahead() == [(SAYS, "Thu 19")]
    assert ahead(wall(21, 9)) == []


def test_who_is_there_in_the_morning_can_answer_on_that_day(office: Tower) -> None:
    is_away("pieter", wall(19, 12), wall(20, 12))

    assert ahead() == []


def test_a_weekend_is_no_hole_nor_a_day_more_than_two_weeks_off(office: Tower) -> None:
    is_away("pieter", wall(21, 0), wall(23, 0))
    assert ahead() == []
    is_away("pieter", wall(30, 10), wall(30, 23))
    assert ahead() == []


def test_shifts_count_for_who_has_them(office: Tower) -> None:
    on_shift("pieter", office.site, 9, 17, weekdays=[1, 2, 3])

    assert ahead() == [(SAYS, "Thu 19")]


def test_shifts_of_others_say_nothing_of_who_has_none(office: Tower) -> None:
    on_shift("procurement.rtm", office.site, 9, 17)

    assert ahead() == []


def test_who_votes_for_somebody_who_is_away_fills_it(office: Tower) -> None:
    is_away("pieter", wall(19, 0), wall(28, 0))
    lends(office, wall(19, 0), wall(25, 0))

    assert ahead() == [(SAYS, "Wed 25")]


def test_not_if_they_are_away_themselves(office: Tower) -> None:
    is_away("pieter", wall(19, 0), wall(28, 0))
    lends(office, wall(18, 0), wall(29, 0))
    is_away("anna", wall(20, 0), wall(21, 0))

    assert ahead() == [(SAYS, "Fri 20")]


def test_not_above_their_cap(office: Tower) -> None:
    """The band has no upper end."""
    is_away("pieter", wall(19, 0), wall(28, 0))
    lends(office, wall(18, 0), wall(29, 0), most=50_000)

    assert ahead() == [(SAYS, "Thu 19")]


# Telling ---------------------------------------------------------------------------------------


def told() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(what="coverage").order_by("pk")
    return list(rows.values_list("person__username", "data__day"))


def test_policy_admins_and_the_lead_are_told_once_until_it_is_closed(office: Tower) -> None:
    karin = member("karin", Role.POLICY_ADMIN, site=office.other_site)
    absence = is_away("pieter", wall(19, 0), wall(21, 0))
    counts = [outlook.look(at=MONDAY_MORNING + n * HOUR) for n in range(3)]
    first = told()
    absence.delete()
    closed = outlook.look(at=MONDAY_MORNING + 4 * HOUR)
    is_away("pieter", wall(20, 0), wall(21, 0))
    again = outlook.look(at=MONDAY_MORNING + 5 * HOUR)

    assert karin.user
    assert (counts, closed, again) == ([1, 1, 1], 0, 1)
    assert sorted(first) == [("lead.rtm", "2026-11-19"), ("petra", "2026-11-19")]
    assert sorted(told()[2:]) == [("lead.rtm", "2026-11-20"), ("petra", "2026-11-20")]
    assert CoverageHole.objects.filter(closed_at=None).count() == 1


def test_a_hole_that_comes_nearer_is_the_same_hole(office: Tower) -> None:
    is_away("pieter", wall(19, 0), wall(21, 0))
    outlook.look(at=MONDAY_MORNING)
    outlook.look(at=wall(20, 9))

    assert str(CoverageHole.objects.get().first_day) == "2026-11-20"
    assert len(told()) == 2


def test_the_inbox_the_matrix_and_the_probe_say_it(office: Tower) -> None:
    Membership.objects.filter(user__username="pieter").delete()
    outlook.look(at=MONDAY_MORNING)
    petra = signed_in("petra")
    inbox, page = words(petra.get("/inbox/")), words(petra.get("/approvals/matrix/"))
    opened = petra.get(f"/inbox/{Notification.objects.get(person=user('petra')).pk}/")
    probed = Client().get("/readyz").json()

    assert f"Nobody can answer in Rotterdam on Mon 16 Nov: {SAYS}" in inbox
    assert "In the next two weeks" in page
    assert f"Mon 16 Nov Rotterdam {SAYS}" in page
    assert "1 cell of the approval matrix has nobody who can answer in the next two weeks." in inbox
    assert opened.headers["Location"] == "/approvals/matrix/"
    assert (probed["status"], probed["approvals"]) == ("ok", "1 cells without anybody")


def test_who_is_no_policy_admin_there_is_not_bothered_on_every_page(office: Tower) -> None:
    Membership.objects.filter(user__username="pieter").delete()
    outlook.look(at=MONDAY_MORNING)
    member("karin", Role.POLICY_ADMIN, site=office.other_site)

    assert [signed_in(who).get("/").context["uncovered"] for who in ("petra", "karin")] == [1, 0]
