"""Sending: every verb once in effect, whatever happens on the way, and proved by reading back."""

from collections.abc import Callable
from typing import Any

import pytest

from exceptions import proofs
from exceptions.models import Decision, OutboxMessage
from exceptions.vocabulary import (
    DecisionState,
    OutboxState,
    Verb,
)
from integrations import outbox, vault
from integrations.odoo import push
from tests.integrations import linked as linking
from tests.integrations.linked import Linked
from tests.integrations.sending import (
    LEASE,
    LOOK,
    VERBS,
    KilledError,
    Sending,
    propose,
    waiting,
)


@pytest.fixture(params=VERBS)
def sending(request: pytest.FixtureRequest, linked: Linked) -> Sending:
    return waiting(linked, str(request.param))


@pytest.fixture
def redating(linked: Linked) -> Sending:
    return waiting(linked, Verb.NEW_DATE)


# Each verb ---------------------------------------------------------------------------------------


def test_it_is_sent_once_read_back_and_confirmed(sending: Sending) -> None:
    assert sending.deliver() == OutboxState.CONFIRMED

    message = sending.message
    assert (sending.tries(), sending.done()) == (1, 1)
    assert (message.sent_at, message.read_back_at) == (sending.linked.at, sending.linked.at)
    assert (message.attempts, message.error, message.lease_until) == (1, "", None)
    assert sending.told() == ["confirmed"]


def test_a_value_is_proved_by_what_stood_there_before_and_after(linked: Linked) -> None:
    sending = waiting(linked, Verb.PRIORITY)
    sending.deliver()

    name = linked.picking(sending.transfer)["name"]
    assert (sending.message.before, sending.message.after) == ({name: "0"}, {name: "1"})


def test_what_is_confirmed_is_never_sent_again(sending: Sending) -> None:
    sending.deliver()

    assert sending.deliver(hours=9) == OutboxState.CONFIRMED
    assert (sending.tries(), sending.done()) == (1, 1)


# A time-out is ambiguous until looked up ---------------------------------------------------------


def test_an_answer_lost_after_the_work_was_done_is_looked_up_and_not_repeated(
    sending: Sending,
) -> None:
    sending.fault("lost_reply")

    assert (sending.deliver(), sending.done()) == (OutboxState.AMBIGUOUS, 1)
    assert sending.deliver(seconds=LOOK.total_seconds()) == OutboxState.CONFIRMED
    assert (sending.tries(), sending.done()) == (1, 1)
    doubt, certainty = sending.told()
    assert doubt.startswith("ambiguous Odoo at 127.0.0.1 did not answer to the end")
    assert certainty == "confirmed"


@pytest.mark.parametrize("fault", ["reset", "bad_gateway"])
def test_an_answer_lost_before_the_work_was_done_sends_it_exactly_once_later(
    sending: Sending, fault: str
) -> None:
    sending.fault(fault)

    assert (sending.deliver(), sending.done()) == (OutboxState.AMBIGUOUS, 0)
    assert sending.deliver(seconds=60) == OutboxState.AMBIGUOUS  # Odoo may still be at it
    assert sending.deliver(seconds=LOOK.total_seconds()) == OutboxState.CONFIRMED
    assert (sending.tries(), sending.done()) == (2, 1)


def test_a_doubt_that_lasts_is_told_once(redating: Sending) -> None:
    redating.fault("reset", times=4)

    states = [redating.deliver(seconds=LOOK.total_seconds()) for _ in range(5)]

    assert states == [OutboxState.AMBIGUOUS] * 4 + [OutboxState.CONFIRMED]
    assert [told.split()[0] for told in redating.told()] == ["ambiguous", "confirmed"]


def test_an_activity_done_before_anybody_looked_is_found_done(linked: Linked) -> None:
    """17 deletes the row of a done activity; its text lives on in a message."""
    sending = waiting(linked, Verb.ACTIVITY)
    sending.fault("lost_reply")
    sending.deliver()
    ((_, activity),) = linked.effects(sending.message.key)
    with linked.client() as odoo:
        odoo.call("mail.activity", "action_feedback", ids=[activity], feedback="Called them.")

    assert sending.deliver(seconds=LOOK.total_seconds()) == OutboxState.CONFIRMED
    assert sending.tries() == 1


# Certainly not done: tried again -----------------------------------------------------------------


def test_lost_serialization_is_tried_again(sending: Sending) -> None:
    sending.fault("serialization")

    assert (sending.deliver(), sending.done()) == (OutboxState.PENDING, 0)
    assert sending.message.error.startswith("Odoo is busy at the moment.")
    assert sending.deliver(seconds=30) == OutboxState.CONFIRMED
    assert (sending.tries(), sending.done()) == (2, 1)


def test_waits_grow_from_seconds_to_a_quarter_of_an_hour() -> None:
    waits = [outbox.backoff(attempts).total_seconds() for attempts in (1, 4, 12, 400)]

    assert 7.5 <= waits[0] <= 12.5
    assert 60 <= waits[1] <= 100
    assert 675 <= waits[2] <= 1125
    assert 675 <= waits[3] <= 1125


def test_a_refused_key_waits_for_the_administrator(redating: Sending) -> None:
    row = redating.linked.row
    row.sealed_key = vault.seal("revoked")
    row.save()

    assert (redating.deliver(), redating.told()) == (OutboxState.PENDING, [])
    assert "did not accept the login or the API key" in redating.message.error

    row.sealed_key = vault.seal(linking.KEY)
    row.save()
    assert redating.deliver(minutes=20) == OutboxState.CONFIRMED


