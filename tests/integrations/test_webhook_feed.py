"""Webhooks lost, repeated and out of order: after the comparison nothing is missing, or double.

WEBHOOK_EVENTS=50000 makes it a whole day of a large plant, which takes some minutes.
"""

import os
from datetime import timedelta

import pytest
from django.db.models import Count

from exceptions.models import Case
from integrations import rounds
from integrations.models import Expected, Gap, InboxDelivery, OdooAccess
from tests.integrations.linked import Linked, connected, mirror
from tests.integrations.webhook_feed import WebhookFeed

EVENTS = int(os.environ.get("WEBHOOK_EVENTS", "1500"))


@pytest.fixture(params=[19])
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def cases_of(connection_id: int) -> set[tuple[str, int]]:
    found = Case.objects.filter(document__connection=connection_id, resolved_at=None)
    return set(found.values_list("kind", "document__record_id"))


def rows(access: OdooAccess) -> dict[tuple[str, int], object]:
    """The facts of each record; of one that has ended its stamp: its facts are not looked at."""
    return {
        key: facts if facts.get("open", True) else facts["written_at"]
        for key, facts in mirror(access).items()
    }


@pytest.mark.slow
def test_after_the_comparison_the_mirror_is_the_source_and_every_gap_is_known(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = WebhookFeed(linked, EVENTS)
    feed.run(monkeypatch)
    linked.later(minutes=30)
    expected = feed.gaps()

    runs = {run.source: run for run in rounds.reconcile_all(linked.now)}

    found = Gap.objects.filter(source="receipts")
    assert dict(found.values_list("record_id", "what")) == expected
    assert set(expected.values()) == {"missed", "diverged", "deleted"}
    assert {g.expected_by for g in found} == {Expected.WEBHOOK}
    assert not any(g.is_open for g in found)
    assert runs["receipts"].agrees
    assert runs["receipts"].repaired == len(expected)
    # By the inbox's own count: each repetition was counted, none was worked through.
    assert sum(InboxDelivery.objects.values_list("duplicates", flat=True)) == feed.repeated
    # Somebody who reads all of it only now sees the same.
    linked.later(minutes=1)
    fresh = connected(linked, "Fresh")
    rounds.sync_one(fresh, linked.now)
    assert rows(linked.row) == rows(fresh)
    assert cases_of(linked.row.connection_id) == cases_of(fresh.connection_id)
    double = Case.objects.values("fingerprint").annotate(n=Count("pk")).filter(n__gt=1)
    assert list(double) == []
    missed = {record for record, what in expected.items() if what == "missed"}
    opened = Case.objects.filter(document__record_id__in=missed, reopen_count=0)
    mine = opened.filter(document__connection=linked.row.connection)
    assert {case.missed_by_webhook for case in mine} <= {True}
    assert mine.exists()
    assert all(g.since < g.found_at - timedelta(minutes=30) for g in found)
