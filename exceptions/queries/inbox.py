"""The inbox of a person, line by line: many of the same at once are one."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from exceptions.actors import Actor, site_ids
from exceptions.models import Notification
from exceptions.notice_words import STORM, many, sentence

MOST = 2000  # of the latest notifications; older ones are not shown
LINES = 100
MOST_COUNTED = 100
NO_STORM = MOST + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which part of the inbox. `by` and the instants are those of one line that is unfolded."""

    unread: bool = False
    whats: tuple[str, ...] = ()
    by: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    unfolded: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """`latest` is the newest of the `n` that it stands for, with its case."""

    latest: Notification
    n: int
    unread: int
    since: datetime
    until: datetime

    @property
    def says(self) -> str:
        if self.n == 1:
            return sentence(self.latest)
        return many(self.latest.what, self.n, self.latest.by_name)


def lines(actor: Actor, asked: Asked) -> list[Line]:
    """The newest first; only of cases that the actor may see now."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), _values(actor, asked))
        rows = cursor.fetchall()
    latest = Notification.objects.select_related("case", "mail").in_bulk([row[0] for row in rows])
    return [
        Line(latest[last], n, unread, since, until)
        for last, _what, _by, n, unread, since, until in rows
    ]


def visible(actor: Actor) -> QuerySet[Notification]:
    """The notifications of the actor, of cases that they may see now and of no case."""
    mine = Notification.objects.filter(person=actor.user)
    sites = site_ids(actor)
    return mine if sites is None else mine.filter(Q(case__site_id__in=sites) | Q(case=None))


def unread(actor: Actor) -> int:
    """How many lie unread, counted up to MOST_COUNTED: every page shows it."""
    return visible(actor).filter(read_at=None)[:MOST_COUNTED].count()


def _values(actor: Actor, asked: Asked) -> dict[str, Any]:
    sites = site_ids(actor)
    return {
        "person": actor.user.pk if actor.user else 0,
        "sites": None if sites is None else sorted(sites),
        "unread": asked.unread,
        "whats": list(asked.whats) or None,
        "by": asked.by,
        "since": asked.since,
        "until": asked.until,
        "most": MOST,
        "storm": NO_STORM if asked.unfolded else STORM,
        "lines": MOST if asked.unfolded else LINES,
    }


@cache
def _statement() -> str:
    return (Path(__file__).parent / "sql" / "inbox_lines.sql").read_text()
