"""The requests for approval, levels and votes that the numbers of approvals count, one by one."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from exceptions.models import ApprovalLevel, ApprovalRequest, Case, Vote
from exceptions.queries.case_conditions import local_day
from exceptions.queries.scope import Scope
from exceptions.vocabulary import ApprovalState, LevelState

ANSWERED = (LevelState.PASSED, LevelState.REFUSED)
WHOLE = ("decision__proposed_by", "case__site")


def ended(scope: Scope, cases: QuerySet[Case], states: Iterable[str]) -> QuerySet[ApprovalRequest]:
    """Requests that ended so in the range, the latest first."""
    found = ApprovalRequest.objects.filter(case__in=cases, state__in=list(states))
    found = found.exclude(state=ApprovalState.PENDING)
    within = found.filter(_on_days("ended_at", "case__site__time_zone", scope))
    return within.select_related(*WHOLE).order_by("-ended_at", "-id")


def pending(
    cases: QuerySet[Case],
    *,
    voters: str = "",
    group: str = "",
    after: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[ApprovalRequest]:
    """Requests that wait now: for those people, and asked in that time; the oldest first."""
    found = ApprovalRequest.objects.filter(case__in=cases, state=ApprovalState.PENDING)
    if voters:
        open_level = ApprovalLevel.objects.filter(state=LevelState.OPEN, voters=voters, group=group)
        found = found.filter(pk__in=open_level.values("request"))
    if after:
        found = found.filter(asked_at__gt=after)
    if until:
        found = found.filter(asked_at__lte=until)
    return found.select_related(*WHOLE).order_by("asked_at", "id")


def levels(
    scope: Scope, cases: QuerySet[Case], *, number: int | None, seen: bool
) -> QuerySet[ApprovalLevel]:
    """Levels that people answered in the range, the latest first; only those looked at (`seen`)."""
    found = ApprovalLevel.objects.filter(request__case__in=cases, state__in=ANSWERED)
    if number is not None:
        found = found.filter(number=number)
    if seen:
        found = found.exclude(first_seen_at=None)
    within = found.filter(_on_days("ended_at", "request__case__site__time_zone", scope))
    whole = within.select_related(*(f"request__{name}" for name in WHOLE))
    return whole.order_by("-ended_at", "-id")


def votes(scope: Scope, cases: QuerySet[Case], *, voter: int | None) -> QuerySet[Vote]:
    """Votes of the range, the latest first."""
    found = Vote.objects.filter(request__case__in=cases)
    if voter is not None:
        found = found.filter(voter=voter)
    within = found.filter(_on_days("at", "request__case__site__time_zone", scope))
    whole = within.select_related("level", "voter", *(f"request__{name}" for name in WHOLE))
    return whole.order_by("-at", "-id")


def _on_days(instant: str, zone: str, scope: Scope) -> Q:
    """The instant is in the range, by the days of each site; the bounds let an index be used."""
    day = local_day(F(instant), F(zone))
    near = Q(**{f"{instant}__range": (scope.earliest, scope.latest)})
    first, last = GreaterThanOrEqual(day, scope.first_day), LessThanOrEqual(day, scope.last_day)
    return near & Q(first) & Q(last)
