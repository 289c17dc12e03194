"""The charts of how cases flow: through their states, and over the hours of the week. Pure.

Every `link` gives the address that lists exactly the rows that one bar or cell counts.
"""

from collections.abc import Iterable, Mapping

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from exceptions.charts.chart import Chart, Point, Series
from exceptions.charts.operations import DASH, Link
from exceptions.vocabulary import State

HOURS = range(24)


def states(entered: Iterable[tuple[str, int]], standing: Mapping[str, int], link: Link) -> Chart:
    """How many came into each state, and how many are in it now while open. `link(state, now)`
    lists them.
    """
    came = dict(entered)
    names = tuple(str(State(state).label) for state in State.values)
    parts = (
        (_("came into it in the range"), "1", False, came),
        (_("open in it now"), "m", True, standing),
    )
    series = tuple(
        Series(
            name=name,
            colour=colour,
            points=tuple(
                _point(f"{label}, {name}", counts.get(state, 0), link(state, now))
                for state, label in zip(State.values, names, strict=True)
            ),
        )
        for name, colour, now, counts in parts
    )
    ends = tuple(f"{came.get(state, 0):,}" for state in State.values)
    return Chart(shape="pairs", head=_("State"), labels=names, series=series, ends=ends)


def hours(counts: Mapping[int, int], link: Link) -> Chart:
    """Weekdays by hours. `link(hour)` lists the cases of an hour of the week (0 to 167)."""
    days = tuple(str(WEEKDAYS_ABBR[day]) for day in range(7))
    series = tuple(
        Series(
            name=str(hour),
            colour="1",
            points=tuple(_cell(day, hour, counts, link) for day in range(7)),
        )
        for hour in HOURS
    )
    return Chart(shape="heat", head=_("Day"), labels=days, series=series)


def _cell(day: int, hour: int, counts: Mapping[int, int], link: Link) -> Point:
    place = day * 24 + hour
    says = f"{WEEKDAYS_ABBR[day]} {hour}:00{DASH}{hour}:59"
    return _point(says, counts.get(place, 0), link(place))


def _point(says: str, n: int, href: str) -> Point:
    return Point(value=n, n=n, says=f"{says}: {n:,}", href=href if n else "")
