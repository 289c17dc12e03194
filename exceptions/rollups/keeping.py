"""The rollups are kept: what changed is counted anew, a few cases at a time.

One at a time folds, whoever it is (a page, the tick, a command): an advisory lock sees
to it, and nobody waits for it. Whoever works on cases never waits for whoever counts them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from exceptions.models import Case, RollupState

VERSION = 10  # of what sql/added/ counts: another one is built anew
AT_ONCE = 500  # cases
REBUILT_AT_ONCE = 5_000
CHECKED_AT_ONCE = 5000
PATIENCE = 4  # batches that a page folds; more is left to the tick
LOCK = 4_201_906  # of pg_advisory_xact_lock; any number that nobody else takes
SQL = Path(__file__).parent / "sql"


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the rollups differ from the cases: what is kept, and what should be."""

    where: str
    kept: int | None = None
    true: int | None = None


def freshen(at: datetime, *, batches: int = PATIENCE) -> datetime | None:
    """Count what has changed, and say as of when the rollups are true: `at`, or earlier if more has
    changed than was worth waiting for. None while they are being built: count the cases themselves.
    """
    for _batch in range(batches):
        if _fold(at, AT_ONCE) < AT_ONCE:
            break
    state = RollupState.objects.filter(pk=1).first()
    return state.fresh_at if state and state.version == VERSION else None


def rebuild(at: datetime) -> int:
    """Build the rollups anew from the cases, in small steps; how many cases were counted."""
    _reset()
    done = 0
    while folded := _fold(at, REBUILT_AT_ONCE):
        done += folded
    return done


def faults() -> Iterator[Fault]:
    """Where the rollups are not what the cases say, while people work on: each statement sees one
    state of the database, and what waits to be counted anew is left out.
    """
    for where, kept, true in _rows(_read("said", "spread", "unequal"), {}):
        yield Fault(where, kept, true)
    last = Case.objects.aggregate(last=Max("pk"))["last"] or 0
    for first in range(1, last + 1, CHECKED_AT_ONCE):
        for (case,) in _of_cases("unlike", cases=range(first, first + CHECKED_AT_ONCE)):
            yield Fault(f"C-{case}")


@transaction.atomic
def _fold(at: datetime, limit: int) -> int:
    """Count one batch of changed cases; how many changes were taken up. 0 while another folds."""
    if not _alone():
        return 0
    if _version() not in (0, VERSION):
        _reset()
    taken = _take(limit)
    cases = {row[0] for row in taken} | _recurring_with(taken) | _fixed_before(taken)
    if cases:
        _of_cases("difference", "spread", "fold", cases=cases)
    if len(taken) < limit:
        fresh = {"version": VERSION, "fresh_at": at}
        RollupState.objects.update_or_create(pk=1, defaults=fresh)
    return len(taken)


def _alone() -> bool:
    return bool(_rows("SELECT pg_try_advisory_xact_lock(%(lock)s)", {"lock": LOCK})[0][0])


def _version() -> int:
    return RollupState.objects.filter(pk=1).values_list("version", flat=True).first() or 0


def _take(limit: int) -> list[tuple[Any, ...]]:
    return _rows(
        """
        DELETE FROM exceptions_stalecase
        WHERE id IN (SELECT id FROM exceptions_stalecase ORDER BY id LIMIT %(limit)s)
        RETURNING case_id, subject_key, resolved_at, detected_at
        """,
        {"limit": limit},
    )


def _recurring_with(taken: Iterable[tuple[Any, ...]]) -> set[int]:
    """The later cases that recur with one whose end changed, or that did so before."""
    ends = {(subject, at) for _case, subject, at, _detected in taken if subject and at}
    if not ends:
        return set()
    found = _rows(
        """
        SELECT DISTINCT c.id
        FROM unnest(%(subjects)s::text[], %(ends)s::timestamptz[]) AS ended (subject, at)
        JOIN exceptions_case c
          ON c.subject_key = ended.subject
         AND c.detected_at > ended.at AND c.detected_at <= ended.at + interval '30 days'
        """,
        {"subjects": [subject for subject, _at in ends], "ends": [at for _subject, at in ends]},
    )
    return {case for (case,) in found}


def _fixed_before(taken: Iterable[tuple[Any, ...]]) -> set[int]:
    """The earlier cases whose fix may not have held for one that is new, or was taken for it."""
    starts = {(subject, at) for _case, subject, _end, at in taken if subject and at}
    if not starts:
        return set()
    found = _rows(
        """
        SELECT DISTINCT c.id
        FROM unnest(%(subjects)s::text[], %(starts)s::timestamptz[]) AS begun (subject, at)
        JOIN exceptions_case c
          ON c.subject_key = begun.subject AND c.outcome = 'fixed'
         AND c.resolved_at < begun.at AND c.resolved_at >= begun.at - interval '30 days'
        """,
        {
            "subjects": [subject for subject, _at in starts],
            "starts": [at for _subject, at in starts],
        },
    )
    return {case for (case,) in found}


@transaction.atomic
def _reset() -> None:
    """Forget all, and have every case counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        for table in ("rollup", "caseshare", "stalecase", "rollupstate"):
            cursor.execute(f"DELETE FROM exceptions_{table}")  # noqa: S608  # names of this file
        cursor.execute(
            "INSERT INTO exceptions_stalecase (case_id, subject_key)"
            " SELECT id, '' FROM exceptions_case ORDER BY id"
        )


def _of_cases(*names: str, cases: Iterable[int]) -> list[tuple[Any, ...]]:
    """The rows of the statement in sql/ that starts from what these cases say."""
    statement = _read("asked", "flips", "walks") + _moments() + _read("shares", *names)
    return _rows(statement, {"cases": sorted(cases)})


@cache
def _moments() -> str:
    """All that cases add, one file of sql/added/ a subject."""
    files = sorted((SQL / "added").glob("*.sql"))
    return (
        ", moment (id, zone, figure, at, what, place, n) AS (\n"
        + "\nUNION ALL\n".join(f.read_text() for f in files)
        + ")\n"
    )


@cache
def _read(*names: str) -> str:
    return "".join((SQL / f"{name}.sql").read_text() for name in names)


def _rows(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall()) if cursor.description else []
