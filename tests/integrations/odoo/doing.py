"""One verb about one record on its way to Odoo, for whoever tests what becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from exceptions.models import Case, OutboxMessage
from exceptions.vocabulary import Verb
from integrations.odoo import push
from integrations.odoo.errands import Errand
from integrations.simulator import rights
from integrations.simulator.records import Row
from tests.integrations.linked import LOGIN, Linked

TOWER = "http://tower.test"


@dataclass
class Doing:
    """`method` is Odoo's, which does it; `effect` counts how often it stands there; `group` gives
    the right to it; `asks` where a person is asked when that is missing."""

    linked: Linked
    message: OutboxMessage
    method: tuple[str, str]
    effect: Callable[[], int]
    group: str = rights.STOCK
    asks: bool = False

    @property
    def pusher(self) -> push.Pusher:
        return push.PUSHERS[self.message.verb]

    @property
    def errand(self) -> Errand:
        row = self.linked.row
        holds = row.hold_locations
        return Errand(self.message, self.message.case.document, TOWER, None, holds)

    def deliver(self, **after: float) -> str:
        """The message's state after all that is due then has been delivered."""
        if after:
            self.linked.later(**after)
        self.linked.deliver()
        self.message.refresh_from_db()
        return self.message.state

    def again(self, **told: object) -> None:
        """One more message about the same case, and of the same kind; it is told what the first
        was, or else."""
        first = self.message
        self.message = OutboxMessage.objects.create(
            key=f"{first.key}:again",
            connection=first.connection,
            model=first.model,
            record_id=first.record_id,
            case=first.case,
            verb=first.verb,
            parameters={**first.parameters, **told},
            created_at=self.linked.at,
            next_attempt_at=self.linked.at,
        )

    def tries(self) -> int:
        return len(self.linked.seen.of(*self.method))

    def fault(self, kind: str, **options: Any) -> None:
        model, method = self.method
        self.linked.odoo.faults.add(kind, model=model, method=method, times=1, **options)

    def foretold(self) -> tuple[Any, Any]:
        """What stands there now, and what would."""
        with self.linked.client() as odoo:
            before = self.pusher.before(odoo, self.errand)
            return before, self.pusher.would(odoo, self.errand, before)

    def now(self) -> Any:
        with self.linked.client() as odoo:
            return self.pusher.before(odoo, self.errand)


def message_about(
    linked: Linked, model: str, record: int, verb: str, **parameters: object
) -> OutboxMessage:
    """About the case of a record, once all that its playbook sends has been sent."""
    if not Case.objects.filter(document__model=model, document__record_id=record).exists():
        linked.sync()
    linked.deliver()
    case = linked.case(model, record)
    message = OutboxMessage.objects.create(
        key=f"{case.reference}:t1:{verb}",
        connection=case.document.connection,
        model=model,
        record_id=record,
        case=case,
        verb=Verb(verb),
        parameters=parameters,
        created_at=linked.at,
        next_attempt_at=linked.at,
    )
    linked.seen.forget()
    return message


def ours(linked: Linked, model: str, message: OutboxMessage, mark: str = "origin") -> list[Row]:
    """The records of Odoo that bear the message's key, but for those that were cancelled."""
    rows = linked.world.tables[model].rows.values()
    key = f"[ct:{message.key}]"
    return [r for r in rows if key in str(r.get(mark) or "") and r.get("state") != "cancel"]


def belongs_to(linked: Linked, *, more: tuple[str, ...] = (), fewer: tuple[str, ...] = ()) -> None:
    """The integration user's groups, changed in Odoo."""
    logins = linked.world.logins
    for index, login in enumerate(logins):
        if login.login == LOGIN:
            logins[index] = replace(login, groups=login.groups - {*fewer} | {*more})


MANAGER, INVOICE = rights.STOCK_MANAGER, rights.INVOICE
