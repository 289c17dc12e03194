"""Whether an alert stands: raised beyond one threshold, over beyond another. Pure."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """`clear_at` lies on the other side of `raise_at`, or is the same; between them it stays.

    A number on a threshold itself is not beyond it. Of fewer than `least_n` rows nothing is
    concluded, so that one late truck of one does not raise an alert at 100 %.
    """

    above: bool
    raise_at: Decimal
    clear_at: Decimal
    least_n: int = 1


def stands(band: Band, standing: bool, value: Decimal | None, n: int) -> bool:
    """Whether it stands, given whether it stood before. Where nothing was counted it is over."""
    if value is None:
        return False
    if n < band.least_n:
        return standing
    if standing:
        return not _beyond(band.clear_at, value, above=not band.above)
    return _beyond(band.raise_at, value, above=band.above)


def _beyond(threshold: Decimal, value: Decimal, *, above: bool) -> bool:
    return value > threshold if above else value < threshold


def excess(band: Band, value: Decimal) -> Decimal | None:
    """How far `value` is beyond where it is raised, as a share of that; None where that is 0."""
    if not band.raise_at:
        return None
    return abs(value - band.raise_at) / abs(band.raise_at)
