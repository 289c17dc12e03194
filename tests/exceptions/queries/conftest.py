"""A random past, and the scopes under which figures of it are recounted."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction

from exceptions.models import Site, User
from exceptions.queries.scope import Scope
from exceptions.rollups import keeping
from exceptions.vocabulary import Tier
from tests.conftest import build_tower
from tests.exceptions.queries.world import NOW, Past, scope_of, team
from tests.making import Tower

WORLDS = [
    (1, "Europe/Amsterdam", "America/Chicago"),
    (2, "Pacific/Kiritimati", "Etc/GMT+12"),
    (3, "America/Santiago", "Australia/Lord_Howe"),
]


@pytest.fixture(scope="module", params=WORLDS, ids=lambda world: world[1])
def past(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker
) -> Iterator[Tower]:
    """A past that all tests of this file read, rolled back when they are done."""
    seed, *zones = request.param
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        for site, zone in zip([tower.site, tower.other_site], zones, strict=True):
            Site.objects.filter(pk=site.pk).update(time_zone=zone)
            site.refresh_from_db()
        Past(tower, random.Random(seed)).live(70)
        assert keeping.freshen(NOW, batches=100) == NOW
        yield tower
        transaction.set_rollback(True)


@pytest.fixture(params=["cases", "rollups"])
def rolled(request: pytest.FixtureRequest) -> bool:
    """Every figure is read from the cases and from the rollups."""
    return bool(request.param == "rollups")


@pytest.fixture(
    params=["everything", "one site", "one kind", "high and low", "one team", "one owner", "3 days"]
)
def counted(request: pytest.FixtureRequest, past: Tower, rolled: bool) -> Scope:
    """The scopes under which every figure is recounted."""
    whole = replace(scope_of(past), rolled=rolled)
    owner = User.objects.get(username="procurement.chi")
    return {
        "everything": whole,
        "one site": replace(whole, sites=(past.other_site.pk,)),
        "one kind": replace(whole, kinds=("delivery_delay",)),
        "high and low": replace(whole, tiers=(Tier.HIGH, Tier.LOW)),
        "one team": replace(whole, teams=(team("procurement").pk,)),
        "one owner": replace(whole, owners=(owner.pk,)),
        "3 days": replace(whole, first_day=date(2026, 10, 24), last_day=date(2026, 10, 26)),
    }[request.param]
