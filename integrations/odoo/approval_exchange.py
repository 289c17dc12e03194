"""Requests for approval that are asked in Odoo's Approvals, too, and how they end there.

Approvals is Enterprise, and no such server was at hand to measure: this follows its public
descriptions. A request has a row of `approval.approver` for each who is asked; `action_approve` and
`action_refuse` answer for the user who calls them, `action_cancel` ends the request for all.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from integrations.odoo import errors
from integrations.odoo.approval import (
    A_REQUEST,
    CANNOT,
    NEW,
    REQUEST,
    NoCategory,
    request_with,
    submit,
)
from integrations.odoo.client import Odoo
from integrations.odoo.errands import A_NOTE, Adds, Errand, Values, message_with
from integrations.odoo.rights import Right

# What a request that waits no more says of itself.
ENDED = ("approved", "refused", "cancel")
METHODS = {"approved": "action_approve", "rejected": "action_refuse"}
CANCEL = "action_cancel"


class Ask(Adds):
    """A submitted request. Without Approvals the tower's own is the record, and a note says so."""

    rights = (*A_REQUEST, *A_NOTE)

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        request = request_with(odoo, errand.key)
        if request and request["request_status"] != NEW:
            return request
        return message_with(odoo, errand, *errand.place) if errand.place else None

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        try:
            submit(odoo, errand)
        except (*CANNOT, NoCategory):
            said = _("Approval is asked for in the control tower.")
            _note(odoo, errand, f"{said} {errand.parameters['text']}")


class Answer(Adds):
    """The request in Odoo ends as the tower's has, and a note says who decided; the note is written
    last, so that it proves the rest.
    """

    rights = (Right(REQUEST, "write", by_hand=True), *A_NOTE)

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        return message_with(odoo, errand, *errand.place) if errand.place else None

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        try:
            _end(odoo, f"[ct:{errand.parameters['asked']}]", errand.parameters["how"])
        except CANNOT as error:
            if not isinstance(error, errors.UnknownModel):
                raise
        _note(odoo, errand, errand.parameters["text"])


def _end(odoo: Odoo, key: str, how: str) -> None:
    """By our own user's answer, where they are asked; what still waits after it is cancelled."""
    for method in (METHODS.get(how), CANCEL):
        request = request_with(odoo, key)
        if request is None or request["request_status"] in ENDED:
            return
        if method:
            _try(odoo, method, request["id"], last=method == CANCEL)


def _try(odoo: Odoo, method: str, request: int, *, last: bool) -> None:
    """Odoo says no where our user is not among those who are asked."""
    try:
        odoo.call(REQUEST, method, ids=[request])
    except errors.UserRefused:
        if last:
            raise


def _note(odoo: Odoo, errand: Errand, text: str) -> None:
    if errand.place:
        odoo.message_post(
            *errand.place,
            body=errand.body(text),
            body_is_html=True,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
