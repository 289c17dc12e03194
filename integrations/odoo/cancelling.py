"""Cancelling a transfer: `action_cancel`, which cancels the steps that wait for it, too. Of an
order line, the transfers that still bring it, as long as they bring nothing else.

What is done already cannot be cancelled; Odoo says so in its own words. (Measured on 17 and 19.)
"""

from datetime import datetime

from django.utils.translation import gettext as _

from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import Errand, Values
from integrations.odoo.rights import Right
from integrations.odoo.sources.order_lines import MODEL as ORDER_LINE
from integrations.odoo.sources.source import many2one

TRANSFER, MOVE, CANCELLED = "stock.picking", "stock.move", "cancel"
MOST = 200  # moves of one order line


class Cancel:
    """Nothing of the transfer is to come, or to go, any more. It cannot be taken back."""

    rights = (Right(TRANSFER, "write"), Right(MOVE, "write"))

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        now = self.before(odoo, errand)
        return now if now and set(now.values()) == {CANCELLED} else None

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        rows = odoo.read(TRANSFER, _transfers(odoo, errand), ["name", "state"])
        return {row["name"]: row["state"] for row in rows} or None

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:
        """Raises NothingDone where a transfer brings other goods, too."""
        _require_alone(odoo, errand)
        return dict.fromkeys(before, CANCELLED) if before else None

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        if self.before(odoo, errand) is None:
            raise errors.MissingRecord  # Odoo would say yes to a record that is gone
        _require_alone(odoo, errand)
        odoo.call(TRANSFER, "action_cancel", ids=_transfers(odoo, errand))


def _transfers(odoo: Odoo, errand: Errand) -> list[int]:
    """Also those that were cancelled: they prove it."""
    if errand.document.model != ORDER_LINE:
        return [errand.document.record_id]
    of_line = [["purchase_line_id", "=", errand.document.record_id], ["state", "!=", "done"]]
    rows = odoo.search_read(MOVE, of_line, ["picking_id"], order="id", limit=MOST)
    return sorted({i for row in rows if (i := many2one(row["picking_id"]))})


def _require_alone(odoo: Odoo, errand: Errand) -> None:
    """Whatever else a transfer brings would be cancelled with it."""
    if errand.document.model != ORDER_LINE:
        return
    others = [
        ["picking_id", "in", _transfers(odoo, errand)],
        ["purchase_line_id", "!=", errand.document.record_id],
        ["state", "not in", ["done", CANCELLED]],
    ]
    if rows := odoo.search_read(MOVE, others, ["picking_id"], order="id", limit=1):
        words = _("%s brings other goods, too. Cancel this line of it in Odoo.")
        raise errors.NothingDone(words % rows[0]["picking_id"][1])
