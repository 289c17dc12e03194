"""The made-up company: sites in several zones, their people, and who works for which team."""

from dataclasses import dataclass
from datetime import datetime

from exceptions import policies
from exceptions.importing.writing import teams
from exceptions.kinds import kind as kind_of
from exceptions.models import Connection, Membership, Site, User
from exceptions.vocabulary import KindCode, Role

ZONES = ("Europe/Amsterdam", "Europe/Berlin", "America/Chicago", "Asia/Singapore", "UTC")
SITES = 20
WORKERS = 4  # of each team at each site
NAME = "Scale"


@dataclass(frozen=True, slots=True)
class Company:
    """By their ids. `workers`: of each team (by its id) at each site; `leads` by site."""

    connection: int
    sites: tuple[int, ...]
    leads: dict[int, int]
    workers: dict[tuple[int, int], tuple[int, ...]]
    team_of: dict[str, int]
    policy_of: dict[str, int]
    names: dict[int, str]


def found(at: datetime) -> Company:
    """The company, made new. Raises IntegrityError if it is there."""
    source = Connection.objects.create(name=NAME)
    sites = Site.objects.bulk_create(
        Site(
            connection=source,
            external_id=number,
            code=f"S{number:02}",
            name=f"Site {number:02}",
            time_zone=ZONES[number % len(ZONES)],
        )
        for number in range(1, SITES + 1)
    )
    by_code = teams()
    leads = {site.pk: _person(f"lead.{site.code.lower()}") for site in sites}
    workers = {
        (site.pk, team.pk): [
            _person(f"{code}.{site.code.lower()}.{n}") for n in range(1, WORKERS + 1)
        ]
        for site in sites
        for code, team in by_code.items()
    }
    people = [*leads.values(), *(each for some in workers.values() for each in some)]
    User.objects.bulk_create(people)
    for site in sites:
        site.lead = leads[site.pk]
    Site.objects.bulk_update(sites, ["lead"])
    Membership.objects.bulk_create(
        Membership(user=lead, role=Role.SUPERVISOR, site_id=site) for site, lead in leads.items()
    )
    Membership.objects.bulk_create(
        Membership(user=user, role=Role.OPERATOR, site_id=site, team_id=team)
        for (site, team), some in workers.items()
        for user in some
    )
    policies.publish_defaults(at=at)
    return Company(
        connection=source.pk,
        sites=tuple(site.pk for site in sites),
        leads={site: lead.pk for site, lead in leads.items()},
        workers={key: tuple(user.pk for user in some) for key, some in workers.items()},
        team_of={code: by_code[kind_of(code).team].pk for code in KindCode},
        policy_of={code: policy.id for code, policy in policies.in_force().items()},
        names={user.pk: user.username for user in people},
    )


def _person(login: str) -> User:
    user = User(username=login)
    user.set_unusable_password()
    return user
