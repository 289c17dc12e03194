"""Parent cases: what belongs to one disruption, worked on together.

The parent is one of the cases; the others are its children, one level deep. Supervisors make a case
part of another and take it out again; both histories tell it. Documents are locked before cases,
and cases in the order of their ids.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import audit, lifecycle, pausing
from exceptions.actors import Actor, visible_cases
from exceptions.lifecycle import Refused
from exceptions.models import Case
from exceptions.vocabulary import OPEN_STATES, Happening, Move, Role

HISTORY = ["event_count", "last_hash"]
LONGEST = 500


@transaction.atomic
def attach(case_id: int, parent_id: int, actor: Actor, *, at: datetime, reason: str = "") -> Case:
    """Make the case part of the parent; returns the case. Raises Refused, or Case.DoesNotExist."""
    visible = set(
        visible_cases(actor).filter(pk__in=[case_id, parent_id]).values_list("pk", flat=True)
    )
    found = lifecycle.locked_together(visible)
    if case_id not in found:
        raise Case.DoesNotExist
    case, parent = found[case_id], found.get(parent_id)
    if says := attach_refusal(case, parent, actor):
        raise Refused(says)
    assert parent is not None  # else it was refused
    case.parent = parent
    _tell(case, Happening.ATTACHED, actor, at, {"parent": parent.reference}, reason)
    _tell(parent, Happening.ATTACHED, actor, at, {"child": case.reference}, reason)
    pausing.inherit(case, parent, actor, at=at)
    return case


@transaction.atomic
def detach(case_id: int, actor: Actor, *, at: datetime, reason: str = "") -> Case:
    """Take the case out of its parent; returns the case. Raises Refused, or Case.DoesNotExist."""
    parent_id = Case.objects.filter(pk=case_id).values_list("parent_id", flat=True).first()
    found = lifecycle.locked_together([case_id, *([parent_id] if parent_id else [])])
    if case_id not in found:
        raise Case.DoesNotExist
    case = found[case_id]
    parent = found.get(case.parent_id or 0)
    if says := detach_refusal(case, actor):
        raise Refused(says)
    if parent is None:  # it has been made part of yet another one in this very moment
        raise Refused(_("%(case)s has just changed: look again.") % {"case": case.reference})
    case.parent = None
    _tell(case, Happening.DETACHED, actor, at, {"parent": parent.reference}, reason)
    _tell(parent, Happening.DETACHED, actor, at, {"child": case.reference}, reason)
    return case


def attach_refusal(case: Case, parent: Case | None, actor: Actor) -> str:
    """Why the case cannot become part of the parent, in a sentence; empty when it can.

    A parent that does not exist and one that the actor may not see are refused in the same words.
    """
    if says := _not_theirs([case], actor):
        return says
    if parent is None:
        return _("Choose a case that you can see: there is none of that number.")
    return _not_theirs([parent], actor) or _unfit(case, parent)


def _unfit(case: Case, parent: Case) -> str:
    told = {"case": case.reference, "parent": parent.reference}
    if case.pk == parent.pk:
        return _("Choose another case: none is part of itself.")
    if case.parent_id:
        told["now"] = f"C-{case.parent_id}"
        return _("%(case)s is already part of %(now)s: take it out first.") % told
    if parent.parent_id:
        told["now"] = f"C-{parent.parent_id}"
        return _("%(parent)s is itself part of %(now)s: choose that one.") % told
    if case.children.exists():
        return _("%(case)s has cases of its own: take them out first.") % told
    for each in (case, parent):
        if not each.is_open:
            told["ended"] = each.reference
            return _("%(ended)s has ended: only open cases are put together.") % told
    return ""


def detach_refusal(case: Case, actor: Actor) -> str:
    """Why the case cannot be taken out; what has ended can be, too."""
    if case.parent_id is None:
        return _("%(case)s is part of no other case.") % {"case": case.reference}
    return _not_theirs([case], actor)


def _not_theirs(cases: Iterable[Case], actor: Actor) -> str:
    for case in cases:
        if Role.SUPERVISOR not in actor.roles_at(case.site_id):
            return _("Only a supervisor of %(site)s can put %(case)s together with others.") % {
                "site": case.site,
                "case": case.reference,
            }
    return ""


@dataclass(frozen=True, slots=True)
class Together:
    """What became of a move on a parent and its children: those that moved, and who refused."""

    moved: list[Case]
    refused: list[tuple[Case, str]]


@transaction.atomic
def assign_all(case_id: int, actor: Actor, *, at: datetime, data: Mapping[str, Any]) -> Together:
    """Assign the case and its open children that the actor sees, each through the door.

    Who is owned by that person already stays so. Raises Refused when the parent refuses, and then
    nothing has changed; a child that refuses does not hold up the others.
    """
    cases = family(case_id, actor)
    owner = data.get("owner")
    others = {name: value for name, value in data.items() if name != "seen_owner"}
    moved: list[Case] = []
    refused: list[tuple[Case, str]] = []
    for case in cases:
        if owner is not None and case.owner_id == owner.pk and case.assigned_at:
            continue
        try:
            said = data if case.pk == case_id else others
            moved.append(lifecycle.move(case.pk, Move.ASSIGN, actor, at=at, data=said))
        except Refused as says:
            if case.pk == case_id:
                raise
            refused.append((case, str(says)))
    if not moved and not refused:
        raise Refused(_("%(owner)s owns all of them already.") % {"owner": owner})
    return Together(moved, refused)


def works_on(case: Case, actor: Actor) -> bool:
    """Whether the actor is of those who work on the case: its owner, its team, its supervisors."""
    roles = actor.roles_at(case.site_id)
    owns = actor.user is not None and case.owner_id == actor.user.pk and Role.OPERATOR in roles
    leads = Role.SUPERVISOR in roles
    return leads or owns or actor.works_for(case.team_id, case.site_id)


def family(case_id: int, actor: Actor) -> list[Case]:
    """The case and its open children that the actor sees, locked, by id.

    Raises Case.DoesNotExist.
    """
    children = visible_cases(actor).filter(parent=case_id, state__in=OPEN_STATES)
    found = lifecycle.locked_together([case_id, *children.values_list("pk", flat=True)])
    if case_id not in found:
        raise Case.DoesNotExist
    return [c for c in found.values() if c.pk == case_id or (c.parent_id == case_id and c.is_open)]


def _tell(
    case: Case, what: Happening, actor: Actor, at: datetime, data: dict[str, Any], reason: str
) -> None:
    said = reason.strip()[:LONGEST]
    audit.append(case, what, actor, at=at, data=data | ({"reason": said} if said else {}))
    case.save(update_fields=["parent", *HISTORY])
