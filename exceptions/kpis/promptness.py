"""How fast people answer and resolve, and whether clocks were met."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from exceptions.kpis.kpi import Kpi, Measure, share
from exceptions.queries import breach, breach_apart, spans
from exceptions.queries.counted import Counted
from exceptions.queries.spans import Length
from exceptions.vocabulary import Better, ClockKind, Unit


def span_of(length: Length) -> Callable[[Counted], list[Measure]]:
    """Readings of a span of time: its median, and its p90 as a part."""

    def of(counted: Counted) -> list[Measure]:
        whole = counted(length.whole)
        return [Measure(whole.median, whole.n), Measure(whole.p90, whole.n, "p90", _("p90"))]

    return of


def _breach_rate(counted: Counted) -> list[Measure]:
    rows = counted(breach.by_clock)
    return [
        share(sum(row.breached for row in rows), sum(row.n for row in rows)),
        *(share(row.breached, row.n, row.kind, ClockKind(row.kind).label) for row in rows),
    ]


def _breach_rate_of_sites(counted: Counted) -> dict[int, Measure]:
    none = {site: share(0, 0) for site in counted.scope.sites}
    found = counted(breach_apart.by_site)
    return none | {int(row.part): share(row.breached, row.n) for row in found}


FIRST_RESPONSE = Kpi(
    key="first_response",
    name=_("First response"),
    means=_("Detection to first move by a person, median."),
    unit=Unit.DURATION,
    better=Better.LESS,
    counts=_("cases"),
    of=span_of(spans.FIRST_RESPONSE),
    apart=_("percentile"),
)
RESOLUTION = Kpi(
    key="resolution",
    name=_("Resolution time"),
    means=_("Detection to resolved, median, of what people worked on."),
    unit=Unit.DURATION,
    better=Better.LESS,
    counts=_("cases"),
    of=span_of(spans.RESOLUTION),
    apart=_("percentile"),
)
BREACH_RATE = Kpi(
    key="sla_breach",
    name=_("SLA breach rate"),
    means=_("Of the clocks that ended, the share breached. Running past due counts."),
    unit=Unit.SHARE,
    better=Better.LESS,
    counts=_("clocks"),
    of=_breach_rate,
    apart=_("kind of clock"),
    of_sites=_breach_rate_of_sites,
)
