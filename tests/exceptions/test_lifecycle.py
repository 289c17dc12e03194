"""The door: who may move a case, when, and what each refusal says.

The tables here are written from the description of the life, not from RULES.
"""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from exceptions import lifecycle
from exceptions.actors import Actor, machine
from exceptions.lifecycle import Refused
from exceptions.models import Case
from exceptions.vocabulary import OPEN_STATES, Move, State, Via
from tests.exceptions.cases import People, case_in, data_for, people_of
from tests.making import Tower

SUPERVISORS = {"supervisor", "supervisor_everywhere"}
WHO: dict[Move, set[str]] = {
    Move.CLASSIFY: SUPERVISORS,
    Move.RECLASSIFY: SUPERVISORS,
    Move.ASSIGN: SUPERVISORS,
    Move.ACKNOWLEDGE: SUPERVISORS | {"owner", "mate"},
    Move.PROPOSE: SUPERVISORS | {"owner"},
    Move.RESOLVE: SUPERVISORS | {"owner"},
    Move.CLOSE: SUPERVISORS | {"owner"},
    Move.REOPEN: SUPERVISORS,
    Move.DISMISS: SUPERVISORS,
}
BY_ITSELF: dict[Move, set[Via]] = {
    Move.CLASSIFY: {Via.POLICY},
    Move.RECLASSIFY: {Via.POLICY},
    Move.ASSIGN: {Via.POLICY},
    Move.RESOLVE: {
        *(Via.ODOO, Via.CARRIER, Via.N8N, Via.API, Via.WATCH),
        *(Via.POLICY, Via.IMPORT),
    },
    Move.CLOSE: {Via.CLOCK, Via.IMPORT},
    Move.REOPEN: {Via.POLICY},
}
FROM: dict[Move, set[State]] = {
    Move.CLASSIFY: {State.DETECTED},
    Move.RECLASSIFY: {State.CLASSIFIED, State.ASSIGNED, State.ACKNOWLEDGED},
    Move.ASSIGN: {State.CLASSIFIED, State.ASSIGNED, State.ACKNOWLEDGED},
    Move.ACKNOWLEDGE: {State.ASSIGNED},
    Move.PROPOSE: {State.ACKNOWLEDGED},
    Move.RESOLVE: {State.ACKNOWLEDGED},
    Move.CLOSE: {State.RESOLVED},
    Move.REOPEN: {State.RESOLVED, State.CLOSED},
    Move.DISMISS: {State.DETECTED, State.CLASSIFIED, State.ASSIGNED, State.ACKNOWLEDGED},
}
TO: dict[Move, State] = {
    Move.CLASSIFY: State.CLASSIFIED,
    Move.ASSIGN: State.ASSIGNED,
    Move.ACKNOWLEDGE: State.ACKNOWLEDGED,
    Move.RESOLVE: State.RESOLVED,
    Move.CLOSE: State.CLOSED,
    Move.REOPEN: State.ASSIGNED,
    Move.DISMISS: State.CLOSED,
}
OWNERS_MOVES = {Move.ACKNOWLEDGE, Move.PROPOSE, Move.RESOLVE, Move.CLOSE}
# Who brought the case of these tests where it is.
CAME_BY = {
    State.DETECTED: None,
    State.CLASSIFIED: "policy",
    State.ASSIGNED: "policy",
    State.ACKNOWLEDGED: "procurement.rtm",
    State.RESOLVED: "procurement.rtm",
    State.CLOSED: "procurement.rtm",
}


@pytest.fixture
def people(tower: Tower) -> People:
    return people_of(tower)


def attempt(case: Case, which: Move, actor: Actor, at: datetime) -> str:
    """The state that the move leads to, or the sentence that refuses it. Leaves no trace."""
    try:
        with transaction.atomic():
            moved = lifecycle.move(case.pk, which, actor, at=at, data=data_for(which))
            transaction.set_rollback(True)
    except Refused as refused:
        return str(refused)
    return moved.state


