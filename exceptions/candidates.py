"""The chain of people whom a case may go to, and the first of them who can take it. Pure.

In order: the person whom the rule names, or that person's deputy; then team by team whoever is on
duty and has least, and of the deputies of those who are away who is on duty; then team by team the
same who are off duty; the lead of the site, or the lead's deputy; its supervisors; and, before
nobody has the case, the teams over the limit. Nobody who is away gets anything. The limit holds for
all but the lead (or deputy) and the supervisors, who are there for what nobody else can take.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from exceptions.vocabulary import Lack, Stop

UNLIMITED = (Stop.LEAD, Stop.LEADS_DEPUTY, Stop.SUPERVISORS, Stop.OVER_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who may own cases of the site. `teams` are the codes of those in which they are
    operators there, `on_duty` those of them in which they are on duty now, `here` whether they are
    on duty there at all; `load` is what they have already. Who is away has `away_until`, and
    perhaps a deputy, who is not away.
    """

    id: int
    name: str
    load: int = 0
    teams: frozenset[str] = frozenset()
    on_duty: frozenset[str] = frozenset()
    here: bool = True
    supervises: bool = False
    away_until: datetime | None = None
    deputy: int | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who may own a case of a site, by id, and the id of its lead."""

    people: Mapping[int, Candidate]
    lead: int | None = None

    def operators(self, team: str) -> list[Candidate]:
        return [p for p in self.people.values() if team in p.teams]

    def with_load(self, person: int, more: int) -> "Staff":
        """The same people, one of whom has `more` than before."""
        known = self.people.get(person)
        if known is None:
            return self
        changed = replace(known, load=known.load + more)
        return replace(self, people={**self.people, person: changed})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is looked for: a person of `teams`, in their order, or `person` before them. The case
    adds `weight` to what its owner has, and nobody gets more than `limit`. `keeps` has it already
    and keeps it, wherever they are among those who can take it.
    """

    teams: tuple[str, ...]
    person: int | None = None
    limit: int | None = None
    weight: int = 1
    keeps: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stop of the chain and what was found there: `who`, or what was lacking. Where the lack is
    of one person (away, full), `who` is them.
    """

    stop: Stop
    team: str = ""
    who: Candidate | None = None
    lack: Lack | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose the case is, and by which steps; `owner` is None where nobody may work there. `team` is
    the one of whose people it is, the first one where it is none of theirs.
    """

    owner: Candidate | None
    team: str
    steps: tuple[Step, ...]


def choose(ask: Ask, staff: Staff) -> Choice:
    """The first person of the chain who can take the case."""
    steps: list[Step] = []
    for step in _steps(ask, staff):
        steps.append(step)
        if step.lack is None and step.who is not None:
            of_team = step.team if step.team in step.who.teams else ""
            return Choice(step.who, of_team or ask.teams[0], tuple(steps))
    return Choice(None, ask.teams[0], tuple(steps))


def _steps(ask: Ask, staff: Staff) -> Iterator[Step]:
    """Stop after stop; what is asked for ends as soon as one finds somebody."""
    if ask.person is not None:
        yield from _named(ask, staff, ask.person)
    for team in ask.teams:
        yield from _on_duty(ask, staff, team)
    for team in ask.teams:
        yield from _off_duty(ask, staff, team)
    yield from _last(ask, staff)


def _named(ask: Ask, staff: Staff, person: int) -> Iterator[Step]:
    named = staff.people.get(person)
    if named is None:
        yield Step(stop=Stop.NAMED, lack=Lack.NOBODY)
        return
    yield _best(Stop.NAMED, [named], ask)
    if named.away_until and (deputy := staff.people.get(named.deputy or 0)):
        yield _best(Stop.DEPUTY, [deputy], ask)


def _on_duty(ask: Ask, staff: Staff, team: str) -> Iterator[Step]:
    operators = staff.operators(team)
    on_duty = [p for p in _present(operators) if team in p.on_duty]
    if on_duty or not _present(operators):
        yield _best(Stop.ON_DUTY, on_duty or operators, ask, team=team)
    else:
        yield Step(stop=Stop.ON_DUTY, team=team, lack=Lack.OFF)
    if deputies := [p for p in _deputies(staff, team) if p.here]:
        yield _best(Stop.STAND_INS, deputies, ask, team=team)


def _off_duty(ask: Ask, staff: Staff, team: str) -> Iterator[Step]:
    if off := [p for p in _present(staff.operators(team)) if team not in p.on_duty]:
        yield _best(Stop.OFF_DUTY, off, ask, team=team)
    if deputies := [p for p in _deputies(staff, team) if not p.here]:
        yield _best(Stop.STAND_INS, deputies, ask, team=team)


def _deputies(staff: Staff, team: str) -> list[Candidate]:
    away = [p for p in staff.operators(team) if p.away_until]
    return [deputy for p in away if (deputy := staff.people.get(p.deputy or 0))]


def _last(ask: Ask, staff: Staff) -> Iterator[Step]:
    lead = staff.people.get(staff.lead or 0)
    if lead:
        yield _best(Stop.LEAD, [lead], ask)
        if lead.away_until and (deputy := staff.people.get(lead.deputy or 0)):
            yield _best(Stop.LEADS_DEPUTY, [deputy], ask)
    supervisors = [p for p in staff.people.values() if p.supervises]
    if supervisors:
        yield _best(Stop.SUPERVISORS, supervisors, ask)
    everybody = {p.id: p for team in ask.teams for p in staff.operators(team)}
    if everybody:
        yield _best(Stop.OVER_LIMIT, everybody.values(), ask)


def _best(stop: Stop, pool: Iterable[Candidate], ask: Ask, *, team: str = "") -> Step:
    """Of the pool, whoever keeps the case, else who has least; or what is lacking."""
    people = list(pool)
    present = _present(people)
    free = [p for p in present if stop in UNLIMITED or _has_room(p, ask)]
    if free:
        found = min(free, key=lambda p: (p.id != ask.keeps, _rests(stop, p), p.load, p.id))
        return Step(stop=stop, team=team or _team_of(found, ask), who=found)
    lack = Lack.FULL if present else Lack.AWAY if people else Lack.NOBODY
    alone = (present or people)[0] if len(people) == 1 else None
    return Step(stop=stop, team=team, who=alone, lack=lack)


def _present(people: Iterable[Candidate]) -> list[Candidate]:
    return [p for p in people if p.away_until is None]


def _rests(stop: Stop, person: Candidate) -> bool:
    """Of supervisors, and of whoever takes more than the limit, those on duty come first."""
    return stop in (Stop.SUPERVISORS, Stop.OVER_LIMIT) and not person.here


def _has_room(person: Candidate, ask: Ask) -> bool:
    return ask.limit is None or person.load + ask.weight <= ask.limit


def _team_of(person: Candidate, ask: Ask) -> str:
    return next((team for team in ask.teams if team in person.teams), "")
