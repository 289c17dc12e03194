"""The ledger of gaps as people read it: the last comparison of each source, the gaps, figures.

Reads only, but for what asks for a comparison, and for housekeeping.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date

from exceptions import nudges
from exceptions.models import Case, Connection
from integrations.models import Gap, GapKind, ReconcileRequest, ReconcileRun
from integrations.odoo import sent
from integrations.odoo.sources import SOURCES

LATELY = timedelta(days=30)  # of repaired gaps and of cases
OPEN, REPAIRED = "open", "repaired"
DAYS = ("found_from", "found_to", "repaired_from", "repaired_to")
LONGEST_ID = 19  # digits
ASKED_TASK = "integrations.tasks.reconcile_asked"
FORGET_AT_A_TIME = 1_000

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class GapFilter:
    """What is asked of the list. An empty field asks nothing. `cases`: only what a case came of
    that a webhook should have told of. `among`: only of these connections. Days are days in UTC,
    both counted. What was repaired long ago is not listed (see LATELY), unless days are asked for.
    """

    connection: int | None = None
    source: str = ""
    what: str = ""
    state: str = ""
    cases: bool = False
    among: tuple[int, ...] = ()
    found_from: date | None = None
    found_to: date | None = None
    repaired_from: date | None = None
    repaired_to: date | None = None

    @classmethod
    def from_query(cls, query: QueryDict) -> "GapFilter":
        """What cannot be read asks nothing."""
        connection, source = query.get("connection", ""), query.get("source", "")
        what, state = query.get("what", ""), query.get("state", "")
        is_id = connection.isascii() and connection.isdigit() and len(connection) < 19
        return cls(
            connection=int(connection) if is_id else None,
            source=source if source in names() else "",
            what=what if what in GapKind.values else "",
            state=state if state in (OPEN, REPAIRED) else "",
            cases=query.get("cases") == "yes",
            among=_ids(query.get("among", "")),
            **{name: _day(query.get(name, "")) for name in DAYS},
        )

    def to_query(self) -> str:
        query = QueryDict(mutable=True)
        for name in ("connection", "source", "what", "state"):
            if value := getattr(self, name):
                query[name] = str(value)
        if self.cases:
            query["cases"] = "yes"
        if self.among:
            query["among"] = ",".join(map(str, self.among))
        for name in DAYS:
            if day := getattr(self, name):
                query[name] = day.isoformat()
        return query.urlencode()

    def changed(self, **what: Any) -> "GapFilter":
        return replace(self, **what)

    def apply(self, gaps: QuerySet[Gap], *, at: datetime) -> QuerySet[Gap]:
        """Those asked for: the open ones, then those found last."""
        wanted = {"connection_id": self.connection, "source": self.source, "what": self.what}
        found = gaps.filter(**{name: value for name, value in wanted.items() if value})
        if self.state:
            found = found.filter(repaired_at__isnull=self.state == OPEN)
        if self.cases:
            opened = {"case__missed_by_webhook": True, "case__detected_at": F("repaired_at")}
            found = found.filter(**opened)
        if self.among:
            found = found.filter(connection__in=self.among)
        found = found.filter(**dict(self._bounds()))
        if not any(getattr(self, name) for name in DAYS):
            lately = found.filter(repaired_at__gte=at - LATELY)
            found = found.filter(repaired_at=None) | lately
        return found.order_by(F("repaired_at").desc(nulls_first=True), "-found_at", "-id")

    def _bounds(self) -> Iterator[tuple[str, datetime]]:
        for name in ("found", "repaired"):
            if first := getattr(self, f"{name}_from"):
                yield f"{name}_at__gte", datetime.combine(first, time.min, UTC)
            if last := getattr(self, f"{name}_to"):
                yield f"{name}_at__lte", datetime.combine(last, time.max, UTC)


def _ids(text: str) -> tuple[int, ...]:
    """Ids with commas between them; what cannot be read asks nothing."""
    ids = text.split(",")
    known = all(each.isascii() and each.isdigit() and len(each) < LONGEST_ID for each in ids)
    return tuple(int(each) for each in ids) if known else ()


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Figures:
    """Gaps of one source of a connection, or (without a source) of the connection. Ages in seconds;
    None where there is no gap. `cases`: opened lately, and told of by no webhook.
    """

    connection_id: int
    source: str | None
    open: int
    open_p50: float | None
    open_max: float | None
    repaired: int
    repaired_p50: float | None
    repaired_max: float | None
    cases: int


def names() -> list[str]:
    """Of the sources, as the ledger has them: those that are compared, and what was sent."""
    return [*(source.name for source in SOURCES if source.authority), sent.SOURCE]


def visible(connections: QuerySet[Connection]) -> QuerySet[Gap]:
    return Gap.objects.filter(connection__in=connections)


def latest(connections: QuerySet[Connection]) -> list[ReconcileRun]:
    """The newest comparison of each source that was ever compared, in the order of the sources."""
    runs = ReconcileRun.objects.filter(connection__in=connections).select_related("connection")
    newest = runs.order_by("connection", "source", "-started_at", "-id").distinct(
        "connection", "source"
    )
    place = {source.name: number for number, source in enumerate(SOURCES)}
    by_place = sorted(newest, key=lambda run: place.get(run.source, len(place)))
    return sorted(by_place, key=lambda run: (run.connection.name, run.connection_id))


@cache
def _statement() -> str:
    return (Path(__file__).parent / "sql" / "gap_figures.sql").read_text()


def figures(connections: Sequence[Connection], *, at: datetime) -> list[Figures]:
    """By connection and source, and by connection (without a source)."""
    ids = [connection.pk for connection in connections]
    with database.cursor() as cursor:
        cursor.execute(_statement(), {"connections": ids, "since": at - LATELY, "at": at})
        rows = cursor.fetchall()
    return [Figures(*row) for row in rows]


def cases_lately(connections: Sequence[Connection], *, at: datetime) -> dict[tuple[int, str], int]:
    """How many cases each connection and facts type opened lately: of what the share is taken."""
    found = Case.objects.filter(
        document__connection__in=connections, detected_at__gte=at - LATELY, detected_at__lte=at
    )
    by = found.values_list("document__connection", "document__facts_type")
    return {(connection, facts): n for connection, facts, n in by.annotate(n=Count("pk"))}


def waiting(connections: QuerySet[Connection]) -> list[ReconcileRequest]:
    """What was asked for and is not done yet."""
    return list(
        ReconcileRequest.objects.filter(connection__in=connections)
        .select_related("connection__odoo")
        .order_by("asked_at")
    )


def ask(connection: Connection, who: str, *, at: datetime) -> bool:
    """Have both sides of it compared now; False if that is asked for already."""
    with transaction.atomic():
        _request, is_new = ReconcileRequest.objects.get_or_create(
            connection=connection, defaults={"asked_at": at, "asked_by": who[:120]}
        )
        nudges.after_commit(ASKED_TASK)
    return is_new


def forget(now: Now) -> int:
    """Remove comparisons and repaired gaps of TOWER_KEEP_LEDGER days ago, in batches; how many. A
    gap that is open stays.
    """
    until = now() - timedelta(days=settings.TOWER_KEEP_LEDGER)
    forgotten = 0
    for old in (
        Gap.objects.filter(repaired_at__lt=until).order_by("repaired_at"),
        ReconcileRun.objects.filter(started_at__lt=until).order_by("started_at"),
    ):
        while batch := _forget_some(old):
            forgotten += batch
    return forgotten


def _forget_some(old: QuerySet[Any]) -> int:
    ids = list(old.values_list("pk", flat=True)[:FORGET_AT_A_TIME])
    return old.order_by().filter(pk__in=ids).delete()[0] if ids else 0