def everybody(people: People) -> Iterable[tuple[str, Actor]]:
    yield from ((field.name, getattr(people, field.name)) for field in fields(people))
    yield from ((f"machine via {via}", machine(via)) for via in Via)


def expected(case: Case, which: Move, name: str, actor: Actor) -> str:
    """What the description of the life says of this attempt."""
    if not _is_theirs(case, which, name, actor):
        if which in OWNERS_MOVES:
            owner = case.owner or "nobody yet"
            return f"Only the owner ({owner}) or a supervisor of Rotterdam can do this."
        return "Only a supervisor of Rotterdam can do this."
    states = set(FROM[which])
    if which == Move.RESOLVE and actor.user is None:
        states = set(OPEN_STATES)
    if case.state in states:
        return TO.get(which, State(case.state))
    return _not_now(case, which)


def _is_theirs(case: Case, which: Move, name: str, actor: Actor) -> bool:
    if actor.user is None:
        return actor.via in BY_ITSELF.get(which, set())
    if name == "owner" and case.owner is None:  # as yet only one of the team
        return which == Move.ACKNOWLEDGE
    return name in WHO[which]


def _not_now(case: Case, which: Move) -> str:
    if case.state == TO.get(which):
        who = CAME_BY[State(case.state)]
        return f"{case.reference} is already {case.state}: {who} was first."
    if which == Move.RESOLVE and case.is_open:
        return "Acknowledge the case first; then it can be resolved."
    if which == Move.PROPOSE and case.is_open:
        return "Acknowledge the case first; then a decision can be proposed."
    return f"{case.reference} is {case.state}, so this cannot be done now."


@pytest.mark.parametrize("state", State)
def test_who_may_make_which_move_in_which_state(
    tower: Tower, people: People, at: datetime, state: State
) -> None:
    case = case_in(state, tower, at=at)
    later = at + timedelta(hours=1)
    attempts = [(which, name, actor) for which in Move for name, actor in everybody(people)]

    assert len(attempts) == 9 * (14 + 13)
    assert {(w, n): attempt(case, w, a, later) for w, n, a in attempts} == {
        (w, n): str(expected(case, w, n, a)) for w, n, a in attempts
    }


@pytest.mark.parametrize("state", State)
def test_the_buttons_are_what_the_door_lets_through(
    tower: Tower, people: People, at: datetime, state: State
) -> None:
    case = case_in(state, tower, at=at)
    for name, actor in everybody(people):
        offered = lifecycle.legal_moves(case, actor)
        theirs = {which for which in Move if _is_theirs(case, which, name, actor)}
        now = {which for which, why_not in offered.items() if not why_not}

        assert set(offered) == theirs
        assert now == {
            which for which in theirs if expected(case, which, name, actor) in State.values
        }


def test_a_refused_move_leaves_everything_as_it_was(
    tower: Tower, people: People, at: datetime
) -> None:
    case = case_in(State.ASSIGNED, tower, at=at)
    before = Case.objects.values().get()
    with pytest.raises(Refused):
        lifecycle.move(case.pk, Move.DISMISS, people.supervisor, at=at, data={"outcome": "bored"})

    assert Case.objects.values().get() == before
    assert case.events.count() == 3


def test_who_was_first_is_who_made_the_move_not_who_rescored_since(
    tower: Tower, people: People, at: datetime
) -> None:
    case = case_in(State.ACKNOWLEDGED, tower, at=at)
    lifecycle.move(
        case.pk, Move.RECLASSIFY, machine(Via.POLICY), at=at, data=data_for(Move.RECLASSIFY)
    )

    case.refresh_from_db()
    assert lifecycle.refusal(case, Move.ACKNOWLEDGE, people.mate) == (
        f"{case.reference} is already acknowledged: procurement.rtm was first."
    )


def test_a_case_that_does_not_exist_is_told_apart_from_a_refusal(
    tower: Tower, people: People, at: datetime
) -> None:
    with pytest.raises(Case.DoesNotExist) as missing:
        lifecycle.move(404, Move.ACKNOWLEDGE, people.owner, at=at)

    assert not isinstance(missing.value, Refused)
