"""Cases for what was done: the exception rate."""

from django.utils.translation import gettext_lazy as _

from exceptions.kpis.kpi import Kpi, Measure
from exceptions.queries import rate, volume
from exceptions.queries.counted import Counted
from exceptions.vocabulary import Better, Unit


def _rate(counted: Counted) -> list[Measure]:
    """Where days are missing, nothing is told but how many: a rate of a part would be wrong."""
    cases, done = sum(row.n for row in counted(volume.by_day)), counted(rate.completed)
    known = done.n and not done.missing
    told = [Measure(1000 * cases / done.n if known else None, cases)]
    told += [Measure(done.n, done.n, "completed", _("completed transfers"))]
    if done.missing:
        words = _("days of sites not counted")
        told.append(Measure(done.missing, done.missing, "missing", words))
    return told


EXCEPTION_RATE = Kpi(
    key="exception_rate",
    name=_("Exception rate"),
    means=_("Cases detected in the range per 1,000 transfers that the sites completed in it."),
    unit=Unit.RATE,
    better=Better.LESS,
    counts=_("cases"),
    of=_rate,
    apart=_("what it is of"),
)
