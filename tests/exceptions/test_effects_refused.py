"""What each move refuses for lack of data, and what it accepts no more."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from exceptions import effects, lifecycle, policies
from exceptions.actors import Actor, person
from exceptions.lifecycle import Refused
from exceptions.models import Case, Document, Membership, OutboxMessage, User
from exceptions.vocabulary import Move, Role, State
from tests.exceptions.cases import (
    MINUTE,
    People,
    case_in,
    data_for,
    detected,
    people_of,
)
from tests.making import Tower

HOUR = timedelta(hours=1)
NO_SEVERITIES: list[Any] = ["", None, "high", -1, 101, "1e2", [], float("inf"), float("nan")]


@pytest.fixture
def people(tower: Tower) -> People:
    return people_of(tower)


def clocks_of(case: Case) -> dict[str, str]:
    """The newest clock of each kind: its state, and whether it still runs."""
    return {
        clock.kind: f"{clock.state}{'' if clock.stopped_at else ', unstopped'}"
        for clock in case.clocks.order_by("id")
    }


def sent(case: Case) -> list[str]:
    return list(
        OutboxMessage.objects.filter(case=case).order_by("id").values_list("key", flat=True)
    )


def make(case: Case, which: Move, actor: Actor, at: datetime, **data: Any) -> Case:
    """The move, by somebody who sees the facts as they are."""
    seen = {"substance": Document.objects.get(pk=case.document_id).substance}
    said = seen | data if data else data_for(which)
    return lifecycle.move(case.pk, which, actor, at=at, data=said)


SEVERITY = "Give the severity as a whole number from 0 to 100."
COST = "Give the cost as a number; 0 when it costs nothing."
DATE = "New date and time: give a date and a time."
DIFFERENT = "Say in a sentence why the severity is different."
ENDED = "Choose how it ended: fixed, or accepted."
WHY_DISMISS = "Choose why: false positive, duplicate or accepted risk."
LOOK = "Look at the facts first: the decision rests on what they say."
NEW_DATE: dict[str, Any] = {"decision": "new_date", "reason": "Friday."}
EXPEDITE: dict[str, Any] = {"decision": "expedite", "reason": "Air."}

REFUSALS: list[tuple[State, Move, dict[str, Any], str]] = [
    (State.DETECTED, Move.CLASSIFY, {}, DIFFERENT),
    (State.DETECTED, Move.CLASSIFY, {"severity": 50, "reason": "  "}, DIFFERENT),
    *(
        (State.ASSIGNED, Move.RECLASSIFY, {"severity": wrong, "reason": "So."}, SEVERITY)
        for wrong in [*NO_SEVERITIES, "9" * 5000]
    ),
    (State.CLASSIFIED, Move.ASSIGN, {}, "Choose who shall own this case."),
    (State.CLASSIFIED, Move.ASSIGN, {"owner": "mate"}, "Choose who shall own this case."),
    *(
        (
            State.ACKNOWLEDGED,
            Move.PROPOSE,
            {"decision": wrong, "reason": "So."},
            "Choose one of the decisions that this kind of case offers.",
        )
        for wrong in ["", "recount", "nonsense", None, ["chase"]]
    ),
    (
        State.ACKNOWLEDGED,
        Move.PROPOSE,
        {"decision": "chase"},
        "Say why, in a sentence: it is written to Odoo.",
    ),
    *(
        (State.ACKNOWLEDGED, Move.PROPOSE, EXPEDITE | {"substance": wrong}, LOOK)
        for wrong in [None, "", "  "]
    ),
    *(
        (State.ACKNOWLEDGED, Move.PROPOSE, NEW_DATE | {"date": wrong}, DATE)
        for wrong in [None, "", "soon", "2026-12-01", "2026-12-01T10:00", 7]
    ),
    (State.ACKNOWLEDGED, Move.PROPOSE, NEW_DATE | {"date": "2026-12-32T10:00Z"}, DATE),
    *(
        (
            State.ACKNOWLEDGED,
            Move.PROPOSE,
            NEW_DATE | {"date": wrong},
            "New date and time: it must lie in the next two years.",
        )
        for wrong in ["2026-11-17T11:59Z", "2029-01-01T00:00Z", "0001-01-01T00:00+14:00"]
    ),
    *(
        (State.ACKNOWLEDGED, Move.PROPOSE, EXPEDITE | {"cost": wrong}, COST)
        for wrong in ["", None, "much", "-1", "NaN", "sNaN", "Infinity", "1e11", "1e999999999"]
    ),
    *(
        (State.ACKNOWLEDGED, Move.RESOLVE, {"outcome": wrong, "reason": "Done."}, ENDED)
        for wrong in ["", None, "self_healed", "duplicate", ["fixed"]]
    ),
    (
        State.ACKNOWLEDGED,
        Move.RESOLVE,
        {"outcome": "fixed"},
        "Say in a sentence what was done.",
    ),
    (
        State.RESOLVED,
        Move.CLOSE,
        {"root_cause": " \n"},
        "Name the root cause, so that it can be counted.",
    ),
    (State.CLOSED, Move.REOPEN, {}, "Say in a sentence why it is not over."),
    *(
        (State.ASSIGNED, Move.DISMISS, {"outcome": wrong, "reason": "So."}, WHY_DISMISS)
        for wrong in ["", "fixed", "self_healed", None]
    ),
    (
        State.ASSIGNED,
        Move.DISMISS,
        {"outcome": "accepted"},
        "Say in a sentence why this needs no work.",
    ),
]


def test_what_lacks_is_said_in_a_sentence(tower: Tower, people: People, at: datetime) -> None:
    said, wanted = {}, {}
    for state in State:
        Case.objects.filter(fingerprint__startswith="late").update(fingerprint=f"before {state}")
        case = case_in(state, tower, at=at)
        for number, (where, which, data, sentence) in enumerate(REFUSALS):
            if where == state:
                with pytest.raises(Refused) as refused:
                    make(case, which, people.supervisor, at + HOUR, **(data or {"nothing": 1}))
                key = (number, which, str(data)[:80])
                said[key], wanted[key] = str(refused.value), sentence

    assert len(said) == len(REFUSALS)
    assert said == wanted


def test_an_owner_must_work_at_the_site(tower: Tower, people: People, at: datetime) -> None:
    case = case_in(State.CLASSIFIED, tower, at=at)
    for actor in (people.mate_elsewhere, people.executive, people.stranger):
        with pytest.raises(Refused) as refused:
            make(case, Move.ASSIGN, people.supervisor, at + HOUR, owner=actor.user)
        assert str(refused.value) == (
            f"{actor.user} does not work on cases of Rotterdam: choose somebody who does."
        )


def test_an_owner_must_be_active(tower: Tower, people: People, at: datetime) -> None:
    case = case_in(State.CLASSIFIED, tower, at=at)
    gone = User.objects.create_user("gone", is_active=False)
    Membership.objects.create(user=gone, role=Role.OPERATOR, site=tower.site)
    with pytest.raises(Refused, match="Choose who shall own this case"):
        make(case, Move.ASSIGN, people.supervisor, at + HOUR, owner=gone)

    assert Case.objects.get().owner is None


def test_assigning_to_the_owner_says_so(tower: Tower, people: People, at: datetime) -> None:
    case = case_in(State.ASSIGNED, tower, at=at)
    with pytest.raises(Refused) as refused:
        make(case, Move.ASSIGN, people.supervisor, at + HOUR, owner=people.owner.user)

    assert str(refused.value) == "procurement.rtm already owns this case."


@pytest.mark.parametrize(
    ("after", "refused"), [(timedelta(days=7), False), (timedelta(days=7, seconds=1), True)]
)
def test_people_reopen_within_the_window_of_the_policy(
    tower: Tower, people: People, at: datetime, after: timedelta, refused: bool
) -> None:
    case = case_in(State.CLOSED, tower, at=at)
    window = policies.from_json(case.policy.settings).reopen_days
    assert window == 7
    assert case.closed_at is not None
    try:
        make(case, Move.REOPEN, people.supervisor, case.closed_at + after)
        said = ""
    except Refused as refusal:
        said = str(refusal)

    too_late = f"{case.reference} was closed more than 7 days ago, so it stays closed."
    assert said == (too_late if refused else "")


def test_a_record_has_one_live_case(tower: Tower, people: People, at: datetime) -> None:
    old = case_in(State.CLOSED, tower, at=at)
    new = case_in(State.ASSIGNED, tower, at=at + HOUR)
    with pytest.raises(Refused) as refused:
        make(old, Move.REOPEN, people.supervisor, at + 2 * HOUR)

    assert str(refused.value) == f"{new.reference} is already open for RTM/IN/00001."


def test_what_never_had_a_severity_is_not_reopened(
    tower: Tower, people: People, at: datetime
) -> None:
    case = make(detected(tower, at=at), Move.DISMISS, people.supervisor, at + MINUTE)
    with pytest.raises(Refused) as refused:
        make(case, Move.REOPEN, people.supervisor, at + HOUR)

    assert str(refused.value) == f"{case.reference} never got a severity."


def test_long_reasons_are_cut_where_they_are_kept(
    tower: Tower, people: People, at: datetime
) -> None:
    case = case_in(State.ACKNOWLEDGED, tower, at=at)
    data = {"outcome": "fixed", "reason": "a" * 100_000}
    case = make(case, Move.RESOLVE, people.owner, at + HOUR, **data)
    told = case.events.last()

    assert told is not None
    assert len(told.data["reason"]) == 500


def test_every_move_has_its_effect() -> None:
    assert set(effects.EFFECTS) == set(Move)


def test_an_operator_everywhere_may_own(tower: Tower, people: People, at: datetime) -> None:
    case = case_in(State.CLASSIFIED, tower, at=at)
    floater = User.objects.create_user("floater")
    Membership.objects.create(user=floater, role=Role.OPERATOR)
    case = make(case, Move.ASSIGN, people.supervisor, at + HOUR, owner=floater)

    assert lifecycle.refusal(case, Move.ACKNOWLEDGE, person(floater)) == ""
