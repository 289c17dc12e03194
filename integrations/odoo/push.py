"""Pushing back: one class a verb, each knowing how to do it, to find it done, and to prove it.

The message's key is stored in Odoo with the effect (notes and activities carry it in their text),
so a verb that may have been carried out is looked for before anything is sent again. Verbs that set
a value are looked for by the value.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from exceptions.models import Document
from exceptions.vocabulary import Verb
from integrations.odoo import errors
from integrations.odoo.approval import Approval
from integrations.odoo.approval_exchange import Answer, Ask
from integrations.odoo.attaching import Attach
from integrations.odoo.billing import CreditNote, HoldBill
from integrations.odoo.blocking import Hold
from integrations.odoo.cancelling import Cancel
from integrations.odoo.client import Odoo
from integrations.odoo.counting import ApplyCount, Recount
from integrations.odoo.errands import (
    A_NOTE,
    A_PERSON,
    TO_DO,
    Adds,
    Values,
    anchor,
    ask,
    asked,
    date_wanted,
    make_to_do,
    message_with,
    to_do,
)
from integrations.odoo.errands import (
    Errand as Errand,
)
from integrations.odoo.errands import (
    Pusher as Pusher,
)
from integrations.odoo.purchasing import Purchase
from integrations.odoo.releasing import Release
from integrations.odoo.returning import Return
from integrations.odoo.rights import Right
from integrations.odoo.scrapping import Scrap
from integrations.odoo.sources.deliveries import DOMAIN as TRANSFERS_OF_ORDERS
from integrations.odoo.sources.order_lines import MODEL as ORDER_LINE
from integrations.odoo.sources.order_lines import coming_for
from integrations.odoo.sources.source import OPEN
from integrations.odoo.splitting import Split
from integrations.odoo.taking_back import TakeBack
from integrations.odoo.transferring import Transfer

TICKETS = "helpdesk.ticket"
# Not installed, or not for our user to make: then a task does.
NO_HELP_DESK = (errors.UnknownModel, errors.AccessRefused)


class Note(Adds):
    """A note in the chatter of the record, or of the case's to-do."""

    rights = A_NOTE

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        record = anchor(odoo, errand)
        return message_with(odoo, errand, *record) if record else None

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        model, record = anchor(odoo, errand) or ("project.task", make_to_do(odoo, errand, at))
        odoo.message_post(
            model,
            record,
            body=errand.body(errand.parameters["text"]),
            body_is_html=True,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )


class Activity(Adds):
    """An activity for the person responsible for the record; without a place for it, a to-do."""

    rights = A_PERSON

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        return asked(odoo, errand)

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        ask(odoo, errand, at)


class Task(Adds):
    """A task with a deadline, for whoever answers for the record; it carries the key."""

    rights = TO_DO

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        return to_do(odoo, errand.key)

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        make_to_do(odoo, errand, at)


class Ticket(Adds):
    """A help-desk ticket about the customer's record; where there is no help desk, a task.

    Enterprise and OCA call the model the same and share the fields that are used here (read in the
    code of both; no Enterprise server was at hand to measure).
    """

    rights = (Right(TICKETS, "create", by_hand=True), *TO_DO)

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        try:
            found = odoo.search_read(
                TICKETS,
                [["description", "ilike", errand.key]],
                ["name", "partner_id"],
                order="id",
                limit=1,
            )
        except NO_HELP_DESK:
            found = []
        return found[0] if found else to_do(odoo, errand.key)

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        customer = (errand.document.facts.get("customer") or {}).get("id")
        values = {
            "name": errand.parameters["summary"],
            "description": errand.body(errand.parameters.get("text", "")),
            **({"partner_id": customer} if customer else {}),
            **({"user_id": errand.responsible} if errand.responsible else {}),
        }
        try:
            odoo.create(TICKETS, [values])
        except NO_HELP_DESK:
            make_to_do(odoo, errand, at)


