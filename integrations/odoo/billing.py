"""Bills that are not to be paid yet, and credit notes for them, both as drafts for the accountants.

From Odoo 18 on a bill's payment is blocked (`action_toggle_block_payment`); 16 and 17 only know a
mark that it is to be checked. Purchase / User is right enough for either. A credit note is made by
Odoo's own reversal (`refund_moves`), never posted by us, with the key in its reference; that takes
Accounting / Invoicing. Where our user has no right to it, somebody is asked to do it. (Measured on
17 and 19.)
"""

from datetime import datetime

from django.utils.translation import gettext as _

from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import A_PERSON, Errand, Values, ask, asked
from integrations.odoo.rights import Right, allowed
from integrations.odoo.sources.source import Record, many2one

BILL, WIZARD = "account.move", "account.move.reversal"
BLOCKS = (18, 0)
BLOCKED, MARK = "blocked", "to_check"


class HoldBill:
    """The bill is not to be paid for now; with `held` off, it may be again."""

    rights = (Right(BILL, "write", by_hand=True), *A_PERSON)

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        now = _state(odoo, errand)
        return now if _is_held(now) == _wanted(errand) else asked(odoo, errand)

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        return _state(odoo, errand)

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:
        """None: a person would be asked."""
        if not allowed(odoo, BILL, "write"):
            return None
        if odoo.version < BLOCKS:
            return {MARK: _wanted(errand)}
        if _is_held(before or {}) == _wanted(errand):
            return before
        return {"payment_state": BLOCKED if _wanted(errand) else "not_paid"}

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        """The method toggles, so what is as it shall be is left alone."""
        if _is_held(_state(odoo, errand)) == _wanted(errand):
            return
        bill = [errand.document.record_id]
        try:
            if odoo.version < BLOCKS:
                odoo.write(BILL, bill, {MARK: _wanted(errand)})
            else:
                odoo.call(BILL, "action_toggle_block_payment", ids=bill)
        except errors.AccessRefused as error:
            ask(odoo, errand, at, text=_by_hand(_hold_by_hand(errand), errand, error))


class CreditNote:
    """A draft that credits the whole bill; people correct and post it. Undone by cancelling it."""

    rights = (
        Right(WIZARD, "create", by_hand=True),
        Right(WIZARD, "write", by_hand=True),
        *A_PERSON,
    )

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        return _draft(odoo, errand) or asked(odoo, errand)

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:  # noqa: ARG002
        return None

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        """None: a person would be asked."""
        _require_whole(errand)
        if not allowed(odoo, WIZARD, "create"):
            return None
        bill = _bill(odoo, errand, ["amount_total"])
        return {"state": "draft", "amount": bill["amount_total"]}

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        _require_whole(errand)
        bill = _bill(odoo, errand, ["journal_id"])
        context = {"active_model": BILL, "active_ids": [bill["id"]]}
        reason = f"{errand.parameters.get('reason') or errand.message.case.title} {errand.key}"
        told = {"reason": reason, "journal_id": many2one(bill["journal_id"])}
        try:
            wizard = odoo.create(WIZARD, [told], context=context)
            odoo.call(WIZARD, "refund_moves", ids=wizard, context=context)
        except errors.AccessRefused as error:
            words = _("Draft a credit note for this bill.")
            ask(odoo, errand, at, text=_by_hand(words, errand, error))


def _require_whole(errand: Errand) -> None:
    """Odoo's reversal knows no amount; a draft can be corrected."""
    if errand.parameters.get("amount") is not None:
        words = _("Odoo credits whole bills. Leave the amount out, and correct the draft there.")
        raise errors.NothingDone(words)


def _wanted(errand: Errand) -> bool:
    return bool(errand.parameters.get("held", True))


def _state(odoo: Odoo, errand: Errand) -> Values:
    field = MARK if odoo.version < BLOCKS else "payment_state"
    return {field: _bill(odoo, errand, [field])[field]}


def _is_held(state: Values) -> bool:
    return bool(state.get(MARK)) or state.get("payment_state") == BLOCKED


def _bill(odoo: Odoo, errand: Errand, fields: list[str]) -> Record:
    rows = odoo.read(BILL, [errand.document.record_id], fields)
    if not rows:
        raise errors.MissingRecord
    return rows[0]


def _draft(odoo: Odoo, errand: Errand) -> Values | None:
    """Whatever people have made of it since."""
    ours = [
        ["reversed_entry_id", "=", errand.document.record_id],
        ["ref", "ilike", errand.key],
    ]
    fields = ["state", "amount_total", "ref"]
    rows = odoo.search_read(BILL, ours, fields, order="id", limit=1)
    if not rows:
        return None
    note = rows[0]
    return {"state": note["state"], "amount": note["amount_total"], "reference": note["ref"]}


def _hold_by_hand(errand: Errand) -> str:
    if _wanted(errand):
        return _("Do not pay this bill for now: block its payment in Odoo.")
    return _("This bill may be paid again: take the block on its payment off.")


def _by_hand(words: str, errand: Errand, error: errors.OdooError) -> str:
    more = errand.parameters.get("reason") or errand.parameters.get("text", "")
    return " ".join(filter(None, (words, more, error.odoo_words)))
