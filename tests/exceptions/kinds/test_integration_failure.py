"""When a fault of an integration is an exception."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from exceptions import score
from exceptions.facts import Integration
from exceptions.kinds import faults
from exceptions.kinds.integration_failure import KIND, verdict
from exceptions.vocabulary import Fault, Tier
from tests.exceptions.kinds.facts import NOON, READ

MINUTE = timedelta(minutes=1)
POLICY = KIND.default_policy


def integration(fault: str = "unreachable", **said: Any) -> Integration:
    """Seen first at noon."""
    return replace(Integration(fault=fault, thing="connection:1", since=NOON, **READ), **said)


def found(facts: Integration, after: timedelta) -> tuple[str | None, datetime | None]:
    said = verdict(facts, POLICY, NOON + after)
    return said.finding.title if said.finding else None, said.recheck_at


LASTING = NOON + 15 * MINUTE
GOLDEN: list[tuple[Integration, timedelta, str | None, datetime | None]] = [
    (integration(), timedelta(), None, LASTING),
    (integration(), 15 * MINUTE - timedelta(microseconds=1), None, LASTING),
    (integration(), 15 * MINUTE, "REF/3: does not answer", None),
    (integration(), timedelta(days=900), "REF/3: does not answer", None),
    # Gone before it had lasted: that was no exception, whenever it is looked at.
    (integration(well_since=NOON + 5 * MINUTE), 15 * MINUTE, None, None),
    (integration(over=True), 60 * MINUTE, None, None),
    # These have been waited for already.
    (integration("silent"), timedelta(), "REF/3: silent for too long", None),
    (integration("key_ends"), timedelta(), "REF/3: its API key ends", None),
    (integration("a word of another version"), 60 * MINUTE, None, None),
]


@pytest.mark.parametrize(("facts", "after", "title", "recheck"), GOLDEN)
def test_when_it_is_an_exception(
    facts: Integration, after: timedelta, title: str | None, recheck: datetime | None
) -> None:
    assert found(facts, after) == (title, recheck)


def test_what_recurs_is_the_same_fault_of_the_same_thing() -> None:
    one = verdict(integration(), POLICY, LASTING).finding
    other = verdict(integration("inbox"), POLICY, LASTING).finding

    assert one is not None
    assert other is not None
    assert (one.subject, other.subject) == ("connection:1:unreachable", "connection:1:inbox")


@pytest.mark.parametrize(
    ("fault", "tier"),
    [
        ("unreachable", Tier.HIGH),
        ("outbox", Tier.HIGH),
        ("silent", Tier.MEDIUM),
        ("actions", Tier.MEDIUM),
    ],
)
def test_how_grave_it_is(fault: str, tier: Tier) -> None:
    finding = verdict(integration(fault), POLICY, LASTING).finding
    assert finding is not None

    assert score.score(finding.impact, POLICY.weights, recurrence=0, at=NOON).tier == tier


def test_a_key_that_has_ended_weighs_more_than_one_that_will() -> None:
    facts = integration("key_ends", due_at=NOON + timedelta(days=10))
    finding = verdict(facts, POLICY, NOON).finding
    assert finding is not None
    points = [
        score.score(finding.impact, POLICY.weights, recurrence=0, at=NOON + after).total
        for after in (timedelta(), timedelta(days=9, hours=12), timedelta(days=12))
    ]

    assert points == [35, 42, 51]


@pytest.mark.parametrize("fault", Fault)
def test_of_every_fault_it_is_said_what_it_means_and_what_to_do(fault: Fault) -> None:
    known = faults.about(fault)

    assert known is not None
    assert str(known.means).endswith(".")
    assert str(known.do).endswith(".")
    assert fault in score.FAULTS
