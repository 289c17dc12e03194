"""People: how much work there is for whom and when. It tells of load, and ranks nobody by speed."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exceptions.charts import process as drawn
from exceptions.charts.operations import DASH
from exceptions.kpis import caseload
from exceptions.kpis import touch as kpis
from exceptions.models import Team, User
from exceptions.queries import person_hours, touch
from exceptions.queries.case_conditions import NOBODY, OPEN
from exceptions.web.dashboards import walk_links
from exceptions.web.dashboards.shell import Card, Dashboard, Reading, Shown, cases, n_of
from exceptions.web.dashboards.tile import Tile
from exceptions.web.dashboards.walk_links import INSIDE, OUTSIDE, ROSTERED
from exceptions.web.filters import address

MOST = 15  # owners, as many as one can read


def read(reading: Reading) -> Shown:
    some = bool(reading.now(touch.in_working_hours)) or bool(reading.now(touch.held))
    return Shown(tiles(reading), cards(reading), nothing=not some)


DASHBOARD = Dashboard("people", gettext_lazy("People"), read)


def tiles(reading: Reading) -> list[Tile]:
    asked, links = reading.asked, reading.links
    return [
        reading.tile(kpis.LOAD, walk_links.moves(asked, ROSTERED)),
        reading.tile(kpis.AFTER_HOURS, walk_links.moves(asked, OUTSIDE), walk_links.moves(asked)),
        reading.tile(kpis.ONE_PERSON, walk_links.moved_by(asked, 1), links.ended()),
        reading.tile(kpis.REASSIGNMENTS, links.ended()),
        reading.tile(caseload.SELF_HEALED, links.ended("self_healed"), links.ended()),
    ]


def cards(reading: Reading) -> list[Card]:
    return [
        _load(reading),
        _hours(reading),
        _teams(reading),
        _held_by_team(reading),
        _people(reading),
        _reassigned(reading),
        _owners(reading),
    ]


def _load(reading: Reading) -> Card:
    rows, hours = reading.now(touch.in_rostered_days), reading.now(person_hours.by_hour)
    n, on_duty = sum(row.within for row in rows), sum(hours)
    means = _(
        "Moves by people per person-hour on duty by the roster, by hour of the site's day. Sites "
        "and days without a roster are left out."
    )
    if not on_duty:
        means = _("No site here keeps a roster for this range, so no load can be told.")
    chart = drawn.load_by_hour(
        rows, hours, lambda hour: walk_links.moves(reading.asked, ROSTERED, hour)
    )
    told = _("n = %(n)s moves in %(hours)s person-hours")
    says = told % {"n": f"{n:,}", "hours": f"{on_duty:,.1f}"}
    href = walk_links.moves(reading.asked, ROSTERED)
    return Card("load", _("Load per person-hour"), means, chart, says, moves(n), href)


def _hours(reading: Reading) -> Card:
    rows = reading.now(touch.in_working_hours)
    n = sum(row.n for row in rows)

    def link(hour: int, outside: bool) -> str:  # as charts call it
        return walk_links.moves(reading.asked, OUTSIDE if outside else INSIDE, hour)

    return Card(
        "hours",
        _("When people work on cases"),
        _(
            "Moves by people by hour of their site's day, in quarters of an hour within the hours "
            "of its calendar or not. A site without a calendar works around the clock."
        ),
        drawn.moves_by_hour(rows, link),
        n_of(n),
        moves(n),
        walk_links.moves(reading.asked),
    )


def _teams(reading: Reading) -> Card:
    counts = reading.now(touch.by_team)
    names = _team_names()
    n = sum(counts.values())
    rows = [
        (names.get(team, DASH), each, walk_links.moves(reading.asked.changed(teams=(team,))))
        for team, each in counts.items()
        if team
    ]
    return Card(
        "teams",
        _("Moves by team"),
        _("Moves by people by the team whose case it is."),
        drawn.by_name(rows, _("Team"), _("moves")),
        n_of(n),
        moves(n),
        walk_links.moves(reading.asked),
    )


def _held_by_team(reading: Reading) -> Card:
    counts = Counter[int]()
    for row in reading.now(touch.held):
        counts[row.team] += row.n
    names = _team_names()
    still = reading.asked.cases.changed(states=(OPEN,))
    rows = [
        (names.get(team, DASH), n, address(still.changed(teams=(team,))))
        for team, n in counts.most_common()
        if team
    ]
    n = sum(counts.values())
    return Card(
        "held-by-team",
        _("Open cases by team"),
        _("What each team has open, now."),
        drawn.by_name(rows, _("Team"), _("cases")),
        n_of(n),
        cases(n),
        reading.links.open_now(),
    )


def _people(reading: Reading) -> Card:
    counts = reading.now(touch.by_people)
    n = sum(counts.values())
    return Card(
        "hands",
        _("How many people moved a case"),
        _("Cases that ended in the range. Nobody moved what healed or was closed by itself."),
        drawn.by_number(counts, _("People"), lambda k: walk_links.moved_by(reading.asked, k)),
        n_of(n),
        cases(n),
        reading.links.ended(),
    )


def _reassigned(reading: Reading) -> Card:
    counts = reading.now(touch.by_reassignments)
    n = sum(counts.values())
    return Card(
        "reassigned",
        _("How often a case changed its owner"),
        _("Cases that ended in the range, by how often they were assigned anew while owned."),
        drawn.by_number(counts, _("Times"), lambda k: walk_links.reassigned(reading.asked, k)),
        n_of(n),
        cases(n),
        reading.links.ended(),
    )


def _owners(reading: Reading) -> Card:
    """By how much they have: to see who needs help."""
    counts = Counter[int]()
    for row in reading.now(touch.held):
        counts[row.owner] += row.n
    shown = counts.most_common(MOST)
    people = User.objects.in_bulk([owner for owner, _n in shown])
    still = reading.asked.cases.changed(states=(OPEN,))
    rows = [
        (
            str(people.get(owner, _("nobody yet"))),
            n,
            address(still.changed(owners=(str(owner) if owner else NOBODY,))),
        )
        for owner, n in shown
    ]
    n = sum(counts.values())
    return Card(
        "owners",
        _("Open cases by owner"),
        _("What people have open, now; at most %s are shown. Load, not speed.") % MOST,
        drawn.by_name(rows, _("Owner"), _("cases")),
        n_of(n),
        cases(n),
        reading.links.open_now(),
        wide=True,
    )


def _team_names() -> dict[int, str]:
    return dict(Team.objects.values_list("pk", "name"))


def moves(n: int) -> str:
    return ngettext("%s move", "%s moves", n) % f"{n:,}"
