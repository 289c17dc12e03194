"""What a person may do, read from RULES: for people who ask, not for the door.

`lifecycle` decides about one case; this tells beforehand what it decides about which cases.
"""

from dataclasses import dataclass

from exceptions.actors import Actor
from exceptions.rules import RULES, Rule
from exceptions.vocabulary import WORKING_ROLES, Move, Role


@dataclass(frozen=True, slots=True)
class Power:
    """On which cases of a site somebody may make a move, and by which right.

    `every` names the roles by which they may on all of them; `own` tells that as operator they may
    on those that they own; `teams` holds the ids of the teams on whose cases they may, too.
    """

    move: Move
    every: tuple[Role, ...] = ()
    own: bool = False
    teams: frozenset[int] = frozenset()

    @property
    def any(self) -> bool:
        return bool(self.every or self.own or self.teams)


def at_site(actor: Actor, site_id: int) -> list[Power]:
    """One for every move, in the order of RULES."""
    return [_power(rule, actor, site_id) for rule in RULES.values()]


def _power(rule: Rule, actor: Actor, site_id: int) -> Power:
    held = actor.roles_at(site_id)
    return Power(
        move=rule.move,
        every=tuple(role for role in Role if role in held & rule.roles),
        own=rule.owner and Role.OPERATOR in held,
        teams=_teams(actor, site_id) if rule.team else frozenset(),
    )


def _teams(actor: Actor, site_id: int) -> frozenset[int]:
    """Where the actor works; reading for a team is not working in it."""
    return frozenset(
        g.team_id
        for g in actor.grants
        if g.team_id is not None and g.site_id in (None, site_id) and g.role in WORKING_ROLES
    )
