"""Approvals: how long decisions wait for them, at which level, for whom, and how requests end."""

from collections import Counter
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exceptions.charts import approvals as drawn
from exceptions.charts import operations
from exceptions.kpis import approvals as kpis
from exceptions.models import Site, User
from exceptions.queries import approval_times
from exceptions.vocabulary import Voters
from exceptions.web import formats
from exceptions.web.dashboards.approval_links import ANSWERED, LAPSED, Requests
from exceptions.web.dashboards.shell import Card, Dashboard, Reading, Shown, n_of
from exceptions.web.dashboards.tile import Tile

SLOWEST = 12  # voters, as many as one can read


def read(reading: Reading) -> Shown:
    some = bool(reading.now(approval_times.by_end) or reading.now(approval_times.waiting))
    return Shown(tiles(reading), cards(reading), nothing=not some)


DASHBOARD = Dashboard("approvals", gettext_lazy("Approvals"), read)


def tiles(reading: Reading) -> list[Tile]:
    links = Requests(reading.asked)
    return [
        reading.tile(kpis.CYCLE, links.ended(ANSWERED)),
        reading.tile(kpis.WAITING, links.pending(), compared=False),
        reading.tile(kpis.ENDED, links.ended()),
        reading.tile(kpis.LAPSED_SHARE, links.ended(LAPSED), links.ended()),
    ]


def cards(reading: Reading) -> list[Card]:
    return [
        _cycle(reading),
        _levels(reading),
        _waiting_for(reading),
        _waiting_by_age(reading),
        _voters(reading),
        _ended(reading),
    ]


def _cycle(reading: Reading) -> Card:
    links, found = Requests(reading.asked), reading.now(approval_times.CYCLE.by_day)
    n = reading.now(approval_times.CYCLE.whole).n
    return Card(
        "cycle",
        _("Approval cycle time"),
        _("Hours from request to final vote, by day of the vote; approved or rejected."),
        operations.spans(found, reading.scope.days, links.answered_on),
        n_of(n),
        requests(n),
        links.ended(ANSWERED),
        by_day=True,
    )


def _levels(reading: Reading) -> Card:
    links, rows = Requests(reading.asked), reading.now(approval_times.by_level)
    n = sum(row.wait.n for row in rows)
    return Card(
        "levels",
        _("Wait and touch by level"),
        _(
            "Wait: from being asked until somebody who may vote looked. Touch: from there to the "
            "answer. Who answers by mail or API has not looked: all of it is wait. Medians."
        ),
        drawn.levels(rows, links.level),
        n_of(n),
        ngettext("%s level", "%s levels", n) % f"{n:,}",
        links.levels(),
    )


def _waiting_for(reading: Reading) -> Card:
    links, rows = Requests(reading.asked), reading.now(approval_times.waiting)
    counts: Counter[tuple[int, str, str]] = Counter()
    since: dict[tuple[int, str, str], datetime] = {}
    for row in rows:  # what has waited longest first
        key = (row.site, row.voters, row.group)
        counts[key] += row.n
        since.setdefault(key, row.since)
    names = dict(Site.objects.filter(pk__in={row.site for row in rows}).values_list("pk", "name"))
    told = [
        (
            f"{group or Voters(voters).label}, {names[site]}",
            _("longest %s") % formats.span((reading.scope.at - begun).total_seconds()),
            counts[site, voters, group],
            links.waiting_for(site, voters, group),
        )
        for (site, voters, group), begun in since.items()
    ]
    n = sum(counts.values())
    return Card(
        "waiting-for",
        _("Waits for whom"),
        _("Requests that wait now, by who is asked at which site; whose wait is longest first."),
        drawn.waiting_for(told),
        n_of(n),
        requests(n),
        links.pending(),
    )


def _waiting_by_age(reading: Reading) -> Card:
    links, counts = Requests(reading.asked), Counter[int]()
    for row in reading.now(approval_times.waiting):
        counts[row.bucket] += row.n
    n = sum(counts.values())

    def link(bucket: int) -> str:
        return links.asked_between(*approval_times.asked_between(bucket, reading.scope.at))

    return Card(
        "waiting-by-age",
        _("Age of what waits"),
        _("Requests that wait now, by elapsed time since they were asked."),
        drawn.waiting_by_age(counts, link),
        n_of(n),
        requests(n),
        links.pending(),
    )


def _voters(reading: Reading) -> Card:
    links, rows = Requests(reading.asked), reading.now(approval_times.by_voter)
    shown = rows[:SLOWEST]
    people = User.objects.in_bulk([row.voter for row in shown])
    n = sum(row.span.n for row in rows)
    return Card(
        "voters",
        _("Where votes take longest"),
        _("From being asked to the vote, by whose vote it is; the longest medians, at most %s.")
        % SLOWEST,
        drawn.voters(shown, {pk: str(user) for pk, user in people.items()}, links.votes),
        n_of(n),
        ngettext("%s vote", "%s votes", n) % f"{n:,}",
        links.votes(),
    )


def _ended(reading: Reading) -> Card:
    links, counts = Requests(reading.asked), reading.now(approval_times.by_end)
    n = sum(counts.values())
    return Card(
        "requests-ended",
        _("How requests ended"),
        _("Void: the facts moved or the case ended. Expired: nobody decided in time."),
        drawn.ended(counts, lambda state: links.ended((state,))),
        n_of(n),
        requests(n),
        links.ended(),
    )


def requests(n: int) -> str:
    return ngettext("%s request", "%s requests", n) % f"{n:,}"
