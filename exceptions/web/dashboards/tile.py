"""Tiles: a KPI as people see it, with its change, its meaning, and what it counts."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from exceptions.kpis import amounts, in_words
from exceptions.kpis.in_words import Change
from exceptions.kpis.kpi import Kpi
from exceptions.queries.counted import Counted


@dataclass(frozen=True, slots=True)
class Value:
    """A number that is shown, how many rows it counts, and where they are listed ("": nowhere)."""

    text: str
    n: int
    href: str


@dataclass(frozen=True, slots=True)
class Tile:
    name: str
    values: tuple[Value, ...]
    means: str
    n: str
    change: Change | None = None
    n_href: str = ""  # where the rows of `n` are listed, when they are not those of the value


def tile(kpi: Kpi, now: Counted, before: Counted | None, href: str, n_href: str = "") -> Tile:
    """The KPI's whole. `href` lists what it counts, `n_href` what it is a share of."""
    found = kpi.whole(now)
    value = Value(amounts.written(kpi, found), found.rows, href)
    p90 = next((m for m in kpi.of(now) if m.part == "p90" and m.n), None)
    means = f"{kpi.means} {_('p90 %s.') % amounts.written(kpi, p90)}" if p90 else str(kpi.means)
    changed = in_words.change(kpi, found, kpi.whole(before)) if before else None
    return Tile(str(kpi.name), (value,), means, in_words.n_of(kpi, found), changed, n_href)