class TransferValue:
    """A value of the transfer, or of every open transfer of the order."""

    rights: Sequence[Right] = (Right("stock.picking", "write"),)
    field: str

    def wanted(self, errand: Errand) -> str:
        raise NotImplementedError

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        now = self.before(odoo, errand)
        wanted = self.wanted(errand)
        return now if now and all(value == wanted for value in now.values()) else None

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        rows = odoo.search_read(
            "stock.picking",
            transfers(errand.document),
            ["name", self.field],
            order="id",
            limit=500,
        )
        return {row["name"]: row[self.field] for row in rows}

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        return dict.fromkeys(before or {}, self.wanted(errand))

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        ids = odoo.search("stock.picking", transfers(errand.document), order="id")
        if not ids:
            raise errors.MissingRecord
        odoo.write("stock.picking", ids, {self.field: self.wanted(errand)})


class Priority(TransferValue):
    """The star: urgent or not."""

    field = "priority"

    def wanted(self, errand: Errand) -> str:
        return "1" if errand.parameters.get("urgent", True) else "0"


class NewPlan(TransferValue):
    """Another scheduled date."""

    field = "scheduled_date"

    def wanted(self, errand: Errand) -> str:
        return date_wanted(errand)


class NewPromise:
    """Another promised date of an order line; its open transfers take it over as their deadline."""

    rights = (Right(ORDER_LINE, "write"),)

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        now = self.before(odoo, errand)
        return now if now and now["date_planned"] == date_wanted(errand) else None

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        rows = odoo.read(ORDER_LINE, [errand.document.record_id], ["date_planned"])
        return {"date_planned": rows[0]["date_planned"]} if rows else None

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        return dict.fromkeys(before or {}, date_wanted(errand))

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        """Raises MissingRecord where nothing is to come any more: a date would promise nothing."""
        line = errand.document.record_id
        if not odoo.search("stock.move", coming_for([line]), order="id", limit=1):
            raise errors.MissingRecord
        odoo.write(ORDER_LINE, [line], {"date_planned": date_wanted(errand)})


class NewDate:
    """Another date: the plan of transfers, the promise of an order line."""

    rights = (*NewPlan.rights, *NewPromise.rights)

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        return self._of(errand).find(odoo, errand)

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        return self._of(errand).before(odoo, errand)

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:
        return self._of(errand).would(odoo, errand, before)

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        self._of(errand).do(odoo, errand, at=at)

    def _of(self, errand: Errand) -> Pusher:
        return NewPromise() if errand.document.model == ORDER_LINE else NewPlan()


def transfers(document: Document) -> list[Any]:
    """The open transfers that a document stands for."""
    if document.model == "sale.order":
        of_order = [["sale_id", "=", document.record_id], ["state", "in", OPEN]]
        return [*TRANSFERS_OF_ORDERS, *of_order]
    return [["id", "=", document.record_id], ["state", "in", OPEN]]


PUSHERS: dict[str, Pusher] = {
    Verb.NOTE: Note(),
    Verb.ACTIVITY: Activity(),
    Verb.PRIORITY: Priority(),
    Verb.NEW_DATE: NewDate(),
    Verb.TASK: Task(),
    Verb.TICKET: Ticket(),
    Verb.CUSTOMER_DRAFT: Note(),
    Verb.HOLD: Hold(),
    Verb.APPROVAL: Approval(),
    Verb.ASK: Ask(),
    Verb.ANSWER: Answer(),
    Verb.ATTACH: Attach(),
    Verb.CANCEL: Cancel(),
    Verb.RECOUNT: Recount(),
    Verb.APPLY_COUNT: ApplyCount(),
    Verb.SCRAP: Scrap(),
    Verb.RELEASE: Release(),
    Verb.TRANSFER: Transfer(),
    Verb.PURCHASE: Purchase(),
    Verb.SPLIT: Split(),
    Verb.RETURN: Return(),
    Verb.HOLD_BILL: HoldBill(),
    Verb.CREDIT_NOTE: CreditNote(),
    Verb.TAKE_BACK: TakeBack(),
}


def rights_of_verbs() -> Mapping[str, Sequence[Right]]:
    """What our user must be allowed, by the verb as people call it."""
    return {str(Verb(verb).label): pusher.rights for verb, pusher in PUSHERS.items()}
