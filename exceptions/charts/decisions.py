"""The charts of the decisions dashboard. Pure."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from exceptions.charts.chart import Chart, Point, Series
from exceptions.charts.operations import Link
from exceptions.kpis.kpi import WHOLE, Measure


def alike(found: Iterable[Measure], link: Link) -> Chart:
    """How much alike, of each kind and tier. `link(part)` lists the cases that were decided."""
    rows = [row for row in found if row.part != WHOLE and row.value is not None]
    ends = tuple(f"{100 * float(row.value or 0):.1f} %  (n = {row.n:,})" for row in rows)
    points = tuple(
        Point(
            value=round(100 * float(row.value or 0), 4),
            n=row.n,
            says=f"{row.says}: {end}",
            href=link(row.part),
        )
        for row, end in zip(rows, ends, strict=True)
    )
    series = Series(
        name=_("alike"), colour="1", points=points, cell=lambda p: ends[points.index(p)]
    )
    labels = tuple(str(row.says) for row in rows)
    return Chart(
        shape="bars", head=_("Kind, tier"), labels=labels, series=(series,), ends=ends, unit="%"
    )


def decided(found: Iterable[Measure], link: Link) -> Chart:
    """`link(decision)` lists the cases of which that was decided, most first."""
    rows = sorted((row for row in found if row.part != WHOLE), key=lambda row: -row.n)
    points = tuple(
        Point(value=row.n, n=row.n, says=f"{row.says}: {row.n:,}", href=link(row.part))
        for row in rows
    )
    labels = tuple(str(row.says) for row in rows)
    series = Series(name=_("cases"), colour="1", points=points)
    ends = tuple(f"{row.n:,}" for row in rows)
    return Chart(shape="bars", head=_("Decision"), labels=labels, series=(series,), ends=ends)
