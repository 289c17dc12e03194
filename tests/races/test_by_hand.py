"""A supervisor gives messages up while senders are at them: each ends in one way, and truly so."""

from collections import Counter
from datetime import datetime

import pytest

from exceptions import audit, by_hand
from exceptions.actors import person
from exceptions.lifecycle import Refused
from exceptions.models import Case, Membership, OutboxMessage, User
from exceptions.vocabulary import Happening, OutboxState, Role
from tests.plant import Plant
from tests.races import jobs
from tests.races.conftest import WORKERS
from tests.races.outgoing import waiting
from tests.races.team import Team

ROWS = 40


def give_up_all(at: datetime) -> Counter[str]:
    """From the last to the first, as the senders come from the other end."""
    lead = person(User.objects.get(username="giver"))
    ends: Counter[str] = Counter()
    for message in OutboxMessage.objects.order_by("-id"):
        try:
            by_hand.give_up(message.pk, lead, reason="Done by phone.", rest=False, at=at)
        except Refused:
            ends["refused"] += 1
        else:
            ends["given up"] += 1
    return ends


def work(what: str, at: datetime) -> Counter[str]:
    return give_up_all(at) if what == "give up" else Counter(sent=jobs.deliver(at))


@pytest.mark.parametrize("version", [19])
def test_what_is_given_up_is_not_sent_and_what_was_sent_is_not_given_up(
    shared: None, source: Plant, at: datetime, team: Team
) -> None:
    waiting(source, at, ROWS)
    lead = User.objects.create_user("giver")
    Membership.objects.create(user=lead, role=Role.SUPERVISOR)
    ends = team.run(work, [("give up", at), *[("send", at)] * (WORKERS - 1)])
    done = sum(ends, Counter())

    rows = list(OutboxMessage.objects.all())
    assert {row.state for row in rows} <= {OutboxState.CONFIRMED, OutboxState.GIVEN_UP}
    assert done["given up"] == sum(row.state == OutboxState.GIVEN_UP for row in rows)
    assert done["given up"] + done["sent"] == ROWS
    for row in rows:
        given_up = row.state == OutboxState.GIVEN_UP
        assert len(source.effects(row.key)) == (0 if given_up else 1)
        told = row.case.events.filter(happening=Happening.GIVEN_UP, data__key=row.key)
        assert told.count() == given_up
    assert [fault for case in Case.objects.all() for fault in audit.verify(case)] == []
