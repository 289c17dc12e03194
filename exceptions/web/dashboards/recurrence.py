"""Recurrence: what comes back, of which subjects, and whether fixes hold."""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exceptions.charts import returning as drawn
from exceptions.kpis import returning
from exceptions.queries import recurred, subjects
from exceptions.web.dashboards.recurrence_links import RecurrenceLinks
from exceptions.web.dashboards.shell import Card, Dashboard, Reading, Shown, cases, n_of
from exceptions.web.dashboards.tile import Tile


def read(reading: Reading) -> Shown:
    some = bool(reading.now(recurred.recurrence)) or bool(reading.now(recurred.fixes))
    return Shown(tiles(reading), cards(reading), nothing=not some)


DASHBOARD = Dashboard("recurrence", gettext_lazy("Recurrence"), read)


def tiles(reading: Reading) -> list[Tile]:
    links = RecurrenceLinks(reading.asked, reading.scope.at)
    return [
        reading.tile(returning.RECURRENCE, links.recurs("yes"), links.recurs("either")),
        reading.tile(returning.REOPENED, links.reopened(), links.resolved()),
        _held(reading, links),
        reading.tile(returning.SUBJECTS, links.subjects(recurring=True), links.subjects()),
    ]


def _held(reading: Reading, links: RecurrenceLinks) -> Tile:
    """Says how many may still come back."""
    tile = reading.tile(returning.HELD, links.fixed(came_back=False), links.fixed())
    open_yet = recurred.open_to_be_told(reading.now(recurred.fixes), reading.scope)
    if not open_yet:
        return tile
    said = ngettext("%s of them may still come back.", "%s of them may still come back.", open_yet)
    return replace(tile, means=f"{tile.means} {said % f'{open_yet:,}'}")


def cards(reading: Reading) -> list[Card]:
    links = RecurrenceLinks(reading.asked, reading.scope.at)
    return [
        _by_day(reading, links),
        subjects_card(reading),
        _fixes(reading, links),
        _kinds(reading, links),
    ]


def _by_day(reading: Reading, links: RecurrenceLinks) -> Card:
    rows = reading.now(recurred.recurrence)
    n, again = sum(row.n for row in rows), sum(row.recurring for row in rows)
    chart = drawn.by_day(rows, reading.scope.days, links.recurs_on)
    means = _(
        "Cases by day of detection: whether their subject had one resolved in the 30 days before."
    )
    link = ngettext("%s recurring case", "%s recurring cases", again) % f"{again:,}"
    title = _("Recurring cases")
    return Card("recurring", title, means, chart, n_of(n), link, links.recurs("yes"), by_day=True)


def subjects_card(reading: Reading) -> Card:
    """The subjects that recur most. Operations shows it, too."""
    links = RecurrenceLinks(reading.asked, reading.scope.at)
    found = reading.now(subjects.top)
    names = subjects.names([row.key for row in found.top], reading.scope)
    chart = drawn.subjects(found.top, names, links.of_subject)
    return Card(
        "subjects",
        _("Top subjects"),
        _("Cases detected in the range by what they are about, what recurs most first."),
        chart,
        n_of(found.n),
        ngettext("%s subject", "%s subjects", found.n) % f"{found.n:,}",
        links.subjects(),
    )


def _fixes(reading: Reading, links: RecurrenceLinks) -> Card:
    rows = reading.now(recurred.fixes)
    n = sum(row.n for row in rows)
    until = recurred.told_until(reading.scope)
    return Card(
        "fixes",
        _("Did the fix hold?"),
        _("Cases fixed in the range: whether the subject had another one in the 30 days after."),
        drawn.fixes(rows, until, lambda kind, fate: links.fate(kind, fate, until)),
        n_of(n),
        cases(n),
        links.fixed(),
    )


def _kinds(reading: Reading, links: RecurrenceLinks) -> Card:
    rows = reading.now(recurred.recurrence)
    n, again = sum(row.n for row in rows), sum(row.recurring for row in rows)
    return Card(
        "kinds",
        _("Recurrence by kind"),
        _("Of the cases detected in the range, the share that recurs."),
        drawn.by_kind(rows, links.recurs_of_kind),
        n_of(n),
        ngettext("%s recurring case", "%s recurring cases", again) % f"{again:,}",
        links.recurs("yes"),
    )
