"""Planted holes are found, and a matrix that can be answered has none."""

from typing import Any

import pytest
from django.core.management import call_command

from exceptions import coverage, matrices
from exceptions.matrix import STANDARD, Level, Matrix, Row
from exceptions.models import Membership, User
from exceptions.vocabulary import DecisionKind, Need, Role, Voters
from tests.exceptions.asking import approver
from tests.exceptions.cases import member
from tests.making import Tower

APPROVER, EXECUTIVE = Level(voters=Voters.APPROVER), Level(voters=Voters.EXECUTIVE)


def found(*levels: Level, site: int | None = None, **groups: tuple[int, ...]) -> list[str]:
    rows = (Row(bands=((),)), Row(decision=DecisionKind.CREDIT, site=site, bands=(levels,)))
    matrix = Matrix(bounds={}, rows=rows, groups=groups)
    return [f"{h.site}: {h.says}" for h in coverage.holes(matrix, matrices.known())]


@pytest.fixture
def everywhere(tower: Tower) -> Tower:
    """An approver and an executive for every site."""
    member("pieter", Role.APPROVER)
    member("esther", Role.EXECUTIVE)
    return tower


def test_the_standard_one_is_covered_with_one_of_each(everywhere: Tower) -> None:
    """But where the only supervisor may be the proposer."""
    holes = coverage.holes(STANDARD, matrices.known())
    assert {hole.level.voters for hole in holes} == {Voters.SUPERVISOR}
    member("second", Role.SUPERVISOR)
    assert coverage.holes(STANDARD, matrices.known()) == []


def test_nobody_in_a_role_is_a_hole_at_that_site_alone(tower: Tower) -> None:
    approver(tower)

    assert found(APPROVER) == ["Chicago: Credit the customer: any one of the approvers"]
    assert found(APPROVER, site=tower.site.pk) == []
    assert found(EXECUTIVE, site=tower.site.pk) == [
        "Rotterdam: Credit the customer · Rotterdam: any one of the executives"
    ]


def test_who_is_not_active_does_not_count(everywhere: Tower) -> None:
    User.objects.filter(username="pieter").update(is_active=False)

    assert len(found(APPROVER)) == 2


def test_nobody_answers_two_levels(everywhere: Tower) -> None:
    both = User.objects.get(username="pieter")
    Membership.objects.filter(user__username="esther").delete()
    Membership.objects.create(user=both, role=Role.EXECUTIVE)

    assert len(found(APPROVER, EXECUTIVE)) == 2
    member("third", Role.EXECUTIVE)
    assert found(APPROVER, EXECUTIVE) == []


def test_as_many_as_have_to_say_yes(everywhere: Tower) -> None:
    two = Level(voters=Voters.APPROVER, need=Need.SOME, count=2)
    assert len(found(two)) == 2
    approver(everywhere, "second")
    assert found(two) == ["Chicago: Credit the customer: 2 of the approvers"]


def test_a_group_of_those_who_may_not_see_the_case_is_a_hole(everywhere: Tower) -> None:
    stranger = member("stranger", Role.INTEGRATION_ADMIN).user
    auditor = member("auditor", Role.AUDITOR).user
    board = Level(voters=Voters.GROUP, group="Board")
    assert stranger
    assert auditor

    assert len(found(board, Board=(stranger.pk,))) == 2
    assert found(board, Board=(stranger.pk, auditor.pk)) == []


def test_the_only_one_who_could_answer_may_have_proposed_it(everywhere: Tower) -> None:
    lead = Level(voters=Voters.LEAD)

    assert len(found(lead)) == 2


def test_the_command_says_what_is_missing(tower: Tower, capsys: Any) -> None:
    with pytest.raises(SystemExit):
        call_command("approval_coverage")
    assert "Chicago: Expedite freight: any one of the approvers" in capsys.readouterr().out
    for name, role in (("a", Role.APPROVER), ("e", Role.EXECUTIVE), ("s", Role.SUPERVISOR)):
        member(name, role)
    call_command("approval_coverage")
    assert "Every cell" in capsys.readouterr().out
