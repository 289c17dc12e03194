"""What every kind has."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions import policies
from exceptions.kinds import KINDS, Kind, kind, kinds_of
from exceptions.vocabulary import ClockKind, KindCode, Tier
from tests.exceptions.kinds.facts import NOON, bill, bill_line, count, delivery, order_line, receipt

EVERY = pytest.mark.parametrize("each", KINDS.values(), ids=lambda k: str(k.code))


def test_every_code_has_its_kind() -> None:
    assert set(KINDS) == set(KindCode)
    assert [kind(code).code for code in KindCode] == list(KindCode)


@EVERY
def test_a_kind_is_found_by_its_facts(each: Kind) -> None:
    assert all(each in kinds_of(facts) for facts in each.facts)


CLAIMED = ("carrier_failure", "pod_dispute")  # by default, with a deadline


@EVERY
def test_a_kind_has_targets_and_a_playbook_for_every_tier(each: Kind) -> None:
    policy = each.default_policy

    assert {clock: set(tiers) for clock, tiers in policy.targets.items()} == {
        clock: set(Tier)
        for clock in (
            *(ClockKind.ACKNOWLEDGE, ClockKind.RESOLVE, ClockKind.APPROVE),
            *([ClockKind.CLAIM] if each.code in CLAIMED else []),
        )
    }
    assert set(policy.playbook) == set(Tier)
    assert all(policy.playbook.values())


@EVERY
def test_the_thresholds_of_the_policy_are_those_of_the_kind(each: Kind) -> None:
    assert each.default_policy.thresholds == {t.name: t.default for t in each.thresholds}


@EVERY
def test_the_policy_survives_being_stored(each: Kind) -> None:
    stored = policies.to_json(each.default_policy)

    assert policies.from_json(stored) == each.default_policy


INSTANTS = st.none() | st.integers(-10_000, 10_000).map(lambda m: NOON + timedelta(minutes=m))


@given(promised=INSTANTS, planned=INSTANTS, after=st.integers(0, 20_000), is_open=st.booleans())
@pytest.mark.parametrize(
    ("code", "make"), [(KindCode.LATE_INBOUND, receipt), (KindCode.DELIVERY_DELAY, delivery)]
)
def test_nothing_changes_before_the_recheck(
    code: KindCode, make: Any, promised: Any, planned: Any, after: int, is_open: bool
) -> None:
    """Time alone changes a verdict at the instant that it names itself, and not before."""
    each = kind(code)
    facts = make(promised_at=promised, planned_at=planned, open=is_open)
    now = each.verdict(facts, each.default_policy, NOON)
    later = NOON + timedelta(minutes=after)
    if now.recheck_at:
        assert now.recheck_at > NOON
        at_recheck = each.verdict(facts, each.default_policy, now.recheck_at)
        assert at_recheck.finding is not None
        assert at_recheck.finding != now.finding
        later = min(later, now.recheck_at - timedelta(microseconds=1))

    assert each.verdict(facts, each.default_policy, later) == now


@given(
    promised=INSTANTS,
    received=st.integers(-5, 120),
    expected=st.none() | st.integers(0, 60),
    after=st.integers(0, 20_000),
)
def test_a_partial_receipt_changes_only_at_its_recheck(
    promised: Any, received: int, expected: int | None, after: int
) -> None:
    each = kind(KindCode.PARTIAL_RECEIPT)
    rest = None if expected is None else str(expected)
    facts = order_line("100", str(received), rest, promised_at=promised)
    now = each.verdict(facts, each.default_policy, NOON)
    later = NOON + timedelta(minutes=after)
    if now.recheck_at:
        assert now.recheck_at > NOON
        assert each.verdict(facts, each.default_policy, now.recheck_at).finding is not None
        later = min(later, now.recheck_at - timedelta(microseconds=1))

    assert each.verdict(facts, each.default_policy, later) == now


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        (KindCode.INVENTORY_DISCREPANCY, count("160", "112")),
        (KindCode.INVOICE_MISMATCH, bill(bill_line("100", "40", "15.90", "14.50"))),
    ],
)
def test_what_does_not_age(code: KindCode, facts: Any) -> None:
    each = kind(code)
    far = NOON + timedelta(days=9999)

    assert each.verdict(facts, each.default_policy, far) == each.verdict(
        facts, each.default_policy, NOON
    )
