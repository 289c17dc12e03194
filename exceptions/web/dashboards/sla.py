"""SLA: which clocks were met and which were not."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exceptions.charts import operations as drawn
from exceptions.kpis import promptness
from exceptions.queries import breach
from exceptions.web.dashboards.operations import spans_card
from exceptions.web.dashboards.shell import Card, Dashboard, Reading, Shown, n_of
from exceptions.web.dashboards.tile import Tile


def read(reading: Reading) -> Shown:
    return Shown(tiles(reading), cards(reading), nothing=not reading.now(breach.by_clock))


DASHBOARD = Dashboard("sla", gettext_lazy("SLA"), read)


def tiles(reading: Reading) -> list[Tile]:
    links = reading.links
    return [
        reading.tile(promptness.BREACH_RATE, links.breached(), links.clocks()),
        reading.tile(promptness.FIRST_RESPONSE, links.responded()),
        reading.tile(promptness.RESOLUTION, links.resolved()),
    ]


def cards(reading: Reading) -> list[Card]:
    return [_breach(reading), spans_card(reading, "first_response")]


def _breach(reading: Reading) -> Card:
    rows = reading.now(breach.by_clock)
    breached, n = sum(row.breached for row in rows), sum(row.n for row in rows)
    return Card(
        "breach",
        _("SLA breach rate"),
        _("Of the clocks that ended in the range, the share breached, by kind of clock."),
        drawn.breach(rows, reading.links.breached),
        n_of(n),
        ngettext("%s breached clock", "%s breached clocks", breached) % breached,
        reading.links.breached(),
    )
