"""Taking back what another message made: the record that bears its key is cancelled.

A transfer or a return by `action_cancel`, a request for quotation and a draft of a credit note by
`button_cancel`. What has gone on meanwhile (goods moved, an order confirmed, a note posted) is not
cancelled but left to people. (Measured on 17 and 19.)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from exceptions.vocabulary import Verb
from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import Errand, Values
from integrations.odoo.rights import Right
from integrations.odoo.sources.source import Record

CANCELLED = "cancel"


@dataclass(frozen=True, slots=True)
class Made:
    """What a verb makes: by which field it is called, where the key stands in it, how it is
    cancelled, and in which states."""

    model: str
    name: str
    mark: str
    method: str
    states: tuple[str, ...]


TRANSFER = Made(
    "stock.picking",
    "name",
    "origin",
    "action_cancel",
    ("draft", "waiting", "confirmed", "assigned"),
)
MADE: Mapping[str, Made] = {
    Verb.TRANSFER: TRANSFER,
    Verb.RETURN: TRANSFER,
    Verb.PURCHASE: Made("purchase.order", "name", "origin", "button_cancel", ("draft", "sent")),
    Verb.CREDIT_NOTE: Made("account.move", "ref", "ref", "button_cancel", ("draft",)),
}


class TakeBack:
    """`made_by` is the key of the message that made it, `what` that message's verb."""

    rights = tuple(
        Right(model, "write") for model in sorted({each.model for each in MADE.values()})
    )

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        now = self.before(odoo, errand)
        return now if now and set(now.values()) == {CANCELLED} else None

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        row = _made(odoo, errand)
        return {row[_kind(errand).name]: row["state"]}

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:
        """Raises NothingDone where it has gone on meanwhile."""
        _require(_kind(errand), _made(odoo, errand))
        return dict.fromkeys(before or {}, CANCELLED)

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        kind, row = _kind(errand), _made(odoo, errand)
        _require(kind, row)
        if row["state"] != CANCELLED:
            odoo.call(kind.model, kind.method, ids=[row["id"]])


def _kind(errand: Errand) -> Made:
    return MADE[errand.parameters["what"]]


def _made(odoo: Odoo, errand: Errand) -> Record:
    kind, key = _kind(errand), f"[ct:{errand.parameters['made_by']}]"
    domain = [[kind.mark, "ilike", key]]
    rows = odoo.search_read(kind.model, domain, [kind.name, "state"], order="id", limit=1)
    if not rows:
        raise errors.MissingRecord
    return rows[0]


def _require(kind: Made, row: Record) -> None:
    if row["state"] not in (*kind.states, CANCELLED):
        words = _("%s has gone on meanwhile. See in Odoo what can still be done about it.")
        raise errors.NothingDone(words % row[kind.name])
