"""A KPI: one number with its name, its definition, and how it is read from the figures."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise

from exceptions.queries.counted import Counted
from exceptions.vocabulary import Better, Unit

Words = str | Promise  # said in the language of whoever reads
WHOLE = ""  # the part that is the number itself


@dataclass(frozen=True, slots=True)
class Measure:
    """One reading: `value` in the KPI's unit (None where there is nothing to tell) over `n` rows.

    `part` says of what, where the KPI tells several apart (a kind of clock, a currency, "p90").
    `counted`: of a share, how many of the `n`; of anything else, the `n`.
    """

    value: float | Decimal | None
    n: int
    part: str = WHOLE
    says: Words = ""
    counted: int | None = None

    @property
    def rows(self) -> int:
        """How many rows a list of what was counted has."""
        return self.n if self.counted is None else self.counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """`of` gives the readings, that of the whole first; `counts` is what n are, in the plural.
    `of_sites`, where a KPI has it, gives that of every site of the scope at once, as `of` would.
    """

    key: str
    name: Words
    means: Words
    unit: Unit
    better: Better
    counts: Words
    of: Callable[[Counted], list[Measure]]
    apart: Words = ""  # what its parts are, where it has any
    of_sites: Callable[[Counted], dict[int, Measure]] | None = None

    def by_site(self, counted: Counted) -> dict[int, Measure]:
        """The reading that stands for the KPI, of each site of the scope."""
        if self.of_sites:
            return self.of_sites(counted)
        return {site: self.whole(own) for site, own in counted.apart.items()}

    def whole(self, counted: Counted) -> Measure:
        """The reading that stands for the KPI; nothing over 0 rows where it has none."""
        return next((m for m in self.of(counted) if m.part == WHOLE), Measure(None, 0))


def share(part: int, n: int, name: str = WHOLE, says: Words = "") -> Measure:
    """`part` of `n`; nothing to tell where n is 0."""
    return Measure(part / n if n else None, n, name, says, counted=part)
