"""The charts of clocks: breached apart, met over time, the time left, and pauses. Pure.

Every `link` gives the address that lists exactly the rows that one bar or dot counts.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from exceptions import sla
from exceptions.charts.chart import Chart, Point, Series
from exceptions.charts.operations import DASH, Link, day_label, percent
from exceptions.queries.breach_apart import BreachesOf
from exceptions.queries.pauses import Paused
from exceptions.queries.time_left import Due
from exceptions.vocabulary import ClockKind, Left, Waiting

COLOURS = {
    ClockKind.CLASSIFY: "2",
    ClockKind.ACKNOWLEDGE: "3",
    ClockKind.RESOLVE: "1",
    ClockKind.CLAIM: "low",
    ClockKind.APPROVE: "m",
}
MOST = 12  # bars; what has more parts is listed


def apart(rows: Iterable[BreachesOf], names: Mapping[str, str], head: str, link: Link) -> Chart:
    """The share breached of each part, highest first. `link(part)` lists the breached clocks."""
    found = sorted(rows, key=lambda row: (-row.rate, -row.n, row.part))[:MOST]
    labels = tuple(names.get(row.part, row.part) for row in found)
    points = tuple(
        Point(
            value=round(row.rate * 100, 4),
            n=row.breached,
            says=_("%(part)s: %(breached)s of %(n)s clocks breached")
            % {"part": label, "breached": row.breached, "n": row.n},
            href=link(row.part) if row.breached else "",
        )
        for row, label in zip(found, labels, strict=True)
    )
    ends = tuple(f"{percent(row.breached, row.n)}  ({row.breached:,} / {row.n:,})" for row in found)
    share = Series(
        name=_("breached"), colour="bad", points=points, cell=lambda p: ends[points.index(p)]
    )
    return Chart(shape="bars", head=head, labels=labels, series=(share,), ends=ends, unit="%")


def met(rows: Iterable[BreachesOf], days: list[date], link: Link) -> Chart:
    """The share of clocks that were met, day by day. `link(day)` lists those that ended."""
    known = {row.part: row for row in rows}
    points = tuple(_met_point(known.get(day.isoformat()), day, link) for day in days)
    labels = tuple(day_label(day) for day in days)
    line = Series(name=_("met"), colour="1", points=points, cell=_met_cell)
    return Chart(shape="lines", head=_("Day"), labels=labels, series=(line,), unit="%")


def _met_point(row: BreachesOf | None, day: date, link: Link) -> Point:
    if row is None:
        return Point(value=None, n=0, says="")
    says = _("%(day)s: %(met)s of %(n)s clocks met")
    told = {"day": day_label(day), "met": row.n - row.breached, "n": row.n}
    return Point(value=round(100 - row.rate * 100, 4), n=row.n, says=says % told, href=link(day))


def _met_cell(point: Point) -> str:
    return DASH if point.value is None else f"{point.value:.1f} % (n = {point.n})"


def time_left(rows: Iterable[Due], link: Link) -> Chart:
    """Clocks by what is left, and by their kind. `link(left, kind)` lists them."""
    counts = {(row.left, row.kind): row.n for row in rows}
    lefts = [left for left in Left if left != Left.UNREAD or any(k[0] == left for k in counts)]
    labels = tuple(str(left.label) for left in lefts)
    series = tuple(
        Series(
            name=str(kind.label),
            colour=COLOURS[kind],
            points=tuple(
                _point(f"{label}, {kind.label}", counts.get((left, kind), 0), link(left, kind))
                for left, label in zip(lefts, labels, strict=True)
            ),
        )
        for kind in ClockKind
        if any(key[1] == kind for key in counts)
    )
    sums = [sum(s.points[i].n for s in series) for i in range(len(lefts))]
    ends = tuple(f"{n:,}" if n else "" for n in sums)
    return Chart(shape="bars", head=_("Time left"), labels=labels, series=series, ends=ends)


def pauses(rows: Iterable[Paused], link: Link) -> Chart:
    """How pauses ended, by for whom the case waited. `link(waiting, which)` lists them."""
    found = list(rows)
    labels = tuple(str(Waiting(row.waiting).label) for row in found)
    parts = (
        (_("answered in time"), "1", "in_time", [r.n - r.spent - r.lasting for r in found]),
        (_("budget used up"), "bad", "spent", [row.spent for row in found]),
        (_("still waits"), "m", "lasting", [row.lasting for row in found]),
    )
    series = tuple(
        Series(
            name=name,
            colour=colour,
            points=tuple(
                _point(f"{label}, {name}", n, link(row.waiting, which))
                for label, n, row in zip(labels, counts, found, strict=True)
            ),
        )
        for name, colour, which, counts in parts
    )
    ends = tuple(_length(row) for row in found)
    return Chart(shape="bars", head=_("Waits for"), labels=labels, series=series, ends=ends)


def _length(paused: Paused) -> str:
    if paused.median is None:
        return str(paused.n)
    return _("%(n)s  (median %(span)s)") % {
        "n": paused.n,
        "span": sla.duration(paused.median / 60),
    }


def _point(says: str, n: int, href: str) -> Point:
    return Point(value=n, n=n, says=f"{says}: {n}", href=href if n else "")
