"""The charts of the impact dashboard: what was avoided, lost, or is exposed. Pure.

Each currency is a series of its own: amounts of several are never added up.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from exceptions.charts.chart import Chart, Point, Series
from exceptions.charts.operations import DASH, Link, day_label
from exceptions.queries.amounts import Amount
from exceptions.verdicts import amount

COLOURS = ("1", "2", "3", "4")
Found = dict[tuple[str, str], Amount]


def by_part(
    rows: Iterable[Amount], names: Sequence[tuple[str, str]], head: str, link: Link
) -> Chart:
    """`names` are the parts, in order, with labels. `link(part, currency)` lists the cases."""
    found = _known(rows)
    parts = [(part, label) for part, label in names if any(key[0] == part for key in found)]
    labels = tuple(label for _part, label in parts)
    series = _series(found, parts, link)
    ends = tuple(_end(found, part) for part, _label in parts)
    return Chart(shape="pairs", head=head, labels=labels, series=series, ends=ends)


def _end(found: Found, part: str) -> str:
    """`€1,200, $300`."""
    rows = [row for (of, _currency), row in sorted(found.items()) if of == part and row.value]
    return ", ".join(amount(row.value, row.currency) for row in rows if row.value is not None)


def by_day(rows: Iterable[Amount], days: list[date], link: Link) -> Chart:
    """`link(day, currency)` lists the cases that ended on the day."""
    parts = [(day.isoformat(), day_label(day)) for day in days]
    labels = tuple(label for _part, label in parts)
    series = _series(_known(rows), parts, link)
    return Chart(shape="lines", head=_("Day"), labels=labels, series=series)


def _known(rows: Iterable[Amount]) -> Found:
    return {(row.part, row.currency): row for row in rows if row.currency}


def _series(found: Found, parts: Sequence[tuple[str, str]], link: Link) -> tuple[Series, ...]:
    currencies = sorted({currency for _part, currency in found})
    return tuple(
        Series(
            name=currency,
            colour=COLOURS[place % len(COLOURS)],
            dashed=place >= len(COLOURS),
            points=tuple(_point(found, part, label, currency, link) for part, label in parts),
            cell=_cell(currency),
        )
        for place, currency in enumerate(currencies)
    )


def _point(found: Found, part: str, label: str, currency: str, link: Link) -> Point:
    row = found.get((part, currency))
    if row is None or row.value is None:
        return Point(value=0, n=0, says=f"{label}: {DASH}")
    says = f"{label}: {amount(row.value, currency)} (n = {row.n:,})"
    return Point(value=float(row.value), n=row.n, says=says, href=link(part, currency))


def _cell(currency: str) -> Callable[[Point], str]:
    def cell(point: Point) -> str:
        if not point.n:
            return DASH
        return f"{amount(Decimal(str(point.value)), currency)} (n = {point.n:,})"

    return cell
