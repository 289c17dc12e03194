"""The door: a case changes state here and nowhere else.

`move` takes the case's row lock, checks the move against RULES and against who asks, applies it,
and writes history, clocks and outbox rows in the same transaction. A move that comes too late or
from the wrong person is `Refused`, with a sentence for whoever asked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import audit, effects
from exceptions.actors import Actor
from exceptions.effects import Refused
from exceptions.models import Case, Document
from exceptions.rules import PEOPLE_RESOLVE_FROM, RULES, Rule
from exceptions.vocabulary import Move, Role, State

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
    if which == Move.REOPEN:
        _lock_document(case_id)
    case = locked(case_id)
    says = refusal(case, which, actor)
    if says:
        raise Refused(says)
    rule, came_from = RULES[which], case.state
    told = effects.EFFECTS[which](case, actor, at, dict(data or {}))
    if rule.target:
        case.state = rule.target
    if actor.user and case.first_response_at is None:
        case.first_response_at = at
    audit.append(case, which, actor, at=at, from_state=came_from, to_state=case.state, data=told)
    effects.settle(case, which, at)
    case.save()
    return case


def locked(case_id: int) -> Case:
    """The case with its row locked. The transaction of the caller holds the lock."""
    return (
        Case.objects.select_for_update(of=("self",), no_key=True)
        .select_related("site", "document__connection", "policy", "team", "owner")
        .get(pk=case_id)
    )


def _lock_document(case_id: int) -> None:
    """What brings a case back to life holds its document, as intake does, and before the case.

    Otherwise intake could open a second live case for the same record at the same time.
    """
    Document.objects.select_for_update(of=("self",), no_key=True).filter(cases=case_id).first()


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
