"""Policies: read, published, and never changed under whoever judges."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext

from exceptions import intake, policies
from exceptions.kinds import KINDS
from exceptions.models import Document, Policy
from exceptions.vocabulary import KindCode
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
