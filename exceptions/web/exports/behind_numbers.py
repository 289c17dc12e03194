"""What numbers are reckoned from beside cases and clocks, as files: what was decided, what sites
completed, and when they work. No page lists these rows.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import Decision, Site, Throughput
from exceptions.queries import quarters
from exceptions.queries import scope as scopes
from exceptions.queries.asked import Asked, read
from exceptions.queries.case_conditions import in_range
from exceptions.queries.quarters import WorkingDay
from exceptions.vocabulary import DecisionKind, DecisionState
from exceptions.web.dashboards.shell import range_label
from exceptions.web.exports.columns import labels, of_case, person
from exceptions.web.exports.listed import Listed, ListOfRows, Said, filter_in_words
from exceptions.web.exports.table import Column, Form, Reckoned

PAGE = "dashboards"  # where they are offered
AHEAD = timedelta(days=31)  # working hours to come: in these, clocks that run fall due

DECISIONS = (
    *of_case("case__"),
    Column("decision_id", gettext_lazy("Number"), "id"),
    Column("decision", gettext_lazy("Decision"), "kind", labels(DecisionKind)),
    Column("decision_state", gettext_lazy("What became of it"), "state", labels(DecisionState)),
    Column("proposed_at", gettext_lazy("Proposed"), "proposed_at"),
    Column("approved_at", gettext_lazy("Approved"), "approved_at"),
    Column("undoes", gettext_lazy("Undoes number"), "undoes_id"),
    Column("cost", gettext_lazy("Cost"), "cost"),
    Column("cost_currency", gettext_lazy("Currency"), "currency"),
    Column("decision_reason", gettext_lazy("Reason"), "reason"),
)
COMPLETED = (
    Column("site", gettext_lazy("Site"), "site__name"),
    Column("day", gettext_lazy("Day"), "day"),
    Column("completed", gettext_lazy("Completed transfers"), "n"),
    Column("counted_at", gettext_lazy("Counted"), "counted_at"),
)
HOURS = (
    Column("site", gettext_lazy("Site"), "site"),
    Column("zone", gettext_lazy("Zone"), "zone"),
    Column("day", gettext_lazy("Day"), "day"),
    Column("opens", gettext_lazy("Opens"), "opens"),
    Column("closes", gettext_lazy("Closes"), "closes"),
)


def files(asked: Asked) -> list[tuple[str, str]]:
    """What each is called, and where it is fetched as asked."""
    return [
        (str(one.title), f"{reverse('export', args=[name, Form.CSV])}?{asked.to_query()}")
        for name, one in LISTS.items()
    ]


def _asked(query: QueryDict, actor: Actor, at: datetime) -> Asked:
    if actors.site_ids(actor) == frozenset():
        raise PermissionDenied
    return read(query, scopes.today(actor, at))


def _said(asked: Asked, actor: Actor) -> Said:
    return [
        (_("Range"), range_label(asked.first_day, asked.last_day)),
        *filter_in_words(asked.cases, actor),
    ]


def _decisions(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    """Those of the range, on the day on which they were taken, or proposed if they were not."""
    asked = _asked(query, actor, at)
    cases = asked.cases.apply(actors.visible_cases(actor), at=at, reader=actor.user)
    day = Coalesce(F("approved_at"), F("proposed_at"))
    of_range = in_range(day, F("case__site__time_zone"), asked.first_day, asked.last_day)
    found = Decision.objects.filter(of_range, case__in=cases).order_by("-pk")
    return Listed(found.annotate(owner_name=person("case__owner")), _said(asked, actor))


def _completed(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    """Of the sites asked for; kinds, tiers and people do not matter to it."""
    asked = _asked(query, actor, at)
    found = Throughput.objects.filter(
        site__in=_sites(asked, actor), day__range=(asked.first_day, asked.last_day)
    )
    only_sites = filter_in_words(asked.cases.without("kinds", "tiers", "teams", "owners"), actor)
    said = [(_("Range"), range_label(asked.first_day, asked.last_day)), *only_sites]
    return Listed(found.order_by("site__name", "day"), said)


def _hours(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    """Of the sites asked for, in the range and for a month after it."""
    asked = _asked(query, actor, at)
    days = [asked.first_day + timedelta(n) for n in range((asked.last_day - asked.first_day).days)]
    days += [asked.last_day + timedelta(n) for n in range(AHEAD.days + 1)]
    found = quarters.working_days(_sites(asked, actor), days)
    rows = [row for worked in found for row in _openings(worked)]
    only_sites = filter_in_words(asked.cases.without("kinds", "tiers", "teams", "owners"), actor)
    return Listed(
        Reckoned(rows), [(_("Range"), range_label(asked.first_day, days[-1])), *only_sites]
    )


def _sites(asked: Asked, actor: Actor) -> tuple[int, ...]:
    return scopes.sites_of(actor, asked.cases.sites)


def _openings(worked: WorkingDay) -> Iterator[dict[str, Any]]:
    """A row for each; one without times for a day off."""
    place: Site = worked.site
    row = {"site": place.name, "zone": place.time_zone, "day": worked.day}
    if not worked.openings:
        yield row | {"opens": "", "closes": ""}
    for opening in worked.openings:
        yield row | {"opens": _clock(opening.start), "closes": _clock(opening.end)}


def _clock(minute: int) -> str:
    """Of the wall; the end of a day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _no_page(query: QueryDict) -> bool:  # noqa: ARG001
    return False


LISTS = {
    "decisions": ListOfRows(PAGE, gettext_lazy("Decisions"), DECISIONS, _decisions, _no_page),
    "completed": ListOfRows(
        PAGE, gettext_lazy("Completed transfers"), COMPLETED, _completed, _no_page
    ),
    "hours": ListOfRows(PAGE, gettext_lazy("Working hours of sites"), HOURS, _hours, _no_page),
}
