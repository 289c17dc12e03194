"""Cancelling a transfer: `action_cancel`, which cancels the steps that wait for it, too.

What is done already cannot be cancelled; Odoo says so in its own words. (Measured on 17 and 19.)
"""

from datetime import datetime

from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import Errand, Values

TRANSFER, CANCELLED = "stock.picking", "cancel"


class Cancel:
    """Nothing of the transfer is to come, or to go, any more. It cannot be taken back."""

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        now = self.before(odoo, errand)
        return now if now and set(now.values()) == {CANCELLED} else None

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        rows = odoo.read(TRANSFER, [errand.document.record_id], ["name", "state"])
        return {row["name"]: row["state"] for row in rows} or None

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        return dict.fromkeys(before, CANCELLED) if before else None

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        if self.before(odoo, errand) is None:
            raise errors.MissingRecord  # Odoo would say yes to a record that is gone
        odoo.call(TRANSFER, "action_cancel", ids=[errand.document.record_id])
