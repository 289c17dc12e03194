"""Duplicates: merged into the case in which the work goes on, and taken out again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from exceptions import audit, grouping, intake, lifecycle
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import Case, CaseEvent, Membership, User
from exceptions.vocabulary import Move, Outcome, Role, State
from tests.making import Tower

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def merge(case: Case, into: int, actor: Actor, at: datetime, **said: Any) -> Case:
    data = {"outcome": Outcome.DUPLICATE, "reason": "The same truck.", "merged_into": into}
    return lifecycle.move(case.pk, Move.DISMISS, actor, at=at, data=data | said)


def told(case: Case) -> list[tuple[str, dict[str, Any]]]:
    events = CaseEvent.objects.filter(case=case, number__gt=3)
    return [(e.move or e.happening, e.data) for e in events]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as says:
        act()
    return str(says.value)


@pytest.mark.parametrize("older_first", [True, False])
def test_merged_and_taken_out_again(tower: Tower, at: datetime, older_first: bool) -> None:
    pair = [tower.late_case(n, at=at) for n in (1, 2)]
    into, case = pair if older_first else pair[::-1]
    merged = merge(case, into.pk, tower.supervisor, at)
    assert (merged.state, merged.outcome, merged.merged_into) == ("closed", "duplicate", into)
    assert told(case) == [
        (
            "dismiss",
            {
                "outcome": "duplicate",
                "reason": "The same truck.",
                "merged_into": into.reference,
            },
        )
    ]
    assert told(into) == [("merged", {"case": case.reference, "title": case.title})]
    assert list(into.duplicates.all()) == [case]

    why = {"reason": "Two trucks after all."}
    back = lifecycle.move(case.pk, Move.REOPEN, tower.supervisor, at=at + DAY, data=why)
    assert (back.state, back.outcome, back.merged_into) == ("assigned", "", None)
    which, said = told(case)[-1]
    assert (which, said["taken_out_of"], said["reason"]) == (
        "reopen",
        into.reference,
        "Two trucks after all.",
    )
    assert told(into)[1:] == [("unmerged", {"case": case.reference, "title": case.title})]
    for each in pair:
        assert list(audit.verify(Case.objects.get(pk=each.pk))) == []


def test_a_duplicate_may_still_be_dismissed_without_saying_of_what(
    tower: Tower, at: datetime
) -> None:
    case = tower.late_case(1, at=at)
    data = {"outcome": Outcome.DUPLICATE, "reason": "See the sheet."}
    lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=at, data=data)

    assert told(case) == [("dismiss", {"outcome": "duplicate", "reason": "See the sheet."})]


def test_what_refuses_a_merge(tower: Tower, at: datetime) -> None:
    case, into, ended, child = (tower.late_case(n, at=at) for n in (1, 2, 3, 4))
    there = tower.late_case(5, at=at, site_id=tower.other_site.pk)
    lead = tower.supervisor
    intake.take_in([tower.receipt(3, at=at + MINUTE, open=False)], at=at + MINUTE)
    nothing = "Choose a case that you can see: there is none of that number."

    def says(into_id: int, **said: Any) -> str:
        return refused(lambda: merge(case, into_id, lead, at, **said))

    assert says(10**9) == nothing
    assert says(there.pk) == nothing
    assert says(case.pk) == "Choose another case: none is a duplicate of itself."
    assert says(ended.pk) == (f"{ended.reference} has ended: choose one in which the work goes on.")
    assert says(into.pk, outcome=Outcome.FALSE_POSITIVE) == (
        "Only a duplicate is merged into another case."
    )
    grouping.attach(child.pk, case.pk, lead, at=at)
    assert says(into.pk) == f"{case.reference} has cases of its own: take them out first."
    reader = User.objects.get(username="lead.rtm")
    Membership.objects.create(user=reader, role=Role.AUDITOR, site=tower.other_site)
    assert refused(lambda: merge(into, there.pk, tower.supervisor, at)) == (
        f"Only a supervisor of Chicago can merge into {there.reference}."
    )
    assert refused(lambda: merge(case, into.pk, tower.owner_of(case), at)) == (
        "Only a supervisor of Rotterdam can do this."
    )
    cases = Case.objects.filter(pk__in=[case.pk, into.pk])
    assert set(cases.values_list("state", "merged_into")) == {(State.ASSIGNED, None)}


def test_a_child_can_be_merged_into_its_parent(tower: Tower, at: datetime) -> None:
    parent, child = (tower.late_case(n, at=at) for n in (1, 2))
    grouping.attach(child.pk, parent.pk, tower.supervisor, at=at)
    merge(child, parent.pk, tower.supervisor, at)
    back = lifecycle.move(
        child.pk, Move.REOPEN, tower.supervisor, at=at + DAY, data={"reason": "No."}
    )

    assert (back.parent, back.merged_into) == (parent, None)


def test_after_the_window_it_stays_merged(tower: Tower, at: datetime) -> None:
    into, case = (tower.late_case(n, at=at) for n in (1, 2))
    merge(case, into.pk, tower.supervisor, at)
    again = {"reason": "No."}
    late = at + 7 * DAY + timedelta(microseconds=1)
    says = refused(
        lambda: lifecycle.move(case.pk, Move.REOPEN, tower.supervisor, at=late, data=again)
    )

    assert says == f"{case.reference} was closed more than 7 days ago, so it stays closed."
    case.refresh_from_db()
    assert case.merged_into == into


def test_the_source_leaves_it_merged_until_it_says_something_else(
    tower: Tower, at: datetime
) -> None:
    into, case = (tower.late_case(n, at=at) for n in (1, 2))
    merge(case, into.pk, tower.supervisor, at)
    then = {"promised_at": at - 2 * DAY, "planned_at": at - 2 * DAY}
    intake.take_in([tower.receipt(2, at=at + MINUTE, **then)], at=at + MINUTE)
    case.refresh_from_db()
    assert case.merged_into == into

    later = at + 2 * MINUTE
    intake.take_in([tower.receipt(2, at=later, promised_at=at - 3 * DAY)], at=later)
    back = Case.objects.get(pk=case.pk)
    assert (back.state, back.merged_into) == ("assigned", None)
    assert [which for which, _ in told(into)] == ["merged", "unmerged"]


def test_one_can_come_back_when_the_other_has_ended(tower: Tower, at: datetime) -> None:
    into, case = (tower.late_case(n, at=at) for n in (1, 2))
    merge(case, into.pk, tower.supervisor, at)
    intake.take_in([tower.receipt(1, at=at + MINUTE, open=False)], at=at + MINUTE)
    again = {"reason": "The other truck is not here."}
    lifecycle.move(case.pk, Move.REOPEN, tower.supervisor, at=at + DAY, data=again)

    assert [which for which, _ in told(into)] == ["merged", "resolve", "unmerged"]
    assert list(audit.verify(Case.objects.get(pk=into.pk))) == []


def test_the_database_lets_only_duplicates_be_merged(tower: Tower, at: datetime) -> None:
    into, case = (tower.late_case(n, at=at) for n in (1, 2))
    for other in (into, case):
        with pytest.raises(IntegrityError, match="case_merged_is_duplicate"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(merged_into=other)
