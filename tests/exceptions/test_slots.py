"""What files a case is asked for, and that it is not resolved without those that are needed."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from exceptions import intake, lifecycle, policies, slots
from exceptions.evidence import keeping
from exceptions.kinds import kind as kind_of
from exceptions.lifecycle import Refused
from exceptions.models import Case
from exceptions.policies import NotPublished
from exceptions.slots import Asked
from exceptions.vocabulary import EvidenceSource, Happening, Move, Outcome, Slot, Via
from tests.making import Tower

SHEET = b"sku;counted\nLG-35;112\n"
FIXED = {"outcome": Outcome.FIXED, "reason": "Counted again."}


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    """A count that differs, under a policy that wants the count sheet before it counts as fixed."""
    settings = kind_of("inventory_discrepancy").default_policy
    wanted = replace(settings, evidence={Slot.COUNT_SHEET: (Outcome.FIXED,)})
    policies.publish("inventory_discrepancy", wanted, at=at - timedelta(days=1))
    intake.take_in([tower.count(at=at)], at=at)
    case = Case.objects.get()
    return lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.owner_of(case), at=at)


def add(case: Case, tower: Tower, at: datetime, slot: str) -> None:
    actor, source = tower.owner_of(case), EvidenceSource.WEB
    keeping.add(case, [SHEET], "count.csv", actor, source=source, slot=slot, at=at)


def test_the_checklist_counts_files_that_are_in_place(
    tower: Tower, case: Case, at: datetime
) -> None:
    needed = (Outcome.FIXED,)
    assert slots.of_case(case) == [
        Asked(Slot.COUNT_SHEET, needed, 0),
        Asked(Slot.DAMAGE_PHOTO, (), 0),
    ]
    add(case, tower, at, Slot.COUNT_SHEET)
    assert slots.of_case(case)[0] == Asked(Slot.COUNT_SHEET, needed, 1)
    keeping.withdraw(case.evidence.get().pk, "another rack", tower.supervisor, at=at)
    assert slots.of_case(case)[0].files == 0


def test_it_is_not_resolved_without(tower: Tower, case: Case, at: datetime) -> None:
    owner = tower.owner_of(case)
    says = (
        "Missing: count sheet. File it under Evidence first; only a supervisor of Rotterdam "
        "resolves without, and says why."
    )
    for actor, more in [
        (owner, {}),
        (owner, {"without_evidence": "The rack is gone."}),
        (tower.supervisor, {}),
        (tower.supervisor, {"without_evidence": "  "}),
    ]:
        with pytest.raises(Refused) as refused:
            lifecycle.move(case.pk, Move.RESOLVE, actor, at=at, data=FIXED | more)
        assert str(refused.value) == says
    add(case, tower, at, "")
    with pytest.raises(Refused):
        lifecycle.move(case.pk, Move.RESOLVE, owner, at=at, data=FIXED)
    keeping.file_under(case.evidence.get().pk, Slot.COUNT_SHEET, owner, at=at)
    assert case.events.latest("number").happening == Happening.EVIDENCE_FILED
    done = lifecycle.move(case.pk, Move.RESOLVE, owner, at=at, data=FIXED)
    assert (done.state, "missing" in done.events.latest("number").data) == ("resolved", False)


def test_another_outcome_needs_nothing(tower: Tower, case: Case, at: datetime) -> None:
    data = {"outcome": Outcome.ACCEPTED, "reason": "Too small."}
    owner = tower.owner_of(case)
    assert lifecycle.move(case.pk, Move.RESOLVE, owner, at=at, data=data).outcome == "accepted"


def test_a_supervisor_does_without_and_it_stays_in_the_history(
    tower: Tower, case: Case, at: datetime
) -> None:
    data = FIXED | {"without_evidence": "The rack is gone."}
    done = lifecycle.move(case.pk, Move.RESOLVE, tower.supervisor, at=at, data=data)
    told = done.events.filter(move=Move.RESOLVE).get().data
    assert (told["missing"], told["without_evidence"]) == (["count_sheet"], "The rack is gone.")


def test_the_source_needs_no_files(tower: Tower, case: Case, at: datetime) -> None:
    intake.take_in([tower.count(at=at, counted=False)], at=at + timedelta(hours=1), via=Via.ODOO)
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("resolved", "self_healed")


def test_a_policy_wants_only_what_the_kind_has_a_place_for(tower: Tower, at: datetime) -> None:
    settings = kind_of("late_inbound").default_policy
    wrong: dict[Slot, tuple[Outcome, ...]] = {
        Slot.COUNT_SHEET: (Outcome.FIXED,),
        Slot.SUPPLIER_WORD: (Outcome.DUPLICATE,),
    }
    with pytest.raises(NotPublished) as refused:
        policies.publish("late_inbound", replace(settings, evidence=wrong), at=at)
    assert refused.value.problems == [
        "Cases of this kind are not asked for: count sheet.",
        "“confirmation of the supplier” can be needed to resolve as fixed or as accepted.",
    ]
