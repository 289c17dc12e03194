"""The charts of how cases move and who moves them. Pure.

Every `link` gives the address that lists exactly the rows that one bar or dot counts.
"""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from exceptions import sla
from exceptions.charts.approvals import counted, duration_point, spans_series
from exceptions.charts.chart import Chart, Point, Series
from exceptions.charts.operations import Link, percent
from exceptions.queries.process import Step
from exceptions.queries.touch import HourMoves

HOURS = range(24)


def steps(rows: Iterable[Step], link: Link) -> Chart:
    """Median hours before each step. `link(step)` lists the steps of a bar."""
    found = list(rows)
    labels = tuple(f"{row.came_from.label} → {row.came_to.label}" for row in found)
    points = tuple(
        duration_point(label, row.span, link(row)) for label, row in zip(labels, found, strict=True)
    )
    series = spans_series(_("median"), "1", points, [row.span for row in found])
    ends = tuple(
        f"{sla.duration((row.span.median or 0) / 60)} (n = {row.span.n:,})" for row in found
    )
    return Chart(shape="bars", head=_("Step"), labels=labels, series=(series,), ends=ends, unit="h")


def moves_by_hour(rows: Iterable[HourMoves], link: Link) -> Chart:
    """Within working hours and out of them. `link(hour, outside)` lists the moves of a part."""
    by_hour = {row.hour: row for row in rows}
    labels = tuple(f"{hour:02}" for hour in HOURS)
    parts = (
        (_("working hours"), "1", False, [r.within if r else 0 for r in _all(by_hour)]),
        (_("after hours"), "2", True, [r.outside if r else 0 for r in _all(by_hour)]),
    )
    series = tuple(
        Series(
            name=name,
            colour=colour,
            points=tuple(
                counted(f"{labels[hour]}:00, {name}", n, link(hour, outside))
                for hour, n in zip(HOURS, counts, strict=True)
            ),
        )
        for name, colour, outside, counts in parts
    )
    return Chart(shape="columns", head=_("Hour"), labels=labels, series=series)


def _all(by_hour: Mapping[int, HourMoves]) -> list[HourMoves | None]:
    return [by_hour.get(hour) for hour in HOURS]


def load_by_hour(rows: Iterable[HourMoves], hours: Sequence[float], link: Link) -> Chart:
    """Moves per person-hour on rostered days. `link(hour)` lists the moves of a dot."""
    moves = {row.hour: row.within for row in rows}
    labels = tuple(f"{hour:02}" for hour in HOURS)
    points = tuple(_load(labels[h], moves.get(h, 0), hours[h], link(h)) for h in HOURS)
    says = {id(point): point.says for point in points}
    series = Series(
        name=_("moves per person-hour"),
        colour="1",
        points=points,
        cell=lambda point: says[id(point)],
    )
    return Chart(shape="lines", head=_("Hour"), labels=labels, series=(series,), unit="/h")


def _load(label: str, moves: int, hours: float, href: str) -> Point:
    """Nobody on duty: no load can be told, however many moved something."""
    said = {"hour": label, "moves": moves, "hours": f"{hours:,.1f}"}
    says = _("%(hour)s:00: %(moves)s moves in %(hours)s person-hours") % said
    value = round(moves / hours, 4) if hours else None
    return Point(value=value, n=moves, says=says, href=href if moves else "")


def by_number(counts: Mapping[int, int], head: str, link: Link) -> Chart:
    """How many cases have each number of something. `link(number)` lists them."""
    numbers, total = sorted(counts), sum(counts.values())
    labels = tuple(str(number) for number in numbers)
    points = tuple(counted(f"{head}: {k}", counts[k], link(k)) for k in numbers)
    ends = tuple(f"{point.n:,}  ({percent(point.n, total)})" for point in points)
    series = Series(name=_("cases"), colour="1", points=points)
    return Chart(shape="bars", head=head, labels=labels, series=(series,), ends=ends)


def by_name(rows: Iterable[tuple[str, int, str]], head: str, what: str) -> Chart:
    """A bar a name: the name, how many, and where they are listed."""
    found = list(rows)
    points = tuple(counted(name, n, href) for name, n, href in found)
    return Chart(
        shape="bars",
        head=head,
        labels=tuple(row[0] for row in found),
        series=(Series(name=what, colour="1", points=points),),
        ends=tuple(f"{point.n:,}" for point in points),
    )
