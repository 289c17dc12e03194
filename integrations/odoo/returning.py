"""Returning goods: Odoo's own return of a transfer, confirmed and reserved; people carry it out.

The wizard `stock.return.picking` makes it: `create_returns` until 17, then `action_create_returns`.
It cannot be told a key, so the key is added to the source document of the return afterwards. A
return that our own user made and that bears no key yet is the one whose answer was lost: of one
record, messages are sent one after the other. Inventory / User may. (Measured on 17 and 19.)
"""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from integrations.odoo import errors
from integrations.odoo.client import Odoo
from integrations.odoo.errands import Errand, Values
from integrations.odoo.rights import Right
from integrations.odoo.sources.source import Record, many2one

TRANSFER, MOVE = "stock.picking", "stock.move"
WIZARD, LINE = "stock.return.picking", "stock.return.picking.line"
RENAMED = (18, 0)
MOST = 500  # moves of one transfer
EPSILON = 1e-6


class Return:
    """What came goes back to whom it came from. Undone by cancelling the return."""

    rights = (
        Right(WIZARD, "create"),
        Right(WIZARD, "write"),
        Right(LINE, "read"),
        Right(LINE, "write"),
        Right(TRANSFER, "write"),
    )

    def find(self, odoo: Odoo, errand: Errand) -> Values | None:
        made = _ours(odoo, errand)
        if made is None or errand.key not in str(made["origin"]):
            return None
        return {**_goods(odoo, made["id"]), "return": made["name"]}

    def before(self, odoo: Odoo, errand: Errand) -> Values | None:  # noqa: ARG002
        return None

    def would(self, odoo: Odoo, errand: Errand, before: Values | None) -> Values | None:  # noqa: ARG002
        return _named(_asked_for(odoo, errand))

    def do(self, odoo: Odoo, errand: Errand, *, at: datetime) -> None:  # noqa: ARG002
        made = _ours(odoo, errand)
        if made is None:
            made = _make(odoo, errand)
        origin = f"{made['origin'] or ''} {errand.key}".strip()
        odoo.write(TRANSFER, [made["id"]], {"origin": origin})


def _transfer(odoo: Odoo, errand: Errand) -> int:
    """The one that the record is, else that which brought the goods of an inspection.

    Two companies may each have a WH/IN/00001, so the company counts as well."""
    if errand.document.model == TRANSFER:
        return errand.document.record_id
    facts = errand.document.facts
    named = [["name", "=", facts.get("transfer")], ["company_id.name", "=", facts.get("company")]]
    found = odoo.search(TRANSFER, named, order="id", limit=1) if facts.get("transfer") else []
    if not found:
        raise errors.NothingDone(_("The transfer that brought these goods is not known."))
    return found[0]


def _ours(odoo: Odoo, errand: Errand) -> Record | None:
    """The return that bears the key, else one of ours that bears none yet."""
    of_it = [["return_id", "=", _transfer(odoo, errand)], ["create_uid", "=", odoo.uid]]
    rows = odoo.search_read(TRANSFER, of_it, ["name", "origin"], order="id desc", limit=MOST)
    with_key = (row for row in rows if errand.key in str(row["origin"]))
    without = (row for row in rows if "[ct:" not in str(row["origin"]))
    return next(with_key, None) or next(without, None)


def _asked_for(odoo: Odoo, errand: Errand) -> list[Record]:
    """The done moves, with how much of each goes back as `back`: as the parameters say, by product,
    else all that has not gone back before."""
    done = [["picking_id", "=", _transfer(odoo, errand)], ["state", "=", "done"]]
    fields = ["product_id", "quantity"]
    moves = odoo.search_read(MOVE, done, fields, order="id", limit=MOST)
    gone = _gone_back(odoo, [move["id"] for move in moves])
    wanted = _wanted(errand)
    found = []
    for move in moves:
        left = move["quantity"] - gone.get(move["id"], 0.0)
        product = many2one(move["product_id"]) or 0
        back = left if wanted is None else min(wanted.get(product, 0.0), left)
        if wanted is not None:
            wanted[product] = wanted.get(product, 0.0) - back
        if back > EPSILON:
            found.append({**move, "back": back})
    _require(found, wanted)
    return found


def _wanted(errand: Errand) -> dict[int, float] | None:
    lines = errand.parameters.get("lines")
    return None if lines is None else {int(x["product"]): float(x["quantity"]) for x in lines}


def _require(found: list[Record], wanted: Mapping[int, float] | None) -> None:
    if not found:
        raise errors.NothingDone(_("Nothing of it is left to be returned."))
    if wanted and any(left > EPSILON for left in wanted.values()):
        raise errors.NothingDone(_("Less of it came, or is left, than is to be returned."))


def _gone_back(odoo: Odoo, moves: list[int]) -> Mapping[int, float]:
    domain = [["origin_returned_move_id", "in", moves], ["state", "!=", "cancel"]]
    fields = ["origin_returned_move_id", "product_uom_qty"]
    gone: dict[int, float] = {}
    for row in odoo.search_read(MOVE, domain, fields, order="id", limit=MOST):
        move = many2one(row["origin_returned_move_id"]) or 0
        gone[move] = gone.get(move, 0.0) + row["product_uom_qty"]
    return gone


def _named(moves: list[Record]) -> Values:
    found: dict[str, float] = {}
    for move in moves:
        name = str(move["product_id"][1])
        found[name] = found.get(name, 0.0) + move["back"]
    return found


def _goods(odoo: Odoo, transfer: int) -> Values:
    fields = ["product_id", "product_uom_qty"]
    of_it = [["picking_id", "=", transfer]]
    rows = odoo.search_read(MOVE, of_it, fields, order="id", limit=MOST)
    return _named([{**row, "back": row["product_uom_qty"]} for row in rows])


def _make(odoo: Odoo, errand: Errand) -> Record:
    """The wizard proposes all on 17 and nothing on 19: each of its lines is told."""
    transfer = _transfer(odoo, errand)
    back = {move["id"]: move["back"] for move in _asked_for(odoo, errand)}
    context = {"active_model": TRANSFER, "active_id": transfer, "active_ids": [transfer]}
    (wizard,) = odoo.create(WIZARD, [{"picking_id": transfer}], context=context)
    of_wizard = [["wizard_id", "=", wizard]]
    for line in odoo.search_read(LINE, of_wizard, ["move_id"], order="id", limit=MOST):
        quantity = back.get(many2one(line["move_id"]) or 0, 0.0)
        odoo.write(LINE, [line["id"]], {"quantity": quantity})
    method = "create_returns" if odoo.version < RENAMED else "action_create_returns"
    answer = odoo.call(WIZARD, method, ids=[wizard], context=context)
    (made,) = odoo.read(TRANSFER, [answer["res_id"]], ["name", "origin"])
    return made
