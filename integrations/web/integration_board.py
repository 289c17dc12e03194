"""Integration: how webhooks, readings, calls and comparisons go (settings.MORE_DASHBOARDS)."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exceptions import sla
from exceptions.charts.operations import DASH, day_label
from exceptions.kpis import amounts
from exceptions.kpis.kpi import Kpi
from exceptions.web.dashboards.shell import Card, Dashboard, Part, Reading, Shown, n_of
from exceptions.web.dashboards.tile import Tile
from integrations import integration_figures as figures
from integrations import integration_kpis as kpis
from integrations.integration_figures import Source
from integrations.models import DeliveryState, ScheduledAction
from integrations.rounds import KEEP_CALLS
from integrations.web import integration_charts as drawn
from integrations.web.integration_links import IntegrationLinks


@dataclass(frozen=True, slots=True)
class Line:
    """A connection in use, and what of Odoo's own actions does not run there."""

    name: str
    href: str
    lag: str
    key: str
    actions: list[ScheduledAction]


def read(reading: Reading) -> Shown:
    links = IntegrationLinks(reading)
    parts = (_calls(reading), _connections(reading, links))
    return Shown(tiles(reading, links), cards(reading, links), parts=parts)


DASHBOARD = Dashboard(
    "integration",
    gettext_lazy("Integration"),
    read,
    heeds=("site",),
    note=gettext_lazy("Kind, tier, team and owner do not narrow these numbers. Days in UTC."),
)


def tiles(reading: Reading, links: IntegrationLinks) -> list[Tile]:
    return [
        *_delivery_tiles(reading, links),
        *_gap_tiles(reading, links),
        _latency(reading),
        _ranged(reading, kpis.API_FAILURES, KEEP_CALLS, ""),
        reading.tile(kpis.SYNC_LAG, "", compared=False),
        reading.tile(kpis.KEY_EXPIRY, "", compared=False),
        reading.tile(kpis.SCHEDULED_ACTIONS, "", compared=False),
    ]


def _delivery_tiles(reading: Reading, links: IntegrationLinks) -> list[Tile]:
    kept = figures.delivery_days()
    aside, waits = DeliveryState.SET_ASIDE.value, DeliveryState.WAITING.value
    failed, every = links.received(state=aside), links.received()
    return [
        _ranged(reading, kpis.WEBHOOK_FAILURES, kept, failed, every),
        reading.tile(kpis.TURNED_AWAY, ""),
        _ranged(reading, kpis.WEBHOOK_DUPLICATES, kept, links.received(again="repeated")),
        _ranged(reading, kpis.WEBHOOK_RETRIES, kept, links.received(again="retried")),
        reading.tile(kpis.DEAD_LETTERS, links.deliveries(state=aside), compared=False),
        reading.tile(kpis.DEAD_MESSAGES, "", compared=False),
        reading.tile(kpis.INBOX_WAITING, links.deliveries(state=waits), compared=False),
        reading.tile(kpis.OUTBOX_WAITING, "", compared=False),
    ]


def _gap_tiles(reading: Reading, links: IntegrationLinks) -> list[Tile]:
    kept = figures.ledger_days()
    return [
        reading.tile(kpis.GAPS_OPEN, links.gaps_open(), compared=False),
        reading.tile(kpis.GAP_AGE, links.gaps_open(), compared=False),
        _ranged(reading, kpis.GAPS_FOUND, kept, links.gaps_found()),
        _ranged(reading, kpis.GAPS_REPAIRED, kept, links.gaps_repaired()),
    ]


def _ranged(reading: Reading, kpi: Kpi, kept: timedelta, href: str, n_href: str = "") -> Tile:
    """Compared only with what is still there; of a range that begins before, it says since when."""
    whole_before = reading.scope.previous().first_day >= figures.kept_from(reading.scope, kept)
    shown = reading.tile(kpi, href, n_href, compared=whole_before)
    return replace(shown, means=f"{shown.means} {_since(reading, kept)}".strip())


def _since(reading: Reading, kept: timedelta) -> str:
    first = figures.first_day(reading.scope, kept)
    if first == reading.scope.first_day:
        return ""
    if first > reading.scope.last_day:
        return _("Nothing of this range is kept any more.")
    return _("Counted since %s: what is older is not kept.") % day_label(first)


def _latency(reading: Reading) -> Tile:
    """With the tail beside the median."""
    shown = _ranged(reading, kpis.API_LATENCY, KEEP_CALLS, "")
    told = {m.part: m for m in kpis.API_LATENCY.of(reading.now) if m.n}
    tail = [
        f"{part} {amounts.written(kpis.API_LATENCY, told[part])}."
        for part in ("p95", "p99")
        if part in told
    ]
    return replace(shown, means=" ".join([shown.means, *tail]))


def cards(reading: Reading, links: IntegrationLinks) -> list[Card]:
    return [_deliveries(reading, links), _gaps(reading, links)]


def _deliveries(reading: Reading, links: IntegrationLinks) -> Card:
    rows = reading.now(figures.deliveries_by_day)
    n = sum(row.n for row in rows)
    return Card(
        "deliveries",
        _("Deliveries"),
        f"{_('Of webhooks, by the day (UTC) on which they came, and what became of them.')} "
        f"{_since(reading, figures.delivery_days())}".strip(),
        drawn.deliveries(rows, reading.scope.days, links.received_on),
        n_of(n),
        ngettext("%s delivery", "%s deliveries", n) % f"{n:,}",
        links.received(),
        by_day=True,
        wide=True,
    )


def _gaps(reading: Reading, links: IntegrationLinks) -> Card:
    rows = reading.now(figures.gaps_by_day)
    n = sum(row.n for row in rows)
    return Card(
        "gaps",
        _("Gaps found"),
        f"{_('By the day (UTC) on which comparing found them, and what was wrong.')} "
        f"{_since(reading, figures.ledger_days())}".strip(),
        drawn.gaps(rows, reading.scope.days, links.gaps_found_on),
        n_of(n),
        ngettext("%s gap", "%s gaps", n) % f"{n:,}",
        links.gaps_found(),
        by_day=True,
    )


def _calls(reading: Reading) -> Part:
    """Calls are listed nowhere: each verb with its times, the most frequent first."""
    whole, *verbs = reading.now(figures.calls)
    lines = [(row.verb, row, [_time(s) for s in (row.p50, row.p95, row.p99)]) for row in verbs]
    told = {"lines": lines, "n": whole.n, "since": _since(reading, KEEP_CALLS)}
    return Part("_integration_calls.html", told)


def _time(seconds: float | None) -> str:
    return DASH if seconds is None else f"{1000 * seconds:,.0f} ms"


def _connections(reading: Reading, links: IntegrationLinks) -> Part:
    found = reading.now(figures.sources)
    bad: dict[int, list[ScheduledAction]] = {}
    for action in reading.now(figures.troubled_actions):
        bad.setdefault(action.connection_id, []).append(action)
    lines = [_line(each, links, bad.get(each.pk, [])) for each in found]
    return Part("_integration_connections.html", {"lines": lines})


def _line(source: Source, links: IntegrationLinks, actions: list[ScheduledAction]) -> Line:
    return Line(
        source.name,
        links.connection(source.pk),
        DASH if source.lag is None else sla.duration(source.lag / 60),
        _key(source.key_left),
        actions,
    )


def _key(left: float | None) -> str:
    if left is None:
        return DASH
    return sla.duration(left / 60) if left > 0 else _("has ended")
