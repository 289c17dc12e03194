"""The charts of the operations dashboard: figures' rows to charts. Pure.

Every `link` gives the address that lists exactly the rows that one bar or dot counts.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from exceptions import sla
from exceptions.charts.chart import Chart, Point, Series
from exceptions.queries.aging import BUCKETS, Aged
from exceptions.queries.backlog import DayBacklog
from exceptions.queries.breach import Breaches
from exceptions.queries.spans import Span
from exceptions.queries.volume import DayVolume, KindVolume
from exceptions.vocabulary import ClockKind, KindCode, Outcome, Tier

TIERS = (*Tier.values, "")
DASH = "\N{EN DASH}"
MUTED = "m"
Link = Callable[..., str]


def day_label(day: date) -> str:
    return f"{day.day} {day:%b}"


def volume(rows: Iterable[DayVolume], days: list[date], link: Link) -> Chart:
    """`link(day, tier)` lists the cases of one column's part."""
    counts = {(row.day, row.tier): row.n for row in rows}
    labels = tuple(day_label(day) for day in days)
    series = tuple(
        _tier_series(tier, labels, [(counts.get((day, tier), 0), (day,)) for day in days], link)
        for tier in _present(counts)
    )
    return Chart(shape="columns", head=_("Day"), labels=labels, series=series)


def aging(rows: Iterable[Aged], link: Link) -> Chart:
    """`link(bucket, tier)` lists the cases of one bar's part."""
    counts = {(row.bucket, row.tier): row.n for row in rows}
    labels = bucket_labels()
    series = tuple(
        _tier_series(tier, labels, [(counts.get((b, tier), 0), (b,)) for b in BUCKETS], link)
        for tier in _present(counts)
    )
    sums = [sum(s.points[b].n for s in series) for b in BUCKETS]
    ends = tuple(f"{n:,}" if n else "" for n in sums)
    return Chart(shape="bars", head=_("Age"), labels=labels, series=series, ends=ends)


def bucket_labels() -> tuple[str, ...]:
    return (
        _("<4 h"),
        _("4–8 h"),  # noqa: RUF001
        _("8–24 h"),  # noqa: RUF001
        _("1–3 d"),  # noqa: RUF001
        _("3–7 d"),  # noqa: RUF001
        _("7–14 d"),  # noqa: RUF001
        _(">14 d"),
    )


def tier_name(tier: str) -> str:
    return str(Tier(tier).label) if tier else _("No severity yet")


def _present(counts: Mapping[tuple[Any, str], int]) -> list[str]:
    """The tiers to show: all four, and "none yet" where there is such a case."""
    return [tier for tier in TIERS if tier or any(key[1] == "" for key in counts)]


def _tier_series(
    tier: str, labels: tuple[str, ...], counts: list[tuple[int, tuple[Any, ...]]], link: Link
) -> Series:
    name = tier_name(tier)
    points = tuple(
        Point(value=n, n=n, says=f"{label}, {name}: {n}", href=link(*key, tier) if n else "")
        for label, (n, key) in zip(labels, counts, strict=True)
    )
    return Series(name=name, colour=tier or MUTED, points=points)


def backlog(
    rows: Iterable[DayBacklog], before: Iterable[DayBacklog], names: tuple[str, str], link: Link
) -> Chart:
    """This range and the one before, day by day. `link(day)` lists what was open then."""
    now, then = list(rows), list(before)
    return Chart(
        shape="lines",
        head=_("Day"),
        labels=tuple(day_label(row.day) for row in now),
        series=(
            Series(name=names[0], colour="1", points=_open_points(now, link)),
            Series(name=names[1], colour=MUTED, dashed=True, points=_open_points(then, link)),
        ),
    )


def _open_points(rows: list[DayBacklog], link: Link) -> tuple[Point, ...]:
    return tuple(
        Point(
            value=row.n,
            n=row.n,
            says=_("%(n)s open at the end of %(day)s") % {"n": row.n, "day": day_label(row.day)},
            href=link(row.day) if row.n else "",
        )
        for row in rows
    )


