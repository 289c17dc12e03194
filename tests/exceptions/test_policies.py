"""Policies: read, published, and never changed under whoever judges."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exceptions import intake, policies
from exceptions.kinds import KINDS
from exceptions.models import Document, Policy
from exceptions.verdicts import Step
from exceptions.vocabulary import ClockKind, Factor, KindCode, Tier, Verb
from tests.making import Tower

LATE = KindCode.LATE_INBOUND


def test_settings_survive_the_database(tower: Tower) -> None:
    assert policies.in_force()[LATE].settings == KINDS[LATE].default_policy


def test_the_newest_published_version_is_in_force(tower: Tower, at: datetime) -> None:
    stricter = replace(KINDS[LATE].default_policy, thresholds={"grace_minutes": Decimal(30)})
    policies.publish(LATE, stricter, at=at, note="stricter")

    in_force = policies.in_force()[LATE]
    assert (in_force.version, in_force.settings) == (2, stricter)
    assert [p.version for p in Policy.objects.filter(kind=LATE)] == [2, 1]


def test_a_sweep_locks_policies_before_documents_as_publishing_does(
    tower: Tower, at: datetime
) -> None:
    """The other way round, a sweep and a publication could wait for each other for ever."""
    with CaptureQueriesContext(connection) as said:
        intake.recheck_due(at=at)
    locks = [
        lock
        for query in said.captured_queries
        for lock in ("pg_advisory_xact_lock_shared", "FOR UPDATE")
        if lock in query["sql"]
    ]
    assert locks == ["pg_advisory_xact_lock_shared", "FOR UPDATE"]


def test_publishing_makes_the_documents_of_its_kind_due(tower: Tower, at: datetime) -> None:
    promise = at + timedelta(days=3)
    intake.take_in([tower.receipt(at=at, promised_at=promise, planned_at=promise)], at=at)
    intake.take_in([tower.delivery(at=at, promised_at=promise, planned_at=promise)], at=at)
    policies.publish(LATE, KINDS[LATE].default_policy, at=at)

    due = Document.objects.filter(recheck_at__lte=at).values_list("facts_type", flat=True)
    assert list(due) == ["Receipt"]


def test_the_default_policies_have_no_problems() -> None:
    assert {k: policies.problems(k, kind.default_policy) for k, kind in KINDS.items()} == {
        k: [] for k in KINDS
    }


GOOD = KINDS[LATE].default_policy
ACTIVITY = Step(verb=Verb.ACTIVITY, text="Ask the supplier")


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"thresholds": {}}, "“Late after” must be a number from 0 to 5256000"),
        ({"thresholds": {"grace_minutes": Decimal(-1)}}, "“Late after” must be a number from 0"),
        ({"thresholds": {"grace_minutes": Decimal("NaN")}}, "“Late after” must be a number"),
        ({"thresholds": {"grace_minutes": Decimal(10**9)}}, "“Late after” must be a number"),
        (
            {"thresholds": {"grace_minutes": Decimal(0), "grace": Decimal(0)}},
            "There is no threshold “grace”.",
        ),
        (
            {"weights": {Factor.VALUE_AT_RISK: 60, Factor.NEED_DATE: 41}},
            "The weights that add points sum to 101: it must be 1 to 100.",
        ),
        ({"weights": {Factor.SUBSTITUTE: -10}}, "The weights that add points sum to 0"),
        (
            {"weights": {Factor.NEED_DATE: 10, Factor.SUBSTITUTE: -101}},
            "No weight takes away more than 100 points.",
        ),
        (
            {"weights": {Factor.NEED_DATE: 10, Factor.JUDGEMENT: 10}},
            "What a supervisor judges has no weight of its own.",
        ),
        (
            {"targets": GOOD.targets | {ClockKind.RESOLVE: {t: 60 for t in Tier if t != "low"}}},
            "Low needs a time to resolve, from a minute to 5 years.",
        ),
        (
            {"targets": GOOD.targets | {ClockKind.RESOLVE: dict.fromkeys(Tier, 60) | {"low": 0}}},
            "Low needs a time to resolve, from a minute to 5 years.",
        ),
        (
            {"playbook": {t: () for t in Tier if t != "critical"}},
            "Critical needs a playbook, if only an empty one.",
        ),
        (
            {"playbook": GOOD.playbook | {Tier.HIGH: (ACTIVITY, ACTIVITY)}},
            "The playbook of High does one thing twice; once is all that is sent.",
        ),
        (
            {"playbook": GOOD.playbook | {Tier.HIGH: (Step(verb=Verb.NEW_DATE),)}},
            "The playbook of High has a step that cannot be done by itself.",
        ),
        (
            {"playbook": GOOD.playbook | {Tier.HIGH: (Step(verb=Verb.ACTIVITY),)}},
            "The playbook of High has a step that cannot be done by itself.",
        ),
        ({"reopen_days": -1}, "The quiet period and the windows last from nothing to 5 years."),
        ({"quiet_hours": 10**9}, "The quiet period and the windows last from nothing to 5 years."),
    ],
)
def test_settings_that_do_not_hold_together_are_not_published(
    tower: Tower, at: datetime, wrong: dict[str, Any], problem: str
) -> None:
    settings = replace(GOOD, **wrong)
    with pytest.raises(policies.NotPublished) as refused:
        policies.publish(LATE, settings, at=at)

    (said,) = refused.value.problems
    assert said[: len(problem)] == problem
    assert policies.in_force()[LATE].version == 1
