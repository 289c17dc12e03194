"""What intake does to one case: open it, reopen it, refresh it, clear it.

The caller holds the lock of the case's document, which serialises all of this per record.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from exceptions import audit, lifecycle, routing, score
from exceptions import facts as facts_module
from exceptions.actors import Actor, machine
from exceptions.effects import contributions_of
from exceptions.facts import Facts
from exceptions.judging import Judgement
from exceptions.lifecycle import Refused
from exceptions.models import Case, Document
from exceptions.score import Score
from exceptions.verdicts import Finding
from exceptions.vocabulary import (
    ENDED_STATES,
    DecisionState,
    Happening,
    Move,
    Outcome,
    State,
    Via,
)

POLICY = machine(Via.POLICY)
ROUTING = machine(Via.POLICY, "routing")
RECOVERED = "The source no longer shows the exception."
NO_EXCEPTION_NOW = "Under the policy now in force this is no exception."
GONE = "The record was deleted in the source."
CAME_BACK = "The source shows the exception again."


class Change(StrEnum):
    OPENED = "opened"
    REOPENED = "reopened"
    REFRESHED = "refreshed"
    CLEARED = "cleared"
    UNCHANGED = "unchanged"
    SUPPRESSED = "suppressed"  # people have ended it and the facts are still the same


@dataclass(frozen=True, slots=True)
class Found:
    """A finding on its way into a case. `by` is the person who raised it, if one did."""

    document_id: int
    facts: Facts
    judgement: Judgement
    finding: Finding
    by: Actor | None = None

    @property
    def fingerprint(self) -> str:
        f = self.facts
        return f"{self.judgement.kind.code}:{f.connection_id}:{f.model}:{f.record_id}"

    @property
    def subject_key(self) -> str:
        return f"{self.judgement.kind.code}:{self.facts.site_id}:{self.finding.subject}"


def open_or_reopen(found: Found, *, at: datetime, via: Via) -> Change:
    """A finding without a live case: the fingerprint's last case comes back, or a new one opens."""
    last = (
        Case.objects.filter(fingerprint=found.fingerprint, state__in=ENDED_STATES)
        .order_by("-id")
        .first()
    )
    if last and _settled_by_people(last, found):
        return Change.SUPPRESSED
    if last and _within_window(last, found, at):
        return _reopen_or_open(last, found, at=at, via=via)
    return _open(found, at=at, via=via)


def refresh(case: Case, found: Found, *, at: datetime, via: Via) -> Change:
    """A finding with a live case: keep what it says up to date, and its severity."""
    case = lifecycle.locked(case.pk)
    if not case.is_open:  # somebody has ended it since it was looked up
        return open_or_reopen(found, at=at, via=via)
    fresh = score.keeping_judgement(_score(found, at, case), contributions_of(case))
    changed = facts_module.substance(found.facts) != case.substance
    if not changed and fresh.contributions == contributions_of(case):
        return Change.UNCHANGED
    if changed:
        audit.append(
            case, Happening.FACTS_CHANGED, POLICY, at=at, data={"title": found.finding.title}
        )
    _tell(case, found)
    case.save()
    if fresh.contributions != contributions_of(case):
        lifecycle.move(case.pk, Move.RECLASSIFY, POLICY, at=at, data={"score": fresh})
    return Change.REFRESHED


@transaction.atomic
def clear(case: Case, *, substance: str, at: datetime, via: Via, reason: str = RECOVERED) -> Change:
    """No finding any more: resolved, as fixed if people decided something, else as self-healed.

    `substance` is that of the facts that show it no more (empty when the record is gone): the case
    keeps it, so that the old facts, when they come back, are not taken for what people settled.
    """
    case = lifecycle.locked(case.pk)
    if not case.is_open:  # somebody has ended it since it was looked up
        return Change.UNCHANGED
    case.substance = substance
    case.save(update_fields=["substance"])
    decided = case.decisions.exclude(state__in=[DecisionState.FAILED, DecisionState.VOID]).exists()
    outcome = Outcome.FIXED if decided else Outcome.SELF_HEALED
    if via == Via.CLOCK:  # the facts are as they were: no time makes them good, another rule may
        via, reason = Via.POLICY, NO_EXCEPTION_NOW
    lifecycle.move(
        case.pk, Move.RESOLVE, machine(via), at=at, data={"outcome": outcome, "reason": reason}
    )
    return Change.CLEARED


