"""Whom a move is told. Called by `lifecycle.move`, under the row lock, after the case is saved."""

from collections.abc import Callable
from datetime import datetime

from exceptions.actors import Actor
from exceptions.models import Case, User
from exceptions.notices import tell, watchers
from exceptions.vocabulary import Move, Notice, Via

Tell = Callable[[Case, Actor, User | None, datetime], None]


def moved(case: Case, which: Move, actor: Actor, before: User | None, *, at: datetime) -> None:
    """`before` owned the case until now. What a file tells of the past is no news."""
    if actor.via != Via.IMPORT and which in _TELLS:
        _TELLS[which](case, actor, before, at)


def _assigned(case: Case, actor: Actor, before: User | None, at: datetime) -> None:
    """To the same owner it is assigned again only when their lease has run out."""
    tell(case, Notice.ASSIGNED, [case.owner], at=at, by=actor)
    if case.owner != before:
        told = {"owner": str(case.owner)}
        tell(case, Notice.REASSIGNED, [before], at=at, by=actor, data=told)


def _acknowledged(case: Case, actor: Actor, before: User | None, at: datetime) -> None:
    if case.owner != before:
        _assigned(case, actor, before, at)


def _result(what: Notice) -> Tell:
    """The owner hears what others did; whoever watches hears it too."""

    def told(case: Case, actor: Actor, before: User | None, at: datetime) -> None:
        people = [case.owner, before, *watchers(case)]
        data = {"outcome": case.outcome, "owner": str(case.owner or "")}
        tell(case, what, people, at=at, by=actor, data=data)

    return told


def _closed(case: Case, actor: Actor, before: User | None, at: datetime) -> None:  # noqa: ARG001
    """The owner has heard that it was resolved; the end of the quiet period is no news to them."""
    people = [*watchers(case), *([case.owner] if actor.user else [])]
    tell(case, Notice.CLOSED, people, at=at, by=actor, data={"root_cause": case.root_cause})


_TELLS: dict[Move, Tell] = {
    Move.ASSIGN: _assigned,
    Move.ACKNOWLEDGE: _acknowledged,
    Move.RESOLVE: _result(Notice.RESOLVED),
    Move.DISMISS: _result(Notice.DISMISSED),
    Move.REOPEN: _result(Notice.REOPENED),
    Move.CLOSE: _closed,
}
