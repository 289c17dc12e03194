"""Giving more than somebody has takes two admins, where there are two."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from exceptions import access, granting, invitations, settings_history
from exceptions.access import NotAllowed
from exceptions.actors import Actor
from exceptions.granting import Given
from exceptions.invitations import Invited
from exceptions.models import AccessProposal, Membership, SettingChange, Team, User
from exceptions.vocabulary import Governed, ProposalEnd, Role, TeamCode
from tests.exceptions.cases import member
from tests.making import Tower

DAY = timedelta(days=1)


@pytest.fixture
def ines(tower: Tower) -> Actor:
    return member("ines", Role.INTEGRATION_ADMIN)


@pytest.fixture
def ivo(tower: Tower) -> Actor:
    return member("ivo", Role.INTEGRATION_ADMIN)


@pytest.fixture
def jonas(tower: Tower) -> User:
    found = member("jonas", None).user
    assert found is not None
    return found


def propose(whose: User, by: Actor, at: datetime, role: Role = Role.AUDITOR) -> Given:
    return granting.grant(whose, role, site=None, team=None, by=by, at=at)


def proposed(whose: User, by: Actor, at: datetime) -> AccessProposal:
    assert propose(whose, by, at) == Given.WAITS
    return AccessProposal.objects.get(ended_at=None)


def refused(change: object) -> str:
    with pytest.raises(NotAllowed) as told:
        change()  # type: ignore[operator] # a lambda of the test
    return str(told.value)


def record(whose: User) -> list[tuple[str, str, str]]:
    rows = whose.access_changes.order_by("id")
    return list(rows.values_list("what", "about", "by_name"))


def test_nothing_is_given_before_another_admin_confirms_it(
    ines: Actor, ivo: Actor, jonas: User, at: datetime
) -> None:
    proposal = proposed(jonas, ines, at)
    before = jonas.memberships.count()
    given = granting.confirm(proposal.pk, by=ivo, at=at + DAY)

    assert (before, given) == (0, True)
    assert [row.role for row in jonas.memberships.all()] == [Role.AUDITOR]
    assert record(jonas) == [
        ("proposed", "auditor · every site", "ines"),
        ("granted", "auditor · every site, proposed by ines", "ivo"),
    ]
    assert list(settings_history.verify()) == []


def test_neither_who_proposed_it_nor_whom_it_is_about_confirms_it(
    ines: Actor, ivo: Actor, jonas: User, at: datetime
) -> None:
    proposal = proposed(jonas, ines, at)
    assert ivo.user is not None
    assert ines.user is not None
    own = AccessProposal.objects.create(
        user=ivo.user,
        role=Role.SUPERVISOR,
        digest=granting.digest_of(ivo.user),
        proposed_by=ines.user,
        proposed_at=at,
        expires_at=at + DAY,
    )

    assert refused(lambda: granting.confirm(proposal.pk, by=ines, at=at)) == (
        "You proposed this, so another integration admin confirms it."
    )
    assert refused(lambda: granting.confirm(own.pk, by=ivo, at=at)) == (
        "Nobody changes their own access: ask another integration admin."
    )
    assert not Membership.objects.filter(role__in=[Role.AUDITOR]).exists()


def test_the_database_holds_the_second_person(ines: Actor, jonas: User, at: datetime) -> None:
    ended = AccessProposal(
        user=jonas,
        role=Role.AUDITOR,
        digest="x",
        proposed_by=ines.user,
        proposed_at=at,
        expires_at=at + DAY,
        ended_at=at,
        ended_by=ines.user,
        end=ProposalEnd.CONFIRMED,
    )
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        ended.save()


def test_where_there_is_no_second_admin_one_is_enough_and_it_is_marked(
    ines: Actor, jonas: User, at: datetime
) -> None:
    assert propose(jonas, ines, at) == Given.NOW

    line = SettingChange.objects.filter(area=Governed.ACCESS).latest("number")
    assert line.says == "jonas: role given: auditor · every site, no second admin"
    assert (line.data["override"], line.data["instead_of"]) == (True, "second person")


@pytest.mark.parametrize("why", ["elsewhere", "shut out"])
def test_who_could_not_confirm_it_is_no_second_admin(
    tower: Tower, ines: Actor, jonas: User, at: datetime, why: str
) -> None:
    member("other", Role.INTEGRATION_ADMIN, site=tower.site)
    if why == "shut out":
        member("gone", Role.INTEGRATION_ADMIN)
        User.objects.filter(username="gone").update(is_active=False)

    assert propose(jonas, ines, at) == Given.NOW  # at every site, which is not the local admin's


def test_an_admin_of_the_site_is_enough_for_a_role_there(
    tower: Tower, ines: Actor, jonas: User, at: datetime
) -> None:
    local = member("local", Role.INTEGRATION_ADMIN, site=tower.site)
    team = Team.objects.get(code=TeamCode.PROCUREMENT)
    given = granting.grant(jonas, Role.OPERATOR, site=tower.site, team=team, by=ines, at=at)
    proposal = AccessProposal.objects.get()

    assert given == Given.WAITS
    assert granting.confirm(proposal.pk, by=local, at=at)
    assert jonas.memberships.get().team == team


def test_it_is_void_where_their_rights_have_changed(
    tower: Tower, ines: Actor, ivo: Actor, at: datetime
) -> None:
    lead = User.objects.get(username="lead.rtm")
    proposal = proposed(lead, ines, at)
    role = lead.memberships.first()
    assert role is not None
    access.withdraw(role, by=ivo, at=at)

    assert granting.confirm(proposal.pk, by=ivo, at=at) is False
    assert lead.memberships.filter(role=Role.AUDITOR).count() == 0
    proposal.refresh_from_db()
    assert proposal.end == ProposalEnd.VOID
    assert record(lead)[-1] == (
        "not_given",
        "auditor · every site · void: their rights had changed meanwhile",
        "ivo",
    )


def test_it_expires_after_two_weeks_and_can_be_proposed_again(
    ines: Actor, ivo: Actor, jonas: User, at: datetime
) -> None:
    proposal, late = proposed(jonas, ines, at), at + 14 * DAY
    waits = [granting.waiting(ivo, when).count() for when in (late - DAY, late)]

    assert waits == [1, 0]
    assert "has expired" in refused(lambda: granting.confirm(proposal.pk, by=ivo, at=late))
    again = proposed(jonas, ines, late)
    proposal.refresh_from_db()
    assert proposal.end == ProposalEnd.EXPIRED
    assert granting.confirm(again.pk, by=ivo, at=late)


def test_proposed_twice_it_waits_once(ines: Actor, ivo: Actor, jonas: User, at: datetime) -> None:
    assert [propose(jonas, by, at) for by in (ines, ivo)] == [Given.WAITS, Given.WAITS]
    assert AccessProposal.objects.get().proposed_by == ines.user


@pytest.mark.parametrize("who", ["ines", "ivo"])
def test_it_is_taken_back(ines: Actor, ivo: Actor, jonas: User, at: datetime, who: str) -> None:
    proposal = proposed(jonas, ines, at)
    granting.take_back(proposal.pk, by={"ines": ines, "ivo": ivo}[who], at=at)

    assert refused(lambda: granting.confirm(proposal.pk, by=ivo, at=at)) == (
        "It is not open any more: it was taken back."
    )
    assert record(jonas)[-1] == ("not_given", "auditor · every site · taken back", who)


def test_less_is_given_at_once_and_more_again_takes_two(
    ines: Actor, ivo: Actor, at: datetime
) -> None:
    lead = User.objects.get(username="lead.rtm")
    assert access.shut_out(lead, by=ines, at=at)
    assert granting.let_in(lead, by=ines, at=at) == Given.WAITS
    lead.refresh_from_db()
    waits = lead.is_active
    granting.confirm(AccessProposal.objects.get().pk, by=ivo, at=at)
    lead.refresh_from_db()

    assert (waits, lead.is_active) == (False, True)
    assert record(lead) == [
        ("deactivated", "", "ines"),
        ("proposed", "may sign in again", "ines"),
        ("activated", "proposed by ines", "ivo"),
    ]


MILA = Invited(
    first_name="Mila",
    last_name="Janssen",
    email="mila@meridian.example",
    role=Role.AUDITOR,
    site=None,
    team=None,
)


def test_who_is_invited_may_come_in_before_their_role_is_confirmed(
    ines: Actor, ivo: Actor, at: datetime
) -> None:
    invitation = invitations.invite(MILA, by=ines, at=at)
    invitations.accept(invitation.person, at=at)
    given = granting.confirm(AccessProposal.objects.get().pk, by=ivo, at=at)

    assert given
    assert [row.role for row in invitation.person.memberships.all()] == [Role.AUDITOR]


def test_the_role_of_an_invitation_waits_too_and_goes_with_it(
    ines: Actor, ivo: Actor, at: datetime
) -> None:
    invitation = invitations.invite(MILA, by=ines, at=at)
    waits = (invitation.person.memberships.count(), AccessProposal.objects.get().end)
    invitations.withdraw(invitation, by=ivo, at=at)

    assert waits == (0, "")
    assert AccessProposal.objects.get().end == ProposalEnd.TAKEN_BACK
