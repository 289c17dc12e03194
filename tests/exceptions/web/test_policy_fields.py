"""Settings as fields of a form, and back."""

from dataclasses import replace
from decimal import Decimal

import pytest

from exceptions.kinds import KINDS, Kind
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import ClockKind, Factor, KindCode, Tier
from exceptions.web import policy_fields
from exceptions.web.policy_fields import Read

LATE = KindCode.LATE_INBOUND
GOOD = KINDS[LATE].default_policy
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: str(kind.code))


def said(kind: KindCode = LATE, settings: PolicySettings = GOOD) -> dict[str, str]:
    groups = policy_fields.groups(kind, settings, {})
    return {f.name: f.said for group in groups for f in group.fields}


@EVERY
def test_what_the_form_shows_reads_back_as_the_same_settings(kind: Kind) -> None:
    shown = said(kind.code, kind.default_policy)

    assert policy_fields.read(kind.default_policy, shown) == Read(kind.default_policy)


@EVERY
def test_a_form_alone_tells_all_but_the_playbook(kind: Kind) -> None:
    nothing = replace(
        kind.default_policy,
        thresholds={},
        weights={},
        targets={},
        quiet_hours=0,
        reopen_days=0,
        recurrence_days=0,
    )
    shown = said(kind.code, kind.default_policy)

    assert policy_fields.read(nothing, shown).settings == kind.default_policy


def test_values_are_shown_as_people_write_them() -> None:
    shown = said()

    assert (shown["thresholds.grace_minutes"], shown["weights.substitute"]) == ("0", "-10")
    assert (shown["targets.resolve.medium"], shown["targets.acknowledge.critical"]) == (
        *("3 d", "30 min"),
    )
    assert (shown["quiet_hours"], shown["weights.customer_tier"]) == ("48", "0")


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        (
            "thresholds.grace_minutes",
            "90",
            replace(GOOD, thresholds={"grace_minutes": Decimal(90)}),
        ),
        (
            "thresholds.grace_minutes",
            "2,5",
            replace(GOOD, thresholds={"grace_minutes": Decimal("2.5")}),
        ),
        (
            "thresholds.grace_minutes",
            "1,250.5",
            replace(GOOD, thresholds={"grace_minutes": Decimal("1250.5")}),
        ),
        (
            "weights.customer_tier",
            "10",
            replace(GOOD, weights={**GOOD.weights, Factor.CUSTOMER_TIER: 10}),
        ),
        (
            "weights.stock_cover",
            "0",
            replace(
                GOOD, weights={f: w for f, w in GOOD.weights.items() if f != Factor.STOCK_COVER}
            ),
        ),
        (
            "targets.resolve.high",
            "1 d 6 h",
            replace(
                GOOD,
                targets={
                    **GOOD.targets,
                    ClockKind.RESOLVE: {**GOOD.targets[ClockKind.RESOLVE], Tier.HIGH: 1800},
                },
            ),
        ),
        ("reopen_days", " 14 ", replace(GOOD, reopen_days=14)),
        ("weights.judgement", "5", GOOD),
        ("targets.resolve.enormous", "5", GOOD),
        ("nothing", "5", GOOD),
    ],
)
def test_what_is_typed_is_kept(name: str, typed: str, expected: PolicySettings) -> None:
    assert policy_fields.read(GOOD, {name: typed}) == Read(expected)


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("thresholds.grace_minutes", "soon", "Give a number, such as 120 or 2.5."),
        ("thresholds.grace_minutes", "NaN", "Give a number, such as 120 or 2.5."),
        ("thresholds.grace_minutes", "", "Give a number, such as 120 or 2.5."),
        ("weights.need_date", "2.5", "Give a whole number."),
        ("targets.resolve.high", "soon", "Give a time, such as 30 min, 4 h or 2 d 4 h."),
        ("quiet_hours", "1e2.5", "Give a number, such as 120 or 2.5."),
    ],
)
def test_what_cannot_be_read_stays_as_typed_and_changes_nothing(
    name: str, typed: str, says: str
) -> None:
    assert policy_fields.read(GOOD, {name: typed}) == Read(GOOD, {name: typed}, {name: says})


def test_a_field_stands_beside_what_is_in_force() -> None:
    draft = replace(GOOD, quiet_hours=5)
    groups = policy_fields.compared(
        policy_fields.groups(LATE, draft, {}),
        policy_fields.groups(LATE, GOOD, {}),
        {"quiet_hours": "default of the product"},
        Read(draft, {"reopen_days": "x"}, {"reopen_days": "Give a whole number."}),
    )
    fields = {f.name: f for group in groups for f in group.fields}

    quiet, reopen = fields["quiet_hours"], fields["reopen_days"]
    assert (quiet.said, quiet.before, quiet.changed) == ("5", "48", True)
    assert quiet.origin == "default of the product"
    assert (reopen.said, reopen.problem) == ("x", "Give a whole number.")
    assert not fields["recurrence_days"].changed
