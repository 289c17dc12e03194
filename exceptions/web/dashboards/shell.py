"""What every dashboard is made of: a reading of its figures, tiles, cards, a place in the tabs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import ngettext

from exceptions.actors import Actor
from exceptions.charts.chart import Chart
from exceptions.charts.operations import DASH, day_label
from exceptions.kpis.kpi import Kpi, Words
from exceptions.queries.counted import Counted
from exceptions.queries.scope import Scope
from exceptions.web.dashboards import tile
from exceptions.web.dashboards.asked import Asked
from exceptions.web.dashboards.links import Links
from exceptions.web.dashboards.tile import Tile

FULL, CROWDED = 10, 16  # names of bars one below the other


@dataclass(frozen=True, slots=True)
class Card:
    """A chart on the page, with its definition and the rows behind it.

    `href` is empty where what is counted is listed nowhere, or not for this reader.
    `nothing` says why it is empty, where that is not that the range holds nothing.
    `by_day`: its labels are the days of the range, so that a part of them can be chosen (brushed).
    """

    key: str
    title: str
    means: str
    chart: Chart
    n: str
    link: str
    href: str
    by_day: bool = False
    wide: bool = False
    nothing: str = ""

    @property
    def empty(self) -> bool:
        """Nothing was counted. A share of 0 % of something is not nothing."""
        drawn = any(point.value for series in self.chart.series for point in series.points)
        return not drawn and not any(self.chart.ends)

    @property
    def plotted(self) -> bool:
        return self.chart.plotted and not self.empty

    @property
    def height(self) -> str:
        """How it is called (charts.css) when more names stand in it than in the others."""
        named = len(self.chart.labels) if self.chart.shape in ("bars", "pairs") else 0
        return "tallest" if named > CROWDED else "tall" if named > FULL else ""


class Reading:
    """What a dashboard is read from: the range asked for, the one before, and the links."""

    def __init__(self, actor: Actor, asked: Asked, scope: Scope) -> None:
        self.actor = actor
        self.asked = asked
        self.scope = scope
        self.links = Links(asked, scope.at)

    @cached_property
    def now(self) -> Counted:
        return Counted(self.scope)

    @cached_property
    def before(self) -> Counted:
        return Counted(self.scope.previous())

    @cached_property
    def names(self) -> tuple[str, str]:
        """What the range and the one before are called."""
        first, last, n = self.scope.first_day, self.scope.last_day, self.scope.length
        before = ngettext("the day before", "previous %(n)s days", n) % {"n": n}
        return range_label(first, last), before

    def tile(self, kpi: Kpi, href: str, n_href: str = "", *, compared: bool = True) -> Tile:
        """The KPI as a tile. What is only told of now is not `compared`."""
        return tile.tile(kpi, self.now, self.before if compared else None, href, n_href)


@dataclass(frozen=True, slots=True)
class Part:
    """What is no chart: a template, and what it tells."""

    template: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """What one dashboard shows. `nothing`: there is nothing to count at all. `parts` come after
    the cards.
    """

    tiles: list[Tile] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    nothing: bool = False
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`key` stands in its address: `/dashboards/<key>/`. `heeds`: the filters beside the range that
    narrow its numbers; all of them, if it does not say. `note` then tells of the others and of the
    zone of its days.
    """

    key: str
    name: Words
    read: Callable[[Reading], Shown]
    heeds: tuple[str, ...] = ()
    note: Words = ""


def range_label(first: date, last: date) -> str:
    """Both days counted, months and years said once where they are the same."""
    if first == last:
        return f"{day_label(last)} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{DASH}{day_label(last)} {last.year}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{day_label(first)}{year} {DASH} {day_label(last)} {last.year}"


def n_of(n: int) -> str:
    return f"n = {n:,}"


def cases(n: int) -> str:
    return ngettext("%s case", "%s cases", n) % f"{n:,}"


def clocks(n: int) -> str:
    return ngettext("%s clock", "%s clocks", n) % f"{n:,}"
