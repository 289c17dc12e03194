"""From the numbers of the report to exactly the rows that they count (law 5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from exceptions.queries.case_conditions import ALL, SNOOZED_OR_NOT
from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.recurring_conditions import EITHER, YES
from exceptions.report.contents import Indicator, Wanted
from exceptions.vocabulary import Outcome
from exceptions.web.dashboards.asked import Asked
from exceptions.web.dashboards.links import Links
from exceptions.web.dashboards.recurrence_links import RecurrenceLinks


@dataclass(frozen=True, slots=True)
class Link:
    """Where the rows of a number are listed, and those of its n where they are others."""

    href: str
    n_href: str = ""


def links(wanted: Wanted, at: datetime) -> Links:
    """Those of the dashboards over the same days and cases."""
    cases = CaseFilter(
        states=(ALL,), snoozed=SNOOZED_OR_NOT, sites=wanted.sites, kinds=wanted.kinds
    )
    first, last = wanted.period.first, wanted.period.last
    return Links(Asked(first_day=first, last_day=last, preset=None, cases=cases), at)


def link(indicator: Indicator, to: Links) -> Link | None:
    """None where nothing lists them."""
    found = LINKS.get(indicator.kpi.key)
    return found(to, indicator.now.part) if found else None


def _again(to: Links) -> RecurrenceLinks:
    return RecurrenceLinks(to.asked, to.at)


LINKS: Mapping[str, Callable[[Links, str], Link]] = {
    "volume": lambda to, _part: Link(to.detected()),
    "backlog": lambda to, _part: Link(to.open_on(to.asked.last_day)),
    "sla_breach": lambda to, _part: Link(to.breached(), to.clocks()),
    "first_response": lambda to, _part: Link(to.responded()),
    "resolution": lambda to, _part: Link(to.resolved()),
    "self_healed": lambda to, _part: Link(to.ended(Outcome.SELF_HEALED), to.ended()),
    "recurrence": lambda to, _part: Link(_again(to).recurs(YES), _again(to).recurs(EITHER)),
    "exception_rate": lambda to, _part: Link(to.detected()),
    "consistency_sites": lambda to, _part: Link(to.decided()),
    "avoided": lambda to, part: Link(to.amounts("avoided", part)),
    "lost": lambda to, part: Link(to.amounts("lost", part)),
    "exposed": lambda to, part: Link(to.exposed(None if part in ("", "none") else part)),
}
