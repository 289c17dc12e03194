"""Lists of what is no case, as files: approvals, steps, moves and subjects."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions import actors
from exceptions.actors import Actor
from exceptions.charts.returning import subject_label
from exceptions.models import Case
from exceptions.queries import scope as scopes
from exceptions.queries import subjects, walks_listed
from exceptions.queries.asked import Asked, read
from exceptions.queries.recurring_conditions import YES
from exceptions.queries.scope import Scope
from exceptions.rollups import keeping
from exceptions.vocabulary import (
    ApprovalState,
    Ballot,
    DecisionKind,
    LevelState,
    Move,
    State,
    Voters,
)
from exceptions.web.dashboards import approval_links, move_lists
from exceptions.web.dashboards.shell import range_label
from exceptions.web.dashboards.walk_links import step_of
from exceptions.web.exports.columns import labels, of_case, person
from exceptions.web.exports.listed import Listed, ListOfRows, filter_in_words
from exceptions.web.exports.table import Column, Reckoned

Rows = Callable[[QueryDict, Scope, QuerySet[Case]], QuerySet[Any]]


def _request(path: str) -> tuple[Column, ...]:
    """The request, and the case that it is about."""
    return (
        Column("request", gettext_lazy("Request"), f"{path}id" if path else "id"),
        *of_case(f"{path}case__"),
        Column(
            "decision",
            gettext_lazy("Decision"),
            f"{path}decision__kind",
            labels(DecisionKind),
        ),
    )


REQUESTS = (
    *_request(""),
    Column("request_state", gettext_lazy("State of the request"), "state", labels(ApprovalState)),
    Column("asked_at", gettext_lazy("Asked"), "asked_at"),
    Column("expires_at", gettext_lazy("Expires"), "expires_at"),
    Column("ended_at", gettext_lazy("Ended"), "ended_at"),
    Column("why_ended", gettext_lazy("Why it ended"), "why_ended"),
)
LEVELS = (
    *_request("request__"),
    Column("level", gettext_lazy("Level"), "number"),
    Column("voters", gettext_lazy("Who is asked"), "voters", labels(Voters)),
    Column("level_state", gettext_lazy("State of the level"), "state", labels(LevelState)),
    Column("opened_at", gettext_lazy("Asked"), "opened_at"),
    Column("first_seen_at", gettext_lazy("Looked at first"), "first_seen_at"),
    Column("ended_at", gettext_lazy("Answered"), "ended_at"),
)
VOTES = (
    *_request("request__"),
    Column("level", gettext_lazy("Level"), "level__number"),
    Column("voter", gettext_lazy("Whose vote"), "voter_name"),
    Column("ballot", gettext_lazy("Vote"), "ballot", labels(Ballot)),
    Column("asked_at", gettext_lazy("Asked"), "level__opened_at"),
    Column("voted_at", gettext_lazy("Voted"), "at"),
    Column("vote_reason", gettext_lazy("Reason"), "reason"),
)
STEPS = (
    *of_case("case__"),
    Column("from_state", gettext_lazy("From"), "from_state", labels(State)),
    Column("to_state", gettext_lazy("To"), "to_state", labels(State)),
    Column("since", gettext_lazy("Stood there since"), "since"),
    Column("at", gettext_lazy("Went on"), "at"),
    Column("by", gettext_lazy("By"), "actor_name"),
    Column("via", gettext_lazy("Via"), "via"),
)
MOVES = (
    *of_case("case__"),
    Column("move", gettext_lazy("Move"), "move", labels(Move)),
    Column("from_state", gettext_lazy("From"), "from_state", labels(State)),
    Column("to_state", gettext_lazy("To"), "to_state", labels(State)),
    Column("at", gettext_lazy("When"), "at"),
    Column("by", gettext_lazy("By"), "actor_name"),
    Column("username", gettext_lazy("Name of their account"), "actor__username"),
    Column("via", gettext_lazy("Via"), "via"),
)
SUBJECTS = (
    Column("subject_key", gettext_lazy("Subject, as the cases have it"), "subject"),
    Column("subject", gettext_lazy("Subject"), "name"),
    Column("detected", gettext_lazy("Cases detected"), "n"),
    Column("recurring", gettext_lazy("Of them recurring"), "recurring"),
)
MOST_SUBJECTS = 1_000_000


def _listed(
    query: QueryDict, actor: Actor, at: datetime, rows: Rows, path: str
) -> tuple[QuerySet[Any], Asked]:
    """The rows with the name of the case's owner, and what was asked."""
    if actors.site_ids(actor) == frozenset():
        raise PermissionDenied
    asked = read(query, scopes.today(actor, at))
    cases = asked.cases.apply(actors.visible_cases(actor), at=at, reader=actor.user)
    found = rows(query, asked.scope(actor, at), cases)
    return found.select_related(None).annotate(owner_name=person(f"{path}owner")), asked


