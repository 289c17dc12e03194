"""What pages cost with a million cases behind them, against ten thousand.

    python -m benchmarks.dashboards [--few 10000] [--many 1000000] [--repeat 15] [--keep]

Each size has tables of its own, filled by `seed_scale`, and a process of its own. With --keep they
stay (in a database that stays: DATABASE_URL), and the next run measures them again. Pages are asked
for through the whole of Django; the median of several requests counts. Prints for each page how
much longer it takes at many (at most 2 times), its milliseconds (at most 300), its statements
(at most 100); and how much faster the figures of a year are read from the rollups than from the
cases themselves (at least 20 times), where both must say the same.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from exceptions import actors
from exceptions.kpis.kpi import Measure
from exceptions.kpis.register import kpis
from exceptions.models import Case, Membership, Site, User
from exceptions.queries import scope as scopes
from exceptions.queries.counted import Counted
from exceptions.queries.scope import Scope
from exceptions.rollups import keeping
from exceptions.vocabulary import Role
from exceptions.web.dashboards import asked as filters
from exceptions.web.dashboards.register import dashboards

# Static files are served from where they lie: nothing has collected and hashed them.
UNCOLLECTED = {"STATICFILES_BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
GROWTH, LONGEST_MS, MOST_STATEMENTS, FASTER = 2.0, 300.0, 100, 20.0  # the targets


def pages() -> dict[str, str]:
    """Addresses by what they are called."""
    site = Site.objects.earliest("pk")
    case = Case.objects.filter(state="closed").latest("pk")
    return {
        **{each.key: f"/dashboards/{each.key}/?days=30" for each in dashboards()},
        "operations, 90 days": "/dashboards/?days=90",
        "operations, a site": f"/dashboards/?site={site.pk}",
        "operations, a kind": "/dashboards/?kind=late_inbound",
        "queue": "/",
        "queue, mine": "/?owner=me",
        "queue, a site": f"/?site={site.pk}",
        "queue, a kind": "/?kind=late_inbound",
        "queue, high and critical": "/?tier=high&tier=critical",
        "queue, all that were": "/?state=all",
        "case": f"/cases/{case.pk}/",
        "report": "/report/",
    }


def measure(cases: int, repeat: int) -> dict[str, Any]:
    """Fill the database unless it is, and ask for every page."""
    if not Case.objects.exists():
        call_command("seed_scale", cases=cases, stdout=sys.stderr)
    client = Client(headers={"host": "localhost"})
    user = _who_sees_all()
    client.force_login(user)
    found = {name: _page(client, address, repeat) for name, address in pages().items()}
    return {"pages": found, "figures": _figures(user, timezone.now(), repeat)}


def _who_sees_all() -> User:
    user, new = User.objects.get_or_create(username="bench.supervisor")
    if new:
        Membership.objects.create(user=user, role=Role.SUPERVISOR)
    return user


def _page(client: Client, address: str, repeat: int) -> dict[str, float]:
    _ask(client, address)  # what a process does once
    statements = []

    def noted(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        statements.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(noted):
        _ask(client, address)
    return {
        "ms": 1000 * _median(lambda: _ask(client, address), repeat),
        "statements": len(statements),
    }


def _ask(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)


def _median(what: Callable[[], object], repeat: int) -> float:
    took = []
    for _time in range(repeat):
        begun = time.perf_counter()
        what()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def figures(scope: Scope) -> dict[str, list[Measure]]:
    """Every KPI over the scope."""
    counted = Counted(scope)
    return {key: kpi.of(counted) for key, kpi in kpis().items()}


def _figures(user: User, at: datetime, repeat: int) -> dict[str, Any]:
    """Seconds that all figures over a year take, from the cases (read once: it takes minutes) and
    from the rollups.
    """
    assert keeping.freshen(at)
    year = _year(user, at)
    rolled = replace(year, rolled=True)
    begun = time.perf_counter()
    from_cases = figures(year)
    took = time.perf_counter() - begun
    assert from_cases == figures(rolled)
    return {"cases": took, "rollups": _median(lambda: figures(rolled), repeat)}


def _year(user: User, at: datetime) -> Scope:
    actor = actors.person(user)
    last = scopes.today(actor, at)
    first = last.replace(year=last.year - 1)
    query = QueryDict(f"from={first}&to={last}")
    return filters.read(query, last).scope(actor, at)


def apart(cases: int, repeat: int, *, keep: bool) -> dict[str, Any]:
    """`measure` in a process of its own, in a schema of its own that is removed unless kept."""
    schema = f"bench_{cases}"
    url = urlsplit(os.environ["DATABASE_URL"])
    said = urlunsplit(url._replace(query=f"options=-c%20search_path%3D{schema}"))
    environment = os.environ | UNCOLLECTED | {"DATABASE_URL": said}
    if not keep:
        _do(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    _do(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    try:
        python = [sys.executable, "-m"]
        subprocess.run([*python, "manage", "migrate", "-v0"], env=environment, check=True)
        told = subprocess.run(
            [*python, "benchmarks.dashboards", f"--measure={cases}", f"--repeat={repeat}"],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
    finally:
        if not keep:
            _do(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
    found: dict[str, Any] = json.loads(told.splitlines()[-1])
    return found


def _do(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--few", type=int, default=int(os.environ.get("FEW_CASES", "10000")))
    parser.add_argument("--many", type=int, default=int(os.environ.get("MANY_CASES", "1000000")))
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(measure(options.measure, options.repeat)))
        return 0
    few = apart(options.few, options.repeat, keep=options.keep)
    many = apart(options.many, options.repeat, keep=options.keep)
    return _tell(few, many, options)


def _tell(few: dict[str, Any], many: dict[str, Any], options: argparse.Namespace) -> int:
    print(f"{'':28} {options.few:>10,} {options.many:>10,}   ratio  statements")
    missed = 0
    for name, page in many["pages"].items():
        before = few["pages"][name]
        ratio = page["ms"] / before["ms"]
        bad = ratio > GROWTH or page["ms"] > LONGEST_MS or page["statements"] > MOST_STATEMENTS
        missed += bad
        print(
            f"{name:28} {before['ms']:8.0f}ms {page['ms']:8.0f}ms {ratio:7.2f} "
            f"{page['statements']:8}{'  MISSED' if bad else ''}"
        )
    took = many["figures"]
    faster = took["cases"] / took["rollups"]
    missed += faster < FASTER
    print(
        f"figures of a year: from the cases {took['cases'] * 1000:.0f} ms, from the rollups "
        f"{took['rollups'] * 1000:.0f} ms, {faster:.0f} times faster (target {FASTER:.0f})"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
