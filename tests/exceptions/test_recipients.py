"""Who gets an e-mail of a playbook."""

from datetime import datetime

import pytest

from exceptions import recipients
from exceptions.models import Case, Membership, Team, User
from exceptions.vocabulary import Role, TeamCode
from tests.making import Tower


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    """A late receipt in Rotterdam, where everybody but the leads has an address."""
    for user in User.objects.exclude(username__startswith="lead"):
        user.email = f"{user.username}@example.com"
        user.save()
    return tower.late_case(at=at)


def lead(case: Case, address: str, *, active: bool = True) -> None:
    assert case.site.lead is not None
    case.site.lead.email, case.site.lead.is_active = address, active
    case.site.lead.save()


def test_nobody_named_means_the_people_of_the_team_at_the_site(case: Case) -> None:
    assert recipients.addresses(case, ()) == ["procurement.rtm@example.com"]


def test_a_team_an_address_and_the_lead_in_the_order_named(case: Case) -> None:
    lead(case, "lead@example.com")
    to = ("lead", "dock@example.org", "accounting")

    assert recipients.addresses(case, to) == [
        "lead@example.com",
        "dock@example.org",
        "accounting.rtm@example.com",
    ]


def test_each_address_once_however_it_is_written(case: Case) -> None:
    to = ("procurement", "Procurement.RTM@example.com", "procurement")

    assert len(recipients.addresses(case, to)) == 1


@pytest.mark.parametrize(("address", "active"), [("", True), ("lead@example.com", False)])
def test_a_lead_without_address_or_who_has_left_gets_none(
    case: Case, address: str, active: bool
) -> None:
    lead(case, address, active=active)

    assert recipients.addresses(case, ("lead",)) == []


def test_people_who_work_everywhere_count_and_readers_and_leavers_do_not(case: Case) -> None:
    team = Team.objects.get(code=TeamCode.PROCUREMENT)
    for name, role, active in (
        ("everywhere", Role.OPERATOR, True),
        ("reader", Role.AUDITOR, True),
        ("left", Role.OPERATOR, False),
    ):
        user = User.objects.create_user(name, f"{name}@example.com", is_active=active)
        Membership.objects.create(user=user, role=role, team=team)

    assert recipients.addresses(case, ("procurement",)) == [
        "procurement.rtm@example.com",
        "everywhere@example.com",
    ]


@pytest.mark.parametrize("to", [(), ("lead",), ("planning", "a.b+c@example.com")])
def test_what_may_be_named(to: tuple[str, ...]) -> None:
    assert list(recipients.problems(to)) == []


@pytest.mark.parametrize("wrong", ["boss", "a@", "@example.com", "a b@example.com", "a@b\nc@d.e"])
def test_what_may_not(wrong: str) -> None:
    assert list(recipients.problems(("lead", wrong))) == [
        f"“{wrong}” is no e-mail address, no team and not “lead”."
    ]


def test_a_crowd_is_none() -> None:
    crowd = tuple(f"p{n}@example.com" for n in range(21))

    assert list(recipients.problems(crowd[:20])) == []
    assert list(recipients.problems(crowd)) == ["it goes to 20 recipients at most."]
