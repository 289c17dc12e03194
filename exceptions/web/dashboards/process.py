"""Process: where cases wait on their way, and which ways they take."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exceptions import sla
from exceptions.charts import process as drawn
from exceptions.charts.operations import DASH, percent
from exceptions.kpis import caseload, touch
from exceptions.queries import process
from exceptions.queries.process import IMPORTED, Way
from exceptions.vocabulary import State
from exceptions.web.dashboards import walk_links
from exceptions.web.dashboards.shell import Card, Dashboard, Part, Reading, Shown, cases, n_of
from exceptions.web.dashboards.tile import Tile

MOST = 10  # ways, as many as one can read


@dataclass(frozen=True, slots=True)
class Line:
    """A way on the page. `width`: of its bar, in percent of the most frequent one's."""

    states: list[State]
    n: int
    share: str
    width: int
    median: str
    href: str


def read(reading: Reading) -> Shown:
    some = bool(reading.now(process.steps) or reading.now(process.ways))
    return Shown(tiles(reading), [_steps(reading)], not some, (_ways(reading),))


DASHBOARD = Dashboard("process", gettext_lazy("Process"), read)


def tiles(reading: Reading) -> list[Tile]:
    links = reading.links
    return [
        reading.tile(caseload.ENDED, links.ended()),
        reading.tile(touch.ONE_PERSON, walk_links.moved_by(reading.asked, 1), links.ended()),
        reading.tile(touch.REASSIGNMENTS, links.ended()),
        reading.tile(caseload.SELF_HEALED, links.ended("self_healed"), links.ended()),
    ]


def _steps(reading: Reading) -> Card:
    rows = reading.now(process.steps)
    n = sum(row.span.n for row in rows)
    return Card(
        "steps",
        _("Waiting time per step"),
        _(
            "How long cases stood in a state before they went on, by the day of the step: median. "
            "What a file told when it was imported is no step."
        ),
        drawn.steps(rows, lambda step: walk_links.steps(reading.asked, step)),
        n_of(n),
        ngettext("%s step", "%s steps", n) % f"{n:,}",
        walk_links.steps(reading.asked),
        wide=True,
    )


def _ways(reading: Reading) -> Part:
    """The most frequent ways; the rest as one line, and what was imported as another."""
    every = reading.now(process.ways)
    known = [way for way in every if way.letters != IMPORTED]
    n = sum(way.span.n for way in known)
    shown, others = known[:MOST], known[MOST:]
    imported = sum(way.span.n for way in every if way.letters == IMPORTED)
    return Part(
        "_ways.html",
        {
            "lines": [_line(reading, way, n, shown[0].span.n) for way in shown],
            "n": cases(n),
            "ways": ngettext("%s way", "%s ways", len(known)) % len(known),
            "others": sum(way.span.n for way in others),
            "others_share": percent(sum(way.span.n for way in others), n),
            "other_ways": ngettext("%s other way", "%s other ways", len(others)) % len(others),
            "others_href": walk_links.other_ways(reading.asked, [way.letters for way in shown]),
            "imported": imported,
            "imported_href": walk_links.way(reading.asked, IMPORTED),
            "href": reading.links.ended(),
        },
    )


def _line(reading: Reading, way: Way, n: int, most: int) -> Line:
    median = way.span.median
    return Line(
        states=way.states,
        n=way.span.n,
        share=percent(way.span.n, n),
        width=max(round(100 * way.span.n / most), 1),
        median=DASH if median is None else sla.duration(median / 60),
        href=walk_links.way(reading.asked, way.letters),
    )
