"""Who owns a case, and what happens while nobody can."""

from datetime import datetime, timedelta

import pytest

from exceptions import audit, escalate, intake, lifecycle, routing
from exceptions.actors import machine, person
from exceptions.casework import Change
from exceptions.models import Case, Membership, Team, User
from exceptions.queries import people
from exceptions.vocabulary import Move, Role, State, Via
from tests.exceptions.cases import case_in, member
from tests.making import Tower

HOUR = timedelta(hours=1)


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    return case_in(State.CLASSIFIED, tower, at=at)


def owner_of(case: Case) -> str:
    case.refresh_from_db()
    return str(routing.owner_for(case, routing.team_for(case)))


def leave(*usernames: str) -> None:
    assert User.objects.filter(username__in=usernames).update(is_active=False) == len(usernames)


def test_the_operator_with_the_fewest_open_cases(tower: Tower, at: datetime, case: Case) -> None:
    team = Team.objects.get(code="procurement")
    member("second", Role.OPERATOR, site=tower.site, team=team)
    member("floater", Role.OPERATOR, team=team)
    intake.take_in([tower.receipt(n, at=at) for n in range(10, 16)], at=at)
    owners = Case.objects.exclude(owner=None).values_list("owner__username", flat=True)

    assert sorted(owners) == sorted(["procurement.rtm", "second", "floater"] * 2)


def test_ended_cases_weigh_nothing(tower: Tower, at: datetime, case: Case) -> None:
    member("second", Role.OPERATOR, site=tower.site, team=Team.objects.get(code="procurement"))
    first = tower.late_case(20, at=at)
    data = {"outcome": "duplicate", "reason": "See the other."}
    lifecycle.move(first.pk, Move.DISMISS, tower.supervisor, at=at, data=data)

    assert (str(first.owner), owner_of(case)) == ("procurement.rtm", "procurement.rtm")


def test_the_chain_ends_with_those_who_may_work_there(tower: Tower, case: Case) -> None:
    member("boss", Role.SUPERVISOR)
    member("deputy", Role.SUPERVISOR, site=tower.site)
    chain = []
    for leaver in ("procurement.rtm", "lead.rtm", "boss", "deputy"):
        chain.append(owner_of(case))
        leave(leaver)

    assert chain == ["procurement.rtm", "lead.rtm", "boss", "deputy"]
    assert owner_of(case) == "None"


@pytest.mark.parametrize(
    "role", [Role.EXECUTIVE, Role.AUDITOR, Role.APPROVER, Role.POLICY_ADMIN, Role.INTEGRATION_ADMIN]
)
def test_nobody_owns_what_they_may_not_move(tower: Tower, case: Case, role: Role) -> None:
    leave("procurement.rtm", "lead.rtm")
    member("somebody", role)

    assert owner_of(case) == "None"


@pytest.mark.parametrize(
    "role", [Role.EXECUTIVE, Role.AUDITOR, Role.APPROVER, Role.POLICY_ADMIN, Role.INTEGRATION_ADMIN]
)
def test_a_lead_who_does_not_work_there_is_passed_over(
    tower: Tower, case: Case, role: Role
) -> None:
    lead = tower.supervisor.user
    assert lead is not None
    lead.memberships.update(role=role)
    member("boss", Role.SUPERVISOR)
    leave("procurement.rtm")

    assert owner_of(case) == "boss"
    assert routing.may_own(lead, case) is False
    assert "lead.rtm" not in [colleague.name for colleague in people.owners_for(case)]


def test_whoever_routing_names_can_act_on_the_case(tower: Tower, at: datetime, case: Case) -> None:
    member("boss", Role.SUPERVISOR)
    for leaver in ("procurement.rtm", "lead.rtm", "boss"):
        owner = routing.owner_for(case, routing.team_for(case))
        assert owner is not None
        lifecycle.move(case.pk, Move.ASSIGN, machine(Via.POLICY), at=at, data={"owner": owner})
        case.refresh_from_db()
        assert lifecycle.refusal(case, Move.ACKNOWLEDGE, person(owner)) == ""
        leave(leaver)


@pytest.mark.parametrize("username", ["procurement.chi", "lead.chi", "warehouse.rtm"])
def test_other_sites_and_teams_are_left_alone(tower: Tower, case: Case, username: str) -> None:
    leave("procurement.rtm", "lead.rtm")

    assert owner_of(case) == "None"
    assert User.objects.get(username=username).is_active is True


@pytest.mark.parametrize(
    ("username", "may"),
    [
        ("procurement.rtm", True),
        ("warehouse.rtm", True),
        ("lead.rtm", True),
        ("procurement.chi", False),
        ("lead.chi", False),
    ],
)
def test_who_may_own(tower: Tower, case: Case, username: str, may: bool) -> None:
    assert routing.may_own(User.objects.get(username=username), case) is may


# -- While nobody can --------------------------------------------------------------------------


def test_facts_of_a_site_without_people_are_kept(tower: Tower, at: datetime) -> None:
    leave("procurement.rtm", "lead.rtm")
    changes = intake.take_in([tower.receipt(1, at=at), tower.delivery(1, at=at)], at=at)
    stands = {c.kind: (c.state, str(c.owner)) for c in Case.objects.all()}

    assert changes == {Change.OPENED: 2}
    assert stands == {
        "late_inbound": (State.CLASSIFIED, "None"),
        "delivery_delay": (State.ASSIGNED, "customer_service.rtm"),
    }


def test_an_owner_is_found_as_soon_as_there_is_one(tower: Tower, at: datetime) -> None:
    leave("procurement.rtm", "lead.rtm")
    case = tower.late_case(at=at)
    waits = escalate.find_owners(at=at + HOUR)
    User.objects.filter(username="lead.rtm").update(is_active=True)
    found = [escalate.find_owners(at=at + 2 * HOUR) for _ in range(2)]
    case.refresh_from_db()

    assert (waits, found) == (0, [1, 0])
    assert (case.state, str(case.owner), case.assigned_at) == (
        State.ASSIGNED,
        "lead.rtm",
        at + 2 * HOUR,
    )
    assert {c.kind: c.started_at for c in case.clocks.all()} == {
        "resolve": at,
        "acknowledge": at + 2 * HOUR,
    }
    assert list(audit.verify(case)) == []


def test_an_unowned_case_still_heals(tower: Tower, at: datetime) -> None:
    leave("procurement.rtm", "lead.rtm")
    tower.late_case(at=at)
    changes = intake.take_in([tower.receipt(at=at + HOUR, open=False)], at=at + HOUR)

    assert changes == {Change.CLEARED: 1}
    assert Case.objects.get().state == State.RESOLVED


def test_what_comes_back_with_nobody_left_waits_as_a_new_case(tower: Tower, at: datetime) -> None:
    tower.late_case(at=at)
    intake.take_in([tower.receipt(at=at + HOUR, open=False)], at=at + HOUR)
    leave("procurement.rtm", "lead.rtm")
    changes = intake.take_in([tower.receipt(at=at + 2 * HOUR)], at=at + 2 * HOUR)

    assert changes == {Change.OPENED: 1}
    assert [c.state for c in Case.objects.order_by("id")] == [State.RESOLVED, State.CLASSIFIED]


def test_a_membership_of_another_kind_gives_no_work(tower: Tower, case: Case) -> None:
    leave("procurement.rtm", "lead.rtm")
    user = User.objects.create_user("approver")
    team = Team.objects.get(code="procurement")
    Membership.objects.create(user=user, role=Role.APPROVER, site=tower.site, team=team)

    assert owner_of(case) == "None"
