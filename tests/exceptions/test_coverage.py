"""Planted holes are found, and a matrix that can be answered has none."""

import random
from itertools import product
from typing import Any

import pytest
from django.core.management import call_command

from exceptions import coverage, electorate, matrices
from exceptions.coverage import Staff
from exceptions.electorate import ROLES
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


# Against plain Python --------------------------------------------------------------------------


def test_five_hundred_cells_of_chance_against_every_way_to_vote() -> None:
    """Each way in which people can give the votes is tried; some holes are planted."""
    lot = random.Random(23)
    seen = {True: 0, False: 0}
    for _ in range(500):
        levels, staff, matrix = _chance(lot)
        found = coverage.unanswered(levels, staff, matrix)
        fine = all(_can(levels, staff, matrix, p) for p in {None, *staff.proposers})
        seen[fine] += 1
        assert (found == set()) == fine, (levels, staff, matrix.groups)
    assert min(seen.values()) > 100


def test_every_planted_hole_is_found() -> None:
    """A level whose people are taken away is named, wherever it stands."""
    lot = random.Random(29)
    for _ in range(300):
        levels = tuple(Level(voters=v) for v in lot.choices((*ROLES, Voters.LEAD), k=3))
        people = iter(range(1, 40))
        by_role = {str(role): frozenset(next(people) for _ in range(4)) for role in ROLES.values()}
        gone = lot.randrange(3)
        lead = 99 if levels[gone].voters != Voters.LEAD else None
        empty = {} if lead is None else {str(ROLES[levels[gone].voters]): frozenset[int]()}
        readers = frozenset(range(1, 100))
        staff = Staff(by_role | empty, readers, frozenset(), lead)
        planted = {n for n, level in enumerate(levels) if level.voters == levels[gone].voters}
        found = coverage.unanswered(levels, staff, Matrix(bounds={}, rows=()))

        # A lead who is asked at two levels votes at one of them.
        leads = [n for n, level in enumerate(levels) if level.voters == Voters.LEAD]
        assert found - set(leads) == planted - set(leads)
        assert bool(found & set(leads)) == (len(leads) > (0 if lead is None else 1))


def _chance(lot: random.Random) -> tuple[tuple[Level, ...], Staff, Matrix]:
    people = range(1, lot.randrange(2, 6))
    groups = {"Board": tuple(p for p in people if lot.random() < 0.5)}
    by_role = {
        str(role): frozenset(p for p in people if lot.random() < 0.5) for role in ROLES.values()
    }
    staff = Staff(
        by_role,
        frozenset(p for p in people if lot.random() < 0.9),
        frozenset(p for p in people if lot.random() < 0.3),
        lot.choice((None, *people)),
    )
    return tuple(_level(lot) for _ in range(lot.randrange(1, 4))), staff, _with(groups)


def _level(lot: random.Random) -> Level:
    voters = lot.choice(list(Voters))
    group = "Board" if voters == Voters.GROUP else ""
    need = Need.ANY if voters == Voters.LEAD else lot.choice(list(Need))
    return Level(voters=voters, group=group, need=need, count=2 if need == Need.SOME else 1)


def _with(groups: dict[str, tuple[int, ...]]) -> Matrix:
    return Matrix(bounds={}, rows=(), groups=groups)


def _can(levels: tuple[Level, ...], staff: Staff, matrix: Matrix, proposer: int | None) -> bool:
    """Whether some choice of a person for each vote names nobody twice, and not the proposer."""
    choices = []
    for level in levels:
        if level.voters == Voters.LEAD:
            who = {staff.lead}
        elif level.voters == Voters.GROUP:
            who = set(matrix.groups["Board"])
        else:
            roles = electorate.roles_of(level.voters)
            who = {p for role in roles for p in staff.by_role.get(str(role), ())}
        here = [p for p in who if p in staff.readers and p != proposer]
        choices += [here] * (level.count if level.need == Need.SOME else 1)
    return any(len(set(each)) == len(each) for each in product(*choices))
