"""Access: who may change whose, and that every change is kept."""

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from exceptions import access, granting, tokens
from exceptions.access import NotAllowed
from exceptions.actors import Actor, person, visible_memberships, visible_people, within
from exceptions.granting import Given
from exceptions.models import AccessChange, Membership, ServiceToken, Team, User
from exceptions.vocabulary import Role, TeamCode
from tests.exceptions.cases import member
from tests.making import Tower

SITES_ONLY = "Choose one of the sites that you administer."
ADMINS_ONLY = "Only an integration admin changes access."
NOT_OWN = "Nobody changes their own access: ask another integration admin."
ELSEWHERE = "lead.chi also has roles where you are no admin: ask an admin of every site."


@pytest.fixture
def admin(tower: Tower) -> Actor:
    """Of every site."""
    return member("admin", Role.INTEGRATION_ADMIN)


@pytest.fixture
def local(tower: Tower) -> Actor:
    """Of Rotterdam only."""
    return member("local", Role.INTEGRATION_ADMIN, site=tower.site)


def user(username: str) -> User:
    return User.objects.get(username=username)


def record(whose: User) -> list[tuple[str, str, str]]:
    """What was changed, the first first."""
    rows = whose.access_changes.order_by("id")
    return list(rows.values_list("what", "about", "by_name"))


ONCE = [Given.NOW, Given.HAD]


def refused(change: object) -> str:
    with pytest.raises(NotAllowed) as told:
        change()  # type: ignore[operator] # a lambda of the test
    return str(told.value)


def test_every_change_is_kept_once(tower: Tower, admin: Actor, at: datetime) -> None:
    jonas, team = member("jonas", None).user, Team.objects.get(code=TeamCode.PROCUREMENT)
    assert jonas is not None
    given = [
        granting.grant(jonas, Role.OPERATOR, site=tower.site, team=team, by=admin, at=at)
        for _ in range(2)
    ]
    everywhere = granting.grant(jonas, Role.AUDITOR, site=None, team=None, by=admin, at=at)
    key = access.issue_token(jonas, name="n8n", scopes=[tokens.READ], days=9, by=admin, at=at)
    token = tokens.find(key, at=at)
    revoked = [access.revoke_token(token, by=admin, at=at) for _ in range(2)]
    operator = jonas.memberships.get(role=Role.OPERATOR)
    taken = [access.withdraw(operator, by=admin, at=at)]
    shut = [access.shut_out(jonas, by=admin, at=at) for _ in range(2)]
    let_in = [granting.let_in(jonas, by=admin, at=at) for _ in range(2)]

    assert (given, everywhere, let_in) == (ONCE, Given.NOW, ONCE)
    assert (taken, shut, revoked) == ([True], [True, False], [True, False])
    assert record(jonas) == [
        ("granted", "operator · Rotterdam · Procurement, no second admin", "admin"),
        ("granted", "auditor · every site, no second admin", "admin"),
        ("token_made", "n8n: cases:read", "admin"),
        ("token_revoked", "n8n", "admin"),
        ("withdrawn", "operator · Rotterdam · Procurement", "admin"),
        ("deactivated", "", "admin"),
        ("activated", "no second admin", "admin"),
    ]
    left = jonas.memberships.get()
    assert (left.role, left.site, left.team) == (Role.AUDITOR, None, None)


def test_who_may_change_whom(tower: Tower, admin: Actor, local: Actor) -> None:
    other = member("other", Role.INTEGRATION_ADMIN)
    new = member("new", None)
    assert admin.user is not None
    assert other.user is not None
    assert new.user is not None
    here, there = user("lead.rtm"), user("lead.chi")
    asked = {
        ("admin", "lead.rtm"): access.why_not(admin, here),
        ("admin", "lead.chi"): access.why_not(admin, there),
        ("admin", "another admin"): access.why_not(admin, other.user),
        ("admin", "themselves"): access.why_not(admin, admin.user),
        ("local", "lead.rtm"): access.why_not(local, here),
        ("local", "lead.chi"): access.why_not(local, there),
        ("local", "without a role"): access.why_not(local, new.user),
        ("supervisor", "lead.rtm"): access.why_not(tower.supervisor, user("procurement.rtm")),
    }

    assert {key: says for key, says in asked.items() if says} == {
        ("admin", "themselves"): NOT_OWN,
        ("local", "lead.chi"): ELSEWHERE,
        ("supervisor", "lead.rtm"): ADMINS_ONLY,
    }


