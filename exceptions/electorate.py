"""Who may vote: by the roles that people have at a case's site today, and for whom.

Only people who may see the case are ever asked. Its proposer is not, nor whoever has voted on the
request already, at whatever level.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from exceptions import actors
from exceptions.actors import READING_ROLES, Actor, readers_of
from exceptions.matrix import NEXT, Level, Matrix
from exceptions.models import ApprovalLevel, ApprovalRequest, Case, Delegation, User
from exceptions.vocabulary import ApprovalState, LevelState, Role, Voters

ROLES = {
    Voters.APPROVER: Role.APPROVER,
    Voters.SUPERVISOR: Role.SUPERVISOR,
    Voters.EXECUTIVE: Role.EXECUTIVE,
}


# Who decides at a site, and so may be the second person there.
DECIDERS = (Role.OPERATOR, Role.SUPERVISOR, Role.APPROVER)


def roles_of(way: Voters) -> tuple[Role, ...]:
    """Whose holders are asked; none for the lead and for groups, which are people by name."""
    return DECIDERS if way == Voters.SECOND else (ROLES[way],) if way in ROLES else ()


@dataclass(frozen=True, slots=True)
class Seat:
    """A vote that an actor may give: at which level, and whose it is."""

    level: ApprovalLevel
    voter: User


# A delegation, and what whoever gave it may do.
Loan = tuple[Delegation, Actor]


def ways(level: ApprovalLevel) -> list[Voters]:
    """Who is asked by now: those whom the matrix names, and as many roles above as it reaches."""
    found = [Voters(level.voters)]
    while len(found) <= level.reach and found[-1] in NEXT:
        found.append(NEXT[found[-1]])
    return found


def electors(level: ApprovalLevel, case: Case) -> QuerySet[User]:
    """Who may vote at this level by themselves, whether or not they have; in order of names."""
    wanted = Q(pk__in=[])
    for way in ways(level):
        wanted |= _named(way, level, case)
    earlier = level.request.votes.exclude(level=level)
    gone = Q(pk=level.request.proposed_by_id)
    gone |= Q(pk__in=earlier.values("voter")) | Q(pk__in=earlier.values("cast_by"))
    found = readers_of(case).filter(wanted).exclude(gone)
    return found.order_by("first_name", "last_name", "pk").distinct()


def would_answer(level: Level, case: Case, matrix: Matrix, proposer: int) -> QuerySet[User]:
    """Who may answer at a level of the matrix, were somebody to propose it now."""
    asked = ApprovalLevel(voters=level.voters, members=list(matrix.groups.get(level.group, ())))
    found = readers_of(case).filter(_named(level.voters, asked, case)).exclude(pk=proposer)
    return found.order_by("first_name", "last_name", "pk").distinct()


def _named(way: Voters, level: ApprovalLevel, case: Case) -> Q:
    if way == Voters.LEAD:
        return Q(pk=case.site.lead_id or 0)
    if way == Voters.GROUP:
        return Q(pk__in=level.members)
    here = Q(memberships__site=case.site_id) | Q(memberships__site=None)
    return Q(memberships__role__in=roles_of(way)) & here


def open_level(request: ApprovalRequest) -> ApprovalLevel | None:
    """The level that is asked now. Reads levels once, so that they may be prefetched."""
    if request.state != ApprovalState.PENDING:
        return None
    return next((lv for lv in request.levels.all() if lv.state == LevelState.OPEN), None)


def seat(
    request: ApprovalRequest,
    case: Case,
    actor: Actor,
    *,
    at: datetime,
    lent: Sequence[Loan] | None = None,
) -> Seat | None:
    """The vote that the actor may give now: their own, else that of somebody who asked them to.

    For those who are asked themselves it asks no database, where the request came with its levels
    and votes, and the case with its site; for others neither, where `lent` is given (see
    `lent_to`).
    """
    level, person = open_level(request), actor.user
    if level is None or person is None or person.pk == request.proposed_by_id:
        return None
    voted = {who for vote in request.votes.all() for who in (vote.voter_id, vote.cast_by_id)}
    if person.pk in voted or not _reads(actor, case):
        return None
    if _holds(actor, level, case):
        return Seat(level, person)
    gone = voted | {request.proposed_by_id}
    loans = lent_to(person, at=at) if lent is None else lent
    return next(_for_others(request, level, case, loans, gone), None)


def lent_to(person: User, *, at: datetime) -> list[Loan]:
    """By whom the person may vote for them now, the earliest first."""
    found = in_force(at).filter(to_person=person).select_related("from_person")
    return [(each, actors.person(each.from_person)) for each in found]


def _for_others(
    request: ApprovalRequest,
    level: ApprovalLevel,
    case: Case,
    lent: Sequence[Loan],
    gone: set[int],
) -> Iterator[Seat]:
    """Seats of people who let this person vote for them; what these were lent they cannot lend."""
    for each, others in lent:
        if each.from_person_id in gone or not covers(each, request.cell, case.site_id):
            continue
        if _reads(others, case) and _holds(others, level, case):
            yield Seat(level, each.from_person)


def in_force(at: datetime) -> QuerySet[Delegation]:
    lasting = Delegation.objects.filter(starts_at__lte=at, ends_at__gt=at, taken_back_at=None)
    return lasting.order_by("id").prefetch_related("sites")


def covers(delegation: Delegation, cell: Mapping[str, Any], site_id: int) -> bool:
    """Whether it is for this site and amount. A cap is in a currency; another one, or an amount
    that nobody knows, is above it.
    """
    sites = {site.pk for site in delegation.sites.all()}
    if sites and site_id not in sites:
        return False
    if delegation.most is None:
        return True
    stake = cell.get("stake")
    same = stake is not None and cell.get("currency") == delegation.currency
    return same and Decimal(str(stake)) <= delegation.most


def asked(level: ApprovalLevel, case: Case, *, at: datetime) -> list[User]:
    """Who is told of it: those who may vote, and those who may vote for them."""
    people = list(electors(level, case))
    lent = in_force(at).filter(from_person__in=people).select_related("to_person")
    others = lent.exclude(to_person=level.request.proposed_by_id)
    cell = level.request.cell
    return [*people, *(each.to_person for each in others if covers(each, cell, case.site_id))]


def _holds(actor: Actor, level: ApprovalLevel, case: Case) -> bool:
    roles, who = actor.roles_at(case.site_id), actor.user
    return who is not None and any(_is(way, who, roles, level, case) for way in ways(level))


def _reads(actor: Actor, case: Case) -> bool:
    """Whether they are among the readers of the case."""
    active = actor.user is not None and actor.user.is_active
    return active and bool(actor.roles_at(case.site_id) & READING_ROLES)


def _is(way: Voters, person: User, roles: frozenset[str], level: ApprovalLevel, case: Case) -> bool:
    if way == Voters.LEAD:
        return case.site.lead_id == person.pk
    if way == Voters.GROUP:
        return person.pk in level.members
    return not roles.isdisjoint(roles_of(way))
