"""What the report says: its KPIs over a period and the one before, by site, and what is open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _

from exceptions import actors
from exceptions.actors import Actor
from exceptions.kpis import amounts, in_words
from exceptions.kpis.in_words import Change
from exceptions.kpis.kpi import Kpi, Measure, Words
from exceptions.kpis.register import kpis
from exceptions.models import Case, ReportAssumptions
from exceptions.queries import backlog, scope
from exceptions.queries.backlog import DayBacklog
from exceptions.queries.counted import Counted
from exceptions.queries.scope import Scope
from exceptions.report import assumptions
from exceptions.report.estimate import Estimate
from exceptions.report.period import Period
from exceptions.rollups import keeping
from exceptions.vocabulary import OPEN_STATES, KindCode

# The mission's indicators by the keys of their KPIs, and what they are called while there is none.
SHOWN: dict[str, Words] = {
    "backlog": _("Unresolved exceptions"),
    "volume": _("Exceptions detected"),
    "sla_breach": _("SLA breach rate"),
    "first_response": _("First response"),
    "resolution": _("Resolution time"),
    "recurrence": _("Recurrence rate"),
    "consistency_sites": _("Decision consistency"),
    "exception_rate": _("Exception rate"),
    "self_healed": _("Self-healed"),
}
MONEY: dict[str, Words] = {
    "exposed": _("Exposed"),
    "avoided": _("Avoided"),
    "lost": _("Lost"),
}
OF_SITES = ("volume", "backlog", "sla_breach", "first_response", "recurrence")
SITES_TOLD = 8
LARGEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks the report for. Empty tuples mean "all"."""

    period: Period
    sites: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """One KPI now and in the period before; of several parts, those that it tells apart."""

    kpi: Kpi
    now: Measure
    before: Measure | None = None

    @property
    def text(self) -> str:
        return amounts.written(self.kpi, self.now)

    @property
    def text_before(self) -> str:
        return amounts.written(self.kpi, self.before) if self.before else amounts.DASH

    @property
    def n(self) -> str:
        return in_words.n_of(self.kpi, self.now)

    @property
    def change(self) -> Change | None:
        return in_words.change(self.kpi, self.now, self.before) if self.before else None


@dataclass(frozen=True, slots=True)
class OfSite:
    """The indicators of one site, in the order of the report's columns."""

    id: int
    name: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it. `missing` names indicators that nothing records yet; `fresh_at` is as of when the
    numbers are true.
    """

    at: datetime
    fresh_at: datetime
    wanted: Wanted
    before: Period
    sites: tuple[str, ...]
    kinds: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    money: tuple[Indicator, ...]
    missing: tuple[Words, ...]
    by_site: tuple[OfSite, ...]
    more_sites: int
    backlog: tuple[DayBacklog, ...]
    largest: tuple[Case, ...]
    assumed: ReportAssumptions | None
    estimate: Estimate | None

    @property
    def target(self) -> float | None:
        """Of SLA adherence, 0 to 1, where somebody has set one."""
        target = self.assumed.sla_target if self.assumed else None
        return None if target is None else float(target / 100)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was open, detected or ended."""
        return not any(i.now.n for i in (*self.indicators, *self.money))


def read(wanted: Wanted, actor: Actor, at: datetime) -> Report:
    """The report as the actor may see it at `at`: of their sites, and no others."""
    fresh_at = keeping.freshen(at)
    now_scope = _scope(wanted, actor, at, rolled=fresh_at is not None)
    before = wanted.period.before()
    now = Counted(now_scope)
    then = Counted(replace(now_scope, first_day=before.first, last_day=before.last))
    named = dict(actors.visible_sites(actor).order_by("name").values_list("id", "name"))
    told = _busiest(now_scope.sites)
    assumed = assumptions.in_force()
    return Report(
        at=at,
        fresh_at=fresh_at or at,
        wanted=wanted,
        before=before,
        sites=tuple(name for pk, name in named.items() if pk in now_scope.sites),
        kinds=tuple(str(KindCode(kind).label) for kind in wanted.kinds),
        indicators=tuple(_indicators(SHOWN, now, then)),
        money=tuple(_money(now, then)),
        missing=tuple(name for key, name in (SHOWN | MONEY).items() if key not in kpis()),
        by_site=tuple(_of_sites({pk: named[pk] for pk in named if pk in told}, now_scope)),
        more_sites=len(now_scope.sites) - len(told),
        backlog=tuple(now(backlog.by_day)),
        largest=_largest(actor, now_scope),
        assumed=assumed,
        estimate=assumptions.estimated(assumed, now, then) if assumed else None,
    )


def _scope(wanted: Wanted, actor: Actor, at: datetime, *, rolled: bool) -> Scope:
    return Scope(
        at=at,
        first_day=wanted.period.first,
        last_day=wanted.period.last,
        sites=scope.sites_of(actor, wanted.sites),
        kinds=wanted.kinds,
        rolled=rolled,
    )


def _indicators(keys: Iterable[str], now: Counted, then: Counted) -> Iterable[Indicator]:
    for kpi in (kpis()[key] for key in keys if key in kpis()):
        yield Indicator(kpi, kpi.whole(now), kpi.whole(then))


def _money(now: Counted, then: Counted) -> Iterable[Indicator]:
    """One for each currency; what is open now has no before."""
    for kpi in (kpis()[key] for key in MONEY if key in kpis()):
        before = {} if kpi.key == "exposed" else {m.part: m for m in kpi.of(then)}
        for measure in kpi.of(now):
            if measure.value is not None:
                yield Indicator(kpi, measure, before.get(measure.part))


def _busiest(sites: Sequence[int]) -> set[int]:
    """Of many sites those with most open cases."""
    if len(sites) <= SITES_TOLD:
        return set(sites)
    cases = Case.objects.filter(site_id__in=sites, state__in=OPEN_STATES)
    ranked = cases.values("site_id").annotate(n=Count("id")).order_by("-n", "site_id")
    busy = [row["site_id"] for row in ranked[:SITES_TOLD]]
    return set([*busy, *(site for site in sites if site not in busy)][:SITES_TOLD])


def _of_sites(named: Mapping[int, str], whole: Scope) -> Iterable[OfSite]:
    own = Counted(replace(whole, sites=tuple(named)))
    known = [kpis()[key] for key in OF_SITES if key in kpis()]
    columns = [(kpi, kpi.by_site(own)) for kpi in known]
    for site, name in named.items():
        yield OfSite(site, name, tuple(Indicator(kpi, found[site], None) for kpi, found in columns))


def _largest(actor: Actor, asked: Scope) -> tuple[Case, ...]:
    """The open cases with most at risk, by amount as recorded; currencies are not converted."""
    cases = actors.visible_cases(actor).filter(site_id__in=asked.sites, state__in=OPEN_STATES)
    if asked.kinds:
        cases = cases.filter(kind__in=asked.kinds)
    known = cases.exclude(value_at_risk=None).select_related("site", "owner")
    return tuple(known.order_by(F("value_at_risk").desc(), "id")[:LARGEST])


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%b}"


def file_name(report: Report, ending: str) -> str:
    period = report.wanted.period
    return f"exceptions-{period.first}-{period.last}.{ending}"
