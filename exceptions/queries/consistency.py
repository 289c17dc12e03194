"""Decision consistency: whether the same is decided of the same sort of case everywhere."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.vocabulary import Figure

ENOUGH = 20  # decisions of a kind and tier, below which nothing is said of them
ENOUGH_OF_ONE = 5  # decisions of a site (or team) there, below which it is not compared


@dataclass(frozen=True, slots=True)
class Decided:
    """Cases of one kind, tier, site and team of which the same was decided. Team 0: none."""

    kind: str
    tier: str
    site: int
    team: int
    decision: str
    n: int


@dataclass(frozen=True, slots=True)
class Band:
    """Of one kind and tier: over `n` decisions, how much `compared` sites (or teams) are alike, 0
    to 1. None where there are too few decisions to say.
    """

    kind: str
    tier: str
    n: int
    compared: int
    value: float | None


def decided(scope: Scope) -> list[Decided]:
    """What was decided in the range: of each case, the last decision taken and not undone."""
    if scope.from_rollups:
        found = rolled_rows("rolled/decided", figure=Figure.DECIDED, scope=scope, apart=True)
    else:
        found = rows("decided", scope=scope)
    return [Decided(*row) for row in found]


def of_site(row: Decided) -> int:
    return row.site


def of_team(row: Decided) -> int:
    return row.team


def bands(found: Iterable[Decided], whose: Callable[[Decided], int]) -> list[Band]:
    """One for every kind and tier. `whose`: sites or teams are compared."""
    apart: dict[tuple[str, str], list[Decided]] = {}
    for row in found:
        apart.setdefault((row.kind, row.tier), []).append(row)
    return [_band(*key, same, whose) for key, same in sorted(apart.items())]


def whole(found: Iterable[Band]) -> float | None:
    """Of all bands of which something can be said, each by its decisions."""
    told = [band for band in found if band.value is not None]
    n = sum(band.n for band in told)
    return sum((band.value or 0) * band.n for band in told) / n if n else None


def _band(kind: str, tier: str, same: list[Decided], whose: Callable[[Decided], int]) -> Band:
    everywhere, each = Counter[str](), dict[int, Counter[str]]()
    for row in same:
        everywhere[row.decision] += row.n
        each.setdefault(whose(row), Counter())[row.decision] += row.n
    compared = [one for one in each.values() if one.total() >= ENOUGH_OF_ONE]
    n = everywhere.total()
    if n < ENOUGH or len(compared) < 2:
        return Band(kind, tier, n, len(compared), None)
    apart = [distance(one, everywhere) for one in compared]
    return Band(kind, tier, n, len(compared), 1 - sum(apart) / len(apart))


def distance(one: Counter[str], other: Counter[str]) -> float:
    """Total variation: the largest difference between what the two say of any set of decisions."""
    return sum(abs(one[d] / one.total() - other[d] / other.total()) for d in {*one, *other}) / 2
