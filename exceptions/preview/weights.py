"""Back-test of weights: the severity, rank and tier that today's open cases would have under them.

Open cases keep the version that they were opened under, so this is what new ones will get, shown on
those that everybody knows.
"""

from dataclasses import dataclass
from datetime import datetime

from exceptions import casework, score
from exceptions.casework import Change
from exceptions.effects import contributions_of
from exceptions.models import Case
from exceptions.preview.today import Preview
from exceptions.score import Score
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import OPEN_STATES, Tier

OPENS = (Change.OPENED, Change.REOPENED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An open case that would stand elsewhere in the queue of all open cases (rank 1: on top)."""

    case: Case
    rank: int
    score: int
    tier: Tier
    rank_after: int
    score_after: int
    tier_after: Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many open cases of the kind a tier has, and would have with those that open."""

    tier: Tier
    now: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackTest:
    """`moved` begins with those that move farthest."""

    moved: tuple[Moved, ...]
    loads: tuple[Load, ...]


def back_test(kind: str, said: Preview, settings: PolicySettings, *, at: datetime) -> BackTest:
    """`said` is the preview of the same settings, made at the same instant."""
    given = {case.pk: _severity(case, found, settings, at) for case, found in said.stays}
    before = _ranking({})
    after = _ranking({pk: each.total for pk, each in given.items()})
    moved = [
        Moved(
            case=case,
            rank=before[case.pk],
            score=case.score or 0,
            tier=score.tier_of(case.score or 0),
            rank_after=after[case.pk],
            score_after=given[case.pk].total,
            tier_after=given[case.pk].tier,
        )
        for case, _found in said.stays
        if given[case.pk].total != case.score
    ]
    moved.sort(key=lambda m: (-abs(m.rank_after - m.rank), m.rank_after))
    return BackTest(moved=tuple(moved), loads=_loads(kind, said, given))


def _severity(case: Case, found: casework.Found, settings: PolicySettings, at: datetime) -> Score:
    fresh = casework.severity(found, settings, detected_at=case.detected_at, at=at)
    return score.keeping_judgement(fresh, contributions_of(case))


def _ranking(changed: dict[int, int]) -> dict[int, int]:
    """The place of every open case in the queue, with other severities for some."""
    rows = Case.objects.filter(state__in=OPEN_STATES).values_list("pk", "score", "next_due_at")
    order = sorted(rows, key=lambda row: _place(row[0], changed.get(row[0], row[1]), row[2]))
    return {row[0]: place for place, row in enumerate(order, start=1)}


def _place(
    pk: int, severity: int | None, due: datetime | None
) -> tuple[bool, int, bool, float, int]:
    """As the queue ranks: by severity, then by what is due first; what has neither comes last."""
    return severity is None, -(severity or 0), due is None, due.timestamp() if due else 0, pk


def _loads(kind: str, said: Preview, given: dict[int, Score]) -> tuple[Load, ...]:
    now = Case.objects.filter(kind=kind, state__in=OPEN_STATES).values_list("tier", flat=True)
    after = [each.tier for each in given.values()]
    after += [Tier(row.tier) for row in said.rows if row.change in OPENS]
    shown = list(now)
    return tuple(Load(tier=t, now=shown.count(t), after=after.count(t)) for t in Tier)
