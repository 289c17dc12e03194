"""Decisions: what is decided, and whether the same sort of case gets the same everywhere."""

from django.utils.translation import gettext_lazy

from exceptions.charts import decisions as drawn
from exceptions.kpis import consistency
from exceptions.kpis.kpi import Kpi
from exceptions.web.dashboards.shell import Card, Dashboard, Reading, Shown, cases, n_of

TOO_FEW = gettext_lazy(
    "Too few decisions to compare: a kind and tier needs 20, of two that each have 5 or more. "
    "Choose a longer range."
)


def read(reading: Reading) -> Shown:
    href = reading.links.decided()
    kpis = (consistency.BY_SITE, consistency.BY_TEAM, consistency.DECIDED)
    tiles = [reading.tile(kpi, href) for kpi in kpis]
    cards = [
        _alike(reading, consistency.BY_SITE),
        _alike(reading, consistency.BY_TEAM),
        _decided(reading),
    ]
    return Shown(tiles, cards)


DASHBOARD = Dashboard("decisions", gettext_lazy("Decisions"), read)


def _alike(reading: Reading, kpi: Kpi) -> Card:
    n = kpi.whole(reading.now).n
    chart = drawn.alike(kpi.of(reading.now), lambda part: reading.links.decided(*part.split(":")))
    href = reading.links.decided()
    foot = (n_of(n), cases(n), href)
    return Card(kpi.key, str(kpi.name), str(kpi.means), chart, *foot, nothing=str(TOO_FEW))


def _decided(reading: Reading) -> Card:
    kpi = consistency.DECIDED
    n = kpi.whole(reading.now).n
    chart = drawn.decided(kpi.of(reading.now), lambda which: reading.links.decided(decision=which))
    href = reading.links.decided()
    return Card(kpi.key, str(kpi.name), str(kpi.means), chart, n_of(n), cases(n), href)
