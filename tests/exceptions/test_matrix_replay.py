"""What a draft would have asked: against a recomputation by hand, on matrices of chance."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from exceptions import matrix_replay
from exceptions.matrix import SECOND, STANDARD, Asked, Level, Matrix, Row
from exceptions.matrix_replay import Made, Pace
from exceptions.vocabulary import DecisionKind, Need, Tier, Voters

HOUR = timedelta(hours=1)
APPROVER, EXECUTIVE = Level(voters=Voters.APPROVER), Level(voters=Voters.EXECUTIVE)
BOARD = Level(voters=Voters.GROUP, group="Board")
A_PACE = {
    (Voters.APPROVER, ""): Pace(takes=2 * HOUR, n=31),
    (Voters.EXECUTIVE, ""): Pace(takes=10 * HOUR, n=5),
}


def flat(*levels: Level) -> Matrix:
    """A matrix that asks these about everything."""
    return Matrix(bounds={}, rows=(Row(bands=(levels,)),))


def made(n: int = 1, **said: object) -> list[Made]:
    base = Asked(
        decision=DecisionKind.EXPEDITE,
        site=1,
        tier=Tier.HIGH,
        stake=Decimal(1200),
        currency="EUR",
    )
    asked = replace(base, **said)  # type: ignore[arg-type] # fields of it
    return [Made(decision_id=pk, asked=asked) for pk in range(1, n + 1)]


def test_as_counted_by_hand() -> None:
    """Five of 100 that nobody was asked about, two of 300 that now two levels have to allow."""
    decided = [*made(5, stake=Decimal(100)), *made(2, stake=Decimal(300), site=2)]
    strict = flat(APPROVER, EXECUTIVE)
    rows = matrix_replay.replay(decided, STANDARD, strict)
    found = matrix_replay.lines(rows)

    assert [(x.site, x.made, x.asked_before, x.asked_after, x.changed) for x in found] == [
        (1, 5, 0, 5, 5),
        (2, 2, 2, 2, 2),
    ]
    assert [(x.levels_before, x.levels_after) for x in found] == [(0, 10), (2, 4)]
    added = matrix_replay.added(rows, A_PACE)
    assert (added.takes, added.n, added.unknown) == ((5 * 12 + 2 * 10) * HOUR / 7, 7, 0)


def test_what_nobody_measured_is_said_and_not_guessed() -> None:
    rows = matrix_replay.replay(made(3), flat(APPROVER), flat(BOARD))
    added = matrix_replay.added(rows, A_PACE)

    assert (added.takes, added.n, added.unknown) == (None, 0, 3)


def test_what_stays_takes_as_long_as_before_though_nobody_measured_it() -> None:
    rows = matrix_replay.replay(made(3), flat(BOARD), flat(BOARD))
    added = matrix_replay.added(rows, {})

    assert (added.takes, added.n, added.unknown) == (timedelta(), 3, 0)


def test_less_asking_saves_time() -> None:
    rows = matrix_replay.replay(made(2), flat(APPROVER, EXECUTIVE), flat())

    assert matrix_replay.added(rows, A_PACE).takes == -12 * HOUR


def test_a_pace_is_the_median_of_those_voters() -> None:
    approver, board = (Voters.APPROVER, ""), (Voters.GROUP, "Board")
    measured = [(approver, n * HOUR) for n in (1, 2, 30)] + [(board, n * HOUR) for n in (1, 2)]

    assert matrix_replay.paces(measured) == {
        approver: Pace(takes=2 * HOUR, n=3),
        board: Pace(takes=1.5 * HOUR, n=2),
    }


def test_what_is_done_for_good_is_confirmed_by_somebody_under_any_matrix() -> None:
    (once,) = made(1)
    (row,) = matrix_replay.replay([replace(once, lasting=True)], flat(), flat(APPROVER))

    assert (row.before, row.after) == ((SECOND,), (APPROVER,))


# Against plain Python --------------------------------------------------------------------------


def test_two_hundred_matrices_of_chance_against_plain_python() -> None:
    lot = random.Random(11)
    for _ in range(200):
        before, after = _matrix(lot), _matrix(lot)
        decided = [_decision(lot, pk) for pk in range(60)]
        rows = matrix_replay.replay(decided, before, after)

        assert [(r.before, r.after) for r in rows] == [
            (_levels(before, each.asked), _levels(after, each.asked)) for each in decided
        ]
        assert sum(x.asked_after for x in matrix_replay.lines(rows)) == len(
            [each for each in decided if _levels(after, each.asked)]
        )
        assert sum(x.changed for x in matrix_replay.lines(rows)) == len(
            [e for e in decided if _levels(before, e.asked) != _levels(after, e.asked)]
        )


def _levels(matrix: Matrix, asked: Asked) -> tuple[Level, ...]:
    """The first key that some row has, from the most specific to the one for everything."""
    rows = {(row.decision, row.site, row.tier): row for row in matrix.rows}
    decisions, sites, tiers = (asked.decision, None), (asked.site, None), (asked.tier, None)
    keys = [(d, s, t) for d in decisions for s in sites for t in tiers]
    found = next(rows[key] for key in keys if key in rows)
    if asked.stake is None or asked.currency not in matrix.bounds:
        return found.bands[-1]
    band = 0
    for bound in matrix.bounds[asked.currency]:
        if asked.stake >= bound:
            band += 1
    return found.bands[band]


def _matrix(lot: random.Random) -> Matrix:
    keys = {(None, None, None)} | {
        (
            lot.choice((None, DecisionKind.EXPEDITE, DecisionKind.CREDIT)),
            lot.choice((None, 1, 2)),
            lot.choice((None, Tier.HIGH, Tier.LOW)),
        )
        for _ in range(lot.randrange(8))
    }
    rows = [
        Row(decision=decision, site=site, tier=tier, bands=(_cell(lot), _cell(lot), _cell(lot)))
        for decision, site, tier in keys
    ]
    lot.shuffle(rows)
    bounds: dict[str, tuple[Decimal, ...]] = {
        "EUR": (Decimal(100), Decimal(1000)),
        "USD": (Decimal(50), Decimal(5000)),
    }
    return Matrix(bounds=bounds, rows=tuple(rows))


def _cell(lot: random.Random) -> tuple[Level, ...]:
    some = Level(voters=Voters.SUPERVISOR, need=Need.SOME, count=2)
    return tuple(lot.choices((APPROVER, EXECUTIVE, some), k=lot.randrange(3)))


def _decision(lot: random.Random, pk: int) -> Made:
    asked = Asked(
        decision=lot.choice((DecisionKind.EXPEDITE, DecisionKind.CREDIT, DecisionKind.SCRAP)),
        site=lot.choice((1, 2, 3)),
        tier=lot.choice((None, Tier.HIGH, Tier.LOW)),
        stake=lot.choice((None, Decimal(50), Decimal(100), Decimal("999.99"), Decimal(9000))),
        currency=lot.choice(("EUR", "USD", "SEK", "")),
    )
    return Made(decision_id=pk, asked=asked)
