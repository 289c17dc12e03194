"""What intake does to one case: open it, reopen it, refresh it, clear it.

The caller holds the lock of the case's document, which serialises all of this per record.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import (
    approvals,
    audit,
    clocks,
    gate,
    lifecycle,
    recurrence,
    routing,
    score,
    sightings,
    thresholds,
    waking,
)
from exceptions import facts as facts_module
from exceptions.actors import Actor, machine
from exceptions.effects import contributions_of
from exceptions.facts import Facts, Report
from exceptions.gate import Blackout, Held, Seen
from exceptions.judging import Judgement
from exceptions.lifecycle import Refused
from exceptions.models import Case, Document, Sighting
from exceptions.policies import settings_of
from exceptions.score import Score
from exceptions.settling import tell_held
from exceptions.sightings import Saying
from exceptions.verdicts import Finding, PolicySettings
from exceptions.vocabulary import (
    ENDED_STATES,
    TAKEN,
    ClockKind,
    Happening,
    HeldBy,
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
    HELD = "held back"  # the gate lets it open nothing yet


@dataclass(frozen=True, slots=True)
class Found:
    """A finding on its way into a case. `by` is the person who raised it, if one did.

    `sighting` is what is kept of it while it is held back; `blackouts` are those that run now.
    """

    document_id: int
    facts: Facts
    judgement: Judgement
    finding: Finding
    by: Actor | None = None
    sighting: Sighting | None = None
    blackouts: tuple[Blackout, ...] = ()

    @property
    def fingerprint(self) -> str:
        f = self.facts
        return f"{self.judgement.kind.code}:{f.connection_id}:{f.model}:{f.record_id}"

    @property
    def subject_key(self) -> str:
        return f"{self.judgement.kind.code}:{self.facts.site_id}:{self.finding.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What is to become of a finding without a live case: `change` is SUPPRESSED, HELD, REOPENED or
    OPENED; `held` says by what.
    """

    change: Change
    held: Held | None = None


Times = Callable[[Found, datetime], int]  # how often its subject was sighted, `sightings` counts


def fate(found: Found, last: Case | None, *, at: datetime, times: Times) -> Fate:
    """People may have settled it, the gate may hold it back, its last case may come back.

    `last` is the fingerprint's newest case that has ended. This is all that decides, for what
    happens and for what is only foreseen.
    """
    if last and _settled_by_people(last, found):
        return Fate(change=Change.SUPPRESSED)
    if held := _held(found, at, times):
        return Fate(change=Change.HELD, held=held)
    back = last is not None and _within_window(last, at)
    return Fate(change=Change.REOPENED if back else Change.OPENED)


def open_or_reopen(found: Found, *, at: datetime, via: Via) -> Change:
    """A finding without a live case: the fingerprint's last case comes back, or a new one opens,
    unless people have settled it or the gate holds it back.
    """
    last = last_ended([found.fingerprint]).get(found.fingerprint)
    decided = fate(found, last, at=at, times=_times)
    if decided.change == Change.SUPPRESSED:
        if found.sighting:
            sightings.end(found.sighting, at=at)
        return Change.SUPPRESSED
    _tell_subject(found, decided.held, at)
    if decided.held:
        sightings.keep(found.sighting, _saying(found), decided.held, at=at)
        return Change.HELD
    if last and decided.change == Change.REOPENED:
        return _reopen_or_open(last, found, at=at, via=via)
    return _open(found, at=at, via=via)


def last_ended(fingerprints: Collection[str]) -> dict[str, Case]:
    """The newest ended case of each fingerprint that has one."""
    ended = Case.objects.filter(fingerprint__in=fingerprints, state__in=ENDED_STATES)
    newest = ended.order_by("fingerprint", "-id").distinct("fingerprint")
    return {case.fingerprint: case for case in newest.select_related("policy")}


