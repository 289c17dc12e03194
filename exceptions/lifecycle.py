"""The door: a case changes state here and nowhere else.

`move` takes the case's row lock, checks the move against RULES and against who asks, applies it,
and writes history, clocks and outbox rows in the same transaction. A move that comes too late or
from the wrong person is `Refused`, with a sentence for whoever asked.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Collate
from django.utils.translation import gettext as _

from exceptions import announcing, audit, effects, settling, telling, waking
from exceptions.actors import Actor
from exceptions.effects import Refused
from exceptions.models import Case, Document
from exceptions.rules import PEOPLE_RESOLVE_FROM, RULES, Rule
from exceptions.vocabulary import Move, Role, State

# The lock order of `mirror.store`, whose key order is Python's.
DOCUMENT_ORDER = (
    "connection_id",
    Collate("model", "C"),
    "record_id",
    Collate("facts_type", "C"),
)

__all__ = ["Refused", "legal_moves", "move", "refusal"]


@transaction.atomic
def move(
    case_id: int,
    which: Move,
    actor: Actor,
    *,
    at: datetime,
    data: Mapping[str, Any] | None = None,
) -> Case:
    """Make a move and return the case as it then stands.

    `data` is what the move needs (see `effects`). Raises Refused, or Case.DoesNotExist.
    """
    said = dict(data or {})
    case, other = _locked_for(case_id, which, said)
    says = refusal(case, which, actor)
    if says:
        raise Refused(says)
    rule, came_from, owner_before = RULES[which], case.state, case.owner
    tier_before = case.tier
    told = effects.EFFECTS[which](case, actor, at, said | {"other": other})
    if rule.target:
        case.state = rule.target
    if actor.user and case.first_response_at is None:
        case.first_response_at = at
    audit.append(case, which, actor, at=at, from_state=came_from, to_state=case.state, data=told)
    settling.settle(case, which, at)
    waking.moved(case, which, actor, at=at)
    case.look_at = (
        at if case.state == State.ACKNOWLEDGED else None
    )  # when a lease ends is asked then
    case.save()
    telling.moved(case, which, actor, owner_before, at=at)
    announcing.moved(case, which, actor, tier_before, at=at)
    return case


def locked(case_id: int) -> Case:
    """The case with its row locked. The transaction of the caller holds the lock."""
    return _lock([case_id])[case_id]


def locked_together(case_ids: Iterable[int]) -> dict[int, Case]:
    """Several cases, locked so that two who want some of the same never wait crosswise: first their
    documents, in the order in which the mirror locks them, then the cases by id. Ids that are of no
    case are left out.
    """
    ids = list(case_ids)
    _lock_documents(ids)
    return _lock(ids, missing_ok=True)


def locked_to_reopen(case_id: int) -> tuple[Case, Case | None]:
    """The case and, where it was merged into another, that one. Raises Refused when somebody has
    merged it elsewhere in this very moment.

    What brings a case back to life holds its document, as intake does, and before the case:
    otherwise intake could open a second live case for the same record at the same time. The other
    one's document it leaves alone: intake, which comes here too, may hold later ones by then.
    """
    _lock_documents([case_id])
    merged = Case.objects.filter(pk=case_id).values_list("merged_into_id", flat=True)
    into = merged.first()
    wanted = [case_id] if into is None else [case_id, into]
    found = _lock(wanted, missing_ok=True)
    if case_id not in found:
        raise Case.DoesNotExist
    case = found[case_id]
    if case.merged_into_id != into:
        raise Refused(_("%(case)s has just changed: look again.") % {"case": case.reference})
    return case, found.get(into or 0)


def _lock_documents(case_ids: list[int]) -> None:
    of_these = Case.objects.filter(pk__in=case_ids).values("document_id")
    documents = Document.objects.select_for_update(of=("self",), no_key=True)
    list(documents.filter(pk__in=of_these).order_by(*DOCUMENT_ORDER).values_list("pk"))


def _lock(case_ids: Iterable[int], *, missing_ok: bool = False) -> dict[int, Case]:
    """The cases by id, locked in that order, with what belongs to them. Raises Case.DoesNotExist.

    What belongs to them is read once the locks are held: read in one statement with the lock, it
    would be what it was before whoever had the lock changed it (PostgreSQL reads only the locked
    row again), so that a case's new owner would be nobody, and its new policy no policy.
    """
    ids = list(case_ids)
    locking = Case.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    held = list(locking.values_list("pk", flat=True))
    if not missing_ok and len(held) < len(set(ids)):
        raise Case.DoesNotExist
    whole = Case.objects.select_related("site", "document__connection", "policy", "team", "owner")
    return {case.pk: case for case in whole.filter(pk__in=held).order_by("pk")}


def _locked_for(case_id: int, which: Move, data: Mapping[str, Any]) -> tuple[Case, Case | None]:
    """The case to move and the other one that the move concerns, if any."""
    if which == Move.REOPEN:
        return locked_to_reopen(case_id)
    into = data.get("merged_into")
    if which != Move.DISMISS or not isinstance(into, int):
        return locked(case_id), None
    found = locked_together([case_id, into])
    if case_id not in found:
        raise Case.DoesNotExist
    return found[case_id], found.get(into)


def refusal(case: Case, which: Move, actor: Actor) -> str:
    """Why `actor` may not make this move now, in a sentence for them; empty when they may."""
    rule = RULES[which]
    if not _may(rule, case, actor):
        return _not_theirs(rule, case)
    sources = rule.sources
    if which == Move.RESOLVE and actor.user:
        sources = PEOPLE_RESOLVE_FROM
    if case.state not in sources:
        return _not_now(case, which)
    return ""


def not_theirs(case: Case, actor: Actor) -> str:
    """Why the actor is neither owner of the case nor supervisor, in a sentence; else empty."""
    rule = RULES[Move.PROPOSE]
    return "" if _may(rule, case, actor) else _not_theirs(rule, case)


def legal_moves(case: Case, actor: Actor) -> dict[Move, str]:
    """Every move the actor's role may ever make on this case, with why not now (empty = now)."""
    return {
        which: refusal(case, which, actor)
        for which, rule in RULES.items()
        if _may(rule, case, actor)
    }