def test_a_key_that_cannot_be_opened_waits_too(redating: Sending) -> None:
    row = redating.linked.row
    row.sealed_key = "sealed with a key that is gone"
    row.save()

    assert redating.deliver() == OutboxState.PENDING
    assert "TOWER_ENCRYPTION_KEYS" in redating.message.error


def test_a_connection_that_does_not_answer_costs_one_message_a_run(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    for _ in range(3):
        linked.receipt()
    linked.sync()
    linked.row.url = "http://127.0.0.1:9"
    linked.row.save()
    with linking.linked(linked.at, version, monkeypatch, name="Other") as other:
        other.receipt()
        other.sync()

        attempted = linked.deliver()

        states = OutboxMessage.objects.order_by("connection_id", "id")
        assert attempted == 2
        assert list(states.values_list("state", "attempts")) == [
            (OutboxState.PENDING, 1),
            (OutboxState.PENDING, 0),
            (OutboxState.PENDING, 0),
            (OutboxState.CONFIRMED, 1),
        ]


# Order, leases, switches -------------------------------------------------------------------------


def test_rows_for_one_record_keep_their_order_under_retry(redating: Sending) -> None:
    redating.fault("serialization")
    propose(redating.linked, redating.case, "expedite", cost="0")

    redating.deliver()
    none_yet = redating.linked.seen.of("stock.picking", "message_post")
    redating.deliver(seconds=30)

    done = redating.linked.seen.of("stock.picking", "write", "message_post")
    assert none_yet == []
    assert [r.method for r in done] == ["write", "write", "message_post"]
    # The one behind it was decided on the old date, which the first has just replaced.
    states = [DecisionState.CONFIRMED, DecisionState.VOID]
    assert list(Decision.objects.order_by("id").values_list("state", flat=True)) == states


@pytest.mark.parametrize(
    "dies_in",
    [
        pytest.param("find", id="between call and read-back"),
        pytest.param("do", id="before the call"),
    ],
)
def test_a_sender_that_dies_loses_and_doubles_nothing(
    sending: Sending, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    pusher = type(push.PUSHERS[sending.message.verb])
    with monkeypatch.context() as dying:
        dying.setattr(pusher, dies_in, raising(KilledError))
        with pytest.raises(KilledError):
            sending.linked.deliver()

    assert sending.deliver(minutes=1) == OutboxState.SENDING  # leased to the dead
    assert sending.deliver(seconds=LEASE.total_seconds()) == OutboxState.CONFIRMED
    assert (sending.tries(), sending.done()) == (1, 1)


def raising(error: type[BaseException]) -> Callable[..., Any]:
    def fall(*_args: object, **_kwargs: object) -> None:
        raise error

    return fall


@pytest.mark.parametrize("switch", ["enabled", "sending"])
def test_a_switch_that_is_off_keeps_everything_waiting(sending: Sending, switch: str) -> None:
    connection = sending.linked.row.connection
    setattr(connection, switch, False)
    connection.save()

    assert (sending.deliver(), sending.tries()) == (OutboxState.PENDING, 0)

    setattr(connection, switch, True)
    connection.save()
    assert (sending.deliver(), sending.done()) == (OutboxState.CONFIRMED, 1)


def test_a_mistake_of_our_own_costs_one_message_and_is_given_up_in_the_end(
    linked: Linked,
) -> None:
    first, second = linked.receipt(), linked.receipt()
    linked.sync()
    OutboxMessage.objects.filter(record_id=first).update(verb="teleport")

    linked.deliver()
    broken = OutboxMessage.objects.get(record_id=first)
    fine = OutboxMessage.objects.get(record_id=second)
    assert (broken.state, fine.state) == (OutboxState.SENDING, OutboxState.CONFIRMED)

    for _ in range(outbox.MOST_MISTAKES):
        linked.later(seconds=LEASE.total_seconds())
        linked.deliver()
    broken.refresh_from_db()
    assert (broken.state, broken.attempts) == (OutboxState.FAILED, outbox.MOST_MISTAKES)
    assert "by a mistake of its own" in broken.error


def test_an_outage_is_no_mistake_of_our_own(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that has waited for hours is not given up at the first mistake after it."""
    linked.receipt()
    linked.sync()
    monkeypatch.setattr(push.Activity, "find", lambda *_args: 1 / 0)
    OutboxMessage.objects.update(attempts=outbox.MOST_MISTAKES + 20)

    told = []
    for _ in range(outbox.MOST_MISTAKES):
        linked.deliver()
        message = OutboxMessage.objects.get()
        told.append((message.state, message.mistakes))
        linked.later(seconds=LEASE.total_seconds())

    waits = [(OutboxState.SENDING, n) for n in range(1, outbox.MOST_MISTAKES)]
    assert told == [*waits, (OutboxState.FAILED, outbox.MOST_MISTAKES)]


def test_sent_again_by_a_person_it_has_all_its_tries_anew(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked.receipt()
    linked.sync()
    message = OutboxMessage.objects.get()
    OutboxMessage.objects.update(
        state=OutboxState.FAILED, mistakes=outbox.MOST_MISTAKES, attempts=5
    )
    owner = linked.owner(message.case)
    monkeypatch.setattr(push.Activity, "find", lambda *_args: 1 / 0)

    proofs.try_again(message.pk, owner, at=linked.at)
    linked.deliver()

    message.refresh_from_db()
    assert (message.state, message.mistakes) == (OutboxState.SENDING, 1)
