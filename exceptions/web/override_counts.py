"""Overrides of the last 30 days as auditors see them, each number with the lines it counts."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from exceptions.actors import Actor
from exceptions.queries import history, overrides
from exceptions.vocabulary import Happening, Move


@dataclass(frozen=True, slots=True)
class Shown:
    what: str
    who: str
    site: str
    n: int
    url: str


def lately(actor: Actor) -> list[Shown]:
    zone, today = timezone.get_current_timezone(), timezone.localdate()
    found = overrides.counted(history.audited_events(actor), today, zone)
    page = reverse("audit")
    return [
        Shown(_label(row.what), row.who, row.site, row.n, f"{page}?{row.asked.to_query()}")
        for row in found
    ]


def _label(what: str) -> str:
    return str(Move(what).label if what in Move.values else Happening(what).label)
