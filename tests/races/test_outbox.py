"""Eight senders, one outbox, a real server over HTTP: every effect once, in order."""

from collections import Counter
from datetime import datetime

import pytest

from exceptions import audit, lifecycle
from exceptions.actors import person
from exceptions.models import Case, OutboxMessage, User
from exceptions.vocabulary import UNFINISHED, Move, OutboxState, Verb
from tests.plant import Plant
from tests.races import jobs
from tests.races.conftest import WORKERS
from tests.races.outgoing import LATER, confirmations, waiting
from tests.races.team import Team

ROWS = 40
ROUNDS = 20


def deliver_all(team: Team, at: datetime) -> datetime:
    """Rounds of all senders at once, until nothing waits; when the last one was."""
    for _ in range(ROUNDS):
        team.run(jobs.deliver, [(at,)] * WORKERS)
        if not OutboxMessage.objects.filter(state__in=UNFINISHED).exists():
            return at
        at += LATER
    raise AssertionError(list(OutboxMessage.objects.values("key", "state", "error")))


@pytest.mark.parametrize("version", [17, 19])
def test_forty_rows_by_eight_senders_are_forty_effects(
    shared: None, source: Plant, at: datetime, team: Team
) -> None:
    keys = waiting(source, at, ROWS)
    attempts = team.run(jobs.deliver, [(at,)] * WORKERS)

    assert sum(attempts) == ROWS
    assert Counter(len(source.effects(key)) for key in keys) == {1: ROWS}
    assert Counter(OutboxMessage.objects.values_list("state", "attempts")) == {
        (OutboxState.CONFIRMED, 1): ROWS
    }
    assert [confirmations(message) for message in OutboxMessage.objects.all()] == [1] * ROWS


def test_a_server_that_fails_stalls_and_drops_its_answers_still_has_forty_effects(
    shared: None, source: Plant, at: datetime, team: Team
) -> None:
    keys = waiting(source, at, ROWS)
    troubles = [
        source.odoo.faults.add(kind, fraction=0.25, times=ROWS // 4, method="activity_schedule")
        for kind in ("lost_reply", "serialization", "bad_gateway", "reset")
    ]
    troubles += [
        source.odoo.faults.add("reset", fraction=0.1, times=ROWS, method="search_read"),
        source.odoo.faults.add("stall", fraction=0.1, seconds=0.2),
    ]
    deliver_all(team, at)

    assert [trouble.kind for trouble in troubles if trouble.hits == 0] == []
    assert Counter(len(source.effects(key)) for key in keys) == {1: ROWS}
    states = Counter(OutboxMessage.objects.values_list("state", flat=True))
    assert states == {OutboxState.CONFIRMED: ROWS}
    assert [confirmations(message) for message in OutboxMessage.objects.all()] == [1] * ROWS
    assert [fault for case in Case.objects.all() for fault in audit.verify(case)] == []


def test_what_the_server_refuses_is_set_aside_and_the_rest_is_done(
    shared: None, source: Plant, at: datetime, team: Team
) -> None:
    keys = waiting(source, at, ROWS)
    no = {"method": "activity_schedule", "message": "No, never."}
    source.odoo.faults.add("late_failure", times=5, **no)
    deliver_all(team, at)

    refused = OutboxMessage.objects.filter(state=OutboxState.FAILED)
    assert [row.error.rpartition(": ")[2] for row in refused] == ["No, never."] * 5
    assert [source.effects(row.key) for row in refused] == [[]] * 5
    assert Counter(len(source.effects(key)) for key in keys) == {1: ROWS - 5, 0: 5}


def test_ten_rows_for_one_record_keep_their_order(
    shared: None, source: Plant, at: datetime, team: Team
) -> None:
    waiting(source, at, 1)
    jobs.deliver(at)
    case = Case.objects.get()
    buyer = person(User.objects.get(username="procurement"))
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, buyer, at=at)
    for number in range(5):
        seen = case.document.substance
        chase = {"decision": "chase", "substance": seen, "reason": f"reminder {number}"}
        lifecycle.move(case.pk, Move.PROPOSE, buyer, at=at, data=chase)
    source.odoo.faults.add("serialization", fraction=0.3, times=5)
    source.odoo.faults.add("lost_reply", fraction=0.3, times=3, method="message_post")
    rows = list(OutboxMessage.objects.exclude(decision=None).order_by("id"))
    deliver_all(team, at)

    assert [row.verb for row in rows] == [Verb.ACTIVITY, Verb.NOTE] * 5
    made = sorted((*effect, row.key) for row in rows for effect in source.effects(row.key))
    assert [key for *_, key in made] == [row.key for row in rows]
