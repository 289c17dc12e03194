"""Overrides: what people did by hand that the tower does by itself, counted as auditors read it."""

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from django.db.models import Case, Count, F, Max, QuerySet, When

from exceptions.models import CaseEvent
from exceptions.queries.history import HistoryFilter

DAYS = 30


@dataclass(frozen=True, slots=True)
class Counted:
    """How many overrides were of a type, by a person, at a site; `asked` lists exactly these."""

    what: str
    who: str
    site: str
    n: int
    asked: HistoryFilter


def counted(rows: QuerySet[CaseEvent], today: date, zone: tzinfo) -> list[Counted]:
    """Those of the last 30 days of the reader's zone, today included, the most frequent first."""
    asked = HistoryFilter(override=True, first=today - timedelta(days=DAYS - 1))
    found = (
        asked.events(rows, zone)
        .order_by()
        .annotate(what=Case(When(move="", then=F("happening")), default=F("move")))
        .values("what", "actor", "case__site", "case__site__name")
        .annotate(n=Count("pk"), who=Max("actor_name"))
        .order_by("-n", "what", "who", "case__site__name")
    )
    return [
        Counted(
            what=row["what"],
            who=row["who"],
            site=row["case__site__name"],
            n=row["n"],
            asked=asked.changed(what=row["what"], person=row["actor"], site=row["case__site"]),
        )
        for row in found
    ]
