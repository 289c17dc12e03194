"""Which levels have to say yes: the most specific row that fits, and the band of the stake."""

from decimal import Decimal
from itertools import product

import pytest

from exceptions import matrices, matrix
from exceptions.matrix import STANDARD, Asked, Level, Matrix, Row
from exceptions.vocabulary import DecisionKind, Need, Tier, Voters

EXPEDITE, CHASE = DecisionKind.EXPEDITE, DecisionKind.CHASE
APPROVER = Level(voters=Voters.APPROVER)
EXECUTIVE = Level(voters=Voters.EXECUTIVE)


def asked(
    decision: DecisionKind = EXPEDITE, stake: str | None = "640", currency: str = "EUR"
) -> Asked:
    amount = None if stake is None else Decimal(stake)
    return Asked(decision=decision, site=1, tier=Tier.HIGH, stake=amount, currency=currency)


def levels(question: Asked) -> list[str]:
    return [level.voters for level in matrix.cell(STANDARD, question).levels]


@pytest.mark.parametrize(
    ("stake", "expected"),
    [
        ("0", []),
        ("249.99", []),
        ("250", ["approver"]),
        ("5000", ["approver"]),
        ("24999.99", ["approver"]),
        ("25000", ["approver", "executive"]),
        (None, ["approver", "executive"]),
    ],
)
def test_a_band_begins_with_its_bound(stake: str | None, expected: list[str]) -> None:
    assert levels(asked(stake=stake)) == expected


def test_a_currency_without_bounds_is_in_the_highest_band() -> None:
    assert levels(asked(stake="1", currency="INR")) == ["approver", "executive"]
    assert levels(asked(CHASE, stake=None, currency="")) == []


@pytest.mark.parametrize(
    ("kind", "cost", "value", "expected"),
    [
        ("expedite", "640", "10000", "640"),
        ("reroute", None, "10000", "10000"),
        ("release", None, "9000", "9000"),
        ("scrap", "20", "9000", "9000"),
        ("scrap", "9500", "9000", "9500"),
        ("scrap", "20", None, None),
        ("expedite", "640", None, "640"),
    ],
)
def test_goods_are_at_stake_with_what_they_are_worth(
    kind: str, cost: str | None, value: str | None, expected: str | None
) -> None:
    cents = [None if said is None else Decimal(said) for said in (cost, value, expected)]

    assert matrix.stake(DecisionKind(kind), cents[0], cents[1]) == cents[2]


def test_the_most_specific_row_holds_alone() -> None:
    """All eight rows that fit: counted as numbers of three digits, decision, site, tier."""
    rows = [
        Row(
            decision=EXPEDITE if d else None,
            site=1 if s else None,
            tier=Tier.HIGH if t else None,
            bands=((Level(voters=Voters.GROUP, group=f"{d}{s}{t}"),),),
        )
        for d, s, t in product((0, 1), repeat=3)
    ]
    for left in range(8, 0, -1):
        there = sorted(rows, key=lambda row: row.bands[0][0].group)[:left]
        found = matrix.cell(Matrix(bounds={}, rows=tuple(reversed(there))), asked())
        assert int(found.levels[0].group, 2) == left - 1


def test_a_row_for_another_site_or_tier_is_not_for_this_one() -> None:
    rows = (
        Row(bands=((),)),
        Row(decision=EXPEDITE, site=2, bands=((EXECUTIVE,),)),
        Row(decision=EXPEDITE, tier=Tier.LOW, bands=((EXECUTIVE,),)),
        Row(site=1, bands=((APPROVER,),)),
    )

    assert matrix.cell(Matrix(bounds={}, rows=rows), asked()).levels == (APPROVER,)


def test_the_standard_one_lets_cheap_and_harmless_decisions_pass() -> None:
    kinds = {
        kind: [len(matrix.cell(STANDARD, asked(kind, stake)).levels) for stake in ("100", "9000")]
        for kind in DecisionKind
    }

    asks = {kind for kind, found in kinds.items() if found == [0, 1]}
    assert asks == {
        *("expedite", "expedited_purchase", "site_transfer", "substitute", "reship", "reroute"),
        *("credit", "release", "scrap", "write_off"),
    }
    assert {tuple(found) for kind, found in kinds.items() if kind not in asks} == {(0, 0)}


def test_what_is_stored_comes_back() -> None:
    whole = Matrix(
        bounds={"EUR": (Decimal("99.50"),)},
        rows=(Row(tier=Tier.LOW, bands=((APPROVER,), (APPROVER, EXECUTIVE))),),
        groups={"Board": (3, 5)},
    )

    assert matrices.from_json(matrices.to_json(whole)) == whole


def test_words() -> None:
    said = [
        matrix.level_in_words(level)
        for level in (
            APPROVER,
            Level(voters=Voters.LEAD),
            Level(voters=Voters.SUPERVISOR, need=Need.ALL),
            Level(voters=Voters.GROUP, group="Board", need=Need.SOME, count=2),
        )
    ]

    assert said == [
        "any one of the approvers",
        "the site's lead",
        "all of the supervisors",
        "2 of the Board",
    ]
    assert [matrix.band_in_words(STANDARD, band, "EUR") for band in range(4)] == [
        "below €250",
        "€250 to €5,000",
        "€5,000 to €25,000",
        "€25,000 or more",
    ]
