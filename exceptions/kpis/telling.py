"""All KPIs over one scope as plain data, for programs: the command, the API, exports."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.encoding import force_str

from exceptions.kpis.kpi import WHOLE, Kpi, Measure
from exceptions.kpis.register import kpis
from exceptions.queries.counted import Counted
from exceptions.queries.scope import Scope


def told(scope: Scope, keys: Iterable[str] = ()) -> dict[str, Any]:
    """The scope, and each KPI (of `keys`, else all) with its definition, value, n and parts.

    Shares are from 0 to 1, durations in seconds, amounts of money are decimals written as text.
    `value` is null where there was nothing to count, or no single number stands for the parts.
    """
    wanted = set(keys)
    counted = Counted(scope)
    chosen = [kpi for key, kpi in kpis().items() if not wanted or key in wanted]
    return {"scope": _scope(scope), "kpis": [_kpi(kpi, counted) for kpi in chosen]}


def _scope(scope: Scope) -> dict[str, Any]:
    """An empty list means all. Days are those of each site's zone."""
    return {
        "from": scope.first_day.isoformat(),
        "to": scope.last_day.isoformat(),
        "at": scope.at.isoformat(),
        "sites": list(scope.sites),
        "kinds": list(scope.kinds),
        "tiers": list(scope.tiers),
        "teams": list(scope.teams),
        "owners": list(scope.owners),
    }


def _kpi(kpi: Kpi, counted: Counted) -> dict[str, Any]:
    found = kpi.of(counted)
    whole = kpi.whole(counted)
    parts = [m for m in found if m.part != WHOLE]
    return {
        "key": kpi.key,
        "name": force_str(kpi.name),
        "definition": force_str(kpi.means),
        "unit": kpi.unit.value,
        "better": kpi.better.value,
        "counts": force_str(kpi.counts),
        **_measure(whole),
        "apart": force_str(kpi.apart),
        "parts": [{"part": m.part, "name": force_str(m.says), **_measure(m)} for m in parts],
    }


def _measure(found: Measure) -> dict[str, Any]:
    value = found.value
    return {
        "value": str(value) if isinstance(value, Decimal) else value,
        "n": found.n,
        "counted": found.rows,
    }
