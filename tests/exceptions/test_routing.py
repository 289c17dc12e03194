"""Who owns a case, and what happens while nobody can."""

from datetime import datetime, timedelta

import pytest

from exceptions import audit, escalate, intake, lifecycle, routing
from exceptions.actors import machine, person
from exceptions.casework import Change
from exceptions.models import Case, Membership, Shift, Team, User
from exceptions.queries import people
from exceptions.vocabulary import Move, Role, State, Via
from tests.conftest import NOON
from tests.exceptions.cases import case_in, member
from tests.exceptions.duty_makers import is_away, on_shift
from tests.making import Tower

HOUR = timedelta(hours=1)


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    return case_in(State.CLASSIFIED, tower, at=at)


def owner_of(case: Case, at: datetime = NOON) -> str:
    case.refresh_from_db()
    return str(routing.route(case, at=at).owner)


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
        owner = routing.route(case, at=at).owner
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


# -- Who is away, and who is on duty ------------------------------------------------------------


def away(username: str, deputy: str = "") -> None:
    """For two hours around noon."""
    is_away(username, NOON - HOUR, NOON + HOUR, deputy)


@pytest.fixture
def second(tower: Tower) -> None:
    """Another operator of Procurement, who has fewer cases by their id alone."""
    team = Team.objects.get(code="procurement")
    member("second", Role.OPERATOR, site=tower.site, team=team)


def test_who_is_away_gets_nothing(tower: Tower, case: Case, second: None) -> None:
    away("procurement.rtm")

    assert [owner_of(case, NOON + n * HOUR) for n in (-2, -1, 0, 1)] == [
        "procurement.rtm",
        "second",
        "second",
        "procurement.rtm",
    ]


def test_their_deputy_does_in_their_place(tower: Tower, case: Case) -> None:
    away("procurement.rtm", "warehouse.rtm")

    assert owner_of(case) == "warehouse.rtm"
    leave("warehouse.rtm")
    assert owner_of(case) == "lead.rtm"


def test_who_is_on_duty_comes_first(tower: Tower, case: Case, second: None) -> None:
    team = Team.objects.get(code="procurement")
    on_shift("second", tower.site, 12, 14, team=team)  # noon in UTC is 13:00 in Rotterdam

    assert [owner_of(case, NOON + n * HOUR) for n in (-2, 0, 2)] == [
        "procurement.rtm",
        "second",
        "procurement.rtm",
    ]


def test_a_deputy_on_duty_comes_before_a_colleague_who_is_not(
    tower: Tower, case: Case, second: None
) -> None:
    team = Team.objects.get(code="procurement")
    on_shift("second", tower.site, 12, 14, team=team)
    on_shift("warehouse.rtm", tower.site, 12, 14)
    away("second", "warehouse.rtm")
    away_too = owner_of(case)
    Shift.objects.filter(person__username="warehouse.rtm").delete()

    assert (away_too, owner_of(case)) == ("warehouse.rtm", "procurement.rtm")


def test_the_deputy_of_the_lead(tower: Tower, case: Case) -> None:
    member("boss", Role.SUPERVISOR)
    away("procurement.rtm")
    away("lead.rtm", "quality.rtm")
    deputised = owner_of(case)
    leave("quality.rtm")

    assert (deputised, owner_of(case)) == ("quality.rtm", "boss")


def test_when_all_are_away_nobody_owns_it_in_name_only(tower: Tower, at: datetime) -> None:
    away("procurement.rtm")
    away("lead.rtm")
    case = tower.late_case(at=at)
    before = case.state, case.owner
    escalate.find_owners(at=at + HOUR)  # they are back
    case.refresh_from_db()

    assert before == (State.CLASSIFIED, None)
    assert (case.state, str(case.owner)) == (State.ASSIGNED, "procurement.rtm")


def test_what_comes_back_goes_to_whom_it_was_or_who_stands_in(tower: Tower, at: datetime) -> None:
    away("procurement.rtm", "warehouse.rtm")
    case = case_in(State.RESOLVED, tower, at=at)
    owner = str(case.owner)
    back = lifecycle.move(
        case.pk, Move.REOPEN, tower.supervisor, at=at + HOUR / 2, data={"reason": "Again."}
    )

    assert (owner, str(back.owner)) == ("procurement.rtm", "warehouse.rtm")
