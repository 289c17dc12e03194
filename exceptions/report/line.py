"""A line of numbers by day as the points of a picture, for the page and the PDF alike. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 440.0, 92.0
LEFT, RIGHT, TOP, BOTTOM = 6.0, 396.0, 12.0, 76.0


@dataclass(frozen=True, slots=True)
class Line:
    """Points in a field of WIDTH by HEIGHT, downwards; `values` are what they stand for."""

    points: tuple[tuple[float, float], ...]
    values: tuple[int, ...]

    @property
    def path(self) -> str:
        """As the `d` of an SVG path."""
        return "M" + " L".join(f"{x:g} {y:g}" for x, y in self.points)

    @property
    def last(self) -> tuple[float, float]:
        return self.points[-1]


def line(values: Sequence[int]) -> Line:
    """From 0 at the bottom to the highest value at the top. At least one value."""
    highest = max(*values, 1)
    step = (RIGHT - LEFT) / max(len(values) - 1, 1)
    start = LEFT if len(values) > 1 else RIGHT
    points = tuple(
        (round(start + i * step, 1), round(BOTTOM - (BOTTOM - TOP) * value / highest, 1))
        for i, value in enumerate(values)
    )
    return Line(points, tuple(values))