def _may(rule: Rule, case: Case, actor: Actor) -> bool:
    if actor.user is None:
        return actor.via in rule.machines
    roles = actor.roles_at(case.site_id)
    if roles & rule.roles:
        return True
    if rule.owner and case.owner_id == actor.user.pk and Role.OPERATOR in roles:
        return True
    return rule.team and actor.works_for(case.team_id, case.site_id)


def _not_theirs(rule: Rule, case: Case) -> str:
    if rule.owner:
        return _("Only the owner (%(owner)s) or a supervisor of %(site)s can do this.") % {
            "owner": case.owner or _("nobody yet"),
            "site": case.site,
        }
    return _("Only a supervisor of %(site)s can do this.") % {"site": case.site}


def _not_now(case: Case, which: Move) -> str:
    if case.state == RULES[which].target and which != Move.ASSIGN:
        return _already(case)
    if which == Move.RESOLVE and case.is_open:
        return _("Acknowledge the case first; then it can be resolved.")
    if which == Move.PROPOSE and case.is_open:
        return _("Acknowledge the case first; then a decision can be proposed.")
    return _("%(case)s is %(state)s, so this cannot be done now.") % {
        "case": case.reference,
        "state": State(case.state).label,
    }


def _already(case: Case) -> str:
    came = case.events.filter(to_state=case.state).exclude(move="").exclude(from_state=case.state)
    last = came.order_by("-number").first()
    if last is None:
        return _("%(case)s is already %(state)s.") % {
            "case": case.reference,
            "state": State(case.state).label,
        }
    return _("%(case)s is already %(state)s: %(who)s was first.") % {
        "case": case.reference,
        "state": State(case.state).label,
        "who": last.actor_name,
    }
