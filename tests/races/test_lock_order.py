"""Two who come to the same case from either side never wait for each other."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from exceptions import audit, lifecycle, playbooks, policies, proofs
from exceptions.actors import machine, person
from exceptions.kinds import KINDS
from exceptions.models import OutboxMessage, User
from exceptions.vocabulary import Happening, KindCode, Move, OutboxState, Outcome, State, Via
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


def reopen(case_id: int, username: str, at: datetime) -> None:
    """A person's move that holds the document before it asks for the case."""
    actor = person(User.objects.get(username=username))
    lifecycle.move(case_id, Move.REOPEN, actor, at=at, data={"reason": "It is not over."})


def test_who_holds_a_case_may_write_it_twice_while_its_document_is_held(
    arena: Tower, at: datetime
) -> None:
    """The second write of a row in one transaction makes PostgreSQL look its document up again."""
    case = arena.late_case(at=at)
    said = {"outcome": Outcome.DUPLICATE, "reason": "Reported twice."}
    lifecycle.move(case.pk, Move.DISMISS, arena.supervisor, at=at, data=said)
    with transaction.atomic():
        held = lifecycle.locked(case.pk)
        somebody = alone(reopen, case.pk, "lead.rtm", at + timedelta(hours=1))
        assert until(somebody_waits_for_us)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
        held.save()
        held.save()
    somebody.join(30)

    assert somebody.exitcode == 0
    case.refresh_from_db()
    assert case.state == State.ASSIGNED


def tell_whose(case_id: int, at: datetime) -> None:
    """What somebody reads who had to wait for the case, kept in its own history."""
    with transaction.atomic():
        case = lifecycle.locked(case_id)
        told = {"owner": str(case.owner), "policy": str(case.policy)}
        audit.append(case, Happening.NOTED, machine(Via.CLOCK), at=at, data=told)
        case.save()


def test_who_waited_for_a_case_reads_what_belongs_to_it_now(arena: Tower, at: datetime) -> None:
    """Its owner and its policy, which whoever was first has changed in the meantime."""
    case = arena.late_case(at=at)
    lead = User.objects.get(username="lead.rtm")
    newer = policies.publish(case.kind, KINDS[KindCode(case.kind)].default_policy, at=at)
    with transaction.atomic():
        held = lifecycle.locked(case.pk)
        somebody = alone(tell_whose, case.pk, at)
        assert until(somebody_waits_for_us)
        held.owner, held.policy = lead, newer
        held.save()
    somebody.join(30)

    assert somebody.exitcode == 0
    assert case.events.latest("number").data == {"owner": "lead.rtm", "policy": str(newer)}