def test_what_is_refused_changes_nothing(
    tower: Tower, admin: Actor, local: Actor, at: datetime
) -> None:
    new = member("new", None).user
    gone = member("gone", Role.OPERATOR, site=tower.site).user
    assert new is not None
    assert gone is not None
    assert admin.user is not None
    access.shut_out(gone, by=admin, at=at)
    own = admin.user.memberships.get()
    team, there = Team.objects.get(code=TeamCode.PROCUREMENT), tower.other_site
    before = (list(Membership.objects.values_list("pk")), AccessChange.objects.count())
    told = [
        refused(lambda: granting.grant(new, Role.AUDITOR, site=there, team=None, by=local, at=at)),
        refused(lambda: granting.grant(new, Role.AUDITOR, site=None, team=None, by=local, at=at)),
        refused(lambda: granting.grant(new, Role.AUDITOR, site=None, team=team, by=admin, at=at)),
        refused(lambda: access.withdraw(own, by=admin, at=at)),
        refused(lambda: access.shut_out(admin.user, by=admin, at=at)),
        refused(lambda: access.shut_out(user("lead.chi"), by=local, at=at)),
        refused(
            lambda: access.issue_token(
                new, name="n8n", scopes=[tokens.FACTS], days=1, by=local, at=at
            )
        ),
        refused(
            lambda: access.issue_token(
                gone, name="n8n", scopes=[tokens.READ], days=1, by=admin, at=at
            )
        ),
    ]

    assert told == [
        SITES_ONLY,
        SITES_ONLY,
        "Only operators and supervisors work in a team. Leave the team empty.",
        NOT_OWN,
        NOT_OWN,
        ELSEWHERE,
        "Only an integration admin of every site lets a program tell facts.",
        "gone is deactivated: a key of theirs would open nothing.",
    ]
    assert (list(Membership.objects.values_list("pk")), AccessChange.objects.count()) == before
    assert ServiceToken.objects.count() == 0


def test_a_key_of_a_local_admin_stays_at_their_sites(
    tower: Tower, admin: Actor, local: Actor, at: datetime
) -> None:
    """Whatever its person is given elsewhere later; one of an admin of all sites follows them."""
    robot = member("robot", Role.OPERATOR, site=tower.site).user
    assert robot is not None
    keys = {
        by.name: access.issue_token(robot, name=by.name, scopes=[tokens.READ], days=1, by=by, at=at)
        for by in (local, admin)
    }
    granting.grant(robot, Role.AUDITOR, site=None, team=None, by=admin, at=at)

    found = {name: tokens.find(key, at=at) for name, key in keys.items()}
    confined = within(person(robot), found["local"].sites or [])
    here, there = tower.site.pk, tower.other_site.pk
    assert found["admin"].sites is None
    assert sorted(confined.roles_at(here)) == [Role.AUDITOR, Role.OPERATOR]
    assert sorted(confined.roles_at(there)) == []
    assert (found["local"].made_by, found["admin"].made_by) == (local.user, admin.user)


def test_who_is_no_admin_any_more_changes_nothing(tower: Tower, admin: Actor, at: datetime) -> None:
    """Whatever their page still said: what counts is how they stand now."""
    other = member("other", Role.INTEGRATION_ADMIN)
    assert admin.user is not None
    assert other.user is not None
    access.withdraw(other.user.memberships.get(), by=admin, at=at)
    first = refused(lambda: access.shut_out(admin.user, by=other, at=at))
    granting.grant(other.user, Role.INTEGRATION_ADMIN, site=None, team=None, by=admin, at=at)
    access.shut_out(other.user, by=admin, at=at)
    second = refused(lambda: access.shut_out(admin.user, by=other, at=at))

    assert (first, second) == (ADMINS_ONLY, ADMINS_ONLY)


