"""What files a case is asked for, by its kind, and which must be there before people resolve it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from exceptions import policies
from exceptions.actors import Actor
from exceptions.kinds import kind as kind_of
from exceptions.models import Case
from exceptions.vocabulary import Outcome, Role, Slot


@dataclass(frozen=True, slots=True)
class Asked:
    """A slot of the case: for which outcomes the policy wants it filled, and how many files are
    in it.
    """

    slot: Slot
    needed_for: tuple[Outcome, ...]
    files: int


def of_case(case: Case) -> list[Asked]:
    """In the order of the kind; what the policy asks for that the kind has no more comes last."""
    needed = policies.settings_of(case).evidence
    live = case.evidence.filter(withdrawn_at=None).exclude(slot="")
    there = Counter(live.values_list("slot", flat=True))
    known = dict.fromkeys([*kind_of(case.kind).slots, *needed])
    return [Asked(slot, needed.get(slot, ()), there[slot]) for slot in known]


def missing(case: Case, outcome: Outcome) -> list[Slot]:
    """What must be filed before the case is resolved so."""
    return [a.slot for a in of_case(case) if outcome in a.needed_for and not a.files]


def may_leave_out(case: Case, actor: Actor) -> bool:
    return Role.SUPERVISOR in actor.roles_at(case.site_id)


def left_out(case: Case, actor: Actor, why: str) -> tuple[dict[str, Any], str]:
    """For the history: the files that are missing now that people give the case its outcome, and
    why a supervisor does without. Beside it why not, in a sentence; empty when it may be so.
    """
    lacking, said = missing(case, Outcome(case.outcome)), why.strip()[:500]
    if not lacking:
        return {}, ""
    if said and may_leave_out(case, actor):
        return {"missing": [str(slot) for slot in lacking], "without_evidence": said}, ""
    return {}, _(
        "Missing: %(slots)s. File it under Evidence first; only a supervisor of %(site)s resolves "
        "without, and says why."
    ) % {"slots": in_words(lacking), "site": case.site}


def in_words(lacking: Sequence[Slot]) -> str:
    return ", ".join(str(slot.label) for slot in lacking)
