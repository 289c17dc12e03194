"""Scrapping goods: a scrap order that bears the message's key as its source document, validated.

One call makes it, a second one validates it; Inventory / User may do both. One that was made before
is found by its key and validated, so that nothing is scrapped twice. Odoo lets nobody but an
administrator delete a draft, so what is not there is not asked for. (Measured on 17 and 19.)
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import Errand, Values
from integrations.odoo.rights import Right
from integrations.odoo.sources.source import Record, many2one

SCRAP, QUANT, LOCATION = "stock.scrap", "stock.quant", "stock.location"
DONE = "done"
MOST = 200  # lots and owners of one product in one place
EPSILON = 1e-6


class Scrap:
    """So much of a product, of a lot where it has one, leaves a place for good. It cannot be taken
    back."""

    rights = (Right(SCRAP, "read"), Right(SCRAP, "create"), Right(SCRAP, "write"))

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        made = _ours(odoo, errand)
        if made is None or made["state"] != DONE:
            return None
        return {**_lying(odoo, errand), "scrap": made["name"]}

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:
        return _lying(odoo, errand)

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        """Raises NothingDone where less lies there."""
        for place, there in (before or {}).items():
            _require_there(errand, place, there)
        return {place: there - _wanted(errand) for place, there in (before or {}).items()}

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        """Raises NothingDone where less lies there, or Odoo asks something back."""
        made = _ours(odoo, errand)
        scrap = made["id"] if made else _make(odoo, errand)
        answer = odoo.call(SCRAP, "action_validate", ids=[scrap])
        if isinstance(answer, dict):
            words = _("Odoo asks first: %s. A draft of it stands there; nothing was scrapped.")
            raise errors.NothingDone(words % answer.get("name"))


def _ours(odoo: Odoo, errand: Errand) -> Record | None:
    ours = [["origin", "=", errand.key]]
    rows = odoo.search_read(SCRAP, ours, ["name", "state"], order="id", limit=1)
    return rows[0] if rows else None


def _wanted(errand: Errand) -> float:
    return float(errand.parameters["quantity"])


@dataclass(frozen=True, slots=True)
class Goods:
    product: int
    lot: int | bool
    location: int


def _goods(odoo: Odoo, errand: Errand) -> Goods:
    """Those that the parameters name; where they name no place, those that the record is.

    Raises MissingRecord where they are gone."""
    said = errand.parameters
    if said.get("location"):
        return Goods(said["product"], said.get("lot") or False, said["location"])
    if errand.document.model != QUANT:
        raise errors.CallerMistake
    rows = odoo.read(QUANT, [errand.document.record_id], ["product_id", "lot_id", "location_id"])
    if not rows:
        raise errors.MissingRecord
    product, lot, place = (many2one(rows[0][f"{n}_id"]) for n in ("product", "lot", "location"))
    return Goods(product or 0, lot or False, place or 0)


def _lying(odoo: Odoo, errand: Errand) -> Values:
    """How much of it lies in the place, by the place's name."""
    goods = _goods(odoo, errand)
    place = _place(odoo, goods)
    domain = [
        ["product_id", "=", goods.product],
        ["lot_id", "=", goods.lot],
        ["location_id", "=", place["id"]],
        ["owner_id", "=", False],
        ["package_id", "=", False],
    ]
    rows = odoo.search_read(QUANT, domain, ["quantity"], order="id", limit=MOST)
    return {str(place["complete_name"]): sum(row["quantity"] for row in rows)}


def _place(odoo: Odoo, goods: Goods) -> Record:
    fields = ["complete_name", "company_id"]
    rows = odoo.read(LOCATION, [goods.location], fields)
    if not rows:
        raise errors.MissingRecord
    return rows[0]


def _make(odoo: Odoo, errand: Errand) -> int:
    for place, there in _lying(odoo, errand).items():
        _require_there(errand, place, there)
    goods = _goods(odoo, errand)
    company = many2one(_place(odoo, goods)["company_id"])
    values = {
        "product_id": goods.product,
        "lot_id": goods.lot,
        "location_id": goods.location,
        "scrap_qty": _wanted(errand),
        "origin": errand.key,
        **({"company_id": company} if company else {}),
    }
    return odoo.create(SCRAP, [values])[0]


def _require_there(errand: Errand, place: str, there: float) -> None:
    if there >= _wanted(errand) - EPSILON:
        return
    words = _("Only %(there)s of it lie in %(place)s.")
    if not there and errand.parameters.get("location") and not errand.parameters.get("lot"):
        words = _("None of it lies in %(place)s without a lot. Name the lot that is meant.")
    raise errors.NothingDone(words % {"there": f"{there:g}", "place": place})
