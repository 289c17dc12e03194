"""Filters of chance, under which the tower's KPIs are held to what its files say."""

import random
from datetime import date, datetime, timedelta
from typing import Any

from django.test import Client

from exceptions.kpis.register import KPIS
from exceptions.kpis.telling import told
from exceptions.models import Case, Site, Team
from exceptions.queries.scope import Scope
from tests.exceptions.kpis import exported_beside
from tests.exceptions.kpis.exported import Asked, Given, rows_of
from tests.exceptions.queries.world import executive_of

FILTERS = 20
FILES = {  # beside the cases: what they are given out as, and what their address asks for
    "clocks": ("clocks", "&clock_state=ended"),
    "running": ("clocks", "&left=any"),
    "pauses": ("pauses", ""),
    "requests": ("requests", ""),
    "waiting": ("requests", "&of=waiting"),
    "levels": ("levels", "&of=levels"),
    "decisions": ("decisions", ""),
    "steps": ("steps", ""),
    "moves": ("moves", ""),
    "completed": ("completed", ""),
    "hours": ("hours", ""),
}
OWN_ALONE = frozenset({"load"})  # of this package's KPIs, what no file tells: who was on duty


def fetched(first: date, last: date) -> Given:
    """The files, as somebody who sees all sites fetches them; of these days, 366 at most."""
    client = Client()
    client.force_login(executive_of(None))

    def text(address: str) -> str:
        answer: Any = client.get(address)
        assert answer.status_code == 200
        return b"".join(answer.streaming_content).decode("utf-8-sig")

    days = f"from={first}&to={last}"
    everything = "state=all&snoozed=any"
    files = {"cases": text(f"/exports/cases/data/?{everything}")}
    for name, (what, more) in FILES.items():
        files[name] = text(f"/exports/{what}/data/?{days}{more}")
    rows = {name: rows_of(said) for name, said in files.items()}
    return Given(files=rows, log=text(f"/exports/cases/xes/?{everything}"))


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
    assert set(expected) == {kpi.key for kpi in KPIS} - OWN_ALONE
    return {key: (found[key], expected[key]) for key in expected if found[key] != expected[key]}


def by_files(given: Given, asked: Asked) -> dict[str, dict[str, tuple[Any, int]]]:
    """What the files say of each KPI: value and n, by its parts."""
    return {
        key: _something({part: (_plain(value), n) for part, (value, n) in parts.items()})
        for key, parts in (given.tell(asked) | exported_beside.tell(given, asked)).items()
    }


def by_tower(scope: Scope, keys: list[str]) -> dict[str, dict[str, tuple[Any, int]]]:
    """What the tower tells, in the same shape."""
    found = {}
    for kpi in told(scope, keys)["kpis"]:
        parts = {p["part"]: (_plain(p["value"]), p["n"]) for p in kpi["parts"]}
        found[kpi["key"]] = _something({"": (_plain(kpi["value"]), kpi["n"])} | parts)
    return found


def _something(parts: dict[str, tuple[Any, int]]) -> dict[str, tuple[Any, int]]:
    """Without a whole of which there is nothing to say."""
    return {part: told for part, told in parts.items() if part or told != (None, 0)}


def _plain(value: object) -> object:
    """The last bits of a fraction depend on the order in which it was added up."""
    if isinstance(value, float):
        return round(value, 12)
    return value if value is None or isinstance(value, int) else str(value)
