"""How the KPIs are reckoned: shares, medians by class, sums. Written down anew, for the recount."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from tests.exceptions.queries.world import nearest_rank

Row = dict[str, str]
Told = tuple[object, int]  # value and n
Parts = dict[str, Told]  # the whole is the part ""


def instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def at_of(text: str) -> datetime:
    found = instant(text)
    assert found is not None
    return found


def seconds(start: str, end: str) -> float:
    return (at_of(end) - at_of(start)).total_seconds()


def counts(counted: Counter[str]) -> Parts:
    whole: Parts = {"": (counted.total(), counted.total())}
    return whole | {part: (n, n) for part, n in counted.items() if n}


def share(part: int, n: int) -> Told:
    return (part / n if n else None, n)


def shares(part: Counter[str], n: Counter[str]) -> Parts:
    """Of all, and of each."""
    return {"": share(part.total(), n.total())} | {key: share(part[key], n[key]) for key in n}


def median(lengths: Iterable[float]) -> Told:
    told = list(lengths)
    return nearest_rank(told, 50), len(told)


def span(lengths: Iterable[float]) -> Parts:
    told = list(lengths)
    return {"": median(told), "p90": (nearest_rank(told, 90), len(told))}


def coarse_median(lengths: Iterable[float]) -> Told:
    """As steps are told: in classes an eighth of a power of two wide, each of four of the finer
    ones; told is the middle of the third.
    """
    ranked = sorted(int(max(length, 0)) for length in lengths)
    value = ranked[(len(ranked) - 1) // 2]
    if value < 64:
        return float(value), len(ranked)
    power = 1
    while power * 2 <= value:
        power *= 2
    fine = power // 32
    return value // (4 * fine) * (4 * fine) + 2 * fine + (fine - 1) / 2, len(ranked)
