"""Every KPI that the exported rows can tell, for filters of chance, recomputed from these rows."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from exceptions.kpis.telling import told
from exceptions.models import Case, Site, Team
from exceptions.queries.scope import Scope
from exceptions.rollups import keeping
from tests.conftest import build_tower
from tests.exceptions.kpis.exported import Asked, Given, rows_of
from tests.exceptions.queries.world import Past, executive_of
from tests.making import Tower

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FILTERS = 20


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A past at both ends of the world's days, rolled back when the tests are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        for site, zone in ((tower.site, "Pacific/Auckland"), (tower.other_site, "Etc/GMT+11")):
            Site.objects.filter(pk=site.pk).update(time_zone=zone)
            site.refresh_from_db()
        Past(tower, random.Random(23), now=timezone.now().replace(microsecond=0)).live(90)
        yield tower
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def given(past: Tower) -> Given:
    """The files, as somebody who sees all sites fetches them."""
    client = Client()
    client.force_login(executive_of(None))
    today = timezone.now().date()
    year = f"from={today - timedelta(days=300)}&to={today + timedelta(days=1)}"

    def fetched(address: str) -> str:
        answer: Any = client.get(address)
        assert answer.status_code == 200
        return b"".join(answer.streaming_content).decode("utf-8-sig")

    return Given(
        zones={site.name: ZoneInfo(site.time_zone) for site in Site.objects.all()},
        cases=rows_of(fetched("/exports/cases/data/?state=all&snoozed=any")),
        clocks=rows_of(fetched(f"/exports/clocks/data/?{year}&clock_state=ended")),
        log=fetched("/exports/cases/xes/?state=all&snoozed=any"),
    )


def chosen(rng: random.Random, values: list[Any]) -> tuple[Any, ...]:
    """None of them, which means all, or some."""
    return tuple(sorted(rng.sample(values, rng.randint(1, 2)))) if rng.random() < 0.4 else ()


@pytest.mark.parametrize("rolled", [False, True], ids=["cases", "rollups"])
@pytest.mark.parametrize("seed", range(FILTERS))
def test_every_kpi_equals_what_the_files_say(
    past: Tower, given: Given, seed: int, rolled: bool
) -> None:
    rng, at = random.Random(seed), timezone.now().replace(microsecond=0)
    sites = {site.pk: site.name for site in Site.objects.all()}
    teams = {team.pk: team.name for team in Team.objects.filter(case__isnull=False)}
    first = at.date() - timedelta(days=rng.randint(0, 25))
    last = min(first + timedelta(days=rng.randint(0, 25)), at.date() + timedelta(days=1))
    kinds = chosen(rng, sorted(set(Case.objects.values_list("kind", flat=True))))
    tiers = chosen(rng, ["critical", "high", "medium", "low"])
    here, whose = chosen(rng, sorted(sites)), chosen(rng, sorted(teams))
    if rolled:
        assert keeping.freshen(at, batches=100) is not None
    scope = Scope(
        at=at,
        first_day=first,
        last_day=last,
        sites=here or tuple(sites),
        kinds=kinds,
        tiers=tiers,
        teams=whose,
        rolled=rolled,
    )
    asked = Asked(
        first=first,
        last=last,
        at=at,
        sites=frozenset(sites[pk] for pk in here),
        kinds=frozenset(kinds),
        tiers=frozenset(tiers),
        teams=frozenset(teams[pk] for pk in whose),
    )
    expected = given.tell(asked)
    assert said(scope, list(expected)) == {
        key: {part: (_plain(value), n) for part, (value, n) in parts.items()}
        for key, parts in expected.items()
    }


def said(scope: Scope, keys: list[str]) -> dict[str, dict[str, tuple[Any, int]]]:
    """What the tower tells, in the same shape; parts that count nothing are left out."""
    found = {}
    for kpi in told(scope, keys)["kpis"]:
        parts = {p["part"]: (p["value"], p["n"]) for p in kpi["parts"]}
        whole = {} if kpi["key"] == "exposed" else {"": (kpi["value"], kpi["n"])}
        found[kpi["key"]] = whole | parts
    return found


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int | float) else str(value)
