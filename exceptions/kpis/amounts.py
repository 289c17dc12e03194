"""Readings of KPIs as people write them."""

from collections.abc import Callable
from decimal import Decimal

from exceptions import sla, verdicts
from exceptions.kpis.kpi import Kpi, Measure
from exceptions.vocabulary import Unit

DASH = "\N{EN DASH}"


def written(kpi: Kpi, found: Measure) -> str:
    """A reading as people write it; a dash where there is nothing to tell."""
    if found.value is None:
        return DASH
    return _WRITTEN[kpi.unit](found)


_WRITTEN: dict[Unit, Callable[[Measure], str]] = {
    Unit.COUNT: lambda found: f"{found.value:,.0f}",
    Unit.SHARE: lambda found: f"{100 * _float(found):.1f} %",
    Unit.DURATION: lambda found: sla.duration(_float(found) / 60),
    Unit.LATENCY: lambda found: f"{1000 * _float(found):,.0f} ms",
    Unit.MONEY: lambda found: verdicts.amount(Decimal(str(found.value)), str(found.says) or None),
    Unit.RATE: lambda found: f"{_float(found):,.2f}",
}


def _float(found: Measure) -> float:
    return float(found.value or 0)
