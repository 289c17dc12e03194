"""Whether the same is decided of the same sort of case, at every site and in every team."""

from collections import Counter
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from exceptions.kpis.kpi import Kpi, Measure
from exceptions.queries import consistency
from exceptions.queries.consistency import ENOUGH, Band, Decided
from exceptions.queries.counted import Counted
from exceptions.vocabulary import Better, DecisionKind, KindCode, Tier, Unit


def told(band: Band) -> str:
    """`Late inbound, High`."""
    return f"{KindCode(band.kind).label}, {Tier(band.tier).label}"


def _between(whose: Callable[[Decided], int]) -> Callable[[Counted], list[Measure]]:
    def read(counted: Counted) -> list[Measure]:
        rows = counted(consistency.decided)
        bands = consistency.bands(rows, whose)
        parts = [
            Measure(band.value, band.n, f"{band.kind}:{band.tier}", told(band))
            for band in bands
            if band.value is not None
        ]
        return [Measure(consistency.whole(bands), sum(row.n for row in rows)), *parts]

    return read


def _decided(counted: Counted) -> list[Measure]:
    found = Counter[str]()
    for row in counted(consistency.decided):
        found[row.decision] += row.n
    parts = [Measure(n, n, d, DecisionKind(d).label) for d, n in sorted(found.items())]
    return [Measure(found.total(), found.total()), *parts]


_MEANS = _(
    "1 less the mean distance (total variation) between what each decided and what was decided"
    " altogether; of kinds and tiers with 20 decisions or more, of each with 5 or more."
)
assert ENOUGH == 20

BY_SITE = Kpi(
    key="consistency_sites",
    name=_("Decisions alike at all sites"),
    means=_MEANS,
    unit=Unit.SHARE,
    better=Better.MORE,
    counts=_("decided cases"),
    of=_between(consistency.of_site),
    apart=_("kind and tier"),
)
BY_TEAM = Kpi(
    key="consistency_teams",
    name=_("Decisions alike in all teams"),
    means=_MEANS,
    unit=Unit.SHARE,
    better=Better.MORE,
    counts=_("decided cases"),
    of=_between(consistency.of_team),
    apart=_("kind and tier"),
)
DECIDED = Kpi(
    key="decided",
    name=_("Decided"),
    means=_("Cases by what was decided in the range: the last that was taken and not undone."),
    unit=Unit.COUNT,
    better=Better.NEITHER,
    counts=_("cases"),
    of=_decided,
    apart=_("decision"),
)