def spans(found: Mapping[date, Span], days: list[date], link: Link) -> Chart:
    """Median and p90 by day, in hours. `link(day)` lists the cases of the day."""
    lines = (("median", _("median"), "1", False), ("p90", _("p90"), "2", True))
    series = [
        Series(
            name=name,
            colour=colour,
            dashed=dashed,
            points=tuple(_span_point(found, day, field, name, link) for day in days),
            cell=_span_cell,
        )
        for field, name, colour, dashed in lines
    ]
    return Chart(
        shape="lines",
        head=_("Day"),
        labels=tuple(day_label(day) for day in days),
        series=tuple(series),
        unit="h",
    )


def _span_point(found: Mapping[date, Span], day: date, field: str, name: str, link: Link) -> Point:
    span = found.get(day)
    if span is None:
        return Point(value=None, n=0, says="")
    seconds = getattr(span, field)
    says = f"{day_label(day)}, {name}: {sla.duration(seconds / 60)} (n = {span.n})"
    return Point(value=round(seconds / 3600, 4), n=span.n, says=says, href=link(day))


def _span_cell(point: Point) -> str:
    if point.value is None:
        return DASH
    return f"{sla.duration(point.value * 60)} (n = {point.n})"


def breach(rows: Iterable[Breaches], link: Link) -> Chart:
    """The share breached by kind of clock. `link(kind)` lists the breached clocks."""
    found = list(rows)
    points = tuple(
        Point(
            value=round(row.rate * 100, 4),
            n=row.breached,
            says=_("%(clock)s: %(breached)s of %(n)s clocks breached")
            % {"clock": ClockKind(row.kind).label, "breached": row.breached, "n": row.n},
            href=link(row.kind) if row.breached else "",
        )
        for row in found
    )
    ends = tuple(f"{percent(row.breached, row.n)}  ({row.breached:,} / {row.n:,})" for row in found)
    share = Series(
        name=_("breached"), colour="bad", points=points, cell=lambda p: ends[points.index(p)]
    )
    labels = tuple(str(ClockKind(row.kind).label) for row in found)
    return Chart(shape="bars", head=_("Clock"), labels=labels, series=(share,), ends=ends, unit="%")


def kinds(
    rows: Iterable[KindVolume], before: Iterable[KindVolume], names: tuple[str, str], link: Link
) -> Chart:
    """This range beside the one before. `link(kind, previous)` lists the cases of a bar."""
    now = {row.kind: row.n for row in rows}
    then = {row.kind: row.n for row in before}
    codes = [*now, *(code for code in then if code not in now)]
    labels = tuple(str(KindCode(code).label) for code in codes)
    series = tuple(
        Series(
            name=name,
            colour=colour,
            points=tuple(
                _plain_point(f"{label}, {name}", counts.get(code, 0), link, code, previous)
                for code, label in zip(codes, labels, strict=True)
            ),
        )
        for name, colour, counts, previous in (
            (names[0], "1", now, False),
            (names[1], MUTED, then, True),
        )
    )
    ends = tuple(f"{now.get(code, 0):,}" for code in codes)
    return Chart(shape="pairs", head=_("Kind"), labels=labels, series=series, ends=ends)


def ended(counts: Mapping[str, int], link: Link) -> Chart:
    """How cases ended. `link(outcome)` lists them."""
    total = sum(counts.values())
    codes = [Outcome(code) for code in Outcome.values if counts.get(code)]
    labels = tuple(str(code.label) for code in codes)
    points = tuple(
        _plain_point(label, counts[code], link, code)
        for code, label in zip(codes, labels, strict=True)
    )
    ends = tuple(f"{point.n:,}  ({percent(point.n, total)})" for point in points)
    series = Series(name=_("cases"), colour="1", points=points)
    return Chart(shape="bars", head=_("Outcome"), labels=labels, series=(series,), ends=ends)


def _plain_point(name: str, n: int, link: Link, *key: Any) -> Point:
    return Point(value=n, n=n, says=f"{name}: {n}", href=link(*key) if n else "")


def percent(part: int, whole: int) -> str:
    """`7.2 %`; a dash of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else DASH
