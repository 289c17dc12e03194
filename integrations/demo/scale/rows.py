"""From a made-up life to its rows: document, case, clocks, and a history with true hashes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exceptions import audit
from exceptions import facts as facts_module
from exceptions.facts import Report
from exceptions.kinds import reported
from exceptions.vocabulary import (
    ClockKind,
    ClockState,
    Factor,
    Happening,
    KindCode,
    Move,
    Outcome,
    State,
    Via,
)
from integrations.demo.scale.company import NAME, Company
from integrations.demo.scale.lives import Life

Row = dict[str, Any]
MODEL = "scale.record"


@dataclass(slots=True)
class Event:
    """One line of the history, by the names of its columns."""

    case_id: int
    number: int
    at: datetime
    move: str
    happening: str
    from_state: str
    to_state: str
    actor_id: int | None
    actor_name: str
    via: str
    data: dict[str, Any]
    previous_hash: str
    hash: str = ""


def of_life(life: Life, pk: int, company: Company) -> dict[str, list[Row]]:
    """The rows of the life whose document and case have the number `pk`, by table."""
    facts = _facts(life, pk, company)
    plain, substance = facts_module.plain(facts), facts_module.substance(facts)
    history = list(_history(life, pk, company))
    clocks = list(_clocks(life, pk, company))
    case = _case(life, pk, company) | {
        "facts": plain,
        "substance": substance,
        "event_count": len(history),
        "last_hash": history[-1].hash,
        "next_due_at": min(
            (c["due_at"] for c in clocks if c["state"] == ClockState.RUNNING), default=None
        ),
    }
    return {
        "document": [_document(life, pk, company) | {"facts": plain, "substance": substance}],
        "case": [case],
        "caseevent": [{name: getattr(e, name) for name in Event.__slots__} for e in history],
        "clock": clocks,
    }


def _facts(life: Life, pk: int, company: Company) -> Report:
    return Report(
        connection_id=company.connection,
        site_id=life.site,
        model=MODEL,
        record_id=pk,
        reference=_reference(pk),
        url="",
        read_at=life.detected,
        written_at=life.detected,
        company=NAME,
        kind=life.kind,
        summary=_title(life),
        subject=_partner(life),
        currency=life.currency or None,
        reported_by="",
        ended=life.ended is not None,
    )


def _document(life: Life, pk: int, company: Company) -> Row:
    return {
        "id": pk,
        "connection_id": company.connection,
        "model": MODEL,
        "record_id": pk,
        "site_id": life.site,
        "reference": _reference(pk),
        "facts_type": Report.__name__,
        "living": life.ended is None,
        "read_at": life.ended or life.detected,
        "written_at": life.ended or life.detected,
    }


def _case(life: Life, pk: int, company: Company) -> Row:
    said = reported.subject_said(_partner(life))
    worked = life.outcome in (Outcome.FIXED, Outcome.ACCEPTED)
    dismissed = life.outcome == Outcome.FALSE_POSITIVE
    return {
        "id": pk,
        "kind": life.kind,
        "site_id": life.site,
        "document_id": pk,
        "fingerprint": f"{life.kind}:{company.connection}:{MODEL}:{pk}",
        "subject_key": f"{life.kind}:{life.site}:{said}",
        "title": _title(life),
        "reason": f"{life.tier.label}: made up",
        "state": _state(life),
        "score": life.score,
        "tier": life.tier,
        "contributions": [{"factor": Factor.JUDGEMENT, "points": life.score, "because": "Made up"}],
        "thresholds": {},
        "policy_id": company.policy_of[life.kind],
        "value_at_risk": None if life.value is None else life.value / 100,
        "currency": life.currency,
        "team_id": life.team,
        "owner_id": life.owner,
        "detected_at": life.detected,
        "classified_at": life.detected,
        "assigned_at": life.detected,
        "acknowledged_at": life.acknowledged,
        "first_response_at": life.acknowledged,
        "resolved_at": None if dismissed else life.ended,
        "closed_at": life.ended if dismissed else life.closed,
        "outcome": life.outcome,
        "root_cause": "Capacity at the supplier" if worked and life.closed else "",
    }


def _state(life: Life) -> State:
    if life.ended:
        over = life.closed or life.outcome == Outcome.FALSE_POSITIVE
        return State.CLOSED if over else State.RESOLVED
    return State.ACKNOWLEDGED if life.acknowledged else State.ASSIGNED


def _history(life: Life, pk: int, company: Company) -> Iterator[Event]:
    previous = ""
    for number, step in enumerate(_steps(life, company), 1):
        event = Event(case_id=pk, number=number, previous_hash=previous, **step)
        event.hash = previous = audit.digest(event)
        yield event


def _steps(life: Life, company: Company) -> Iterator[Row]:
    """Eight lines of a case that people closed; fewer of one that goes on."""
    by_policy = _said_by(None, "Policy", Via.POLICY)
    by_source = _said_by(None, "Odoo", Via.ODOO)
    by_owner = _said_by(life.owner, company.names[life.owner], Via.WEB)
    at, owner = life.detected, {"owner": company.names[life.owner]}
    title = {"title": _title(life)}
    yield by_source(at, Happening.DETECTED, "", "", title)
    score = {"score": life.score, "tier": str(life.tier)}
    yield by_policy(at, Move.CLASSIFY, State.DETECTED, State.CLASSIFIED, score)
    yield by_policy(at, Move.ASSIGN, State.CLASSIFIED, State.ASSIGNED, owner)
    stands = State.ASSIGNED
    if life.acknowledged:
        yield by_owner(life.acknowledged, Move.ACKNOWLEDGE, stands, State.ACKNOWLEDGED, {})
        stands = State.ACKNOWLEDGED
        yield by_source(life.acknowledged, Happening.FACTS_CHANGED, "", "", title)
    if not life.ended:
        return
    yield by_source(life.ended, Happening.FACTS_CHANGED, "", "", title)
    said = {"outcome": life.outcome, "reason": "Made up"}
    if life.outcome == Outcome.FALSE_POSITIVE:
        lead = company.leads[life.site]
        by_lead = _said_by(lead, company.names[lead], Via.WEB)
        yield by_lead(life.ended, Move.DISMISS, stands, State.CLOSED, said)
        return
    ends = by_source if life.outcome == Outcome.SELF_HEALED else by_owner
    yield ends(life.ended, Move.RESOLVE, stands, State.RESOLVED, said)
    if life.closed:
        by_clock = _said_by(None, "Clock", Via.CLOCK)
        yield by_clock(life.closed, Move.CLOSE, State.RESOLVED, State.CLOSED, {})


def _said_by(actor: int | None, name: str, via: Via) -> Callable[..., Row]:
    def step(at: datetime, what: Move | Happening, was: str, now: str, data: Row) -> Row:
        return {
            "at": at,
            "move": what if isinstance(what, Move) else "",
            "happening": what if isinstance(what, Happening) else "",
            "from_state": was,
            "to_state": now,
            "actor_id": actor,
            "actor_name": name,
            "via": via,
            "data": data,
        }

    return step


def _clocks(life: Life, pk: int, company: Company) -> Iterator[Row]:
    answered = life.acknowledged or life.ended
    for kind, due, stopped in (
        (ClockKind.ACKNOWLEDGE, life.acknowledge_due, answered),
        (ClockKind.RESOLVE, life.resolve_due, life.ended),
    ):
        met = stopped is not None and stopped <= due
        cancelled = life.outcome == Outcome.FALSE_POSITIVE or (met and not life.acknowledged)
        late = stopped is not None and stopped > due
        yield {
            "case_id": pk,
            "kind": kind,
            "state": _clock_state(stopped, late=late, cancelled=cancelled and not late),
            "started_at": life.detected,
            "target_minutes": (due - life.detected) // timedelta(minutes=1),
            "due_at": due,
            "policy_id": company.policy_of[life.kind],
            "stopped_at": stopped,
            "breached_at": due if late else None,
            "steps_taken": [],
        }


def _clock_state(stopped: datetime | None, *, late: bool, cancelled: bool) -> ClockState:
    if cancelled:
        return ClockState.CANCELLED
    if late:
        return ClockState.BREACHED
    return ClockState.MET if stopped else ClockState.RUNNING


def _reference(pk: int) -> str:
    return f"SC/{pk:07}"


def _partner(life: Life) -> str:
    return f"Partner {life.partner:02}"


def _title(life: Life) -> str:
    return f"{KindCode(life.kind).label}: {_partner(life)}"
