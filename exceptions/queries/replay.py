"""Decisions of the last quarter as a draft of the approval matrix would have treated them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from exceptions import matrix, matrix_replay, playbooks
from exceptions.actors import Actor, visible_cases
from exceptions.matrix import Asked, Matrix
from exceptions.matrix_replay import Added, Line, Made, Pace, Replayed, Whom
from exceptions.models import ApprovalLevel, Decision
from exceptions.vocabulary import DecisionKind, LevelState, Tier, Voters, lasting

QUARTER = timedelta(days=90)
ANSWERED = (LevelState.PASSED, LevelState.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """All that a page tells of it."""

    rows: list[Replayed]
    lines: list[Line]
    paces: dict[Whom, Pace]
    added: Added
    asked_before: int
    asked_after: int


def replay(actor: Actor, before: Matrix, after: Matrix, *, at: datetime) -> Replay:
    """What was decided on the actor's cases in the 90 days before `at`, under both.

    Tier and value at risk are those that the case has now; so both see the same.
    """
    rows = matrix_replay.replay(made(actor, at), before, after)
    paces = matrix_replay.paces(measured(actor, at))
    return Replay(
        rows=rows,
        lines=matrix_replay.lines(rows),
        paces=paces,
        added=matrix_replay.added(rows, paces),
        asked_before=sum(bool(row.before) for row in rows),
        asked_after=sum(bool(row.after) for row in rows),
    )


def made(actor: Actor, at: datetime) -> list[Made]:
    found = Decision.objects.filter(
        case__in=visible_cases(actor), proposed_at__gt=at - QUARTER, proposed_at__lte=at
    )
    rows = found.select_related("case__document", "undoes").order_by("-proposed_at", "-id")
    return [_made(decision) for decision in rows]


def _made(decision: Decision) -> Made:
    case, kind = decision.case, DecisionKind(decision.kind)
    asked = Asked(
        decision=kind,
        site=case.site_id,
        tier=Tier(case.tier) if case.tier else None,
        stake=matrix.stake(kind, decision.cost, case.value_at_risk),
        currency=case.currency,
    )
    for_good = bool(lasting(playbooks.verbs_of(decision)))
    return Made(decision_id=decision.pk, asked=asked, lasting=for_good)


def measured(actor: Actor, at: datetime) -> list[tuple[Whom, timedelta]]:
    """How long levels took that ended with an answer in that time."""
    levels = ApprovalLevel.objects.filter(
        request__case__in=visible_cases(actor),
        state__in=ANSWERED,
        ended_at__gt=at - QUARTER,
        ended_at__lte=at,
    )
    rows = levels.order_by("id").values_list("voters", "group", "opened_at", "ended_at")
    return [
        ((Voters(voters), group), ended - opened)
        for voters, group, opened, ended in rows
        if opened and ended
    ]
