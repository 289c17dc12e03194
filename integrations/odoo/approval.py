"""Approval requests: in Odoo's Approvals where it is installed, else asked of the team lead.

Approvals is Enterprise, and no such server was at hand to measure: fields (name, category_id,
reason, request_status) and `action_confirm`, which submits a request, are those that public modules
build upon. Who approves, Odoo's category decides.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import (
    A_NOTE,
    A_PERSON,
    Adds,
    Errand,
    Values,
    ask,
    asked,
    message_with,
)
from integrations.odoo.rights import Right

REQUEST, CATEGORY = "approval.request", "approval.category"
A_REQUEST = (Right(REQUEST, "create", by_hand=True), Right(REQUEST, "write", by_hand=True))
NEW = "new"  # written, not submitted: nobody has been asked yet
# Not installed, or not for our user to use; or the category wants something that we cannot give.
CANNOT = (errors.UnknownModel, errors.AccessRefused, errors.UserRefused)


class NoCategory(Exception):
    """No category can take a request of mere words; a category of one's own is the cure."""


class Approval(Adds):
    """A submitted request; failing that, an activity for the team lead and a note that says so."""

    rights = (*A_REQUEST, *A_PERSON, *A_NOTE)

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        request = request_with(odoo, errand.key)
        if request and request["request_status"] != NEW:
            return request
        found = asked(odoo, errand)
        told = errand.place is None or message_with(odoo, errand, *errand.place)
        return found if told else None

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        try:
            submit(odoo, errand)
        except CANNOT as error:
            _ask_the_lead(odoo, errand, at, "" if _is_absent(error) else error.in_full)
        except NoCategory:
            why = _("No category of Odoo's Approvals can take the request by itself.")
            _ask_the_lead(odoo, errand, at, why)


def _is_absent(error: errors.OdooError) -> bool:
    return isinstance(error, errors.UnknownModel)


def request_with(odoo: Odoo, key: str) -> Values | None:
    """The request that carries the key."""
    try:
        found = odoo.search_read(
            REQUEST,
            [["reason", "ilike", key]],
            ["name", "category_id", "request_status"],
            order="id",
            limit=1,
        )
    except (errors.UnknownModel, errors.AccessRefused):
        return None
    return found[0] if found else None


def submit(odoo: Odoo, errand: Errand) -> None:
    """Write and submit; one that was written before is only submitted. Raises NoCategory."""
    written = request_with(odoo, errand.key)
    request = written["id"] if written else _write(odoo, errand)
    odoo.call(REQUEST, "action_confirm", ids=[request])


def _write(odoo: Odoo, errand: Errand) -> int:
    values = {
        "name": errand.parameters["summary"],
        "category_id": errand.approval_category or _fitting(odoo),
        "reason": errand.body(errand.parameters.get("text", "")),
    }
    return odoo.create(REQUEST, [values])[0]


def _fitting(odoo: Odoo) -> int:
    """The first category that requires neither a document nor a value of us."""
    found = odoo.search(CATEGORY, _asks_for_nothing(odoo), order="sequence, id", limit=1)
    if not found:
        raise NoCategory
    return found[0]


def _asks_for_nothing(odoo: Odoo) -> Sequence[Any]:
    """Which values a category can require differs by version and module: all are named alike."""
    fields = odoo.fields_get(CATEGORY, ["type"])
    asking = [name for name in fields if name.startswith("has_") or name == "requirer_document"]
    return [[n, "!=", "required"] for n in sorted(asking) if fields[n].get("type") == "selection"]


def _ask_the_lead(odoo: Odoo, errand: Errand, at: datetime, why: str) -> None:
    """The activity first: where it stands and the note does not, only the note is still to come."""
    said = errand.parameters.get("text", "")
    words = _("Approval asked for: %(what)s.") % {"what": errand.parameters["summary"].rstrip(".")}
    text = " ".join(filter(None, (words, said, why)))
    if asked(odoo, errand) is None:
        ask(odoo, errand, at, text=text, user=_lead(odoo, errand))
    if errand.place and message_with(odoo, errand, *errand.place) is None:
        odoo.message_post(
            *errand.place,
            body=errand.body(text),
            body_is_html=True,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )


def _lead(odoo: Odoo, errand: Errand) -> int | None:
    """The Odoo user who is the site's lead in the tower, known by their e-mail address."""
    address = errand.parameters.get("lead")
    if not address:
        return None
    known = ["|", ["login", "=", address], ["email", "=", address]]
    found = odoo.search("res.users", known, order="id", limit=1)
    return found[0] if found else None
