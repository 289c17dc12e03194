"""Open cases that nobody owns who may work on them: found, told, and routed again."""

from datetime import datetime, timedelta

import pytest

from exceptions import audit, escalate, lifecycle
from exceptions.models import Case, Membership, Notification, User
from exceptions.queries import unowned
from exceptions.queries.case_filter import CaseFilter
from exceptions.vocabulary import Move, Notice, Role, State
from tests.conftest import NOON
from tests.exceptions.cases import member
from tests.making import Tower

HOUR = timedelta(hours=1)


def leave(*usernames: str) -> None:
    assert User.objects.filter(username__in=usernames).update(is_active=False) == len(usernames)


def listed() -> set[Case]:
    asked = CaseFilter(unowned=True)
    return set(asked.apply(Case.objects.all(), at=NOON))


def no_work(username: str) -> None:
    Membership.objects.filter(user__username=username).update(role=Role.AUDITOR)


def test_none_while_all_is_well(tower: Tower, at: datetime) -> None:
    tower.late_case(at=at)

    assert (listed(), unowned.count(), unowned.alarm(tower.supervisor)) == (set(), 0, None)


@pytest.mark.parametrize("gone", ["left", "no role", "other site"])
def test_an_owner_who_may_not_work_there_any_more_is_none(
    tower: Tower, at: datetime, gone: str
) -> None:
    case = tower.late_case(at=at)
    works = Membership.objects.filter(user__username="procurement.rtm")
    if gone == "left":
        leave("procurement.rtm")
    elif gone == "no role":
        works.update(role=Role.AUDITOR)
    else:
        works.update(site=tower.other_site)

    assert (listed(), unowned.count()) == ({case}, 1)


def test_the_number_is_that_of_the_list(tower: Tower, at: datetime) -> None:
    """The one looks at owners, the other at cases: of a floater, of who has left, of nobody."""
    floater = member("floater", Role.SUPERVISOR).user
    member("gone", None)
    for n, name in enumerate(["floater", "gone", "warehouse.rtm", "procurement.chi"]):
        case = tower.late_case(n + 1, at=at)
        Case.objects.filter(pk=case.pk).update(owner=User.objects.get(username=name))
    leave("procurement.rtm", "lead.rtm")
    assert floater is not None
    before = unowned.count(), len(listed())
    User.objects.filter(pk=floater.pk).update(is_active=False)
    tower.late_case(9, at=at)  # nobody is left to own it

    assert (before, (unowned.count(), len(listed()))) == ((2, 2), (4, 4))


def test_what_has_ended_is_nobodys_matter(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    data = {"outcome": "false_positive", "reason": "It was there."}
    lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=at, data=data)
    leave("procurement.rtm")

    assert unowned.count() == 0


def test_the_tick_routes_them_again(tower: Tower, at: datetime) -> None:
    case, worked_on = tower.late_case(1, at=at), tower.late_case(2, at=at)
    lifecycle.move(worked_on.pk, Move.ACKNOWLEDGE, tower.owner_of(worked_on), at=at)
    leave("procurement.rtm")
    found = [escalate.find_owners(at=at + HOUR) for _ in range(2)]

    assert (found, unowned.count()) == ([2, 0], 0)
    for each in (case, worked_on):
        each.refresh_from_db()
        event = each.events.get(number=each.event_count)
        assert (str(each.owner), each.state) == ("lead.rtm", State.ASSIGNED)
        assert event.data["reason"] == "procurement.rtm may not work on it any more"
        assert event.data["route"]["because"].endswith("lead.rtm leads the site")
        assert list(audit.verify(each)) == []


def test_what_cannot_be_routed_is_told_once(tower: Tower, at: datetime) -> None:
    """To the lead and the supervisors, who may be away and then own nothing; not to others."""
    case = tower.late_case(at=at)
    leave("procurement.rtm")
    no_work("lead.rtm")
    member("elsewhere", Role.SUPERVISOR, site=tower.other_site)
    for n in range(3):
        assert escalate.find_owners(at=at + n * HOUR) == 0
    told = Notification.objects.filter(what=Notice.UNOWNED)

    assert [(n.person.username, n.case) for n in told] == [("lead.rtm", case)]
    assert unowned.count() == 1


def test_whom_it_alarms(tower: Tower, at: datetime) -> None:
    here, there = tower.late_case(1, at=at), tower.late_case(2, at=at, site_id=tower.other_site.pk)
    leave("procurement.rtm", "procurement.chi")
    everywhere = member("boss", Role.SUPERVISOR)
    admin = member("ines", Role.INTEGRATION_ADMIN, site=tower.site)
    auditor = member("adam", Role.AUDITOR)
    of_here = unowned.alarm(tower.supervisor)
    of_all, of_admin = unowned.alarm(everywhere), unowned.alarm(admin)

    assert of_here is not None
    assert of_here.asked == CaseFilter(unowned=True, sites=(tower.site.pk,))
    assert set(of_here.asked.apply(Case.objects.all(), at=at)) == {here}
    assert of_all is not None
    assert of_all.asked is not None
    assert set(of_all.asked.apply(Case.objects.all(), at=at)) == {here, there}
    assert (of_here.n, of_all.n) == (1, 2)
    assert of_admin == unowned.Unowned(1, None)
    assert unowned.alarm(auditor) is None
