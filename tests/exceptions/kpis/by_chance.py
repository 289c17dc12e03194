"""Filters of chance, under which the tower's KPIs are held to what its files say."""

import random
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.test import Client

from exceptions.kpis.telling import told
from exceptions.models import Case, Site, Team
from exceptions.queries.scope import Scope
from tests.exceptions.kpis.exported import Asked, Given, rows_of
from tests.exceptions.queries.world import executive_of

FILTERS = 20


def fetched(first: date, last: date) -> Given:
    """The files, as somebody who sees all sites fetches them; clocks of these days, 366 at most."""
    client = Client()
    client.force_login(executive_of(None))

    def text(address: str) -> str:
        answer: Any = client.get(address)
        assert answer.status_code == 200
        return b"".join(answer.streaming_content).decode("utf-8-sig")

    days = f"from={first}&to={last}&clock_state=ended"
    return Given(
        zones={site.name: ZoneInfo(site.time_zone) for site in Site.objects.all()},
        cases=rows_of(text("/exports/cases/data/?state=all&snoozed=any")),
        clocks=rows_of(text(f"/exports/clocks/data/?{days}")),
        log=text("/exports/cases/xes/?state=all&snoozed=any"),
    )


def filters(seed: int, at: datetime, *, back: int, rolled: bool) -> tuple[Scope, Asked]:
    """The same filter as the tower and as the files know it, over days up to `back` days ago."""
    rng = random.Random(seed)
    sites = {site.pk: site.name for site in Site.objects.all()}
    teams = {team.pk: team.name for team in Team.objects.filter(case__isnull=False)}
    first = at.date() - timedelta(days=rng.randint(0, back))
    last = min(first + timedelta(days=rng.randint(0, back)), at.date() + timedelta(days=1))
    kinds = _chosen(rng, sorted(set(Case.objects.values_list("kind", flat=True))))
    tiers = _chosen(rng, ["critical", "high", "medium", "low"])
    here, whose = _chosen(rng, sorted(sites)), _chosen(rng, sorted(teams))
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
    return scope, asked


def _chosen(rng: random.Random, values: list[Any]) -> tuple[Any, ...]:
    """None of them, which means all, or some."""
    return tuple(sorted(rng.sample(values, min(len(values), 2)))) if rng.random() < 0.4 else ()


def differences(given: Given, scope: Scope, asked: Asked) -> dict[str, Any]:
    """Where the tower and its files do not say the same: by KPI what each says."""
    expected = by_files(given, asked)
    found = by_tower(scope, list(expected))
    assert len(expected) >= 12
    return {key: (found[key], expected[key]) for key in expected if found[key] != expected[key]}


def by_files(given: Given, asked: Asked) -> dict[str, dict[str, tuple[Any, int]]]:
    """What the files say of each KPI: value and n, by its parts."""
    return {
        key: {part: (_plain(value), n) for part, (value, n) in parts.items()}
        for key, parts in given.tell(asked).items()
    }


def by_tower(scope: Scope, keys: list[str]) -> dict[str, dict[str, tuple[Any, int]]]:
    """What the tower tells, in the same shape."""
    found = {}
    for kpi in told(scope, keys)["kpis"]:
        parts = {p["part"]: (p["value"], p["n"]) for p in kpi["parts"]}
        whole = {} if kpi["key"] == "exposed" else {"": (kpi["value"], kpi["n"])}
        found[kpi["key"]] = whole | parts
    return found


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int | float) else str(value)
