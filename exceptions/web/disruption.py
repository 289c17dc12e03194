"""What the page of a case shows of its disruption, and what can be done there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from exceptions import grouping
from exceptions.actors import Actor
from exceptions.models import Case
from exceptions.queries.connected import Connected
from exceptions.queries.grouped import Grouped, grouped
from exceptions.vocabulary import WORKING_ROLES, Role
from exceptions.web import filters

ATTACH, DETACH = "attach", "detach"


@dataclass(frozen=True, slots=True)
class Tried:
    """What was tried and refused: why, and what was typed, so that nothing is lost."""

    what: str = ""
    says: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Disruption:
    """`candidates` are connected cases that this one could become part of. `may_split`: raise a
    case of its own about a part of this one. `parts_url` leads to the case and all its parts in the
    queue. What was just refused is shown as if it might be done, so that its sentence has a place.
    """

    group: Grouped
    candidates: list[Case]
    may_attach: bool
    may_detach: bool
    may_split: bool
    parts_url: str
    tried: Tried

    @property
    def shown(self) -> bool:
        """Whether there is anything to tell or to do."""
        told = self.group.parent or self.group.children or self.group.duplicates
        return bool(told or self.group.hidden or self.may_attach or self.tried.what == DETACH)


def disruption(
    case: Case, actor: Actor, connected: list[Connected], tried: Tried | None = None
) -> Disruption:
    """The case comes with its document."""
    group, tried = grouped(case, actor), tried or Tried()
    roles = actor.roles_at(case.site_id)
    leads = Role.SUPERVISOR in roles
    alone = case.parent_id is None and not group.children and not group.hidden
    return Disruption(
        group=group,
        candidates=[c.case for c in connected if c.case.parent_id is None],
        may_attach=(leads and alone and case.is_open) or tried.what == ATTACH,
        may_detach=leads or tried.what == DETACH,
        may_split=actor.user is not None
        and bool(actor.roles_at(case.site_id) & set(WORKING_ROLES)),
        parts_url=filters.address(group.asked),
        tried=tried,
    )


def number_of(said: str) -> int:
    """The id that `C-12`, `c12` or `12` names; 0, which no case has, for anything else."""
    digits = said.strip().upper().removeprefix("C").removeprefix("-").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else 0


def moved(done: grouping.Together) -> str:
    """What became of a parent and its children, for the reader."""
    said = _("%(cases)s assigned.") % {"cases": ", ".join(c.reference for c in done.moved)}
    return " ".join([said, *(f"{case.reference}: {says}" for case, says in done.refused)])