def refresh(case: Case, found: Found, *, at: datetime, via: Via) -> Change:
    """A finding with a live case: keep what it says up to date, and its severity."""
    case = lifecycle.locked(case.pk)
    if not case.is_open:  # somebody has ended it since it was looked up
        return open_or_reopen(found, at=at, via=via)
    fresh = score.keeping_judgement(_score(found, at, case), contributions_of(case))
    changed = facts_module.substance(found.facts) != case.substance
    same_thresholds = thresholds_of(found) == case.thresholds
    if not changed and same_thresholds and fresh.contributions == contributions_of(case):
        return Change.UNCHANGED
    if changed:
        audit.append(
            case, Happening.FACTS_CHANGED, POLICY, at=at, data={"title": found.finding.title}
        )
        approvals.facts_changed(case, facts_module.substance(found.facts), at=at)
    before = case.facts
    _tell(case, found)
    waking.by_facts(case, before, at=at)
    case.save()
    classified = case.state != State.DETECTED  # else it is left to people
    if classified and fresh.contributions != contributions_of(case):
        lifecycle.move(case.pk, Move.RECLASSIFY, POLICY, at=at, data={"score": fresh})
    return Change.REFRESHED


def clear_off(case: Case, *, substance: str, at: datetime) -> Change:
    """The kind was turned off at the case's site, so that by the policy there is no finding."""
    return clear(case, substance=substance, at=at, via=Via.POLICY, reason=NO_EXCEPTION_NOW)


@transaction.atomic
def clear(case: Case, *, substance: str, at: datetime, via: Via, reason: str = RECOVERED) -> Change:
    """No finding any more: resolved, as fixed if people decided something, else as self-healed.

    `substance` is that of the facts that show it no more (empty when the record is gone): the case
    keeps it, so that the old facts, when they come back, are not taken for what people settled.
    Where the policy ended it, the facts are the old ones, and none are kept.
    """
    case = lifecycle.locked(case.pk)
    if not case.is_open:  # somebody has ended it since it was looked up
        return Change.UNCHANGED
    if via == Via.CLOCK:  # the facts are as they were: no time makes them good, another rule may
        via, reason = Via.POLICY, NO_EXCEPTION_NOW
    case.substance = "" if via == Via.POLICY else substance
    case.save(update_fields=["substance"])
    decided = case.decisions.filter(state__in=TAKEN).exists()
    outcome = Outcome.FIXED if decided else Outcome.SELF_HEALED
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
    tell_held(case, at)
    if isinstance(found.facts, Report) and clocks.start(case, ClockKind.CLASSIFY, at=at):
        case.next_due_at = clocks.next_due(case)
        case.save()
        return Change.OPENED  # the policy leaves it to people to say how grave it is
    case.save()
    lifecycle.move(case.pk, Move.CLASSIFY, POLICY, at=at, data={"score": _score(found, at, case)})
    find_owner(case.pk, at=at)
    return Change.OPENED


@transaction.atomic
def find_owner(case_id: int, *, at: datetime) -> bool:
    """Assign a case that is classified, or whose owner may not work on it any more; False when
    nobody may, or somebody was faster.

    Facts must not be lost because a site has no people yet: the case then waits as
    classified, which everybody whom it concerns is told, and `escalate.find_owners` asks again.
    """
    case = lifecycle.locked(case_id)
    if not needs_owner(case):
        return False
    found = routing.route(case, at=at)
    if found.owner is None:
        return False
    data = {"owner": found.owner, "team": found.team, "route": found}
    if case.owner:
        data["reason"] = _("%s may not work on it any more") % case.owner
    lifecycle.move(case_id, Move.ASSIGN, ROUTING, at=at, data=data)
    return True


def needs_owner(case: Case) -> bool:
    """Whether the case has come so far that somebody should own it, and nobody does who may."""
    if case.state not in (State.CLASSIFIED, State.ASSIGNED, State.ACKNOWLEDGED):
        return False
    return case.owner is None or not routing.may_own(case.owner, case)


def _reopen_or_open(last: Case, found: Found, *, at: datetime, via: Via) -> Change:
    try:
        return _reopen(last, found, at=at, via=via)
    except Refused:  # nobody is left who could own it: a new case can wait for an owner
        return _open(found, at=at, via=via)


