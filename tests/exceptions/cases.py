"""Cases in any state of the life, made by the moves that lead there, and the people around them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exceptions import audit, intake, lifecycle, policies
from exceptions import facts as facts_module
from exceptions.actors import Actor, machine, person
from exceptions.models import Case, Document, Membership, Team, User
from exceptions.score import Contribution, Score
from exceptions.vocabulary import Factor, Happening, Move, Outcome, Role, State, TeamCode, Via
from tests.making import Tower

POLICY = machine(Via.POLICY)
SCORE = Score(
    contributions=(
        Contribution(factor=Factor.VALUE_AT_RISK, points=28, because="€10,000 at risk"),
        Contribution(factor=Factor.NEED_DATE, points=28, because="promised date past"),
    )
)
MINUTE = timedelta(minutes=1)


@dataclass
class People:
    """Everybody who could want to move a case of Procurement in Rotterdam."""

    owner: Actor
    mate: Actor
    supervisor: Actor
    supervisor_everywhere: Actor
    supervisor_elsewhere: Actor
    operator_of_another_team: Actor
    auditor_of_the_team_who_works_in_another: Actor
    mate_elsewhere: Actor
    executive: Actor
    auditor: Actor
    approver: Actor
    policy_admin: Actor
    integration_admin: Actor
    stranger: Actor


def member(username: str, role: Role | None, **where: Any) -> Actor:
    user = User.objects.create_user(username)
    if role:
        Membership.objects.create(user=user, role=role, **where)
    return person(user)


def _also(actor: Actor, **what: Any) -> Actor:
    """The same person with one more membership."""
    assert actor.user is not None
    Membership.objects.create(user=actor.user, **what)
    return person(actor.user)


def people_of(tower: Tower) -> People:
    procurement = Team.objects.get(code=TeamCode.PROCUREMENT)
    warehouse = Team.objects.get(code=TeamCode.WAREHOUSE)
    here = {"site": tower.site}
    return People(
        owner=tower.actor("procurement.rtm"),
        mate=member("mate", Role.OPERATOR, site=tower.site, team=procurement),
        supervisor=tower.actor("lead.rtm"),
        supervisor_everywhere=member("boss", Role.SUPERVISOR),
        supervisor_elsewhere=tower.actor("lead.chi"),
        operator_of_another_team=tower.actor("warehouse.rtm"),
        auditor_of_the_team_who_works_in_another=_also(
            member("reader", Role.OPERATOR, site=tower.site, team=warehouse),
            role=Role.AUDITOR,
            team=procurement,
        ),
        mate_elsewhere=tower.actor("procurement.chi"),
        executive=member("executive", Role.EXECUTIVE, **here),
        auditor=member("auditor", Role.AUDITOR),
        approver=member("approver", Role.APPROVER, **here),
        policy_admin=member("policy", Role.POLICY_ADMIN),
        integration_admin=member("integration", Role.INTEGRATION_ADMIN),
        stranger=member("stranger", None),
    )


def data_for(which: Move) -> dict[str, Any]:
    """Everything that a move may need, so that only who and when can refuse it."""
    every: dict[Move, dict[str, Any]] = {
        Move.CLASSIFY: {"score": SCORE, "severity": 60, "reason": "The line stands still."},
        Move.RECLASSIFY: {"score": SCORE, "severity": 60, "reason": "The line stands still."},
        Move.ASSIGN: {"owner": User.objects.get(username="warehouse.rtm")},
        Move.ACKNOWLEDGE: {},
        Move.PROPOSE: {
            "decision": "chase",
            "substance": Document.objects.latest("id").substance,
            "reason": "No answer since Monday.",
        },
        Move.RESOLVE: {"outcome": Outcome.FIXED, "reason": "The goods are here."},
        Move.CLOSE: {"root_cause": "Supplier capacity", "corrective_action": "Second source"},
        Move.REOPEN: {"reason": "They sent the wrong goods."},
        Move.DISMISS: {"outcome": Outcome.FALSE_POSITIVE, "reason": "The date was a typo."},
    }
    return every[which]


def detected(tower: Tower, *, at: datetime) -> Case:
    """A case as it stands in the instant between its first event and its classification."""
    said = tower.receipt(at=at, open=False)
    intake.take_in([said], at=at)
    case = Case.objects.create(
        kind="late_inbound",
        site=tower.site,
        document=Document.objects.get(),
        fingerprint=f"late_inbound:{tower.connection.pk}:stock.picking:1",
        subject_key=f"late_inbound:{tower.site.pk}:partner:7",
        title="P00001 from Kempten Bearings is late",
        facts=facts_module.plain(said),
        substance=facts_module.substance(said),
        policy_id=policies.in_force()["late_inbound"].id,
        value_at_risk=Decimal(10_000),
        currency="EUR",
        team=Team.objects.get(code=TeamCode.PROCUREMENT),
        detected_at=at,
    )
    audit.append(case, Happening.DETECTED, machine(Via.ODOO), at=at)
    case.save()
    return case


def case_in(state: State, tower: Tower, *, at: datetime) -> Case:
    """A case in `state`; each move on the way took a minute, the first at `at`."""
    case = detected(tower, at=at)
    owner = User.objects.get(username="procurement.rtm")
    way: tuple[tuple[Move, Actor, dict[str, Any]], ...] = (
        (Move.CLASSIFY, POLICY, {"score": SCORE}),
        (Move.ASSIGN, POLICY, {"owner": owner}),
        (Move.ACKNOWLEDGE, person(owner), {}),
        (Move.RESOLVE, person(owner), data_for(Move.RESOLVE)),
        (Move.CLOSE, person(owner), data_for(Move.CLOSE)),
    )
    steps = list(State).index(state)
    for number, (which, actor, data) in enumerate(way[:steps], start=1):
        case = lifecycle.move(case.pk, which, actor, at=at + number * MINUTE, data=data)
    return case
