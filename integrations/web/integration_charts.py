"""The charts of the integration dashboard: figures' rows to charts. Pure.

Every `link` gives the address that lists exactly the rows that one column's part counts.
"""

from collections.abc import Mapping
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from exceptions.charts.chart import Chart, Point, Series
from exceptions.charts.operations import Link, day_label
from integrations.integration_figures import DayCount
from integrations.models import DeliveryState, GapKind

STATES = {DeliveryState.DONE: "1", DeliveryState.WAITING: "2", DeliveryState.SET_ASIDE: "bad"}
KINDS = {
    GapKind.MISSED: "1",
    GapKind.DIVERGED: "2",
    GapKind.DELETED: "3",
    GapKind.LOST: "bad",
}


def deliveries(rows: list[DayCount], days: list[date], link: Link) -> Chart:
    """`link(day, state=...)` lists them."""
    names = {state.value: state.label for state in STATES}
    colours = {state.value: colour for state, colour in STATES.items()}
    return _by_day(rows, days, names, colours, lambda day, what: link(day, state=what))


def gaps(rows: list[DayCount], days: list[date], link: Link) -> Chart:
    """`link(day, what)` lists them."""
    names = {kind.value: kind.label for kind in KINDS}
    colours = {kind.value: colour for kind, colour in KINDS.items()}
    return _by_day(rows, days, names, colours, link)


def _by_day(
    rows: list[DayCount],
    days: list[date],
    names: Mapping[str, str | Promise],
    colours: Mapping[str, str],
    link: Link,
) -> Chart:
    counts = {(row.day, row.what): row.n for row in rows}
    series = tuple(
        Series(
            name=str(name),
            colour=colours[what],
            points=tuple(
                _point(day, str(name), counts.get((day, what), 0), what, link) for day in days
            ),
        )
        for what, name in names.items()
    )
    labels = tuple(day_label(day) for day in days)
    return Chart(shape="columns", head=_("Day (UTC)"), labels=labels, series=series)


def _point(day: date, name: str, n: int, what: str, link: Link) -> Point:
    href = link(day, what) if n else ""
    return Point(value=n, n=n, says=f"{day_label(day)}, {name}: {n}", href=href)
