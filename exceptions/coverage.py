"""Whether every cell of the approval matrix has people who can answer today.

A cell is covered at a site if each of its levels can be answered by people of its own, for nobody
votes at two levels, and if it still can when one of those who work on cases there, and so may
propose, is the proposer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from exceptions.actors import READING_ROLES
from exceptions.electorate import roles_of
from exceptions.matrix import Level, Matrix, Row, level_in_words
from exceptions.matrix_soundness import Known, name_of
from exceptions.models import Membership, Site
from exceptions.vocabulary import WORKING_ROLES, Need, Voters


@dataclass(frozen=True, slots=True)
class Hole:
    """Levels of a row that nobody can answer at a site today."""

    site: Site
    row: Row
    level: Level
    says: str


@dataclass(frozen=True, slots=True)
class Staff:
    """Who holds which role at a site, by the id of the person; `readers` may see its cases. Where
    `instead` names somebody, they answer in that person's stead; None is nobody.
    """

    by_role: dict[str, frozenset[int]]
    readers: frozenset[int]
    proposers: frozenset[int]
    lead: int | None
    instead: Mapping[int, int | None] = field(default_factory=dict)


def holes(matrix: Matrix, known: Known) -> list[Hole]:
    """Every level that cannot be answered as the matrix wants it, once for each row and site."""
    found = [
        hole
        for site in Site.objects.order_by("name")
        for staff in [staff_of(site)]
        for row in matrix.rows
        if row.site in (None, site.pk)
        for hole in _of_row(row, site, staff, matrix, known)
    ]
    return list({(h.site.pk, name_of(h.row, known), h.says): h for h in found}.values())


def staff_of(site: Site) -> Staff:
    rows = Membership.objects.filter(user__is_active=True)
    here = [m for m in rows.values_list("role", "site_id", "user_id") if m[1] in (None, site.pk)]
    by_role: dict[str, set[int]] = {}
    for role, _site, user in here:
        by_role.setdefault(role, set()).add(user)
    return Staff(
        {role: frozenset(people) for role, people in by_role.items()},
        frozenset(user for role, _site, user in here if role in READING_ROLES),
        frozenset(user for role, _site, user in here if role in WORKING_ROLES),
        site.lead_id,
    )


def _of_row(row: Row, site: Site, staff: Staff, matrix: Matrix, known: Known) -> Iterator[Hole]:
    for levels in row.bands:
        for number in unanswered(levels, staff, matrix):
            says = level_in_words(levels[number])
            yield Hole(site, row, levels[number], f"{name_of(row, known)}: {says}")


def unanswered(levels: Sequence[Level], staff: Staff, matrix: Matrix) -> set[int]:
    """The places of the levels for which nobody is left, whoever proposes."""
    who = [_people(level, staff, matrix) for level in levels]
    found = _left_out(levels, who)
    for proposer in frozenset().union(*who) & staff.proposers if who else ():
        found |= _left_out(levels, [people - {proposer} for people in who])
    return found


def _people(level: Level, staff: Staff, matrix: Matrix) -> frozenset[int]:
    if level.voters == Voters.LEAD:
        named = frozenset([staff.lead] if staff.lead else [])
    elif level.voters == Voters.GROUP:
        named = frozenset(matrix.groups.get(level.group, ()))
    else:
        named = frozenset[int]().union(
            *(staff.by_role.get(role, frozenset()) for role in roles_of(level.voters))
        )
    found = (staff.instead.get(person, person) for person in named & staff.readers)
    return frozenset(person for person in found if person is not None)


def _left_out(levels: Sequence[Level], who: Sequence[frozenset[int]]) -> set[int]:
    """Give each vote that is needed a person of its own (augmenting paths); which find none."""
    taken: dict[int, int] = {}  # person: place among the votes
    votes = [n for n, level in enumerate(levels) for _vote in range(_needed(level))]

    def seat(vote: int, tried: set[int]) -> bool:
        for person in who[votes[vote]] - tried:
            tried.add(person)
            if person not in taken or seat(taken[person], tried):
                taken[person] = vote
                return True
        return False

    return {votes[vote] for vote in range(len(votes)) if not seat(vote, set())}


def _needed(level: Level) -> int:
    """All of them is at least one."""
    return level.count if level.need == Need.SOME else 1
