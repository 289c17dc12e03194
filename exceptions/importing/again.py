"""Rows whose case is here already: what a later import of the same source changes.

Unchanged rows do nothing. Of a changed row only what its mapping gives is written. How a case
stands changes through `lifecycle.move` alone, at the instant that the file tells; a case that
people have moved here is theirs, and the row changes nothing.
"""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from exceptions import audit, lifecycle
from exceptions import facts as facts_module
from exceptions.actors import Actor
from exceptions.importing.past import PastCase
from exceptions.importing.writing import Writer
from exceptions.models import Case
from exceptions.vocabulary import ENDED_STATES, OPEN_STATES, Happening, Move, State, Via

# The field of a past case, and what a mapping must give so that it is changed.
CHANGEABLE = {
    "title": "title",
    "root_cause": "root_cause",
    "value_at_risk": "value",
    "currency": "currency",
    "detected_at": "detected_at",
    "reopen_count": "reopen_count",
}
# These belong to how a case stands, so an open case keeps its own.
OF_ENDED = {
    "assigned_at": "assigned_at",
    "acknowledged_at": "acknowledged_at",
    "first_response_at": "acknowledged_at",
    "resolved_at": "resolved_at",
    "closed_at": "closed_at",
    "outcome": "outcome",
    "avoided": "avoided",
    "lost": "lost",
    "owner_id": "owner",
    "tier": "tier",
    "score": "score",
}


def update(writer: Writer, case_id: int, past: PastCase) -> str:
    """Bring the case in line with its changed row; why not, when it cannot be followed."""
    case = lifecycle.locked(case_id)
    if says := refusal(case, past):
        return says
    _move(writer, case, past)
    case = lifecycle.locked(case_id)
    changed = _take(writer, case, past)
    audit.append(
        case,
        Happening.IMPORTED,
        writer.actor,
        at=writer.at,
        data=writer.told(past, changed=changed),
    )
    case.save()
    _document(writer, case, past)
    return ""


def refusal(case: Case, past: PastCase) -> str:
    """Why the changed row cannot be followed, in a sentence; empty when it can."""
    told = {"case": case.reference}
    if _was_worked_on(case):
        return _("%(case)s was moved here since its import. What happened here counts.") % told
    if (case.kind, case.site_id) != (past.kind, past.site_id):
        return _("%(case)s has another kind or site. A case keeps both for life.") % told
    if case.state in ENDED_STATES and past.state in OPEN_STATES:
        return _("%(case)s has ended; reopen it here if it goes on.") % told
    if case.state == State.CLOSED and past.state == State.RESOLVED:
        return _("%(case)s is closed here, and the file says only resolved.") % told
    return ""


def _was_worked_on(case: Case) -> bool:
    """Whether anything but imports and routing has moved it."""
    moves = case.events.exclude(move="").exclude(via=Via.IMPORT)
    return moves.exclude(Q(move=Move.ASSIGN, actor=None)).exists()


def _move(writer: Writer, case: Case, past: PastCase) -> None:
    """Through the door, at the instant of the file."""
    actor = Actor(name=writer.actor.name, via=Via.IMPORT)
    reason = _("%(file)s, row %(row)s") % {"file": writer.job.file_name, "row": past.row}
    if case.state in OPEN_STATES and past.state in ENDED_STATES:
        data = {"outcome": past.outcome, "reason": reason}
        lifecycle.move(case.pk, Move.RESOLVE, actor, at=_ended(past), data=data)
    if case.state != State.CLOSED and past.state == State.CLOSED:
        data = {"root_cause": past.root_cause}
        at = past.closed_at or _ended(past)
        lifecycle.move(case.pk, Move.CLOSE, actor, at=at, data=data)


def _ended(past: PastCase) -> datetime:
    assert past.ended_at is not None  # rows that ended say when
    return past.ended_at


def _take(writer: Writer, case: Case, past: PastCase) -> list[str]:
    """Write what the mapping gives; the names of the fields that differ now."""
    after = Case(pk=case.pk)
    writer.tell(after, past)
    after.tier, after.score = past.tier, past.score
    fields = CHANGEABLE | (OF_ENDED if past.state in ENDED_STATES else {})
    changed = []
    for name, needs in fields.items():
        follows = needs in writer.given or (name in ("outcome", "closed_at") and name in fields)
        if follows and getattr(case, name) != getattr(after, name):
            setattr(case, name, getattr(after, name))
            changed.append(name)
    if "subject" in writer.given and case.subject_key != after.subject_key:
        case.subject_key = after.subject_key
        changed.append("subject")
    _currency_of_amounts(writer, case, past)
    case.import_job, case.import_digest = writer.job, past.digest
    return sorted(changed)


def _currency_of_amounts(writer: Writer, case: Case, past: PastCase) -> None:
    if case.avoided is None and case.lost is None:
        case.amounts_currency = ""
    elif {"avoided", "lost"} & writer.given or not case.amounts_currency:
        case.amounts_currency = past.currency


def _document(writer: Writer, case: Case, past: PastCase) -> None:
    facts = writer.facts(past, case.document.record_id)
    document = case.document
    document.facts = facts_module.plain(facts)
    document.substance, document.living = facts_module.substance(facts), facts.living
    document.read_at = document.written_at = writer.at
    document.save(update_fields=["facts", "substance", "living", "read_at", "written_at"])
    Case.objects.filter(pk=case.pk).update(facts=document.facts, substance=document.substance)
