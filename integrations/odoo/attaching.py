"""Files of a case as attachments in Odoo, found again by the checksum that Odoo itself keeps."""

import base64
from datetime import datetime

from exceptions.evidence import store
from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import CHATTER, Adds, Errand, Values, anchor, make_to_do
from integrations.odoo.rights import Right

MODEL = "ir.attachment"


class Attach(Adds):
    """An attachment of the record, or of the case's to-do. What has the same content there is it:
    a file that stands in Odoo already is not put there twice.
    """

    rights = (Right(MODEL, "read"), Right(MODEL, "create"), *CHATTER)

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        place = anchor(odoo, errand)
        if place is None:
            return None
        on_record = [["res_model", "=", place[0]], ["res_id", "=", place[1]]]
        same = [*on_record, ["checksum", "=", errand.parameters["sha1"]]]
        rows = odoo.search_read(MODEL, same, ["name", "checksum"], order="id", limit=1)
        return rows[0] if rows else None

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:
        if self.find(odoo, errand):
            return  # somebody put it there
        content = _content(errand.parameters["sha256"])
        model, record = anchor(odoo, errand) or ("project.task", make_to_do(odoo, errand, at))
        values = {"name": errand.parameters["name"], "datas": content}
        odoo.create(MODEL, [values | {"res_model": model, "res_id": record}])


def _content(sha256: str) -> str:
    """As Odoo takes it. Raises MissingRecord where the file is not what was stored any more."""
    try:
        with store.opened(sha256) as file:
            return base64.b64encode(file.read()).decode()
    except store.Damaged:
        raise errors.MissingRecord from None
