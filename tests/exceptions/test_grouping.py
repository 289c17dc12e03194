"""Parent cases: put together and taken apart by supervisors, told in both histories."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from exceptions import audit, grouping, intake, lifecycle
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import Case, CaseEvent, Membership, User
from exceptions.vocabulary import Move, Outcome, Role
from tests.exceptions.cases import People, member, people_of
from tests.making import Tower

MINUTE = timedelta(minutes=1)


@pytest.fixture
def people(tower: Tower) -> People:
    return people_of(tower)


@pytest.fixture
def boss(tower: Tower) -> Actor:
    return member("boss", Role.SUPERVISOR)


def three(tower: Tower, at: datetime) -> list[Case]:
    return [tower.late_case(n, at=at) for n in (1, 2, 3)]


def told(case: Case) -> list[tuple[str, str, dict[str, Any]]]:
    """What the history says beyond how the case came to its owner."""
    events = CaseEvent.objects.filter(case=case, number__gt=3)
    return [(e.move or e.happening, e.actor_name, e.data) for e in events]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as says:
        act()
    return str(says.value)


def whole(*cases: Case) -> bool:
    return all(not list(audit.verify(Case.objects.get(pk=case.pk))) for case in cases)


def test_a_case_becomes_part_of_another_and_is_taken_out_again(tower: Tower, at: datetime) -> None:
    parent, child, _ = three(tower, at)
    lead = tower.supervisor
    attached = grouping.attach(child.pk, parent.pk, lead, at=at, reason="One ship.")
    assert (attached.parent, list(parent.children.all())) == (parent, [child])
    detached = grouping.detach(child.pk, lead, at=at + MINUTE)

    assert (detached.parent, list(parent.children.all())) == (None, [])
    assert told(child) == [
        ("attached", "lead.rtm", {"parent": parent.reference, "reason": "One ship."}),
        ("detached", "lead.rtm", {"parent": parent.reference}),
    ]
    assert told(parent) == [
        ("attached", "lead.rtm", {"child": child.reference, "reason": "One ship."}),
        ("detached", "lead.rtm", {"child": child.reference}),
    ]
    assert whole(parent, child)


def test_it_goes_whichever_case_is_the_older(tower: Tower, at: datetime) -> None:
    older, newer, _ = three(tower, at)

    assert grouping.attach(older.pk, newer.pk, tower.supervisor, at=at).parent == newer


def test_one_level_only(tower: Tower, at: datetime) -> None:
    one, two, three_ = three(tower, at)
    lead = tower.supervisor
    grouping.attach(two.pk, one.pk, lead, at=at)

    def attach(case: Case, parent: Case) -> str:
        return refused(lambda: grouping.attach(case.pk, parent.pk, lead, at=at))

    assert attach(three_, two) == (
        f"{two.reference} is itself part of {one.reference}: choose that one."
    )
    assert attach(one, three_) == f"{one.reference} has cases of its own: take them out first."
    assert attach(two, three_) == (
        f"{two.reference} is already part of {one.reference}: take it out first."
    )
    assert attach(two, one) == (
        f"{two.reference} is already part of {one.reference}: take it out first."
    )
    assert attach(three_, three_) == "Choose another case: none is part of itself."
    assert [len(told(case)) for case in (one, two, three_)] == [1, 1, 0]


def test_the_database_holds_one_level_too(tower: Tower, at: datetime) -> None:
    one, two, three_ = three(tower, at)
    Case.objects.filter(pk=two.pk).update(parent=one)

    def parent_of(case: Case, parent: Case) -> str:
        with pytest.raises(IntegrityError) as says, transaction.atomic():
            Case.objects.filter(pk=case.pk).update(parent=parent)
        return str(says.value)

    assert "has no parts itself" in parent_of(three_, two)
    assert "has no parts itself" in parent_of(one, three_)
    assert "case_no_parent_of_itself" in parent_of(three_, three_)


def test_only_open_cases_are_put_together_but_ended_ones_can_be_taken_out(
    tower: Tower, at: datetime
) -> None:
    parent, child, ended = three(tower, at)
    lead = tower.supervisor
    grouping.attach(child.pk, parent.pk, lead, at=at)
    for number in (2, 3):
        intake.take_in([tower.receipt(number, at=at + MINUTE, open=False)], at=at + MINUTE)

    says = f"{ended.reference} has ended: only open cases are put together."
    assert refused(lambda: grouping.attach(ended.pk, parent.pk, lead, at=at)) == says
    assert refused(lambda: grouping.attach(parent.pk, ended.pk, lead, at=at)) == (
        f"{parent.reference} has cases of its own: take them out first."
    )
    assert grouping.detach(child.pk, lead, at=at + MINUTE).parent is None
    assert refused(lambda: grouping.attach(parent.pk, ended.pk, lead, at=at)) == says
    assert refused(lambda: grouping.detach(child.pk, lead, at=at)) == (
        f"{child.reference} is part of no other case."
    )


def test_what_one_may_not_see_does_not_exist(tower: Tower, at: datetime, boss: Actor) -> None:
    here = tower.late_case(1, at=at)
    there = tower.late_case(2, at=at, site_id=tower.other_site.pk)
    lead = tower.supervisor
    nothing = "Choose a case that you can see: there is none of that number."

    assert refused(lambda: grouping.attach(here.pk, there.pk, lead, at=at)) == nothing
    assert refused(lambda: grouping.attach(here.pk, 10**9, lead, at=at)) == nothing
    with pytest.raises(Case.DoesNotExist):
        grouping.attach(there.pk, here.pk, lead, at=at)
    with pytest.raises(Case.DoesNotExist):
        grouping.detach(10**9, lead, at=at)
    assert grouping.attach(there.pk, here.pk, boss, at=at).parent == here


def test_only_supervisors_of_both_sites(tower: Tower, at: datetime, people: People) -> None:
    one, two, _ = three(tower, at)
    there = tower.late_case(4, at=at, site_id=tower.other_site.pk)
    may_not = f"Only a supervisor of Rotterdam can put {two.reference} together with others."
    for actor in (people.owner, people.mate, people.auditor, people.executive):
        assert refused(partial(grouping.attach, two.pk, one.pk, actor, at=at)) == may_not
    grouping.attach(two.pk, one.pk, people.supervisor, at=at)
    for actor in (people.owner, people.auditor):
        assert refused(partial(grouping.detach, two.pk, actor, at=at)) == may_not

    reads_there = User.objects.get(username="lead.rtm")
    Membership.objects.create(user=reads_there, role=Role.AUDITOR, site=tower.other_site)
    assert refused(lambda: grouping.attach(one.pk, there.pk, tower.supervisor, at=at)) == (
        f"Only a supervisor of Chicago can put {there.reference} together with others."
    )


def test_the_children_go_to_whom_the_parent_goes(tower: Tower, at: datetime) -> None:
    parent, child, ended = three(tower, at)
    lead, owner = tower.supervisor, User.objects.get(username="warehouse.rtm")
    for each in (child, ended):
        grouping.attach(each.pk, parent.pk, lead, at=at)
    intake.take_in([tower.receipt(3, at=at + MINUTE, open=False)], at=at + MINUTE)
    lifecycle.move(child.pk, Move.ACKNOWLEDGE, tower.owner_of(child), at=at)
    data = {"owner": owner, "reason": "One ship."}
    done = grouping.assign_all(parent.pk, lead, at=at + MINUTE, data=data)

    assert (done.moved, done.refused) == ([parent, child], [])
    assert [Case.objects.get(pk=c.pk).owner == owner for c in (parent, child, ended)] == [
        True,
        True,
        False,
    ]
    assert Case.objects.get(pk=child.pk).state == "assigned"
    for each in (parent, child):
        which, who, said = told(each)[-1]
        assert (which, who, said["owner"], said["reason"]) == (
            "assign",
            "lead.rtm",
            "warehouse.rtm",
            "One ship.",
        )
    again = refused(lambda: grouping.assign_all(parent.pk, lead, at=at, data=data))
    assert again == "warehouse.rtm owns all of them already."


def test_a_child_that_refuses_does_not_hold_up_the_others(
    tower: Tower, at: datetime, boss: Actor
) -> None:
    parent, child, _ = three(tower, at)
    there = tower.late_case(4, at=at, site_id=tower.other_site.pk)
    for each in (child, there):
        grouping.attach(each.pk, parent.pk, boss, at=at)
    data = {"owner": User.objects.get(username="warehouse.rtm")}
    done = grouping.assign_all(parent.pk, boss, at=at, data=data)
    unseen = {"owner": User.objects.get(username="lead.rtm")}

    assert done.moved == [parent, child]
    assert done.refused == [
        (there, "warehouse.rtm does not work on cases of Chicago: choose somebody who does.")
    ]
    assert grouping.assign_all(parent.pk, tower.supervisor, at=at, data=unseen).refused == []


def test_when_the_parent_refuses_nothing_changes(tower: Tower, at: datetime) -> None:
    parent, child, _ = three(tower, at)
    grouping.attach(child.pk, parent.pk, tower.supervisor, at=at)
    data = {"owner": User.objects.get(username="warehouse.rtm")}
    says = refused(lambda: grouping.assign_all(parent.pk, tower.owner_of(parent), at=at, data=data))

    assert says == "Only a supervisor of Rotterdam can do this."
    assert len(told(child)) == 1


def test_a_parent_that_ends_keeps_its_children(tower: Tower, at: datetime) -> None:
    parent, child, _ = three(tower, at)
    grouping.attach(child.pk, parent.pk, tower.supervisor, at=at)
    false = {"outcome": Outcome.FALSE_POSITIVE, "reason": "The date was a typo."}
    lifecycle.move(parent.pk, Move.DISMISS, tower.supervisor, at=at, data=false)

    child.refresh_from_db()
    assert (child.parent, child.is_open) == (parent, True)
