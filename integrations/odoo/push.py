"""Pushing back: one class a verb, each knowing how to do it, to find it done, and to prove it.

The message's key is stored in Odoo with the effect (notes and activities carry it in their text),
so a verb that may have been carried out is looked for before anything is sent again. Verbs that set
a value are looked for by the value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.utils.dateparse import parse_datetime
from django.utils.html import format_html

from exceptions.models import Document, OutboxMessage
from exceptions.vocabulary import Verb
from integrations.odoo import chatter, errors
from integrations.odoo.chatter import Place
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import to_odoo
from integrations.odoo.sources.deliveries import DOMAIN as TRANSFERS_OF_ORDERS
from integrations.odoo.sources.order_lines import MODEL as ORDER_LINE
from integrations.odoo.sources.order_lines import coming_for
from integrations.odoo.sources.source import OPEN

Values = dict[str, Any]

TICKETS = "helpdesk.ticket"
# Not installed, or not for our user to make: then a task does.
NO_HELP_DESK = (errors.UnknownModel, errors.AccessRefused)


@dataclass(frozen=True, slots=True)
class Errand:
    """One message on its way: what it is about, and where the tower can be reached."""

    message: OutboxMessage
    document: Document
    tower_url: str

    @property
    def key(self) -> str:
        return f"[ct:{self.message.key}]"

    @property
    def parameters(self) -> Mapping[str, Any]:
        parameters: Mapping[str, Any] = self.message.parameters
        return parameters

    @property
    def case_key(self) -> str:
        """Begins every key of the case."""
        return f"[ct:{self.message.case.reference}:"

    @property
    def responsible(self) -> int | None:
        """The Odoo user who answers for the record, where Odoo says."""
        return (self.document.facts.get("responsible") or {}).get("id")

    @property
    def place(self) -> Place | None:
        """The record that carries notes and activities; without one, a to-do is made."""
        return chatter.place_of(self.document)

    def body(self, text: str) -> str:
        """HTML: the text, the case, and the key."""
        case = self.message.case
        return format_html(
            '<p>{}</p><p><a href="{}/cases/{}/">{}</a> {}</p>',
            text,
            self.tower_url,
            case.pk,
            f"Control tower {case.reference}",
            self.key,
        )


class Pusher(Protocol):
    """A verb. `find` returns what proves that it is done, or None; `before` what stands there
    now.
    """

    def find(self, odoo: Odoo, errand: Errand) -> Values | None: ...
    def before(self, odoo: Odoo, errand: Errand) -> Values | None: ...
    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None: ...


class Note:
    """A note in the chatter of the record, or of the case's to-do."""

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        record = anchor(odoo, errand)
        return message_with(odoo, errand, *record) if record else None

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:  # noqa: ARG002
        return None

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


class Activity:
    """An activity for the person responsible for the record; without a place for it, a to-do.

    Nobody is sent an e-mail for it: fifty of them would hold Odoo up for seconds.
    """

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        """Among the activities, done ones included; 17 and 18 keep of a done one only a message."""
        if errand.place is None:
            return to_do(odoo, errand.key)
        model, record = errand.place
        found = odoo.search_read(
            "mail.activity",
            [["res_model", "=", model], ["res_id", "=", record], ["note", "ilike", errand.key]],
            ["summary", "user_id", "date_deadline"],
            order="id",
            limit=1,
            context={"active_test": False},
        )
        return found[0] if found else message_with(odoo, errand, model, record)

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:  # noqa: ARG002
        return None

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        if errand.place is None:
            make_to_do(odoo, errand, at)
            return
        model, record = errand.place
        odoo.activity_schedule(
            model,
            [record],
            act_type_xmlid="mail.mail_activity_data_todo",
            summary=errand.parameters["summary"],
            note=errand.body(errand.parameters.get("text", "")),
            date_deadline=deadline(errand, at).strftime("%Y-%m-%d"),
            user_id=errand.responsible or odoo.uid,
        )


