"""A chart: what is drawn, what it counts, and where that is listed.

Picture and table are both written from it, so they cannot differ. Colours are names of CSS classes
(`f-<name>`): the page resolves them, so that one figure fits light and dark.
"""

from collections.abc import Callable
from dataclasses import dataclass

SHADES = 5  # of a heat map, besides nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One bar or dot: `value` is drawn, `n` rows are counted, `href` lists them."""

    value: float | None
    n: int
    says: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Points of one name, one a label of the chart. `cell` writes a point into the table."""

    name: str
    colour: str
    points: tuple[Point, ...]
    dashed: bool = False
    cell: Callable[[Point], str] = lambda point: f"{point.n:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`shape`: "columns" and "bars" (stacked), "pairs" (bars beside each other), "lines"."""

    shape: str
    head: str  # of the table's first column
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    ends: tuple[str, ...] = ()  # what stands at the end of each bar
    unit: str = ""  # "%" scales the axis to a whole, "h" counts hours

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The table: for every label its cells, each with its text and its address."""
        return [
            (
                label,
                [(series.cell(series.points[i]), series.points[i].href) for series in self.series],
            )
            for i, label in enumerate(self.labels)
        ]

    @property
    def plotted(self) -> bool:
        """Whether it is a picture beside its table, or the table is the picture."""
        return self.shape != "heat"

    @property
    def heat(self) -> list[tuple[str, list[tuple[Point, int]]]]:
        """For every label its points, each with how dark it is: 0 for nothing, to SHADES."""
        most = max((point.n for series in self.series for point in series.points), default=0)
        return [
            (label, [(s.points[i], shade(s.points[i].n, most)) for s in self.series])
            for i, label in enumerate(self.labels)
        ]


def shade(n: int, most: int) -> int:
    """Nothing is 0, the most is SHADES, and what is in between in equal steps."""
    return -(-SHADES * n // most) if most else 0
