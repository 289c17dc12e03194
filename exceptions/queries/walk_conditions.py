"""What a filter asks about a case's way and about who moved it (see `process` and `touch`)."""

from collections.abc import Iterable

from django.db.models import F, Func, IntegerField, Q, TextField
from django.db.models.lookups import Exact, In

from exceptions.queries.process import IMPORTED, LETTERS

IMPORTED_WAY = "imported"  # as an address says IMPORTED


def went(words: Iterable[str]) -> Q:
    """Went one of the ways through the states, a letter each."""
    way = Func(F("pk"), function="exceptions_way", output_field=TextField())
    return Q(In(way, [IMPORTED if word == IMPORTED_WAY else word for word in words]))


def touched(movers: int | None, reassigned: int | None) -> list[Q]:
    """As many people moved it; it was assigned anew as many times while somebody owned it."""
    wanted = (("exceptions_movers", movers), ("exceptions_reassignments", reassigned))
    return [
        Q(Exact(Func(F("pk"), function=name, output_field=IntegerField()), number))
        for name, number in wanted
        if number is not None
    ]


def way(value: str) -> str | None:
    """A way as an address says it; None for what is none."""
    known = value == IMPORTED_WAY or (value and set(value) <= set(LETTERS))
    return value if known and len(value) <= 160 else None


def number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else None
