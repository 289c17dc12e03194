"""A sender is killed (SIGKILL) in the middle: what it did is done once, and proved."""

from collections.abc import Callable
from datetime import datetime
from signal import SIGKILL

import pytest

from exceptions.models import OutboxMessage
from exceptions.vocabulary import OutboxState
from integrations import outbox
from tests.controltower.launcher.launching import until
from tests.plant import Plant
from tests.races import jobs
from tests.races.outgoing import (
    LATER,
    confirmations,
    decision_waiting,
    note_waiting,
    waiting,
)
from tests.races.team import alone, kill

Prepare = Callable[[Plant, datetime], str]


def activity_waiting(source: Plant, at: datetime) -> str:
    return waiting(source, at, 1)[0]


@pytest.mark.parametrize("version", [17, 19])
@pytest.mark.parametrize(
    ("model", "prepare"), [("mail.activity", activity_waiting), ("mail.message", note_waiting)]
)
def test_a_sender_killed_between_call_and_read_back_has_done_it_once(
    shared: None, source: Plant, at: datetime, model: str, prepare: Prepare
) -> None:
    """The server answers the call and stalls on the read-back; there the sender is killed."""
    key = prepare(source, at)
    stall = source.odoo.faults.add("stall", times=1, seconds=30, model=model, method="search_read")
    sender = alone(jobs.deliver, at)
    assert until(lambda: stall.hits == 1)
    once = source.effects(key)
    code = kill(sender)

    message = OutboxMessage.objects.get(key=key)
    assert (code, len(once), message.state) == (-SIGKILL, 1, OutboxState.SENDING)
    assert jobs.deliver(at + outbox.LEASE) == 0  # the lease still holds
    assert jobs.deliver(at + LATER) == 1
    message.refresh_from_db()
    assert (source.effects(key), message.state) == (once, OutboxState.CONFIRMED)
    assert (message.attempts, confirmations(message)) == (2, 1)


@pytest.mark.parametrize(
    ("method", "prepare"),
    [("activity_schedule", activity_waiting), ("message_post", note_waiting)],
)
def test_what_the_server_still_does_after_its_caller_was_killed_is_done_once(
    shared: None, source: Plant, at: datetime, method: str, prepare: Prepare
) -> None:
    """The sender is killed while the server has the call and has not yet begun the work."""
    key = prepare(source, at)
    stall = source.odoo.faults.add("stall", times=1, seconds=1.0, method=method)
    sender = alone(jobs.deliver, at)
    assert until(lambda: stall.hits == 1)
    before = source.effects(key)
    code = kill(sender)

    assert (code, before) == (-SIGKILL, [])
    assert until(lambda: len(source.effects(key)) == 1)
    assert jobs.deliver(at + LATER) == 1
    message = OutboxMessage.objects.get(key=key)
    assert (len(source.effects(key)), message.state) == (1, OutboxState.CONFIRMED)
    assert confirmations(message) == 1


def test_a_sender_that_comes_back_after_its_lease_sends_nothing_more(
    shared: None, source: Plant, at: datetime
) -> None:
    """It is held up while it looks whether the decision still holds; another takes over."""
    key = decision_waiting(source, at)
    stall = source.odoo.faults.add("stall", times=1, seconds=2.5, model="stock.picking")
    sleeper = alone(jobs.deliver, at)
    assert until(lambda: stall.hits == 1)
    assert jobs.deliver(at + LATER) == 2  # the activity, and the note behind it
    sleeper.join(20)

    messages = OutboxMessage.objects.exclude(decision=None)
    assert sleeper.exitcode == 0
    assert [len(source.effects(message.key)) for message in messages] == [1, 1]
    assert [confirmations(message) for message in messages] == [1, 1]
    assert {message.state for message in messages} == {OutboxState.CONFIRMED}
    assert messages.get(key=key).attempts == 2
