"""What each move does to a case, besides its state. Called by `lifecycle.move` under the row lock.

An effect takes (case, actor, at, data), changes the case in memory, and returns what the history
shall tell. It raises Refused when `data` lacks something, with a sentence that says what.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from exceptions import amounts, merging, policies, proposing, routing, score, slots
from exceptions.actors import Actor
from exceptions.models import Case, Document, User
from exceptions.proposing import Data, Refused, Told, needed
from exceptions.routing import Routed
from exceptions.score import Contribution, Score
from exceptions.vocabulary import (
    DISMISSALS,
    ENDED_STATES,
    OPEN_STATES,
    ClockKind,
    Move,
    Outcome,
    Via,
)

__all__ = ["EFFECTS", "Refused", "contributions_of"]


def classify(case: Case, actor: Actor, at: datetime, data: Data) -> Told:
    """`data`: `score` (a Score, from policy), or a supervisor's `severity` and `reason`."""
    _take_score(case, _score(case, actor, data))
    case.classified_at = at
    told = {"score": case.score, "tier": case.tier, "because": case.contributions}
    return told | _by_hand(actor, "policy")


def reclassify(case: Case, actor: Actor, at: datetime, data: Data) -> Told:
    """As classify; the score before is told too."""
    before = {"score": case.score, "tier": case.tier}
    _take_score(case, _score(case, actor, data))
    told = {"before": before, "score": case.score, "tier": case.tier, "because": case.contributions}
    return told | _reason(data) | _by_hand(actor, "policy")


def assign(case: Case, actor: Actor, at: datetime, data: Data) -> Told:
    """`data`: `owner` (a User), `team` (optional), `reason` (optional), where routing chose
    `route` (a Routed), and, where whoever asks has seen who owns it, `seen_owner` (that person's
    id, or empty).
    """
    owner = data.get("owner")
    if "seen_owner" in data and str(data["seen_owner"]) != str(case.owner_id or ""):
        raise Refused(
            _("%(case)s has gone to %(owner)s since you looked. Look again, then assign it.")
            % {"case": case.reference, "owner": case.owner}
        )
    if not isinstance(owner, User) or not owner.is_active:
        raise Refused(_("Choose who shall own this case."))
    if actor.user and not routing.may_own(owner, case):
        raise Refused(
            _("%(owner)s does not work on cases of %(site)s: choose somebody who does.")
            % {"owner": owner, "site": case.site}
        )
    lapsed = actor.user is None and data.get("lapsed")
    other_team = data.get("team") not in (None, case.team)
    if case.owner_id == owner.pk and case.assigned_at and not (lapsed or other_team):
        raise Refused(_("%(owner)s already owns this case.") % {"owner": owner})
    before = str(case.owner) if case.owner else None
    case.owner, case.team = owner, data.get("team") or case.team
    case.assigned_at = at
    case.acknowledged_at = None
    told = {"owner": str(owner), "before": before, "team": str(case.team)}
    return told | _route(data.get("route")) | _reason(data) | _by_hand(actor, "routing")


def acknowledge(case: Case, actor: Actor, at: datetime, data: Data) -> Told:
    """A team mate who acknowledges takes the case over."""
    before = case.owner
    case.acknowledged_at = at
    if actor.user and actor.user != before and actor.works_for(case.team_id, case.site_id):
        case.owner = actor.user
        return {"owner": str(case.owner), "before": str(before)}
    return {}


def resolve(case: Case, actor: Actor, at: datetime, data: Data) -> Told:
    """`data`: `outcome` (fixed, accepted; the system also self_healed) and `reason`; where files
    are missing that the policy wants, `without_evidence` says why a supervisor does without. What
    `amounts` takes may be there, too, here and in the other ends.
    """
    allowed = {Outcome.FIXED, Outcome.ACCEPTED}
    if actor.user is None:
        allowed |= {Outcome.SELF_HEALED}
    if actor.via == Via.IMPORT:  # a file that is read again may tell of any end
        allowed = set(Outcome)
    case.outcome = _one_of(data, "outcome", allowed, _("Choose how it ended: fixed, or accepted."))
    case.resolved_at = at
    told: dict[str, Any] = {"outcome": case.outcome}
    if actor.user:
        needed(data, "reason", _("Say in a sentence what was done."))
        left_out, says = slots.left_out(case, actor, str(data.get("without_evidence") or ""))
        if says:
            raise Refused(says)
        told |= left_out
    return told | amounts.take(case, data) | _reason(data)


def close(case: Case, actor: Actor, at: datetime, data: Data) -> Told:
    """`data`: `root_cause` (people must give it) and `corrective_action`."""
    if actor.user:
        needed(data, "root_cause", _("Name the root cause, so that it can be counted."))
    if case.clocks.filter(kind=ClockKind.CLAIM, stopped_at=None, due_at__gte=at).exists():
        raise Refused(_("A claim can still be filed: say that it is, or that there is none."))
    case.root_cause = str(data.get("root_cause", ""))[:200]
    case.corrective_action = str(data.get("corrective_action", ""))[:200]
    case.closed_at = at
    told = {"root_cause": case.root_cause, "corrective_action": case.corrective_action}
    return told | amounts.take(case, data)


def reopen(case: Case, actor: Actor, at: datetime, data: Data) -> Told:
    """`data`: `reason`. Outcome and ends are cleared; the clocks start anew, under the policy that
    is in force now.
    """
    if actor.user:
        needed(data, "reason", _("Say in a sentence why it is not over."))
        _in_time(case, at)
    _can_live_again(case)
    told = {"outcome_before": case.outcome} | amounts.clear(case)
    told |= _own_again(case, at) | _reason(data)
    if isinstance(into := data.get("other"), Case):
        told |= merging.unmerge(case, into, actor, at=at)
    case.outcome = ""
    case.resolved_at = case.closed_at = case.acknowledged_at = None
    case.assigned_at = at
    case.reopen_count += 1
    before, case.policy = case.policy, policies.newest_of(case.kind) or case.policy
    if actor.user and case.policy != before:
        _ask_again(case, at)
    return told | {"policy_version": case.policy.version}


