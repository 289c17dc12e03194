"""Operations: what comes in, what is open, how fast it is answered and how it ends."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions.charts import flow
from exceptions.charts import operations as drawn
from exceptions.charts.operations import DASH, day_label
from exceptions.kpis import caseload, promptness
from exceptions.queries import aging, backlog, ended, exposed, recurred, spans, standing, volume
from exceptions.web.dashboards.recurrence import subjects_card
from exceptions.web.dashboards.shell import Card, Dashboard, Reading, Shown, cases, n_of
from exceptions.web.dashboards.tile import Tile, Value
from exceptions.web.formats import amount


def read(reading: Reading) -> Shown:
    now = reading.now
    some = bool(now(aging.by_bucket) or now(volume.by_day) or now(ended.by_outcome))
    return Shown(tiles(reading), cards(reading), nothing=not some)


DASHBOARD = Dashboard("operations", gettext_lazy("Operations"), read)


def tiles(reading: Reading) -> list[Tile]:
    links, last = reading.links, reading.scope.last_day
    return [
        reading.tile(caseload.VOLUME, links.detected()),
        reading.tile(caseload.BACKLOG, links.open_on(last)),
        reading.tile(promptness.FIRST_RESPONSE, links.responded()),
        reading.tile(promptness.RESOLUTION, links.resolved()),
        reading.tile(promptness.BREACH_RATE, links.breached(), links.clocks()),
        reading.tile(caseload.SELF_HEALED, links.ended("self_healed"), links.ended()),
        reading.tile(caseload.OLD, links.old(), links.open_now(), compared=False),
        exposed_tile(reading),
    ]


def exposed_tile(reading: Reading) -> Tile:
    """One value a currency; what has no amount is told beside them."""
    rows = reading.now(exposed.by_currency)
    known = [row for row in rows if row.currency]
    unknown = sum(row.n for row in rows if not row.currency)
    values = tuple(
        Value(amount(row.value, row.currency or ""), row.n, reading.links.exposed(row.currency))
        for row in known
    )
    nothing = reading.links.exposed(None)
    told = n_of(sum(row.n for row in known))
    if unknown:
        told = _("%(n)s, %(unknown)s without an amount") % {"n": told, "unknown": unknown}
    return Tile(
        str(caseload.EXPOSED.name),
        values or (Value(DASH, unknown, nothing),),
        str(caseload.EXPOSED.means),
        told,
        n_href=nothing if unknown else "",
    )


def cards(reading: Reading) -> list[Card]:
    return [
        _volume(reading),
        _backlog(reading),
        _aging(reading),
        spans_card(reading, "first_response"),
        spans_card(reading, "resolution"),
        _kinds(reading),
        subjects_card(reading),
        _states(reading),
        _ended(reading),
        _hours(reading),
    ]


def _volume(reading: Reading) -> Card:
    rows = reading.now(volume.by_day)
    n = sum(row.n for row in rows)
    chart = drawn.volume(rows, reading.scope.days, reading.links.detected_on)
    means = _("Cases by day of detection and tier.")
    href = reading.links.detected()
    told = (n_of(n), cases(n), href)
    return Card("volume", _("Volume"), means, chart, *told, by_day=True, wide=True)


def _backlog(reading: Reading) -> Card:
    now, then = reading.now(backlog.by_day), reading.before(backlog.by_day)
    last = now[-1]
    return Card(
        "backlog",
        _("Backlog"),
        _("Open at the end of each day: not resolved, not closed."),
        drawn.backlog(now, then, reading.names, reading.links.open_on),
        _("n = %(n)s at the end of %(day)s") % {"n": last.n, "day": day_label(last.day)},
        cases(last.n),
        reading.links.open_on(last.day),
        by_day=True,
    )


def _aging(reading: Reading) -> Card:
    rows = reading.now(aging.by_bucket)
    n = sum(row.n for row in rows)
    chart = drawn.aging(rows, reading.links.aged)
    means = _("Open cases by elapsed time since detection and tier, now.")
    return Card("aging", _("Aging"), means, chart, n_of(n), cases(n), reading.links.open_now())


def spans_card(reading: Reading, which: str) -> Card:
    links = reading.links
    length, title, means, day_link, href = {
        "first_response": (
            spans.FIRST_RESPONSE,
            _("First response"),
            _("Hours from detection to the first move by a person, by day of detection."),
            links.responded_on,
            links.responded(),
        ),
        "resolution": (
            spans.RESOLUTION,
            _("Resolution time"),
            _("Hours from detection to resolved, by day of resolution. Self-healed is apart."),
            links.resolved_on,
            links.resolved(),
        ),
    }[which]
    chart = drawn.spans(reading.now(length.by_day), reading.scope.days, day_link)
    n = reading.now(length.whole).n
    return Card(which, title, means, chart, n_of(n), cases(n), href, by_day=True)


def _kinds(reading: Reading) -> Card:
    links, previous = reading.links, reading.links.previous()

    def link(kind: str, before: bool) -> str:
        return (previous if before else links).of_kind(kind)

    rows = reading.now(volume.by_kind)
    n = sum(row.n for row in rows)
    chart = drawn.kinds(rows, reading.before(volume.by_kind), reading.names, link)
    means = _("Cases detected in the range by kind, most first.")
    return Card("kinds", _("Kinds"), means, chart, n_of(n), cases(n), links.detected())


def _ended(reading: Reading) -> Card:
    rows = reading.now(ended.by_outcome)
    n = sum(rows.values())
    chart = drawn.ended(rows, reading.links.ended)
    means = _("Cases that ended in the range, by how they ended.")
    return Card("ended", _("Outcomes"), means, chart, n_of(n), cases(n), reading.links.ended())


def _states(reading: Reading) -> Card:
    links, standing_now = reading.links, reading.now(standing.by_state)
    n = sum(standing_now.values())
    return Card(
        "states",
        _("Flow by state"),
        _("Cases by the states that they came into in the range, and those open now by theirs."),
        flow.states(reading.now(recurred.entered), standing_now, links.in_state),
        _("%(n)s open now") % {"n": n_of(n)},
        cases(n),
        links.open_now(),
    )


def _hours(reading: Reading) -> Card:
    counts = reading.now(volume.by_hour)
    n = sum(counts.values())
    means = _("Cases by weekday and hour of detection, on the clock of their site.")
    chart, href = flow.hours(counts, reading.links.in_hour), reading.links.detected()
    return Card("hours", _("When cases arise"), means, chart, n_of(n), cases(n), href, wide=True)
