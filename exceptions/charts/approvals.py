"""The charts of approvals: how long they take, how they end, and for whom they wait. Pure.

Every `link` gives the address that lists exactly the rows that one bar counts.
"""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from exceptions import sla
from exceptions.charts.chart import Chart, Point, Series
from exceptions.charts.operations import DASH, Link, percent
from exceptions.queries.approval_times import BUCKETS, LevelTimes, VoterTime
from exceptions.queries.spans import Span
from exceptions.vocabulary import ApprovalState


def ages() -> tuple[str, ...]:
    """What the buckets of approval_times are called."""
    return (
        _("<1 h"),
        _("1–4 h"),  # noqa: RUF001
        _("4–8 h"),  # noqa: RUF001
        _("8–24 h"),  # noqa: RUF001
        _("1–3 d"),  # noqa: RUF001
        _(">3 d"),
    )


def duration_point(name: str, span: Span, href: str) -> Point:
    """A median in hours."""
    if span.median is None:
        return Point(value=None, n=0, says="")
    says = f"{name}: {duration_cell(span)}"
    return Point(value=round(span.median / 3600, 4), n=span.n, says=says, href=href)


def duration_cell(span: Span) -> str:
    if span.median is None or span.p90 is None:
        return DASH
    said = {
        "median": sla.duration(span.median / 60),
        "p90": sla.duration(span.p90 / 60),
        "n": span.n,
    }
    return _("%(median)s, p90 %(p90)s (n = %(n)s)") % said


def levels(rows: Iterable[LevelTimes], link: Link) -> Chart:
    """Wait beside touch, level by level. `link(number, touched)` lists the levels of a bar."""
    found = list(rows)
    labels = tuple(_("level %s") % row.number for row in found)
    spans = [
        (_("wait"), "1", False, [row.wait for row in found]),
        (_("touch"), "2", True, [row.touch for row in found]),
    ]
    series = []
    for name, colour, touched, each in spans:
        points = tuple(
            duration_point(f"{label}, {name}", span, link(row.number, touched) if span.n else "")
            for label, row, span in zip(labels, found, each, strict=True)
        )
        series.append(spans_series(name, colour, points, each))
    return Chart(
        shape="pairs",
        head=_("Level"),
        labels=labels,
        series=tuple(series),
        ends=tuple(_told(row) for row in found),
        unit="h",
    )


def _told(row: LevelTimes) -> str:
    each = (sla.duration((span.median or 0) / 60) for span in (row.wait, row.touch))
    return " / ".join(each)


def spans_series(name: str, colour: str, points: tuple[Point, ...], each: Iterable[Span]) -> Series:
    """Points that say in the table what their spans say."""
    cells = {id(point): duration_cell(span) for point, span in zip(points, each, strict=True)}
    return Series(name=name, colour=colour, points=points, cell=lambda p: cells[id(p)])


def voters(rows: Iterable[VoterTime], names: Mapping[int, str], link: Link) -> Chart:
    """Medians from asked to vote. `link(voter)` lists the votes of a bar."""
    found = list(rows)
    labels = tuple(names.get(row.voter, DASH) for row in found)
    points = tuple(
        duration_point(label, row.span, link(row.voter))
        for label, row in zip(labels, found, strict=True)
    )
    series = spans_series(_("median"), "1", points, [row.span for row in found])
    ends = tuple(
        f"{sla.duration((row.span.median or 0) / 60)} (n = {row.span.n:,})" for row in found
    )
    return Chart(
        shape="bars", head=_("Whose vote"), labels=labels, series=(series,), ends=ends, unit="h"
    )


def ended(counts: Mapping[str, int], link: Link) -> Chart:
    """How requests ended. `link(state)` lists them."""
    total = sum(counts.values())
    states = [state for state in ApprovalState if counts.get(state)]
    labels = tuple(str(state.label) for state in states)
    points = tuple(
        counted(label, counts[s], link(s)) for label, s in zip(labels, states, strict=True)
    )
    ends = tuple(f"{point.n:,}  ({percent(point.n, total)})" for point in points)
    series = Series(name=_("requests"), colour="1", points=points)
    return Chart(shape="bars", head=_("How"), labels=labels, series=(series,), ends=ends)


def counted(name: str, n: int, href: str) -> Point:
    return Point(value=n, n=n, says=f"{name}: {n}", href=href if n else "")


def waiting_by_age(counts: Mapping[int, int], link: Link) -> Chart:
    """What waits now. `link(bucket)` lists the requests of a bar."""
    labels = ages()
    points = tuple(counted(labels[b], counts.get(b, 0), link(b)) for b in BUCKETS)
    ends = tuple(f"{point.n:,}" if point.n else "" for point in points)
    series = Series(name=_("requests"), colour="1", points=points)
    return Chart(shape="bars", head=_("Age"), labels=labels, series=(series,), ends=ends)


def waiting_for(rows: Iterable[tuple[str, str, int, str]]) -> Chart:
    """For whom it waits: who, since when the first, how many, and where these are listed."""
    found = list(rows)
    labels = tuple(row[0] for row in found)
    points = tuple(counted(who, n, href) for who, _since, n, href in found)
    ends = tuple(f"{n:,}  ({since})" for _who, since, n, _href in found)
    series = Series(name=_("requests"), colour="1", points=points)
    return Chart(shape="bars", head=_("Who is asked"), labels=labels, series=(series,), ends=ends)
