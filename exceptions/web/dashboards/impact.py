"""Impact: what is exposed, what was avoided, what was lost. Three numbers, never mixed."""

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exceptions import actors
from exceptions.charts import impact as drawn
from exceptions.charts.operations import DASH
from exceptions.kpis import caseload, impact
from exceptions.kpis import rate as rate_kpi
from exceptions.kpis.kpi import Kpi
from exceptions.queries import amounts, exposed, rate
from exceptions.queries.amounts import Amount
from exceptions.queries.converted import Converted, converted
from exceptions.queries.scope import Scope
from exceptions.vocabulary import REAL_ENDS, KindCode
from exceptions.web.dashboards.operations import exposed_tile
from exceptions.web.dashboards.shell import Card, Dashboard, Reading, Shown, cases, n_of
from exceptions.web.dashboards.tile import Tile, Value
from exceptions.web.formats import amount

Figure = Callable[[Scope], list[Amount]]
KPIS: dict[str, tuple[Kpi, Figure]] = {
    "avoided": (impact.AVOIDED, impact.avoided),
    "lost": (impact.LOST, impact.lost),
}


def read(reading: Reading) -> Shown:
    said = any(reading.now(figure) for _kpi, figure in KPIS.values())
    some = said or reading.now(amounts.unsaid) or reading.now(exposed.by_currency)
    return Shown(tiles(reading), cards(reading), nothing=not some)


DASHBOARD = Dashboard("impact", gettext_lazy("Impact"), read)


def tiles(reading: Reading) -> list[Tile]:
    links = reading.links
    at_risk = [Amount("", r.currency, r.n, r.value) for r in reading.now(exposed.by_currency)]
    return [
        exposed_tile(reading),
        *(_ended_tile(reading, which) for which in KPIS),
        _rate(reading),
        reading.tile(impact.UNSAID, links.without_amounts(), links.ended(*REAL_ENDS)),
        *_converted(reading, caseload.EXPOSED, at_risk, links.exposed),
        *(
            tile
            for which, (kpi, figure) in KPIS.items()
            for tile in _converted(
                reading, kpi, reading.now(figure), lambda *c, which=which: links.amounts(which, *c)
            )
        ),
    ]


def _rate(reading: Reading) -> Tile:
    """With both numbers; where days are missing, that in place of a wrong rate."""
    kpi, done = rate_kpi.EXCEPTION_RATE, reading.now(rate.completed)
    found = reading.tile(kpi, reading.links.detected())
    n = kpi.whole(reading.now).n
    told = _("%(cases)s, %(done)s completed transfers") % {
        "cases": cases(n),
        "done": f"{done.n:,}",
    }
    if done.missing:
        lack = ngettext("%s day of a site", "%s days of sites", done.missing) % done.missing
        told += " · " + _("%s not counted yet") % lack
    return replace(found, n=told)


def _ended_tile(reading: Reading, which: str) -> Tile:
    """One value a currency."""
    kpi, figure = KPIS[which]
    rows = reading.now(figure)
    values = tuple(
        Value(
            amount(row.value, row.currency or ""),
            row.n,
            reading.links.amounts(which, row.currency or ""),
        )
        for row in rows
    )
    nothing = Value(DASH, 0, reading.links.amounts(which))
    return Tile(str(kpi.name), values or (nothing,), str(kpi.means), n_of(sum(r.n for r in rows)))


def _converted(
    reading: Reading, kpi: Kpi, rows: list[Amount], link: Callable[..., str]
) -> list[Tile]:
    """What the sums are together at dated rates; nothing where nobody has said a rate."""
    found = converted(rows, reading.scope.last_day)
    if found is None or not found.currencies:
        return []
    value = Value(amount(found.value, found.into), found.n, link(*found.currencies))
    name = _("%(number)s, in %(currency)s") % {"number": kpi.name, "currency": found.into}
    return [Tile(name, (value,), _rates_told(found), n_of(found.n))]


def _rates_told(found: Converted) -> str:
    rates = "; ".join(f"{rate}, {rate.source}" for rate in found.used)
    told = _("Converted at %s.") % rates if rates else _("Nothing had to be converted.")
    if found.missing:
        told += " " + _("Left out, without a rate: %s.") % ", ".join(found.missing)
    return told


def cards(reading: Reading) -> list[Card]:
    ended = [
        _ended_card(reading, which, by)
        for which in KPIS
        for by in (amounts.DAY, amounts.KIND, amounts.SITE)
    ]
    return [*ended, _exposed_card(reading, amounts.KIND), _exposed_card(reading, amounts.SITE)]


def _ended_card(reading: Reading, which: str, by: str) -> Card:
    rows = amounts.ended(reading.scope, which, by)
    kpi, links = KPIS[which][0], reading.links

    def link(part: str, currency: str) -> str:
        return links.amounts(which, currency, **{by: part})

    if by == amounts.DAY:
        chart = drawn.by_day(rows, reading.scope.days, link)
    else:
        chart = drawn.by_part(rows, _names(reading, by), _HEADS[by](), link)
    n = sum(row.n for row in rows)
    return Card(
        f"{which}_{by}",
        _title(kpi, by),
        _("%s Each currency by itself.") % kpi.means,
        chart,
        n_of(n),
        cases(n),
        links.amounts(which),
        by_day=by == amounts.DAY,
    )


def _exposed_card(reading: Reading, by: str) -> Card:
    rows = [row for row in amounts.exposed(reading.scope, by) if row.currency]
    links = reading.links

    def link(part: str, currency: str) -> str:
        return links.exposed(currency, **{by: part})

    n = sum(row.n for row in rows)
    codes = sorted({row.currency or "" for row in rows})
    return Card(
        f"exposed_{by}",
        _title(caseload.EXPOSED, by),
        _("Value at risk of what is open now. Each currency by itself."),
        drawn.by_part(rows, _names(reading, by), _HEADS[by](), link),
        n_of(n),
        cases(n),
        links.exposed(*codes) if codes else "",
    )


_HEADS: dict[str, Callable[[], str]] = {
    amounts.KIND: lambda: _("Kind"),
    amounts.SITE: lambda: _("Site"),
}
_BY: dict[str, Callable[[], str]] = {
    amounts.DAY: lambda: _("by day of the end"),
    amounts.KIND: lambda: _("by kind"),
    amounts.SITE: lambda: _("by site"),
}


def _title(kpi: Kpi, by: str) -> str:
    return f"{kpi.name}, {_BY[by]()}"


def _names(reading: Reading, by: str) -> list[tuple[str, str]]:
    if by == amounts.KIND:
        return [(code.value, str(code.label)) for code in KindCode]
    sites = actors.visible_sites(reading.actor).order_by("name", "id")
    return [(str(pk), name) for pk, name in sites.values_list("pk", "name")]