def _said(asked: Asked, actor: Actor) -> list[tuple[str, str]]:
    return [
        (_("Range"), range_label(asked.first_day, asked.last_day)),
        *filter_in_words(asked.cases, actor),
    ]


def _requests(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    found, asked = _listed(query, actor, at, approval_links.listed, "case__")
    return Listed(found, _said(asked, actor))


def _levels(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    found, asked = _listed(query, actor, at, approval_links.listed, "request__case__")
    return Listed(found, _said(asked, actor))


def _votes(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    found, asked = _listed(query, actor, at, approval_links.listed, "request__case__")
    return Listed(found.annotate(voter_name=person("voter")), _said(asked, actor))


def _steps(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    came_from, came_to = step_of(query.get("step", ""))

    def rows(_query: QueryDict, scope: Scope, cases: QuerySet[Case]) -> QuerySet[Any]:
        return walks_listed.steps(scope, cases, came_from=came_from, came_to=came_to)

    found, asked = _listed(query, actor, at, rows, "case__")
    return Listed(found, _said(asked, actor))


def _moves(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    def rows(query: QueryDict, scope: Scope, _cases: QuerySet[Case]) -> QuerySet[Any]:
        return move_lists.everything(query, scope)

    found, asked = _listed(query, actor, at, rows, "case__")
    hour, which = move_lists.hour(query), move_lists.which(query)
    said = [(_("Which"), str(move_lists.WHEN[which]))]
    said += [] if hour is None else [(_("Hour of the day"), str(hour))]
    return Listed(found, said + _said(asked, actor))


def _subjects(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    if actors.site_ids(actor) == frozenset():
        raise PermissionDenied
    asked = read(query, scopes.today(actor, at))
    scope = replace(asked.scope(actor, at), rolled=keeping.freshen(at) is not None)
    found = subjects.subjects(scope, limit=MOST_SUBJECTS).top
    found = [row for row in found if row.recurring or query.get("recurs") != YES]
    names = subjects.names([row.key for row in found], scope)
    rows = [
        {
            "subject": row.key,
            "name": subject_label(row.key, names),
            "n": row.n,
            "recurring": row.recurring,
        }
        for row in found
    ]
    return Listed(Reckoned(rows), _said(asked, actor))


def _asks_for(*what: str) -> Callable[[QueryDict], bool]:
    return lambda query: approval_links.what(query) in what


LISTS = {
    "requests": ListOfRows(
        "dashboard-requests",
        gettext_lazy("Requests for approval"),
        REQUESTS,
        _requests,
        _asks_for(approval_links.REQUESTS, approval_links.WAITING),
    ),
    "levels": ListOfRows(
        "dashboard-requests",
        gettext_lazy("Levels of requests"),
        LEVELS,
        _levels,
        _asks_for(approval_links.LEVELS),
    ),
    "votes": ListOfRows(
        "dashboard-requests",
        gettext_lazy("Votes"),
        VOTES,
        _votes,
        _asks_for(approval_links.VOTES),
    ),
    "steps": ListOfRows("dashboard-steps", gettext_lazy("Steps"), STEPS, _steps),
    "moves": ListOfRows("dashboard-moves", gettext_lazy("Moves"), MOVES, _moves),
    "subjects": ListOfRows("dashboard-subjects", gettext_lazy("Subjects"), SUBJECTS, _subjects),
}
