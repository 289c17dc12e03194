"""Approval times: how requests for approval ended, how long it took, and what waits now.

A request belongs to its case, so the scope's sites, kinds, tiers, teams and owners are the case's.
A level is waited for until somebody who may vote has looked at it; from there it is their time. An
answer by mail or API comes without a look: all of it was waiting.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from exceptions.queries import spans
from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.queries.spans import NOTHING, Length, Span
from exceptions.vocabulary import Figure

CUTS = tuple(timedelta(hours=h) for h in (1, 4, 8, 24, 72))
BUCKETS = range(len(CUTS) + 1)
# Request to final vote, of requests approved or rejected in the range.
CYCLE = Length("answered", Figure.ANSWER)


@dataclass(frozen=True, slots=True)
class LevelTimes:
    """Levels of one number that were answered: until somebody looked, and from there."""

    number: int
    wait: Span
    touch: Span


@dataclass(frozen=True, slots=True)
class VoterTime:
    """How long one person's votes took, from when their level was asked."""

    voter: int
    span: Span


@dataclass(frozen=True, slots=True)
class Waiting:
    """Requests of one age that wait for the same people; `since`: when the first was put to them.

    `voters` and `group` are the matrix's (vocabulary.Voters; a group's name or "").
    """

    site: int
    voters: str
    group: str
    bucket: int
    n: int
    since: datetime


def by_end(scope: Scope) -> dict[str, int]:
    """Requests that ended in the range, by state, most first."""
    if scope.from_rollups:
        return dict(rolled_rows("rolled/by_what", figure=Figure.REQUEST, scope=scope))
    return dict(rows("requests_ended", scope=scope))


def by_level(scope: Scope) -> list[LevelTimes]:
    """By number of the level, of levels that people answered in the range."""
    wait = spans.apart("level_wait", Figure.LEVEL_WAIT, scope)
    touch = spans.apart("level_touch", Figure.LEVEL_TOUCH, scope)
    numbers = sorted(map(int, wait))
    return [LevelTimes(n, wait[str(n)], touch.get(str(n), NOTHING)) for n in numbers]


def by_voter(scope: Scope) -> list[VoterTime]:
    """Votes of the range by whose they are, the slowest median first."""
    found = spans.apart("votes", Figure.VOTE, scope)
    times = [VoterTime(int(voter), span) for voter, span in found.items()]
    return sorted(times, key=lambda t: (-(t.span.median or 0), t.voter))


def waiting(scope: Scope) -> list[Waiting]:
    """What waits now, whatever the range; what has waited longest first."""
    return [Waiting(*row) for row in rows("requests_waiting", scope=scope, cuts=list(CUTS))]


def asked_between(bucket: int, at: datetime) -> tuple[datetime | None, datetime | None]:
    """When the requests of a bucket were asked: after the first instant, until the second."""
    after = at - CUTS[bucket] if bucket < len(CUTS) else None
    until = at - CUTS[bucket - 1] if bucket else None
    return after, until