@transaction.atomic
def _reopen(last: Case, found: Found, *, at: datetime, via: Via) -> Change:
    case, _merged_into = lifecycle.locked_to_reopen(last.pk)
    if case.is_open:  # somebody was faster
        return refresh(case, found, at=at, via=via)
    _tell(case, found)
    case.save()
    case = lifecycle.move(case.pk, Move.REOPEN, POLICY, at=at, data={"reason": CAME_BACK})
    fresh = score.keeping_judgement(_score(found, at, case), contributions_of(case))
    if fresh.contributions != contributions_of(case):
        lifecycle.move(case.pk, Move.RECLASSIFY, POLICY, at=at, data={"score": fresh})
    return Change.REOPENED


def _settled_by_people(last: Case, found: Found) -> bool:
    """People ended it knowing exactly these facts: only other facts make it a case again."""
    by_people = last.outcome != Outcome.SELF_HEALED
    return by_people and last.substance == facts_module.substance(found.facts)


def _within_window(last: Case, at: datetime) -> bool:
    """Of the policy that the case lived under, as for people who reopen it."""
    ended = last.closed_at or last.resolved_at
    days = timedelta(days=settings_of(last).reopen_days)
    return last.score is not None and ended is not None and at - ended <= days


def _held(found: Found, at: datetime, times: Times) -> Held | None:
    """What the gate says; the subject is counted only where that matters."""
    settings, impact = found.judgement.policy.settings, found.finding.impact
    seen = Seen(since=found.sighting.since if found.sighting else at)
    if gate.is_small(settings, impact):
        seen = replace(seen, times=times(found, at))
    return gate.held(found.facts, impact, settings, found.blackouts, seen, at)


def _times(found: Found, at: datetime) -> int:
    noise = found.judgement.policy.settings.noise
    since = at - timedelta(days=noise.days if noise else 0)
    return sightings.times_seen(found.subject_key, found.fingerprint, since=since)


def _tell_subject(found: Found, held: Held | None, at: datetime) -> None:
    """One sighting more may lift others of its subject over the noise floor, unless it lies below
    it itself. In whatever order they come, the same ones open.
    """
    is_new = held is None or found.sighting is None
    below = held is not None and held.by == HeldBy.NOISE
    if found.judgement.policy.settings.noise and is_new and not below:
        sightings.look_again(found.subject_key, but=found.document_id, at=at)


def _saying(found: Found) -> Saying:
    impact = found.finding.impact
    return Saying(
        fingerprint=found.fingerprint,
        subject_key=found.subject_key,
        kind=found.judgement.kind.code,
        site_id=found.facts.site_id,
        document_id=found.document_id,
        policy_id=found.judgement.policy.id,
        title=found.finding.title[:200],
        value_at_risk=impact.value,
        currency=impact.currency or "",
    )


def thresholds_of(found: Found) -> dict[str, Any]:
    """The thresholds under which it was found, as the case keeps them; people need none."""
    if isinstance(found.facts, Report):
        return {}
    policy = found.judgement.policy
    values = thresholds.effective(policy.settings, found.facts)
    said = [
        {"name": name, "value": thresholds.number(each.value), "origin": each.origin}
        for name, each in values.items()
    ]
    return {"version": policy.version, "values": said}


def _tell(case: Case, found: Found) -> None:
    impact = found.finding.impact
    case.title = found.finding.title[:200]
    case.subject_key = found.subject_key
    case.facts = facts_module.plain(found.facts)
    case.substance = facts_module.substance(found.facts)
    case.value_at_risk, case.currency = impact.value, impact.currency or ""
    case.need_at = impact.need_at
    case.thresholds = thresholds_of(found)


def _score(found: Found, at: datetime, case: Case) -> Score:
    """By the weights of the case's own policy, whichever is in force now."""
    return severity(found, settings_of(case), detected_at=case.detected_at, at=at)


def severity(
    found: Found, settings: PolicySettings, *, detected_at: datetime, at: datetime
) -> Score:
    """What the policy gives the finding: its subject's cases before `detected_at` add to it."""
    before = recurrence.before(
        found.subject_key, found.fingerprint, detected_at, settings.recurrence_days
    )
    times = Case.objects.filter(before).count()
    return score.score(found.finding.impact, settings.weights, recurrence=times, at=at)