def dismiss(case: Case, actor: Actor, at: datetime, data: Data) -> Told:
    """`data`: `outcome` (false_positive, duplicate, accepted) and `reason`; for a duplicate also
    `merged_into`, the id of the case in which the work goes on (`other` is that case).
    """
    case.outcome = _one_of(
        data,
        "outcome",
        set(DISMISSALS),
        _("Choose why: false positive, duplicate or accepted risk."),
    )
    needed(data, "reason", _("Say in a sentence why this needs no work."))
    case.closed_at = at
    told = {"outcome": case.outcome} | amounts.take(case, data) | _reason(data)
    if data.get("merged_into") is not None:
        told |= _merge(case, data.get("other"), actor, at)
    return told


def _merge(case: Case, other: object, actor: Actor, at: datetime) -> Told:
    into = other if isinstance(other, Case) else None
    if says := merging.refusal(case, into, actor):
        raise Refused(says)
    assert into is not None  # else it was refused
    return merging.merge(case, into, actor, at=at)


EFFECTS: dict[Move, Callable[[Case, Actor, datetime, Data], Told]] = {
    Move.CLASSIFY: classify,
    Move.RECLASSIFY: reclassify,
    Move.ASSIGN: assign,
    Move.ACKNOWLEDGE: acknowledge,
    Move.PROPOSE: proposing.propose,
    Move.RESOLVE: resolve,
    Move.CLOSE: close,
    Move.REOPEN: reopen,
    Move.DISMISS: dismiss,
}


def _in_time(case: Case, at: datetime) -> None:
    """People reopen within the window of the policy; what comes later is another case."""
    days = policies.settings_of(case).reopen_days
    if case.closed_at and at - case.closed_at > timedelta(days=days):
        raise Refused(
            _("%(case)s was closed more than %(days)s days ago, so it stays closed.")
            % {"case": case.reference, "days": days}
        )


def _can_live_again(case: Case) -> None:
    """A record has one live case at most, and a case without severity has no clocks to start."""
    if case.score is None:
        raise Refused(_("%(case)s never got a severity.") % {"case": case.reference})
    live = Case.objects.filter(fingerprint=case.fingerprint, state__in=OPEN_STATES)
    other = live.exclude(pk=case.pk).first()
    if other:
        raise Refused(
            _("%(other)s is already open for %(document)s.")
            % {"other": other.reference, "document": case.document}
        )


def _ask_again(case: Case, at: datetime) -> None:
    """Other weights give another severity: where people ended what the source still shows, its
    document is due at once. (Its lock is held: see `lifecycle.move`.)
    """
    ended = case.events.filter(to_state__in=ENDED_STATES).order_by("-number").first()
    if ended and ended.actor_id and case.substance == case.document.substance:
        Document.objects.filter(pk=case.document_id, gone_at=None).update(recheck_at=at)


def _own_again(case: Case, at: datetime) -> Told:
    """Who owned it, if they still may, or who stands in for them; else whom routing finds."""
    if case.owner and routing.may_own(case.owner, case):
        again = routing.stand_in(case.owner, case, at=at)
        if again:
            case.owner = again
            return {"owner": str(case.owner)}
    found = routing.route(case, at=at, team=case.team)
    if found.owner is None:
        raise Refused(_("Nobody can own a case of %(site)s at present.") % {"site": case.site})
    case.owner, case.team = found.owner, found.team
    return {"owner": str(case.owner)} | _route(found)


def _route(found: Any) -> Told:
    """Why routing chose the owner, if it did."""
    return {"route": found.told} if isinstance(found, Routed) else {}


def _score(case: Case, actor: Actor, data: Data) -> Score:
    given = data.get("score")
    if isinstance(given, Score) and actor.user is None:
        return given
    return _judged(case, actor, data)


def _take_score(case: Case, given: Score) -> None:
    case.score, case.tier = given.total, given.tier
    case.contributions = list(msgspec.to_builtins(given.contributions))
    case.reason = score.headline(given)[:300]


def contributions_of(case: Case) -> tuple[Contribution, ...]:
    return msgspec.convert(case.contributions, tuple[Contribution, ...])


def _judged(case: Case, actor: Actor, data: Data) -> Score:
    """A supervisor's severity: what the policy gave stays, their judgement is one line more."""
    reason = needed(data, "reason", _("Say in a sentence why the severity is different."))
    try:
        wanted = int(data["severity"])
    except (KeyError, TypeError, ValueError, OverflowError):
        wanted = -1
    if not 0 <= wanted <= 100:
        raise Refused(_("Give the severity as a whole number from 0 to 100."))
    because = f"{actor.name}: {reason}"
    return score.with_judgement(
        Score(contributions=contributions_of(case)), wanted=wanted, because=because
    )


def _by_hand(actor: Actor, instead_of: str) -> Told:
    """A person did what the tower does by itself: an override."""
    return {"override": True, "instead_of": instead_of} if actor.user else {}


def _reason(data: Data) -> Told:
    reason = str(data.get("reason") or "").strip()[:500]
    return {"reason": reason} if reason else {}


def _one_of(data: Data, name: str, allowed: set[Outcome], sentence: str) -> str:
    value = str(data.get(name, ""))
    if value not in allowed:
        raise Refused(sentence)
    return value
