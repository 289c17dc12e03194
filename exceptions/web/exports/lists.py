"""The lists that can be had as files: whose they are, their columns, and what their address asks.

A list is declared here once; its page, its tiles and its bars lead to the same rows.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import Case
from exceptions.models.clock import source_read_at
from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.queue import RANKED, Worklist
from exceptions.vocabulary import ClockKind, ClockState, Outcome, State, Waiting
from exceptions.web.dashboards import deadline_lists
from exceptions.web.dashboards.shell import range_label
from exceptions.web.exports import behind_numbers, beside_cases, columns, transits
from exceptions.web.exports.listed import Listed, ListOfRows, filter_in_words
from exceptions.web.exports.table import Column

CASES = (
    *columns.of_case(),
    Column("score", gettext_lazy("Severity"), "score"),
    Column("state", gettext_lazy("State"), "state", columns.labels(State)),
    Column("outcome", gettext_lazy("Outcome"), "outcome", columns.labels(Outcome)),
    Column("value_at_risk", gettext_lazy("Value at risk"), "value_at_risk"),
    Column("currency", gettext_lazy("Currency"), "currency"),
    Column("avoided", gettext_lazy("Avoided"), "avoided"),
    Column("lost", gettext_lazy("Lost"), "lost"),
    Column("amounts_currency", gettext_lazy("Currency of both"), "amounts_currency"),
    Column("need_at", gettext_lazy("Needed"), "need_at"),
    Column("detected_at", gettext_lazy("Detected"), "detected_at"),
    Column("first_response_at", gettext_lazy("First response"), "first_response_at"),
    Column("acknowledged_at", gettext_lazy("Acknowledged"), "acknowledged_at"),
    Column("resolved_at", gettext_lazy("Resolved"), "resolved_at"),
    Column("closed_at", gettext_lazy("Closed"), "closed_at"),
    Column("next_due_at", gettext_lazy("Next clock due"), "next_due_at"),
    Column("reopen_count", gettext_lazy("Reopened, times"), "reopen_count"),
    Column("reason", gettext_lazy("Why it is here"), "reason"),
    Column("root_cause", gettext_lazy("Root cause"), "root_cause"),
    Column("corrective_action", gettext_lazy("Corrective action"), "corrective_action"),
    Column("subject_key", gettext_lazy("Subject"), "subject_key"),
    Column("parent", gettext_lazy("Part of"), "parent_id", columns.reference),
    Column("merged_into", gettext_lazy("Duplicate of"), "merged_into_id", columns.reference),
    Column(
        "missed_by_webhook", gettext_lazy("Missed by webhook"), "missed_by_webhook", columns.yes
    ),
    Column("imported_from", gettext_lazy("Imported from"), "imported_from"),
    Column("source_reference", gettext_lazy("Record in the source"), "document__reference"),
    Column("source_url", gettext_lazy("Link to the source"), "document__url"),
)
CLOCKS = (
    *columns.of_case("case__"),
    Column("clock", gettext_lazy("Clock"), "kind", columns.labels(ClockKind)),
    Column("clock_state", gettext_lazy("State of the clock"), "state", columns.labels(ClockState)),
    Column("started_at", gettext_lazy("Started"), "started_at"),
    Column("due_at", gettext_lazy("Due"), "due_at"),
    Column("stopped_at", gettext_lazy("Stopped"), "stopped_at"),
    Column("target_minutes", gettext_lazy("Target, minutes"), "target_minutes"),
    Column("hours", gettext_lazy("Hours that count"), "calendar_version__calendar__name"),
    Column("source_read_at", gettext_lazy("Source last read"), "source_read_at"),
)
PAUSES = (
    *columns.of_case("case__"),
    Column("waiting_for", gettext_lazy("Waits for"), "waiting_for", columns.labels(Waiting)),
    Column("counterparty", gettext_lazy("Who"), "counterparty"),
    Column("pause_reason", gettext_lazy("Reason"), "reason"),
    Column("started_at", gettext_lazy("Began"), "started_at"),
    Column("ended_at", gettext_lazy("Ended"), "ended_at"),
    Column("ends_by", gettext_lazy("Budget until"), "ends_by"),
)


def _cases(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    """As the queue shows them."""
    asked = CaseFilter.from_query(query)
    work = Worklist(actors.visible_cases(actor), asked, at, actor.user)
    found: QuerySet[Case] = work.found.annotate(owner_name=columns.person("owner"))
    said = filter_in_words(asked, actor)
    return Listed(found.order_by(*(RANKED if asked.is_live else ("-id",))), said)


def _clocks(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    """As the page of the clocks shows them."""
    if actors.site_ids(actor) == frozenset():
        raise PermissionDenied
    asked = deadline_lists.listing(query, actor, at)
    said = [
        (_("Which"), deadline_lists.title(asked)),
        (_("Range"), range_label(asked.asked.first_day, asked.asked.last_day)),
        (_("Clocks"), str(ClockKind(asked.kind).label) if asked.kind else _("of all kinds")),
    ]
    words = filter_in_words(asked.asked.cases, actor)
    found = deadline_lists.clocks(asked).annotate(
        owner_name=columns.person("case__owner"), source_read_at=source_read_at()
    )
    return Listed(found.select_related(None), said + words)


def _pauses(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    """As the page of the pauses shows them."""
    if actors.site_ids(actor) == frozenset():
        raise PermissionDenied
    asked = deadline_lists.listing(query, actor, at)
    said = [
        (_("Begun"), range_label(asked.asked.first_day, asked.asked.last_day)),
        (_("Waits for"), str(Waiting(asked.waiting).label) if asked.waiting else _("anybody")),
        (_("Pauses"), deadline_lists.which_pauses()[asked.which]),
    ]
    words = filter_in_words(asked.asked.cases, actor)
    found = deadline_lists.pauses_begun(asked).annotate(owner_name=columns.person("case__owner"))
    return Listed(found.select_related(None), said + words)


LISTS: Mapping[str, ListOfRows] = {
    "cases": ListOfRows("queue", gettext_lazy("Cases"), CASES, _cases),
    "clocks": ListOfRows("dashboard-clocks", gettext_lazy("Clocks"), CLOCKS, _clocks),
    "pauses": ListOfRows("dashboard-pauses", gettext_lazy("Pauses"), PAUSES, _pauses),
    **beside_cases.LISTS,
    **transits.LISTS,
    **behind_numbers.LISTS,
}


@cache
def lists() -> dict[str, ListOfRows]:
    """By name: those of this package, and those of adapters (settings.MORE_LISTS, dotted paths)."""
    more: Iterable[Mapping[str, ListOfRows]] = map(import_string, settings.MORE_LISTS)
    return {**LISTS, **{name: one for group in more for name, one in group.items()}}
