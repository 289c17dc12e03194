"""Findings: short sentences about what changed most, where, and against the target. Pure.

A finding needs enough rows on both sides (LEAST) and a difference that chance alone would hardly
make: two shares are compared by a z-test, two counts as Poisson counts, both at CERTAIN (5 %). Of
medians, rates and indexes no more is kept than their n, so a difference has to be NOTICEABLE.
Numbers that are neither better nor worse are not judged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, sqrt

from django.utils.translation import gettext as _

from exceptions.kpis import amounts
from exceptions.kpis.kpi import Kpi, Measure
from exceptions.report.contents import Indicator, OfSite
from exceptions.vocabulary import Better, Unit

LEAST = 20  # rows
CERTAIN = 1.96  # standard deviations
NOTICEABLE = 0.1  # of what it was
CHANGES = 4
BREACH = "sla_breach"


@dataclass(frozen=True, slots=True)
class Finding:
    """`look`: "good", "worse", or "soft" where nothing is judged."""

    look: str
    head: str
    text: str


def findings(
    indicators: Iterable[Indicator], sites: Sequence[OfSite], target: float | None = None
) -> tuple[Finding, ...]:
    """`target`: of SLA adherence, 0 to 1, where somebody has set one."""
    shown = list(indicators)
    changed = sorted(_changes(shown), key=_by_how_much, reverse=True)[:CHANGES]
    told = [
        *_against_target(shown, target),
        *(_of_change(indicator) for indicator in changed),
        *_places(sites),
    ]
    return tuple(told) or (_nothing(shown),)


def lead(indicators: Iterable[Indicator]) -> str:
    """The whole in two sentences: what became better, and what worse."""
    changed = list(_changes(indicators))
    better = [str(i.kpi.name) for i in changed if is_better(i)]
    worse = [str(i.kpi.name) for i in changed if not is_better(i)]
    if not changed:
        return _("No indicator differs from the period before by more than chance explains.")
    said = [_("Better than before: %s.") % ", ".join(better)] if better else []
    return " ".join([*said, *([_("Worse: %s.") % ", ".join(worse)] if worse else [])])


def is_better(indicator: Indicator) -> bool:
    now, before = _values(indicator)
    return (now < before) == (indicator.kpi.better == Better.LESS)


def _changes(indicators: Iterable[Indicator]) -> Iterable[Indicator]:
    for indicator in indicators:
        judged = indicator.kpi.better != Better.NEITHER
        if judged and indicator.before and differs(indicator.kpi, indicator.now, indicator.before):
            yield indicator


def differs(kpi: Kpi, one: Measure, other: Measure) -> bool:
    """Whether two readings differ by more than small numbers and chance explain."""
    if one.value is None or other.value is None or min(one.n, other.n) < LEAST:
        return False
    now, before = float(one.value), float(other.value)
    match kpi.unit:
        case Unit.SHARE if one.counted is not None:
            return _shares_apart(now, one.n, before, other.n) >= CERTAIN
        case Unit.COUNT:
            return abs(now - before) / sqrt(now + before) >= CERTAIN
        case _:
            return abs(now - before) >= NOTICEABLE * abs(before) and now != before


def _shares_apart(one: float, n: int, other: float, m: int) -> float:
    """In standard deviations of what they would be if both were the same."""
    both = (one * n + other * m) / (n + m)
    deviation = sqrt(both * (1 - both) * (1 / n + 1 / m))
    return abs(one - other) / deviation if deviation else 0.0


def _by_how_much(indicator: Indicator) -> float:
    now, before = _values(indicator)
    return abs(now - before) / abs(before) if before else inf


def _values(indicator: Indicator) -> tuple[float, float]:
    before = indicator.before.value if indicator.before else None
    return float(indicator.now.value or 0), float(before or 0)


def _of_change(indicator: Indicator) -> Finding:
    assert indicator.before is not None
    change = indicator.change
    told = {
        "name": indicator.kpi.name,
        "now": indicator.text,
        "before": indicator.text_before,
        "change": change.says if change else "",
        "n": f"{indicator.now.n:,}",
        "m": f"{indicator.before.n:,}",
    }
    head = _("%(name)s %(now)s, was %(before)s.") % told
    text = _("%(change)s; n = %(n)s and %(m)s.") % told if change else ""
    return Finding("good" if is_better(indicator) else "worse", head, text)


def _against_target(indicators: Iterable[Indicator], target: float | None) -> Iterable[Finding]:
    breach = next((i for i in indicators if i.kpi.key == BREACH), None)
    if breach is None or breach.now.value is None or target is None or breach.now.n < LEAST:
        return
    kept = 1 - float(breach.now.value)
    points = round(round(100 * kept, 1) - round(100 * target, 1), 1)
    told = {
        "kept": f"{100 * kept:.1f} %",
        "target": f"{100 * target:g} %",
        "points": f"{abs(points):g}",
        "n": f"{breach.now.n:,}",
    }
    head = _("%(kept)s of the clocks were met; the target is %(target)s.") % told
    if points < 0:
        yield Finding("worse", head, _("%(points)s points below; n = %(n)s clocks.") % told)
    else:
        text = _("%(points)s points above; n = %(n)s clocks.") if points else _("n = %(n)s clocks.")
        yield Finding("good", head, text % told)


def _places(sites: Sequence[OfSite]) -> Iterable[Finding]:
    """Of each share, the site that stands out most for the worse, held against all the others."""
    for column in range(len(sites[0].indicators) if len(sites) > 1 else 0):
        found = [_stands_out(site, column, sites) for site in sites]
        worst = max((f for f in found if f), default=None, key=lambda f: f[0])
        if worst:
            yield worst[1]


def _stands_out(site: OfSite, column: int, sites: Sequence[OfSite]) -> tuple[float, Finding] | None:
    own = site.indicators[column]
    if own.kpi.unit != Unit.SHARE or own.kpi.better == Better.NEITHER:
        return None
    others = _together([s.indicators[column].now for s in sites if s is not site])
    if not differs(own.kpi, own.now, others) or is_better(Indicator(own.kpi, own.now, others)):
        return None
    told = {
        "site": site.name,
        "name": own.kpi.name,
        "value": own.text,
        "others": amounts.written(own.kpi, others),
        "n": f"{own.now.n:,}",
        "m": f"{others.n:,}",
    }
    finding = Finding(
        "worse",
        _("%(site)s stands out: %(name)s %(value)s.") % told,
        _("%(others)s at the other sites; n = %(n)s and %(m)s.") % told,
    )
    share, rest = float(own.now.value or 0), float(others.value or 0)
    return _shares_apart(share, own.now.n, rest, others.n), finding


def _together(measures: Sequence[Measure]) -> Measure:
    """Shares of several sites as one."""
    n = sum(m.n for m in measures)
    part = sum(m.rows for m in measures)
    return Measure(part / n if n else None, n, counted=part)


def _nothing(indicators: Sequence[Indicator]) -> Finding:
    most = max((i.now.n for i in indicators), default=0)
    if most < LEAST:
        head = _("Too few cases to say anything.")
        return Finding("soft", head, _("No indicator counts %s rows or more.") % LEAST)
    head = _("Nothing stands out.")
    return Finding("soft", head, _("No difference is larger than chance explains."))
