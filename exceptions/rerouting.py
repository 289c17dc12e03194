"""Routing open cases again: which of them would belong to somebody else by the rules of now, and
giving them there, case by case, by a person and with a reason.

Rules that are published move nothing by themselves: what is being worked on stays where it is until
a supervisor has looked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exceptions import candidates, lifecycle, routing
from exceptions.actors import Actor, site_ids
from exceptions.candidates import Ask, Choice, Staff
from exceptions.lifecycle import Refused
from exceptions.models import Case, CaseEvent, Team, User
from exceptions.routes import Found
from exceptions.routing import InForce, Routed
from exceptions.staff import staff_of
from exceptions.vocabulary import Move, Role, State

ROUTED_STATES = (State.CLASSIFIED, State.ASSIGNED, State.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class Rerouted:
    """A case that would belong to somebody else, or to another team. `stays` says why it had better
    be left where it is: it is worked on, or somebody gave it there; empty else.
    """

    case: Case
    owner: User
    team: Team
    stays: str
    rules: InForce
    found: Found
    ask: Ask
    choice: Choice

    @property
    def told(self) -> Mapping[str, Any]:
        """The reasons, as the history will keep them."""
        return routing.reasons(self.case, self.rules, self.found, self.ask, self.choice)

    @property
    def stamp(self) -> str:
        """What whoever decides has seen: the case as it was, and where it would go."""
        return f"{self.case.event_count}-{self.owner.pk}-{self.team.code}"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case: `says` why it stays, empty when it went."""

    case: Case
    says: str


@dataclass(frozen=True, slots=True)
class _Going:
    """A case on its way: before people and teams are read for all of them."""

    case: Case
    found: Found
    ask: Ask
    choice: Choice
    stays: str


def foreseen(
    actor: Actor,
    *,
    at: datetime,
    known: InForce | None = None,
    roles: Iterable[Role] = (Role.SUPERVISOR,),
) -> list[Rerouted]:
    """The open cases at sites where the actor has one of `roles` that would go elsewhere, by id; by
    the rules in force, or by others. Who owns a case keeps it wherever the rules allow it.

    One case after the other is given away in thought, so that a limit holds for all of them
    together; those that had better stay, stay.
    """
    rules = known or routing.in_force()
    going: list[_Going] = []
    for cases in _by_site(_open_cases(actor, roles)):
        going += _going(cases, rules, at)
    return _read(sorted(going, key=lambda g: g.case.pk), rules)


def reroute(wanted: Mapping[int, str], actor: Actor, *, reason: str, at: datetime) -> list[Result]:
    """Give these cases where `foreseen` says, each on its own; `wanted` has the stamp that was seen
    by the case's id. What has moved since, or would go to somebody else now, stays and says so.
    """
    if not reason.strip():
        raise Refused(_("Say in a sentence why: it stands in the history of every case."))
    now = {each.case.pk: each for each in foreseen(actor, at=at)}
    cases = _open_cases(actor, (Role.SUPERVISOR,), any_state=True).filter(pk__in=wanted)
    return [
        Result(case, _try(case, now.get(case.pk), wanted[case.pk], actor, reason, at))
        for case in cases.order_by("pk")
    ]


def _try(
    case: Case, found: Rerouted | None, seen: str, actor: Actor, reason: str, at: datetime
) -> str:
    says = {"case": case.reference, "owner": case.owner or _("nobody")}
    if found is None:
        return _("%(case)s would stay with %(owner)s now.") % says
    if found.stamp != seen:
        return _("%(case)s has changed since you looked, or would go elsewhere now.") % says
    try:
        _give(found, actor, reason, at)
    except Refused as refused:
        return str(refused)
    return ""


@transaction.atomic
def _give(found: Rerouted, actor: Actor, reason: str, at: datetime) -> None:
    case = lifecycle.locked(found.case.pk)
    if case.event_count != found.case.event_count:
        raise Refused(_("%s has changed since you looked.") % case.reference)
    data = {
        "owner": found.owner,
        "team": found.team,
        "route": Routed(found.owner, found.team, found.told),
        "reason": reason,
    }
    lifecycle.move(case.pk, Move.ASSIGN, actor, at=at, data=data)


def _open_cases(actor: Actor, roles: Iterable[Role], *, any_state: bool = False) -> QuerySet[Case]:
    sites = site_ids(actor, roles)
    cases = Case.objects.all() if any_state else Case.objects.filter(state__in=ROUTED_STATES)
    here = cases if sites is None else cases.filter(site__in=sites)
    return here.select_related("site", "team", "owner", "document")


def _by_site(cases: QuerySet[Case]) -> list[list[Case]]:
    found: defaultdict[int, list[Case]] = defaultdict(list)
    for case in cases.order_by("pk"):
        found[case.site_id].append(case)
    return list(found.values())


def _going(cases: list[Case], rules: InForce, at: datetime) -> list[_Going]:
    """Of the cases of one site, those that go."""
    asks = [routing.asked(rules.routes, case) for case in cases]
    teams = {team for _found, ask in asks for team in ask.teams}
    named = {ask.person for _found, ask in asks}
    counting = rules.routes.counting
    staff = staff_of(cases[0].site, teams, at=at, counting=counting, named=named)
    by_hand = _given_by_hand(cases)
    going: list[_Going] = []
    for case, (found, ask) in zip(cases, asks, strict=True):
        choice, after = _without(case, ask, staff)
        if choice.owner is None or _is_there(case, choice):
            continue
        stays = _stays(case, by_hand)
        going.append(_Going(case, found, ask, choice, stays))
        staff = staff if stays else after
    return going


def _without(case: Case, ask: Ask, staff: Staff) -> tuple[Choice, Staff]:
    """Whom the case would go to if nobody had it yet, and what everybody would have then."""
    free = staff.with_load(case.owner_id or 0, -ask.weight)
    choice = candidates.choose(replace(ask, keeps=case.owner_id), free)
    owner = choice.owner.id if choice.owner else 0
    return choice, free.with_load(owner, ask.weight)


def _is_there(case: Case, choice: Choice) -> bool:
    assert choice.owner is not None
    team = case.team.code if case.team else ""
    return (case.owner_id, team) == (choice.owner.id, choice.team)


def _stays(case: Case, by_hand: Mapping[int, str]) -> str:
    if case.state == State.ACKNOWLEDGED:
        return _("%s is working on it") % case.owner
    if who := by_hand.get(case.pk):
        return _("given there by %s") % who
    return ""


def _given_by_hand(cases: Iterable[Case]) -> dict[int, str]:
    """By the ids of cases that a person last gave to somebody, who that was; not by these rules."""
    latest = CaseEvent.objects.filter(case__in=list(cases), move=Move.ASSIGN)
    rows = latest.order_by("case_id", "-number").distinct("case_id")
    return {e.case_id: e.actor_name for e in rows if e.actor_id and "route" not in e.data}


def _read(going: list[_Going], rules: InForce) -> list[Rerouted]:
    owners = User.objects.in_bulk({g.choice.owner.id for g in going if g.choice.owner})
    teams = {code: routing.team_of(code) for code in {g.choice.team for g in going}}
    return [
        Rerouted(
            case=g.case,
            owner=owners[g.choice.owner.id],
            team=teams[g.choice.team],
            stays=g.stays,
            rules=rules,
            found=g.found,
            ask=g.ask,
            choice=g.choice,
        )
        for g in going
        if g.choice.owner
    ]
