"""What every test starts from: sites with their people, policies in force, ways to make facts."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from exceptions import policies
from exceptions.models import Connection, Membership, Site, Team, User
from exceptions.vocabulary import Role, TeamCode
from tests import rows
from tests.making import Tower
from tests.rows import Rows

# Tuesday, in the middle of a European working day.
NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)


@pytest.hookimpl(trylast=True)  # once the folders have marked what is slow
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, then those with many: xdist hands files out in this order.

    One that came late would run alone at the end, while the other processes have nothing to do.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path not in slow, -sizes[item.path], item.path))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Where a migrated database stands ready, it is copied: migrating takes many seconds."""
    if template := os.environ.get("TEST_DATABASE_TEMPLATE"):
        connection.settings_dict["TEST"]["TEMPLATE"] = template


@pytest.fixture(scope="session", autouse=True)
def quick_hashing(django_test_environment: None) -> Iterator[None]:
    """Passwords are hashed as in production, with a thousandth of the work."""
    with override_settings(PASSWORD_HASHERS=["tests.hashing.QuickHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def counts_of_its_own(django_test_environment: None) -> Iterator[None]:
    """Each process counts sign-ins for itself: tests beside each other share names and Redis."""
    near = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    with override_settings(CACHES=near):
        yield


@pytest.fixture(scope="session", autouse=True)
def evidence_of_its_own(
    django_test_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Files of cases go to a folder that is gone after the tests."""
    with override_settings(TOWER_EVIDENCE_DIR=tmp_path_factory.mktemp("evidence")):
        yield


@pytest.fixture
def at() -> datetime:
    return NOON


@pytest.fixture
def tower(db: None, tower_rows: Rows) -> Tower:
    """One connection, two sites, a team per kind, a lead and an operator per team and site."""
    tower_rows.write()
    return standing_tower()


@pytest.fixture(scope="session")
def tower_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Rows:
    """What `build_tower` writes. Most tests begin with it, and rows are written in no time."""
    with django_db_blocker.unblock():
        return rows.written_by(build_tower)


def build_tower() -> Tower:
    odoo = Connection.objects.create(name="Odoo")
    sites = Site.objects.bulk_create(
        Site(connection=odoo, external_id=i, code=code, name=name, time_zone=zone)
        for i, code, name, zone in [
            (1, "RTM", "Rotterdam", "Europe/Amsterdam"),
            (2, "CHI", "Chicago", "America/Chicago"),
        ]
    )
    teams = Team.objects.bulk_create(Team(code=c, name=str(c.label)) for c in TeamCode)
    _staff(sites, teams)
    policies.publish_defaults(at=datetime(2026, 1, 1, tzinfo=UTC))
    return Tower(connection=odoo, site=sites[0], other_site=sites[1])


def standing_tower() -> Tower:
    """The one that was built into this database."""
    found = Site.objects.select_related("connection", "lead")
    sites = {site.code: site for site in found}
    return Tower(connection=sites["RTM"].connection, site=sites["RTM"], other_site=sites["CHI"])


def _staff(sites: list[Site], teams: list[Team]) -> None:
    jobs = []
    for site in sites:
        site.lead = _person(f"lead.{site.code.lower()}")
        jobs.append(Membership(user=site.lead, role=Role.SUPERVISOR, site=site))
        for team in teams:
            operator = _person(f"{team.code}.{site.code.lower()}")
            jobs.append(Membership(user=operator, role=Role.OPERATOR, site=site, team=team))
    User.objects.bulk_create(job.user for job in jobs)
    Membership.objects.bulk_create(jobs)
    Site.objects.bulk_update(sites, ["lead"])


def _person(username: str) -> User:
    person = User(username=username)
    person.set_unusable_password()  # signs in by force_login: hashing costs seconds
    return person
