"""Classes of durations: what medians and percentiles of the dashboards are read from.

A duration is counted in whole seconds. Up to 63 s each second is a class of its own; above, every
power of two has 32 classes, so that none is wider than 1/32 of what it holds and its middle is at
most 1.6 % off. A percentile is the middle of the class in which the case of that rank lies (nearest
rank: of n durations, the one at ⌈p·n/100⌉). `exceptions_duration_class` says the same in SQL.
"""

from collections.abc import Iterable, Mapping

LINEAR = 64
PER_OCTAVE = 32
LONGEST = 2**31 - 1  # seconds; what is longer counts as this


def class_of(seconds: float) -> int:
    whole = min(max(int(seconds), 0), LONGEST)
    if whole < LINEAR:
        return whole
    shift = whole.bit_length() - LINEAR.bit_length() + 1
    return PER_OCTAVE * shift + (whole >> shift)


def middle(place: int) -> float:
    """Seconds in the middle of a class."""
    if place < LINEAR:
        return float(place)
    shift = place // PER_OCTAVE - 1
    low = (place - PER_OCTAVE * shift) << shift
    return low + ((1 << shift) - 1) / 2


def percentile(counts: Mapping[int, int], percent: int) -> float | None:
    """Seconds, from how many durations lie in each class; None without any."""
    rank = -(-percent * sum(counts.values()) // 100)
    for place in sorted(counts):
        rank -= counts[place]
        if counts[place] and rank <= 0:
            return middle(place)
    return None


def counted(durations: Iterable[float]) -> dict[int, int]:
    """How many durations, in seconds, lie in each class."""
    counts: dict[int, int] = {}
    for seconds in durations:
        place = class_of(seconds)
        counts[place] = counts.get(place, 0) + 1
    return counts
