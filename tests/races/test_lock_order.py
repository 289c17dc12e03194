"""A move and a sender's word about the same case: they never wait for each other."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from exceptions import lifecycle, playbooks, proofs
from exceptions.models import OutboxMessage
from exceptions.vocabulary import OutboxState
from integrations import outbox
from integrations.models import OdooAccess
from tests.controltower.launcher.launching import until
from tests.making import Tower
from tests.races.team import alone

WAITS_FOR_US = """
    SELECT count(*) FROM pg_locks
    WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
"""


def say_doubtful(message_id: int, at: datetime) -> None:
    """A sender's word on a message that it has claimed."""
    message = OutboxMessage.objects.get(pk=message_id)
    proofs.doubt(message, at=at, until=at + timedelta(minutes=5), words="Who knows.")


def somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITS_FOR_US)
        return bool(cursor.fetchone()[0])


def test_a_move_may_write_the_message_whose_sender_waits_for_the_case(
    arena: Tower, at: datetime
) -> None:
    OdooAccess.objects.create(connection=arena.connection, user_id=5)  # so that messages leave
    arena.late_case(at=at)
    message = outbox.claim(at)
    assert message is not None
    with transaction.atomic():
        case = lifecycle.locked(message.case_id)
        sender = alone(say_doubtful, message.pk, at)
        assert until(somebody_waits_for_us)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
        again = playbooks.run(case, at=at)
    sender.join(30)

    assert message.key in [row.key for row in again]
    assert sender.exitcode == 0
    message.refresh_from_db()
    assert message.state == OutboxState.AMBIGUOUS