class Task:
    """A task with a deadline, for whoever answers for the record; it carries the key."""

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        return to_do(odoo, errand.key)

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:  # noqa: ARG002
        return None

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        make_to_do(odoo, errand, at)


class Ticket:
    """A help-desk ticket about the customer's record; where there is no help desk, a task.

    Enterprise and OCA call the model the same and share the fields that are used here (read in the
    code of both; no Enterprise server was at hand to measure).
    """

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

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:  # noqa: ARG002
        return None

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


def deadline(errand: Errand, at: datetime) -> datetime:
    return at + timedelta(days=errand.parameters.get("due_in_days", 0))


def anchor(odoo: Odoo, errand: Errand) -> Place | None:
    """Where a note of the case can stand: its place, or the case's to-do if there is one yet."""
    if errand.place is not None:
        return errand.place
    found = to_do(odoo, errand.case_key)
    return ("project.task", found["id"]) if found else None


def to_do(odoo: Odoo, key: str) -> Values | None:
    """The task that carries the key."""
    found = odoo.search_read(
        "project.task",
        [["description", "ilike", key]],
        ["name", "user_ids", "date_deadline"],
        order="id",
        limit=1,
        context={"active_test": False},
    )
    return found[0] if found else None


def make_to_do(odoo: Odoo, errand: Errand, at: datetime) -> int:
    """A to-do about a record without chatter, for whoever is responsible and for our own user (who
    could not read it back otherwise)."""
    users = [u for u in (errand.responsible, odoo.uid) if u]
    values = {
        "name": errand.parameters.get("summary") or errand.message.case.title,
        "description": errand.body(errand.parameters.get("text", "")),
        "user_ids": [[6, 0, users]],
        "date_deadline": to_odoo(deadline(errand, at)),
    }
    return odoo.create("project.task", [values])[0]


class TransferValue:
    """A value of the transfer, or of every open transfer of the order."""

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

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        now = self.before(odoo, errand)
        return now if now and now["date_planned"] == date_wanted(errand) else None

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        rows = odoo.read(ORDER_LINE, [errand.document.record_id], ["date_planned"])
        return {"date_planned": rows[0]["date_planned"]} if rows else None

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        """Raises MissingRecord where nothing is to come any more: a date would promise nothing."""
        line = errand.document.record_id
        if not odoo.search("stock.move", coming_for([line]), order="id", limit=1):
            raise errors.MissingRecord
        odoo.write(ORDER_LINE, [line], {"date_planned": date_wanted(errand)})


class NewDate:
    """Another date: the plan of transfers, the promise of an order line."""

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        return self._of(errand).find(odoo, errand)

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        return self._of(errand).before(odoo, errand)

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        self._of(errand).do(odoo, errand, at=at)

    def _of(self, errand: Errand) -> Pusher:
        return NewPromise() if errand.document.model == ORDER_LINE else NewPlan()


def date_wanted(errand: Errand) -> str:
    date = parse_datetime(errand.parameters["date"])
    if date is None:
        raise errors.CallerMistake
    return to_odoo(date)


def transfers(document: Document) -> list[Any]:
    """The open transfers that a document stands for."""
    if document.model == "sale.order":
        of_order = [["sale_id", "=", document.record_id], ["state", "in", OPEN]]
        return [*TRANSFERS_OF_ORDERS, *of_order]
    return [["id", "=", document.record_id], ["state", "in", OPEN]]


def message_with(odoo: Odoo, errand: Errand, model: str, record: int) -> Values | None:
    """The chatter message that carries the key."""
    found = odoo.search_read(
        "mail.message",
        [["model", "=", model], ["res_id", "=", record], ["body", "ilike", errand.key]],
        ["date", "author_id"],
        order="id",
        limit=1,
    )
    return found[0] if found else None


PUSHERS: dict[str, Pusher] = {
    Verb.NOTE: Note(),
    Verb.ACTIVITY: Activity(),
    Verb.PRIORITY: Priority(),
    Verb.NEW_DATE: NewDate(),
    Verb.TASK: Task(),
    Verb.TICKET: Ticket(),
    Verb.CUSTOMER_DRAFT: Note(),
}
