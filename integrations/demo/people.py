"""Who works in the demo: one person a role to sign in as, and enough colleagues to own the work."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from exceptions import invitations
from exceptions.actors import person
from exceptions.invitations import Invited
from exceptions.models import Connection, Membership, Site, Team, User
from exceptions.vocabulary import Role, TeamCode

PASSWORD = "control-tower-demo"  # noqa: S105 - the demo's, printed at every start

PROCUREMENT, WAREHOUSE, SERVICE, ACCOUNTING = (
    TeamCode.PROCUREMENT,
    TeamCode.WAREHOUSE,
    TeamCode.CUSTOMER_SERVICE,
    TeamCode.ACCOUNTING,
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person of the demo. Without sites they belong everywhere; the first of a role is its
    login.
    """

    username: str
    name: str
    role: Role
    sites: tuple[str, ...] = ()
    team: TeamCode | None = None
    zone: str = "Europe/Amsterdam"
    leads: bool = False
    also: Role | None = None


COLLEAGUES = (
    Colleague("marta", "Marta Visser", Role.SUPERVISOR, ("RTM", "CHI", "PNQ"), leads=True),
    Colleague("jonas", "Jonas Weber", Role.OPERATOR, ("RTM",), PROCUREMENT),
    Colleague("esther", "Esther Lang", Role.EXECUTIVE),
    Colleague("pieter", "Pieter Bakker", Role.APPROVER),
    Colleague("petra", "Petra Olsen", Role.POLICY_ADMIN),
    Colleague("karin", "Karin Maes", Role.POLICY_ADMIN),
    Colleague("ines", "Ines Duarte", Role.INTEGRATION_ADMIN),
    Colleague("ivo", "Ivo Marek", Role.INTEGRATION_ADMIN),
    Colleague("adam", "Adam Novak", Role.AUDITOR),
    Colleague("dana", "Dana Brooks", Role.SUPERVISOR, ("CHI",), zone="America/Chicago", leads=True),
    Colleague("anil", "Anil Deshmukh", Role.SUPERVISOR, ("PNQ",), zone="Asia/Kolkata", leads=True),
    Colleague("femke", "Femke Bos", Role.OPERATOR, ("RTM",), WAREHOUSE),
    Colleague("iris", "Iris Maes", Role.OPERATOR, ("RTM",), SERVICE),
    Colleague("bram", "Bram Kok", Role.OPERATOR, ("RTM",), TeamCode.LOGISTICS),
    Colleague("sofia", "Sofia Brandt", Role.OPERATOR, ("RTM",), TeamCode.TRADE_COMPLIANCE),
    Colleague("noor", "Noor Haddad", Role.OPERATOR, ("RTM",), PROCUREMENT),
    Colleague("luis", "Luis Ortega", Role.OPERATOR, ("CHI",), PROCUREMENT, "America/Chicago"),
    Colleague("tom", "Tom Reyes", Role.OPERATOR, ("CHI",), WAREHOUSE, "America/Chicago"),
    Colleague("grace", "Grace Kim", Role.OPERATOR, ("CHI",), SERVICE, "America/Chicago"),
    Colleague("ravi", "Ravi Joshi", Role.OPERATOR, ("PNQ",), PROCUREMENT, "Asia/Kolkata"),
    Colleague("priya", "Priya Kulkarni", Role.OPERATOR, ("PNQ",), WAREHOUSE, "Asia/Kolkata"),
    Colleague("meera", "Meera Nair", Role.OPERATOR, ("PNQ",), SERVICE, "Asia/Kolkata"),
    Colleague(
        "timo",
        "Timo Kuiper",
        Role.OPERATOR,
        ("RTM", "CHI", "PNQ"),
        TeamCode.INTEGRATIONS,
        also=Role.INTEGRATION_ADMIN,  # else they could not mend what they own
    ),
    Colleague("lotte", "Lotte Smit", Role.OPERATOR, ("RTM",), ACCOUNTING),
    Colleague("helen", "Helen Park", Role.OPERATOR, ("CHI",), ACCOUNTING, "America/Chicago"),
    Colleague("arjun", "Arjun Desai", Role.OPERATOR, ("PNQ",), ACCOUNTING, "Asia/Kolkata"),
)


def settle_in(connection: Connection) -> None:
    """Make the colleagues that are missing; those who are there keep what they were given."""
    sites = {site.code: site for site in Site.objects.filter(connection=connection)}
    password = make_password(PASSWORD)
    for colleague in COLLEAGUES:
        _hire(colleague, sites, password)


def invite(*, at: datetime) -> None:
    """One of them has asked somebody new to come in."""
    said = Invited(
        first_name="Mila",
        last_name="Janssen",
        email="mila.janssen@meridian.example",
        role=Role.OPERATOR,
        site=Site.objects.get(code="RTM"),
        team=_team(TeamCode.WAREHOUSE),
    )
    invitations.invite(said, by=person(User.objects.get(username="ines")), at=at)


def logins() -> list[tuple[str, str, str]]:
    """(role, username, password): one a role."""
    first: dict[str, Colleague] = {}
    for colleague in COLLEAGUES:
        first.setdefault(colleague.role, colleague)
    return [(str(c.role.label), c.username, PASSWORD) for c in first.values()]


def _hire(colleague: Colleague, sites: dict[str, Site], password: str) -> None:
    given, family = colleague.name.split(" ", 1)
    user, new = User.objects.get_or_create(
        username=colleague.username,
        defaults={
            "first_name": given,
            "last_name": family,
            "email": f"{colleague.username}@meridian.example",
            "time_zone": colleague.zone,
            "password": password,
        },
    )
    if not new:
        return
    team = _team(colleague.team)
    if not colleague.sites:
        Membership.objects.create(user=user, role=colleague.role, team=team)
    for site in (sites[code] for code in colleague.sites if code in sites):
        Membership.objects.create(user=user, role=colleague.role, site=site, team=team)
        if colleague.also:
            Membership.objects.create(user=user, role=colleague.also, site=site)
        if colleague.leads:
            site.lead = user
            site.save(update_fields=["lead"])


def _team(code: TeamCode | None) -> Team | None:
    if code is None:
        return None
    return Team.objects.get_or_create(code=code, defaults={"name": str(code.label)})[0]
