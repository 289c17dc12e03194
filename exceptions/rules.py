"""RULES: every legal move of a case, in one table.

Buttons, API, permissions, documentation and the state diagram are all read from here;
`lifecycle.move` is the only code that acts on it.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exceptions.vocabulary import FACT_ROADS, OPEN_STATES, Move, Role, State, Via

DETECTED, CLASSIFIED, ASSIGNED, ACKNOWLEDGED = OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One move: from where, to where (None = the state stays), and who may make it.

    `owner` tells that the case's owner may, as long as they are an operator at the site; `team`
    that every operator of the owning team there may. `machines` are the roads by which the system
    itself makes the move.
    """

    move: Move
    sources: frozenset[State]
    target: State | None
    roles: frozenset[Role] = frozenset({Role.SUPERVISOR})
    owner: bool = False
    team: bool = False
    machines: frozenset[Via] = frozenset()
    says: str | Promise = ""
    asks: bool = False  # needs a form or a confirmation; without, one press does it


RULES: dict[Move, Rule] = {
    rule.move: rule
    for rule in (
        Rule(
            move=Move.CLASSIFY,
            sources=frozenset({DETECTED}),
            target=CLASSIFIED,
            machines=frozenset({Via.POLICY}),
            says=_("Gives the case its severity."),
            asks=True,
        ),
        Rule(
            move=Move.RECLASSIFY,
            sources=frozenset({CLASSIFIED, ASSIGNED, ACKNOWLEDGED}),
            target=None,
            machines=frozenset({Via.POLICY}),
            says=_("You judge the severity differently. The old score stays in the history."),
            asks=True,
        ),
        Rule(
            move=Move.ASSIGN,
            sources=frozenset({CLASSIFIED, ASSIGNED, ACKNOWLEDGED}),
            target=ASSIGNED,
            machines=frozenset({Via.POLICY}),
            says=_("To a person. They are asked to acknowledge."),
            asks=True,
        ),
        Rule(
            move=Move.ACKNOWLEDGE,
            sources=frozenset({ASSIGNED}),
            target=ACKNOWLEDGED,
            owner=True,
            team=True,
            says=_("You have seen it and work on it. The acknowledge clock stops."),
        ),
        Rule(
            move=Move.PROPOSE,
            sources=frozenset({ACKNOWLEDGED}),
            target=None,
            owner=True,
            says=_("Say what shall be done. It is written to Odoo and read back."),
            asks=True,
        ),
        Rule(
            move=Move.RESOLVE,
            sources=frozenset({DETECTED, CLASSIFIED, ASSIGNED, ACKNOWLEDGED}),
            target=State.RESOLVED,
            owner=True,
            machines=frozenset({*FACT_ROADS, Via.POLICY, Via.IMPORT}),
            says=_("The cause is dealt with. It closes after the quiet period."),
            asks=True,
        ),
        Rule(
            move=Move.CLOSE,
            sources=frozenset({State.RESOLVED}),
            target=State.CLOSED,
            owner=True,
            machines=frozenset({Via.CLOCK, Via.IMPORT}),
            says=_("Record the root cause, and the work is done."),
            asks=True,
        ),
        Rule(
            move=Move.REOPEN,
            sources=frozenset({State.RESOLVED, State.CLOSED}),
            target=ASSIGNED,
            machines=frozenset({Via.POLICY}),
            says=_("It was not over. The clocks start anew."),
            asks=True,
        ),
        Rule(
            move=Move.DISMISS,
            sources=frozenset(OPEN_STATES),
            target=State.CLOSED,
            says=_("False positive, duplicate or accepted risk. Needs a reason."),
            asks=True,
        ),
    )
}

# A person resolves only what has been acknowledged; the system also what nobody has touched yet.
PEOPLE_RESOLVE_FROM = frozenset({ACKNOWLEDGED})


def legal_pairs() -> frozenset[tuple[str, str]]:
    """Every change of state that RULES allows; the database trigger holds the same pairs."""
    return frozenset(
        (str(source), str(rule.target))
        for rule in RULES.values()
        if rule.target
        for source in rule.sources
        if source != rule.target
    )