def test_the_first_admin_is_appointed_on_the_command_line(tower: Tower) -> None:
    ines = User.objects.create_user("ines", first_name="Ines")
    said = StringIO()
    call_command("appoint_admin", "ines", stdout=said)
    call_command("appoint_admin", "ines", stdout=said)

    assert said.getvalue().splitlines() == [
        "Ines is integration admin of every site",
        "Ines was integration admin of every site before",
    ]
    assert record(ines) == [("granted", "integration admin · every site", "command line")]
    assert access.why_not(person(ines), user("lead.chi")) == ""
    with pytest.raises(CommandError, match="no active user is called nobody"):
        call_command("appoint_admin", "nobody")


def test_a_key_made_on_the_command_line_is_kept_too(tower: Tower) -> None:
    said = StringIO()
    scopes = ["--scope", tokens.READ, "--scope", tokens.FACTS]
    call_command("create_token", "--user", "lead.rtm", "--name", "n8n", *scopes, stdout=said)

    assert record(user("lead.rtm")) == [
        ("token_made", "n8n: cases:read, facts:write", "command line")
    ]


def test_a_key_that_acts_as_the_admin_is_theirs_to_revoke(
    tower: Tower, admin: Actor, at: datetime
) -> None:
    assert admin.user is not None
    key = tokens.issue(admin.user, name="n8n", scopes=[tokens.READ], at=at)
    access.revoke_token(tokens.find(key, at=at), by=admin, at=at)

    with pytest.raises(tokens.Invalid, match="revoked"):
        tokens.find(key, at=at)
    assert record(admin.user) == [("token_revoked", "n8n", "admin")]


def test_the_record_is_append_only(tower: Tower, admin: Actor, at: datetime) -> None:
    access.shut_out(user("lead.rtm"), by=admin, at=at)
    for statement in (
        "UPDATE exceptions_accesschange SET by_name = 'nobody'",
        "DELETE FROM exceptions_accesschange",
        "TRUNCATE exceptions_accesschange CASCADE",
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            _execute(f"SET CONSTRAINTS ALL IMMEDIATE; {statement}")

    assert record(user("lead.rtm")) == [("deactivated", "", "admin")]


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_who_sees_whom(tower: Tower, admin: Actor, local: Actor) -> None:
    """By the roles at each site, asked one by one."""
    member("new", None)
    here, there = Role.OPERATOR, tower.other_site
    both = member("both", here, site=tower.site)
    assert both.user is not None
    Membership.objects.create(user=both.user, role=here, site=there)
    auditor = member("auditor", Role.AUDITOR, site=there)
    readers = {"admin": admin, "local": local, "lead": tower.supervisor, "auditor": auditor}
    seen = {
        name: set(visible_people(actor).values_list("username", flat=True))
        for name, actor in (*readers.items(), ("operator", both))
    }
    everybody = set(User.objects.values_list("username", flat=True))
    staff = {u for u in everybody if u.endswith(".rtm")} | {"admin", "local", "both"}

    assert seen == {
        "admin": everybody,
        "local": staff | {"new"},
        "lead": staff,
        "auditor": {u for u in everybody if u.endswith(".chi")} | {"admin", "both", "auditor"},
        "operator": set(),
    }
    roles = {
        name: list(
            visible_memberships(actor)
            .filter(user=both.user)
            .order_by("pk")
            .values_list("site__code", flat=True)
        )
        for name, actor in (*readers.items(), ("themselves", both))
    }
    assert roles == {
        "admin": ["RTM", "CHI"],
        "local": ["RTM"],
        "lead": ["RTM"],
        "auditor": ["CHI"],
        "themselves": ["RTM", "CHI"],
    }