def _open(found: Found, *, at: datetime, via: Via) -> Change:
    case = Case(
        kind=found.judgement.kind.code,
        site_id=found.facts.site_id,
        document=Document.objects.get(pk=found.document_id),
        fingerprint=found.fingerprint,
        policy_id=found.judgement.policy.id,
        detected_at=at,
    )
    _tell(case, found)
    case.save(force_insert=True)
    case.team = routing.team_for(case)
    audit.append(
        case, Happening.DETECTED, found.by or machine(via), at=at, data={"title": case.title}
    )
    case.save()
    lifecycle.move(case.pk, Move.CLASSIFY, POLICY, at=at, data={"score": _score(found, at, case)})
    find_owner(case.pk, at=at)
    return Change.OPENED


@transaction.atomic
def find_owner(case_id: int, *, at: datetime) -> bool:
    """Assign a classified case; False when nobody may work on it yet, or somebody was faster.

    Facts must not be lost because a site has no people yet: the case then waits as
    classified, which the queue shows as unowned, and `escalate.find_owners` asks again.
    """
    case = lifecycle.locked(case_id)
    team = routing.team_for(case)
    owner = routing.owner_for(case, team)
    if owner is None or case.state != State.CLASSIFIED:
        return False
    lifecycle.move(case_id, Move.ASSIGN, ROUTING, at=at, data={"owner": owner, "team": team})
    return True


def _reopen_or_open(last: Case, found: Found, *, at: datetime, via: Via) -> Change:
    try:
        return _reopen(last, found, at=at, via=via)
    except Refused:  # nobody is left who could own it: a new case can wait for an owner
        return _open(found, at=at, via=via)


@transaction.atomic
def _reopen(last: Case, found: Found, *, at: datetime, via: Via) -> Change:
    case = lifecycle.locked(last.pk)
    if case.is_open:  # somebody was faster
        return refresh(case, found, at=at, via=via)
    _tell(case, found)
    case.save()
    lifecycle.move(case.pk, Move.REOPEN, POLICY, at=at, data={"reason": CAME_BACK})
    fresh = score.keeping_judgement(_score(found, at, case), contributions_of(case))
    if fresh.contributions != contributions_of(case):
        lifecycle.move(case.pk, Move.RECLASSIFY, POLICY, at=at, data={"score": fresh})
    return Change.REOPENED


def _settled_by_people(last: Case, found: Found) -> bool:
    """People ended it knowing exactly these facts: only other facts make it a case again."""
    by_people = last.outcome != Outcome.SELF_HEALED
    return by_people and last.substance == facts_module.substance(found.facts)


def _within_window(last: Case, found: Found, at: datetime) -> bool:
    ended = last.closed_at or last.resolved_at
    days = timedelta(days=found.judgement.policy.settings.reopen_days)
    return last.score is not None and ended is not None and at - ended <= days


def _tell(case: Case, found: Found) -> None:
    impact = found.finding.impact
    case.title = found.finding.title[:200]
    case.subject_key = found.subject_key
    case.facts = facts_module.plain(found.facts)
    case.substance = facts_module.substance(found.facts)
    case.value_at_risk, case.currency = impact.value, impact.currency or ""
    case.need_at = impact.need_at


def _score(found: Found, at: datetime, case: Case) -> Score:
    settings = found.judgement.policy.settings
    earlier = Case.objects.filter(
        subject_key=found.subject_key,
        detected_at__gte=case.detected_at - timedelta(days=settings.recurrence_days),
        detected_at__lt=case.detected_at,
    ).exclude(fingerprint=found.fingerprint)
    return score.score(found.finding.impact, settings.weights, recurrence=earlier.count(), at=at)
