"""Outbox rows about records of a simulated Odoo."""

from datetime import datetime, timedelta

from exceptions import lifecycle
from exceptions.actors import person
from exceptions.models import Case, OutboxMessage, User
from exceptions.vocabulary import Happening, Move, OutboxState
from integrations import outbox
from tests import plant
from tests.plant import Plant
from tests.races import jobs

LATER = timedelta(minutes=20)  # past every lease and every wait


def waiting(source: Plant, at: datetime, rows: int) -> list[str]:
    """The keys of that many activities that wait, each on a record of its own."""
    source.late_receipts(rows)
    plant.connect(source.url, at=at)
    jobs.sync(at)
    keys = list(OutboxMessage.objects.order_by("id").values_list("key", flat=True))
    assert (len(keys), len(set(keys))) == (rows, rows)
    return keys


def decision_waiting(source: Plant, at: datetime) -> str:
    """The key of a decision's activity, which waits with the decision's note behind it."""
    waiting(source, at, 1)
    jobs.deliver(at)
    case = Case.objects.get()
    buyer = person(User.objects.get(username="procurement"))
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, buyer, at=at)
    seen = case.document.substance
    chase = {"decision": "chase", "substance": seen, "reason": "No answer since Monday"}
    lifecycle.move(case.pk, Move.PROPOSE, buyer, at=at, data=chase)
    activity, _ = OutboxMessage.objects.exclude(decision=None).order_by("id")
    return activity.key


def note_waiting(source: Plant, at: datetime) -> str:
    """The key of a decision's note, the only row that waits."""
    decision_waiting(source, at)
    activity = outbox.claim(at)
    assert activity is not None
    outbox.deliver(activity, lambda: at)
    return OutboxMessage.objects.get(state=OutboxState.PENDING).key


def confirmations(message: OutboxMessage) -> int:
    """How often the history says that it was confirmed."""
    told = message.case.events.filter(happening=Happening.CONFIRMED)
    return sum(event.data["key"] == message.key for event in told)
