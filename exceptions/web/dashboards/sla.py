"""SLA: which clocks were met and which were not, what falls due next, and what stands still."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exceptions.charts import deadlines as drawn
from exceptions.charts.chart import Chart
from exceptions.charts.operations import breach as by_clock
from exceptions.kpis import deadlines, promptness
from exceptions.models import Site, Team
from exceptions.queries import breach, breach_apart, pauses, time_left
from exceptions.queries.breach_apart import NO_TEAM, BreachesOf
from exceptions.vocabulary import KindCode
from exceptions.web.dashboards.deadline_links import BREACHED, DeadlineLinks
from exceptions.web.dashboards.shell import Card, Dashboard, Reading, Shown, clocks, n_of
from exceptions.web.dashboards.tile import Tile


def read(reading: Reading) -> Shown:
    some = bool(reading.now(breach.by_clock)) or bool(reading.now(time_left.by_left))
    return Shown(tiles(reading), cards(reading), nothing=not some)


DASHBOARD = Dashboard("sla", gettext_lazy("SLA"), read)


def tiles(reading: Reading) -> list[Tile]:
    links = _links(reading)
    all_left = links.left()
    return [
        reading.tile(promptness.BREACH_RATE, links.ended(BREACHED), links.ended()),
        reading.tile(deadlines.OVER, links.left("over"), all_left, compared=False),
        reading.tile(deadlines.SOON, links.left("hour"), all_left, compared=False),
        reading.tile(promptness.FIRST_RESPONSE, reading.links.responded()),
        reading.tile(promptness.RESOLUTION, reading.links.resolved()),
        reading.tile(deadlines.PAUSES, links.pauses()),
        reading.tile(deadlines.PAUSE_LENGTH, links.pauses(which="ended")),
        reading.tile(
            deadlines.PAUSES_SPENT, links.pauses(which="spent"), links.pauses(which="ended")
        ),
    ]


def cards(reading: Reading) -> list[Card]:
    return [
        _met(reading),
        _time_left(reading),
        _by_clock(reading),
        _by_kind(reading),
        _by_site(reading),
        _by_team(reading),
        _pauses(reading),
    ]


def _links(reading: Reading) -> DeadlineLinks:
    return DeadlineLinks(reading.asked, reading.scope.at)


def _time_left(reading: Reading) -> Card:
    rows, links = reading.now(time_left.by_left), _links(reading)
    n = sum(row.n for row in rows)
    means = _("Clocks of open cases, now: over, or by what is left of their business time.")
    chart = drawn.time_left(rows, links.left)
    return Card("left", _("Time to breach"), means, chart, n_of(n), clocks(n), links.left())


def _met(reading: Reading) -> Card:
    rows, links = reading.now(breach_apart.by_day), _links(reading)
    n = sum(row.n for row in rows)
    title, href = _("SLA adherence"), links.ended()
    means = _("The share of clocks met in time, by the day on which they ended.")
    chart = drawn.met(rows, reading.scope.days, links.ended_on)
    told = (n_of(n), clocks(n), href)
    return Card("met", title, means, chart, *told, by_day=True, wide=True)


def _by_clock(reading: Reading) -> Card:
    rows, links = reading.now(breach.by_clock), _links(reading)
    breached, n = sum(row.breached for row in rows), sum(row.n for row in rows)
    return Card(
        "breach",
        _("Breach rate by clock"),
        _("Of the clocks that ended in the range, the share breached, by kind of clock."),
        by_clock(rows, lambda kind: links.ended(BREACHED, kind=kind)),
        n_of(n),
        _breached(breached),
        links.ended(BREACHED),
    )


def _by_kind(reading: Reading) -> Card:
    rows = reading.now(breach_apart.by_kind)
    names = {kind.value: str(kind.label) for kind in KindCode}
    chart = drawn.apart(rows, names, _("Kind"), _links(reading).breached_of_kind)
    means = _("The share breached by kind of exception, highest first.")
    return _apart(reading, "kind", _("Breach rate by kind"), means, rows, chart)


def _by_site(reading: Reading) -> Card:
    rows = reading.now(breach_apart.by_site)
    known = Site.objects.filter(pk__in=[int(row.part) for row in rows])
    names = {str(site.pk): site.name for site in known}
    chart = drawn.apart(rows, names, _("Site"), _links(reading).breached_at)
    means = _("The share breached by site, highest first.")
    return _apart(reading, "site", _("Breach rate by site"), means, rows, chart)


def _by_team(reading: Reading) -> Card:
    rows = reading.now(breach_apart.by_team)
    known = Team.objects.filter(pk__in=[int(row.part) for row in rows])
    names = {str(team.pk): team.name for team in known} | {NO_TEAM: _("no team")}
    chart = drawn.apart(rows, names, _("Team"), _links(reading).breached_by)
    means = _("The share breached by the team that the case has now, highest first.")
    return _apart(reading, "team", _("Breach rate by team"), means, rows, chart)


def _apart(
    reading: Reading, key: str, title: str, means: str, rows: list[BreachesOf], chart: Chart
) -> Card:
    breached, n = sum(row.breached for row in rows), sum(row.n for row in rows)
    href = _links(reading).ended(BREACHED)
    return Card(key, title, means, chart, n_of(n), _breached(breached), href)


def _pauses(reading: Reading) -> Card:
    rows, links = reading.now(pauses.by_waiting), _links(reading)
    n = sum(row.n for row in rows)
    return Card(
        "pauses",
        _("Pauses"),
        _("Pauses begun in the range, by for whom the case waited, and how they ended."),
        drawn.pauses(rows, links.pauses),
        n_of(n),
        ngettext("%s pause", "%s pauses", n) % f"{n:,}",
        links.pauses(),
    )


def _breached(n: int) -> str:
    return ngettext("%s breached clock", "%s breached clocks", n) % f"{n:,}"
