"""Errands: what one message is about, and what its verb may leave in Odoo to be found again by.

A verb is a Pusher. The message's key is stored in Odoo with the effect (notes, activities and
to-dos carry it in their text), so that it is looked for before anything is sent again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html

from exceptions.models import Document, OutboxMessage
from integrations.models import OdooAccess
from integrations.odoo import chatter, errors
from integrations.odoo.chatter import Place
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import to_odoo
from integrations.odoo.rights import Right

Values = dict[str, Any]

TO_DO = (Right("project.task", "read"), Right("project.task", "create"))
# Whoever writes into the chatter of a record must be allowed to change the record; what has no
# chatter becomes a to-do.
CHATTER = (
    *(
        Right(model, "write")
        for model in ("stock.picking", "purchase.order", "sale.order", "account.move")
    ),
    *TO_DO,
)
A_NOTE = (*CHATTER, Right("mail.message", "read"))
A_PERSON = (*CHATTER, Right("mail.activity", "read"), Right("mail.activity", "create"))


@dataclass(frozen=True, slots=True)
class Errand:
    """One message on its way: what it is about, and where the tower can be reached."""

    message: OutboxMessage
    document: Document
    tower_url: str
    approval_category: int | None = None  # chosen for the connection, as what follows
    hold_locations: Sequence[int] = ()

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


def errand_of(row: OdooAccess, message: OutboxMessage) -> Errand:
    return Errand(
        message,
        message.case.document,
        settings.TOWER_BASE_URL,
        row.approval_category,
        row.hold_locations,
    )


class Pusher(Protocol):
    """A verb. `find` returns what proves that it is done, or None; `before` what stands there
    now. `would` tells what would stand there instead of `before`, under the same names; None where
    no value is changed, but something is added. It may read, and never writes: dry runs ask it. It
    raises NothingDone where `do` is known to. `rights` are those without which Odoo refuses it.
    """

    @property
    def rights(self) -> Sequence[Right]: ...
    def find(self, odoo: Odoo, errand: Errand) -> Values | None: ...
    def before(self, odoo: Odoo, errand: Errand) -> Values | None: ...
    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None: ...
    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None: ...


class Adds:
    """What all verbs share that add something and change no value."""

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:  # noqa: ARG002
        return None

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        return None


def deadline(errand: Errand, at: datetime) -> datetime:
    return at + timedelta(days=errand.parameters.get("due_in_days", 0))


def date_wanted(errand: Errand) -> str:
    date = parse_datetime(errand.parameters["date"])
    if date is None:
        raise errors.CallerMistake
    return to_odoo(date)


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


def make_to_do(
    odoo: Odoo, errand: Errand, at: datetime, *, text: str = "", user: int | None = None
) -> int:
    """A to-do about a record without chatter, for `user` or whoever is responsible, and for our own
    user (who could not read it back otherwise)."""
    users = [u for u in (user or errand.responsible, odoo.uid) if u]
    values = {
        "name": errand.parameters.get("summary") or errand.message.case.title,
        "description": errand.body(text or errand.parameters.get("text", "")),
        "user_ids": [[6, 0, users]],
        "date_deadline": to_odoo(deadline(errand, at)),
    }
    return odoo.create("project.task", [values])[0]


def asked(odoo: Odoo, errand: Errand) -> Values | None:
    """The activity that asks a person, done ones included, or the to-do in its place.

    17 and 18 keep of a done activity only a message.
    """
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


def ask(
    odoo: Odoo, errand: Errand, at: datetime, *, text: str = "", user: int | None = None
) -> None:
    """An activity for `user`, else the person responsible for the record; without a place for it, a
    to-do. It says `text`, else what the message says.

    Nobody is sent an e-mail for it: fifty of them would hold Odoo up for seconds.
    """
    if errand.place is None:
        make_to_do(odoo, errand, at, text=text, user=user)
        return
    model, record = errand.place
    odoo.activity_schedule(
        model,
        [record],
        act_type_xmlid="mail.mail_activity_data_todo",
        summary=errand.parameters.get("summary") or errand.message.case.title[:120],
        note=errand.body(text or errand.parameters.get("text", "")),
        date_deadline=deadline(errand, at).strftime("%Y-%m-%d"),
        user_id=user or errand.responsible or odoo.uid,
    )


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
