"""A decision on its way to Odoo, for whoever tests what becomes of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from exceptions import lifecycle
from exceptions.models import Case, Decision, OutboxMessage
from exceptions.vocabulary import (
    Move,
    State,
    Verb,
)
from integrations import outbox
from tests.integrations.linked import Linked

LOOK = outbox.LOOK_AFTER + timedelta(seconds=1)
LEASE = outbox.LEASE + timedelta(seconds=1)
# What a decision does first, how it is done in Odoo, and what it needs to be told.
FIRST_STEPS: dict[str, tuple[str, str, dict[str, object]]] = {
    Verb.NEW_DATE: ("new_date", "write", {}),
    Verb.PRIORITY: ("expedite", "write", {"cost": "120.50"}),
    Verb.ACTIVITY: ("chase", "activity_schedule", {}),
}
VERBS = [*FIRST_STEPS, Verb.NOTE]


class KilledError(BaseException):
    """The sender is gone: nothing catches this."""


@dataclass
class Sending:
    """A late receipt whose playbook has been sent, and a decision about it that waits."""

    linked: Linked
    transfer: int
    case: Case
    message: OutboxMessage
    method: str

    def deliver(self, **after: float) -> str:
        """The message's state after all that is due then has been delivered."""
        if after:
            self.linked.later(**after)
        self.linked.deliver()
        self.message.refresh_from_db()
        return self.message.state

    def tries(self) -> int:
        """How often Odoo was asked to do it."""
        return len(self.linked.seen.of("stock.picking", self.method))

    def done(self) -> int:
        """How often it stands in Odoo."""
        row = self.linked.picking(self.transfer)
        match self.message.verb:
            case Verb.PRIORITY:
                return int(row["priority"] == "1")
            case Verb.NEW_DATE:
                return int(row["scheduled_date"][:19] == new_date(self.linked)[:19])
        return len(self.linked.effects(self.message.key))

    def fault(self, kind: str, **options: Any) -> None:
        model = "stock.picking"
        options = {"times": 1, **options}
        self.linked.odoo.faults.add(kind, model=model, method=self.method, **options)

    def rest(self) -> list[str]:
        """States of the steps after it."""
        assert self.message.decision is not None
        after = self.message.decision.outbox.filter(pk__gt=self.message.pk)
        return list(after.order_by("pk").values_list("state", flat=True))

    def told(self) -> list[str]:
        """What the case's history says of it, its words included."""
        events = self.case.events.filter(data__key=self.message.key).order_by("number")
        return [f"{e.happening} {e.data.get('words', '')}".strip() for e in events]


def new_date(linked: Linked) -> str:
    return "2026-11-25 09:30:00"


def propose(linked: Linked, case: Case, decision: str, **data: object) -> Decision:
    """By its owner, who acknowledged it before."""
    case.refresh_from_db()
    owner = linked.owner(case)
    if case.state == State.ASSIGNED:
        lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=linked.at)
    seen = case.document.substance
    told = {"decision": decision, "substance": seen, "reason": "The supplier called.", **data}
    if decision == "new_date" and "parameters" not in data:
        told["date"] = "2026-11-25T10:30:00+01:00"
    lifecycle.move(case.pk, Move.PROPOSE, owner, at=linked.at, data=told)
    return Decision.objects.latest("id")


def waiting(linked: Linked, verb: str) -> Sending:
    transfer = linked.receipt()
    linked.sync()
    linked.deliver()
    case = linked.case("stock.picking", transfer)
    decision, method, data = FIRST_STEPS.get(verb, ("chase", "message_post", {}))
    propose(linked, case, decision, **data)
    message = OutboxMessage.objects.get(decision__isnull=False, verb=verb)
    if verb == Verb.NOTE:  # the last step: the one before it first
        first = outbox.claim(linked.at)
        assert first is not None
        outbox.deliver(first, linked.now)
    linked.seen.forget()
    return Sending(linked, transfer, case, message, method)
