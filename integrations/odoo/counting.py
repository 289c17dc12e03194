"""Counts that differ from the books: thrown away and asked for anew, or applied.

The move that applies a count bears the message's key in its reference (`inventory_name`, as Odoo's
own "Inventory Reference" does), so it is found however the stock has gone on since. On 16 to 18
only an Inventory / Administrator may apply a count, and Odoo says so. (Measured on 17 and 19.)
"""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import Errand, Values
from integrations.odoo.groups import INVENTORY_ADMINISTRATOR
from integrations.odoo.rights import Right
from integrations.odoo.sources.source import Record

QUANT, MOVE = "stock.quant", "stock.move"
FIELDS = ["quantity", "inventory_quantity", "inventory_quantity_set", "inventory_date"]
EVERYBODYS = (19, 0)  # from here on Inventory / User may apply a count
EPSILON = 1e-6


class Recount:
    """The count is thrown away, and a new one is due on the day on which that was decided.

    The day is written first: once the count is gone, nothing is left to do.
    """

    rights = (Right(QUANT, "write"),)

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        row = _quant(odoo, errand)
        due = not row["inventory_quantity_set"] and row["inventory_date"] == _day(errand)
        return _told(row) if due else None

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        return _told(_quant(odoo, errand))

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        return {**(before or {}), "counted": None, "inventory_date": _day(errand)}

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        quant = [errand.document.record_id]
        odoo.write(QUANT, quant, {"inventory_date": _day(errand)})
        odoo.call(QUANT, "action_clear_inventory_quantity", ids=quant)


class ApplyCount:
    """The books take over the count that was seen, and no other. It cannot be taken back."""

    rights = (
        Right(QUANT, "write"),
        Right(QUANT, "action_apply_inventory", group=INVENTORY_ADMINISTRATOR, until=EVERYBODYS),
    )

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        """The move that did it; what is booked now may have gone on since."""
        ours = [["reference", "ilike", errand.key], ["state", "=", "done"]]
        rows = odoo.search_read(MOVE, ours, ["reference"], order="id", limit=1)
        if not rows:
            return None
        now = odoo.read(QUANT, [errand.document.record_id], FIELDS)
        booked = now[0]["quantity"] if now else 0.0  # Odoo drops what holds nothing
        return {"booked": booked, "counted": None, "reference": rows[0]["reference"]}

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        row = _quant(odoo, errand)
        return {"booked": row["quantity"], "counted": _told(row)["counted"]}

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        """Raises NothingDone where Odoo has another count."""
        _require_seen((before or {}).get("counted"), _seen(errand))
        return {**(before or {}), "booked": _seen(errand), "counted": None}

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        """Raises NothingDone where Odoo has another count by now, or asks something back."""
        _require_seen(_told(_quant(odoo, errand))["counted"], _seen(errand))
        context = {"inventory_name": f"{errand.message.case.reference} {errand.key}"}
        try:
            answer = odoo.call(
                QUANT,
                "action_apply_inventory",
                ids=[errand.document.record_id],
                context=context,
            )
        except errors.UserRefused as error:
            raise errors.UserRefused(_with_group(odoo, error)) from None
        if isinstance(answer, dict):
            raise errors.NothingDone(_question(answer))


def _quant(odoo: Odoo, errand: Errand) -> Record:
    """Raises MissingRecord: Odoo drops a quant that holds nothing, and merges others."""
    rows = odoo.read(QUANT, [errand.document.record_id], FIELDS)
    if not rows:
        raise errors.MissingRecord
    return rows[0]


def _told(row: Record) -> Values:
    counted = row["inventory_quantity"] if row["inventory_quantity_set"] else None
    return {"counted": counted, "inventory_date": row["inventory_date"]}


def _day(errand: Errand) -> str:
    """The same however often it is sent."""
    return f"{errand.message.created_at.astimezone(UTC):%Y-%m-%d}"


def _seen(errand: Errand) -> float:
    return float(errand.parameters["counted"])


def _require_seen(counted: float | None, seen: float) -> None:
    if counted is None:
        raise errors.NothingDone(_("The count is not there any more: it was thrown away."))
    if abs(counted - seen) > EPSILON:
        words = _("%(counted)s are counted now, and not %(seen)s as when this was decided.")
        raise errors.NothingDone(words % {"counted": f"{counted:g}", "seen": f"{seen:g}"})


def _with_group(odoo: Odoo, error: errors.UserRefused) -> str:
    if odoo.version >= EVERYBODYS:
        return error.odoo_words
    words = _("Before Odoo 19 this takes the group %s.") % INVENTORY_ADMINISTRATOR
    return f"{error.odoo_words} {words}"


def _question(answer: Values) -> str:
    """Odoo opens a window in place of applying it."""
    if answer.get("res_model") == "stock.inventory.conflict":
        return _("Goods have moved since they were counted. Have them counted again.")
    if answer.get("res_model") == "stock.track.confirmation":
        return _("The product is tracked, and the count names no lot. Add the lot in Odoo.")
    words = _("Odoo asks first: %s. Apply the count there.")
    return words % (answer.get("name") or answer.get("res_model") or "?")
