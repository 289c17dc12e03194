"""What every test starts from: sites with their people, policies in force, ways to make facts."""

from datetime import UTC, datetime

import pytest

from exceptions import policies
from exceptions.models import Connection, Membership, Site, Team, User
from exceptions.vocabulary import Role, TeamCode
from tests.making import Tower

# Tuesday, in the middle of a European working day.
NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    return NOON


@pytest.fixture
def tower(db: None) -> Tower:
    """One connection, two sites, a team per kind, a lead and an operator per team and site."""
    return build_tower()


def build_tower() -> Tower:
    connection = Connection.objects.create(name="Odoo")
    sites = [
        Site.objects.create(
            connection=connection, external_id=i, code=code, name=name, time_zone=zone
        )
        for i, code, name, zone in [
            (1, "RTM", "Rotterdam", "Europe/Amsterdam"),
            (2, "CHI", "Chicago", "America/Chicago"),
        ]
    ]
    teams = [Team.objects.create(code=c, name=str(c.label)) for c in TeamCode]
    for site in sites:
        site.lead = _person(f"lead.{site.code.lower()}", Role.SUPERVISOR, site, None)
        site.save()
        for team in teams:
            _person(f"{team.code}.{site.code.lower()}", Role.OPERATOR, site, team)
    policies.publish_defaults(at=datetime(2026, 1, 1, tzinfo=UTC))
    return Tower(connection=connection, site=sites[0], other_site=sites[1])


def _person(username: str, role: Role, site: Site | None, team: Team | None) -> User:
    user = User.objects.create_user(username)  # signs in by force_login: hashing costs seconds
    Membership.objects.create(user=user, role=role, site=site, team=team)
    return user
