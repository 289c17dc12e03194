"""Alerts on KPIs: people make them; they are looked at every few minutes; who stands is a case.

Each is followed by two thresholds (`hysteresis`). What stands, and what has just ended, is taken in
as facts, so that people work on it as on any other case.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from exceptions import hysteresis, intake, policies, settings_history
from exceptions.casework import Change
from exceptions.facts import KpiReading
from exceptions.hysteresis import Band
from exceptions.kpis import amounts
from exceptions.kpis.kpi import Kpi, Measure
from exceptions.kpis.register import kpis
from exceptions.models import KpiAlert, Site, User
from exceptions.queries.counted import Counted
from exceptions.queries.scope import Scope
from exceptions.rollups import keeping
from exceptions.vocabulary import KPI_MODEL, Governed, KindCode, Via

KIND = KindCode.KPI_ALERT


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an alert shall watch. Thresholds are in the KPI's unit."""

    name: str
    kpi: str
    part: str
    site: Site
    everywhere: bool
    kinds: tuple[str, ...]
    days: int
    above: bool
    raise_at: Decimal
    clear_at: Decimal
    least_n: int


@transaction.atomic
def make(wish: Wish, *, by: User, at: datetime) -> KpiAlert:
    alert = KpiAlert.objects.create(**_fields(wish), made_by=by, made_at=at)
    _tell(alert, _("made"), wish, by, at)
    return alert


@transaction.atomic
def change(alert_id: int, wish: Wish, *, by: User, at: datetime) -> None:
    """Another number or threshold begins anew: whether it stands is seen at the next look."""
    alert = KpiAlert.objects.select_for_update(no_key=True).get(pk=alert_id)
    for name, value in _fields(wish).items():
        setattr(alert, name, value)
    alert.looked_at = None
    alert.save()
    _tell(alert, _("changed"), wish, by, at)


@transaction.atomic
def switch(alert_id: int, on: bool, *, by: User, at: datetime) -> None:
    """Off, nothing is looked at; what stands is over at once."""
    alert = KpiAlert.objects.select_for_update(no_key=True).get(pk=alert_id)
    ends = alert.standing and not on
    alert.enabled, alert.standing = on, alert.standing and on
    alert.save(update_fields=["enabled", "standing"])
    if ends:
        intake.take_in([_facts(alert, kpis()[alert.kpi], at)], at=at, via=Via.WATCH)
    _tell(alert, _("switched on") if on else _("switched off"), None, by, at)


def _fields(wish: Wish) -> dict[str, Any]:
    return {**{name: getattr(wish, name) for name in Wish.__slots__}, "kinds": list(wish.kinds)}


def _tell(alert: KpiAlert, what: str, wish: Wish | None, by: User, at: datetime) -> None:
    says = _("Alert “%(alert)s” %(what)s") % {"alert": alert.name, "what": what}
    data: Mapping[str, Any] = {"alert": alert.pk}
    if wish:
        data = {**data, **asdict(wish), "site": wish.site.pk}
    settings_history.add(Governed.ALERT, says, by=by, at=at, data=data, site=alert.site)


def look(*, at: datetime) -> Counter[Change]:
    """Look at all that are switched on; what became of cases. The same scope is counted once."""
    if not KpiAlert.objects.filter(enabled=True).exists():
        return Counter()
    if KIND not in policies.in_force():  # of a tower from before there were such cases
        policies.publish_defaults(at=at)
    rolled = keeping.freshen(at) is not None
    with transaction.atomic():
        return intake.take_in(list(_looked_at(rolled, at)), at=at, via=Via.WATCH)


def _looked_at(rolled: bool, at: datetime) -> Iterator[KpiReading]:
    """The facts of what stands, or has just ended."""
    everywhere = tuple(Site.objects.order_by("pk").values_list("pk", flat=True))
    counted: dict[Scope, Counted] = {}
    alerts = KpiAlert.objects.filter(enabled=True).select_related("site")
    for alert in alerts.select_for_update(no_key=True, skip_locked=True, of=("self",)):
        kpi = kpis().get(alert.kpi)
        if kpi is None:  # of an adapter that is gone
            continue
        scope = _scope(alert, everywhere, rolled, at)
        stood = alert.standing
        _follow(alert, kpi, _measure(alert, kpi, counted.setdefault(scope, Counted(scope))), at)
        if alert.standing or stood:
            yield _facts(alert, kpi, at)


def _scope(alert: KpiAlert, everywhere: tuple[int, ...], rolled: bool, at: datetime) -> Scope:
    last = at.astimezone(ZoneInfo(alert.site.time_zone)).date()
    return Scope(
        at=at,
        first_day=last - timedelta(days=alert.days - 1),
        last_day=last,
        sites=everywhere if alert.everywhere else (alert.site_id,),
        kinds=tuple(alert.kinds),
        rolled=rolled,
    )


def _measure(alert: KpiAlert, kpi: Kpi, counted: Counted) -> Measure:
    found = (measure for measure in kpi.of(counted) if measure.part == alert.part)
    return next(found, Measure(None, 0, alert.part))


def _follow(alert: KpiAlert, kpi: Kpi, found: Measure, at: datetime) -> None:
    value = None if found.value is None else round(Decimal(str(found.value)), 6)
    band = _band(alert)
    stands = hysteresis.stands(band, alert.standing, value, found.n)
    if stands and not alert.standing and value is not None:
        alert.since, alert.said = at, _said(kpi, found)[:200]
        beyond = hysteresis.excess(band, value)
        alert.excess = None if beyond is None else min(round(beyond, 4), Decimal(99_999))
    alert.standing, alert.value, alert.n, alert.looked_at = stands, value, found.n, at
    alert.save()


def _band(alert: KpiAlert) -> Band:
    return Band(
        above=alert.above,
        raise_at=alert.raise_at,
        clear_at=alert.clear_at,
        least_n=alert.least_n,
    )


def _said(kpi: Kpi, found: Measure) -> str:
    told = {"value": amounts.written(kpi, found), "n": f"{found.n:,}", "what": kpi.counts}
    return _("%(value)s (n = %(n)s %(what)s)") % told


def threshold_in_words(alert: KpiAlert, kpi: Kpi) -> str:
    raised = amounts.written(kpi, Measure(alert.raise_at, 0, says=alert.part))
    return (_("above %s") if alert.above else _("below %s")) % raised


def _facts(alert: KpiAlert, kpi: Kpi, at: datetime) -> KpiReading:
    since = alert.since or at
    return KpiReading(
        connection_id=alert.site.connection_id,
        site_id=alert.site_id,
        model=KPI_MODEL,
        record_id=alert.pk,
        reference=alert.name,
        url=f"{settings.TOWER_BASE_URL}{_place(alert)}",
        read_at=at,
        written_at=since,
        company="",
        kpi=alert.kpi,
        since=since,
        said=alert.said,
        limit=f"{kpi.name}: {threshold_in_words(alert, kpi)}",
        back_at=amounts.written(kpi, Measure(alert.clear_at, 0, says=alert.part)),
        excess=alert.excess,
        standing=alert.standing,
    )


def _place(alert: KpiAlert) -> str:
    """The dashboard over what is counted."""
    asked = [("days", "30"), *(("kind", kind) for kind in alert.kinds)]
    if not alert.everywhere:
        asked.append(("site", str(alert.site_id)))
    return f"{reverse('dashboards')}?{urlencode(asked)}"
