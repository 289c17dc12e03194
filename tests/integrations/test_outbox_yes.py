"""What Odoo has said yes to is looked for, and never sent a second time."""

from datetime import timedelta

import pytest

from exceptions import proofs
from exceptions.actors import machine
from exceptions.models import OutboxMessage
from exceptions.vocabulary import OutboxState, Via
from integrations import outbox
from tests.integrations.linked import Linked

SECOND = timedelta(seconds=1)
LOOK = outbox.LOOK_AFTER.total_seconds() + 1


def writes(linked: Linked) -> int:
    return len(linked.seen.of("stock.picking", "activity_schedule"))


@pytest.fixture
def unseen(linked: Linked) -> OutboxMessage:
    """An activity that Odoo made, and that somebody deleted before it was read back."""
    linked.receipt()
    linked.sync()
    linked.seen.before("mail.activity", "search_read", lambda: delete_activities(linked))
    linked.deliver()
    message = OutboxMessage.objects.get()
    assert (message.state, message.error) == (OutboxState.AMBIGUOUS, outbox.NOT_SEEN)
    return message


def delete_activities(linked: Linked) -> None:
    for activity in list(linked.world.tables["mail.activity"].rows):
        linked.delete("mail.activity", activity)


def deliver(linked: Linked, message: OutboxMessage, *, seconds: float) -> tuple[str, str]:
    linked.later(seconds=seconds)
    linked.deliver()
    message.refresh_from_db()
    return message.state, message.error


def test_it_is_looked_for_and_not_sent_again(linked: Linked, unseen: OutboxMessage) -> None:
    assert unseen.answered_at == linked.at

    looks = [deliver(linked, unseen, seconds=LOOK) for _ in range(3)]

    assert looks == [(OutboxState.AMBIGUOUS, outbox.NOT_SEEN)] * 3
    assert writes(linked) == 1


def test_after_a_while_a_person_has_to_look(linked: Linked, unseen: OutboxMessage) -> None:
    seconds = outbox.LOOK_FOR.total_seconds()

    assert deliver(linked, unseen, seconds=seconds) == (OutboxState.FAILED, outbox.NEVER_SEEN)
    assert deliver(linked, unseen, seconds=seconds) == (OutboxState.FAILED, outbox.NEVER_SEEN)
    assert writes(linked) == 1


def test_whom_it_still_matters_to_has_it_sent_again(linked: Linked, unseen: OutboxMessage) -> None:
    deliver(linked, unseen, seconds=outbox.LOOK_FOR.total_seconds())
    proofs.try_again(unseen.pk, machine(Via.WEB), at=linked.at)

    assert deliver(linked, unseen, seconds=1) == (OutboxState.CONFIRMED, "")
    assert (writes(linked), len(linked.effects(unseen.key))) == (2, 1)


def test_the_lease_starts_anew_when_it_is_sent(linked: Linked) -> None:
    """A slow look beforehand has used it up; who claimed then would send it a second time."""
    linked.receipt()
    linked.sync()
    message = outbox.claim(linked.at)
    assert message is not None
    sent_at = linked.at + outbox.LEASE - SECOND
    proofs.sending(message, at=sent_at, until=sent_at + outbox.LEASE, before=None)

    assert outbox.claim(sent_at + outbox.LEASE - SECOND) is None
    assert outbox.claim(sent_at + outbox.LEASE + SECOND) == message


def test_a_yes_is_kept_even_if_a_mistake_of_our_own_follows(linked: Linked) -> None:
    linked.receipt()
    linked.sync()
    message = outbox.claim(linked.at)
    assert message is not None
    message.answered_at = linked.at
    proofs.stumble(message, at=linked.at, most=outbox.MOST_MISTAKES, words="")

    lease = outbox.LEASE.total_seconds() + 1
    assert deliver(linked, message, seconds=lease) == (OutboxState.AMBIGUOUS, outbox.NOT_SEEN)
    assert writes(linked) == 0
