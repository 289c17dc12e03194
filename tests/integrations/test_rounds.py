"""Rounds of all connections: one reader a connection, nobody waits for another."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection

from integrations import rounds
from integrations.alone import READING
from integrations.models import OdooCall
from tests.integrations.linked import Linked, open_cases


@contextmanager
def another_reader(linked: Linked) -> Iterator[None]:
    """Another process that holds the connection's lock, and then dies."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [READING, linked.row.pk])
    try:
        yield
    finally:
        other.close()


def test_a_connection_that_another_process_reads_is_left_to_it(linked: Linked) -> None:
    linked.receipt()
    with another_reader(linked):
        assert (rounds.sync_all(linked.now), rounds.reconcile_all(linked.now)) == ([], [])
        assert linked.seen.requests == []


def test_the_lock_ends_with_whoever_held_it(linked: Linked) -> None:
    late = linked.receipt()
    with another_reader(linked):
        rounds.sync_all(linked.now)

    rounds.sync_all(linked.now)

    assert open_cases() == [("late_inbound", late)]


def test_the_lock_is_given_back_after_a_round_that_failed(linked: Linked) -> None:
    linked.row.url = "http://127.0.0.1:9"
    linked.row.save()
    rounds.sync_all(linked.now)

    with connection.copy().cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [READING, linked.row.pk])
        assert cursor.fetchone() == (True,)
        cursor.connection.close()


def test_a_connection_that_was_never_looked_over_is_not_read(linked: Linked) -> None:
    linked.row.user_id = None
    linked.row.save()

    assert (rounds.sync_all(linked.now), rounds.reconcile_all(linked.now)) == ([], [])


def test_it_is_known_when_all_was_last_read(linked: Linked) -> None:
    rounds.sync_all(linked.now)

    linked.row.connection.refresh_from_db()
    assert linked.row.connection.read_at == linked.at


def test_metrics_of_calls_are_forgotten_after_eight_days(linked: Linked) -> None:
    rounds.sync_all(linked.now)
    kept = OdooCall.objects.count()
    newest = OdooCall.objects.latest("id")
    newest.at = linked.at - timedelta(days=8, seconds=1)
    newest.save()
    OdooCall.objects.exclude(pk=newest.pk).update(at=linked.at - timedelta(days=7))

    assert rounds.forget_old_calls(linked.now) == 1
    assert OdooCall.objects.count() == kept - 1
