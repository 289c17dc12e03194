"""From the numbers of approvals to the requests, levels and votes that they count, and back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode

from exceptions.models import ApprovalLevel, ApprovalRequest, Case, Vote
from exceptions.queries import approvals_listed
from exceptions.queries.case_filter import write
from exceptions.queries.scope import Scope
from exceptions.vocabulary import ApprovalState, Voters
from exceptions.web.dashboards.asked import Asked

ANSWERED = (ApprovalState.APPROVED, ApprovalState.REJECTED)
LAPSED = (ApprovalState.VOID, ApprovalState.EXPIRED)
ENDED = tuple(state for state in ApprovalState if state != ApprovalState.PENDING)
REQUESTS, WAITING, LEVELS, VOTES = "requests", "waiting", "levels", "votes"

Rows = QuerySet[ApprovalRequest] | QuerySet[ApprovalLevel] | QuerySet[Vote]


@dataclass(frozen=True, slots=True)
class Requests:
    """Addresses of the list, for one dashboard as asked."""

    asked: Asked

    def ended(self, states: Iterable[str] = ()) -> str:
        return _address(self.asked, REQUESTS, [("how", str(state)) for state in states])

    def answered_on(self, day: date) -> str:
        of_day = replace(self.asked, first_day=day, last_day=day, preset=None)
        return Requests(of_day).ended(ANSWERED)

    def pending(self) -> str:
        return _address(self.asked, WAITING)

    def waiting_for(self, site: int, voters: str, group: str) -> str:
        here = self.asked.changed(sites=(site,))
        return _address(here, WAITING, [("voters", voters), ("group", group)])

    def asked_between(self, after: datetime | None, until: datetime | None) -> str:
        bounds = (("after", after), ("until", until))
        return _address(self.asked, WAITING, [(name, write(at)) for name, at in bounds if at])

    def levels(self) -> str:
        return _address(self.asked, LEVELS)

    def level(self, number: int, touched: bool) -> str:  # as charts call it
        said = [("level", str(number)), *([("seen", "yes")] if touched else [])]
        return _address(self.asked, LEVELS, said)

    def votes(self, voter: int | None = None) -> str:
        return _address(self.asked, VOTES, [] if voter is None else [("voter", str(voter))])


def _address(asked: Asked, what: str, said: Iterable[tuple[str, str]] = ()) -> str:
    pairs = [*asked.pairs(), *asked.range_pairs(), ("of", what), *said]
    return f"{reverse('dashboard-requests')}?{urlencode(pairs)}"


def what(query: QueryDict) -> str:
    """Which kind of rows the address asks for."""
    said = query.get("of", REQUESTS)
    return said if said in (REQUESTS, WAITING, LEVELS, VOTES) else REQUESTS


def listed(query: QueryDict, scope: Scope, cases: QuerySet[Case]) -> Rows:
    """What the address asks for. What it says and cannot be read asks for nothing."""
    match what(query):
        case "waiting":
            return _waiting(query, cases)
        case "levels":
            seen = query.get("seen") == "yes"
            return approvals_listed.levels(scope, cases, number=_number(query, "level"), seen=seen)
        case "votes":
            return approvals_listed.votes(scope, cases, voter=_number(query, "voter"))
        case _:
            states = [state for state in query.getlist("how") if state in ENDED]
            return approvals_listed.ended(scope, cases, states or ENDED)


def _waiting(query: QueryDict, cases: QuerySet[Case]) -> QuerySet[ApprovalRequest]:
    voters = query.get("voters", "")
    return approvals_listed.pending(
        cases,
        voters=voters if voters in Voters.values else "",
        group=query.get("group", "")[:60].replace("\x00", ""),
        after=_instant(query, "after"),
        until=_instant(query, "until"),
    )


def _number(query: QueryDict, name: str) -> int | None:
    said = query.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _instant(query: QueryDict, name: str) -> datetime | None:
    try:
        found = parse_datetime(query.get(name, ""))
    except ValueError:
        return None
    return found if found and found.tzinfo and 1900 < found.year < 2200 else None
