"""Handovers: deliveries that were made, their proof, and what comes back. Feeds pod_dispute.

A return is a transfer of its own and leaves no stamp on the delivery that it undoes. So there are
two sources: the deliveries, and the returns, which only tell which deliveries to read again. An
attachment leaves no stamp either: a reconcile reads what has a live case again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from exceptions.facts import Facts, Handover
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.probe import Need
from integrations.odoo.sources.own_files import attached_from_here
from integrations.odoo.sources.source import (
    OPEN,
    Domain,
    Record,
    Source,
    by_id,
    many2one,
    name_of,
    person,
)

MODEL = "stock.picking"
FIELDS = (
    "name",
    "state",
    "return_id",
    "sale_id",
    "partner_id",
    "picking_type_id",
    "date_done",
    "user_id",
    "company_id",
    "write_date",
)
RETURN_FIELDS = ("name", "state", "return_id", "write_date")
DOMAIN: Domain = [
    ["picking_type_id.code", "=", "outgoing"],
    ["state", "=", "done"],
    ["sale_id", "!=", False],
    ["return_id", "=", False],
]
RETURNS: Domain = [["return_id", "!=", False]]
MOVE_FIELDS = ["picking_id", "sale_line_id", "product_qty"]
MOVE_TERMS = ("state", "picking_type_id", "origin_returned_move_id")
LINE_FIELDS = ["price_subtotal"]
ORDER_FIELDS = ["name", "user_id", "currency_id"]
SALES = ("sale.order",)  # its module brings fields of transfers and moves
PROOF_KEPT = timedelta(days=30)


def read(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of a page of deliveries; what hangs on them is read in seven calls at most."""
    ids = [r["id"] for r in records]
    returns = _returns(odoo, ids)
    proven = _proven(odoo, ground, ids)
    valued = {i: _at_stake(i, returns.get(i, [])) for i in ids if i in returns or i not in proven}
    values = _values(odoo, {t for transfers in valued.values() for t in transfers})
    order_ids = sorted({many2one(r["sale_id"]) or 0 for r in records} - {0})
    orders = by_id(odoo.read("sale.order", order_ids, ORDER_FIELDS)) if order_ids else {}
    ground.partners(many2one(r["partner_id"]) or 0 for r in records)
    facts = (
        _handover(
            ground,
            record,
            orders.get(many2one(record["sale_id"]) or 0),
            returns.get(record["id"], []),
            record["id"] in proven,
            _sum(values, valued.get(record["id"], ())),
        )
        for record in records
    )
    return [f for f in facts if f is not None]


def read_returned(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of the deliveries that a page of returns undoes."""
    ids = sorted({many2one(r["return_id"]) or 0 for r in records} - {0})
    domain = [*DOMAIN, ["id", "in", ids]]
    pages = paging.all_by_id(odoo, MODEL, domain, FIELDS)
    return [facts for deliveries in pages if deliveries for facts in read(odoo, ground, deliveries)]


def _returns(odoo: Odoo, deliveries: Sequence[int]) -> dict[int, list[Record]]:
    """What comes back of each delivery, or came; cancelled returns are none."""
    domain = [["return_id", "in", list(deliveries)], ["state", "!=", "cancel"]]
    found: dict[int, list[Record]] = {}
    for rows in paging.all_by_id(odoo, MODEL, domain, RETURN_FIELDS):
        for row in rows:
            found.setdefault(row["return_id"][0], []).append(row)
    return found


def _proven(odoo: Odoo, ground: Ground, deliveries: Sequence[int]) -> set[int]:
    """Those with a signature or a document. The signature itself, a picture, is never read; what
    was attached from here is no proof.
    """
    ids = list(deliveries)
    ours = attached_from_here(odoo, ground.connection, MODEL, ids)
    signed = odoo.search(MODEL, [["id", "in", ids], ["signature", "!=", False]], order="id")
    on_them = [["res_model", "=", MODEL], ["res_id", "in", ids]]
    pages = paging.all_by_id(odoo, "ir.attachment", on_them, ["res_id"])
    found = (document for documents in pages for document in documents)
    return {*signed, *(each["res_id"] for each in found if each["id"] not in ours)}


def _at_stake(delivery: int, returns: Sequence[Record]) -> tuple[int, ...]:
    """The transfers whose goods are disputed: the returns, while any is open; else all of it."""
    return tuple(r["id"] for r in returns if r["state"] in OPEN) or (delivery,)


def _values(odoo: Odoo, transfers: Iterable[int]) -> dict[int, Decimal]:
    """What each transfer carries, at sales prices, in the currencies of the orders.

    A line's amount is shared out over what was to be moved for it. Both sides of the division are
    in the product's own unit, so that it does not matter in which unit the order is.
    """
    wanted = sorted(transfers)
    if not wanted:
        return {}
    carried = _moves(odoo, [["picking_id", "in", wanted], ["state", "!=", "cancel"]])
    line_ids = sorted({m["sale_line_id"][0] for m in carried})
    lines = by_id(odoo.read("sale.order.line", line_ids, LINE_FIELDS)) if line_ids else {}
    ordered = _ordered(odoo, line_ids)
    values: dict[int, Decimal] = {}
    for move in carried:
        line = move["sale_line_id"][0]
        if line in lines and ordered.get(line):
            share = Decimal(str(move["product_qty"])) / ordered[line]
            value = Decimal(str(lines[line]["price_subtotal"])) * share
            transfer = move["picking_id"][0]
            values[transfer] = values.get(transfer, Decimal(0)) + value
    return values


def _ordered(odoo: Odoo, lines: Sequence[int]) -> dict[int, Decimal]:
    """What was to leave the house for each order line; what was cancelled of it, too."""
    if not lines:
        return {}
    leaving = [["picking_type_id.code", "=", "outgoing"], ["origin_returned_move_id", "=", False]]
    quantities: dict[int, Decimal] = {}
    for move in _moves(odoo, [["sale_line_id", "in", list(lines)], *leaving]):
        line = move["sale_line_id"][0]
        quantity = Decimal(str(move["product_qty"]))
        quantities[line] = quantities.get(line, Decimal(0)) + quantity
    return quantities


def _moves(odoo: Odoo, domain: Domain) -> list[Record]:
    of_sales = [*domain, ["sale_line_id", "!=", False]]
    pages = paging.all_by_id(odoo, "stock.move", of_sales, MOVE_FIELDS)
    return [move for moves in pages for move in moves]


def _sum(values: Mapping[int, Decimal], transfers: Iterable[int]) -> Decimal | None:
    """None where no price is known."""
    known = [values[t] for t in transfers if t in values]
    return sum(known, Decimal(0)).quantize(Decimal("0.01")) if known else None


def _handover(
    ground: Ground,
    record: Record,
    order: Record | None,
    returns: Sequence[Record],
    has_proof: bool,
    value: Decimal | None,
) -> Handover | None:
    site = ground.site_of_type(many2one(record["picking_type_id"]))
    written = [t for r in (record, *returns) if (t := from_odoo(r["write_date"]))]
    if site is None or not written:
        return None
    still_open = tuple(r["name"] for r in returns if r["state"] in OPEN)
    return Handover(
        connection_id=ground.connection.pk,
        site_id=site,
        model=MODEL,
        record_id=record["id"],
        reference=record["name"] or str(record["id"]),
        url=ground.link(MODEL, record["id"]),
        read_at=ground.read_at,
        written_at=max(written),
        company=name_of(record["company_id"]),
        responsible=person(order["user_id"] if order else record["user_id"]),
        delivered_at=from_odoo(record["date_done"]),
        customer=ground.partners(()).get(many2one(record["partner_id"]) or 0),
        order_reference=name_of(record["sale_id"]) or None,
        has_proof=has_proof,
        returns=tuple(r["name"] for r in returns),
        open_returns=still_open,
        settled=bool(returns) and not still_open,
        value=value,
        currency=name_of(order["currency_id"]) if order else None,
    )


def worth_keeping(facts: Facts) -> bool:
    """What is disputed, and what lately went out without a proof: a policy may come to ask for it.

    All deliveries ever made would be rows without end.
    """
    if not isinstance(facts, Handover) or facts.delivered_at is None or facts.settled:
        return False
    is_recent = facts.read_at - facts.delivered_at <= PROOF_KEPT
    return bool(facts.open_returns) or (facts.has_proof is False and is_recent)


def _of_documents(ids: Sequence[int]) -> Domain:
    return [["id", "in", list(ids)]]


def _returns_of(ids: Sequence[int]) -> Domain:
    return [["return_id", "in", list(ids)]]


SOURCE = Source(
    name="handovers",
    model=MODEL,
    document_model=MODEL,
    # Made of the delivery and its returns, which can be deleted without a trace on it.
    document_fields=("return_id",),
    facts_type="Handover",
    domain=DOMAIN,
    living=[["return_ids.state", "in", OPEN]],
    fields=FIELDS,
    document_id=lambda record: record["id"],
    facts=read,
    of_documents=_of_documents,
    keep=worth_keeping,
    needs=(
        Need(MODEL, FIELDS, ("read",), _("disputed deliveries")),
        Need(
            "stock.move",
            (*MOVE_FIELDS, *MOVE_TERMS),
            ("read",),
            _("what was returned"),
        ),
        Need("sale.order.line", tuple(LINE_FIELDS), ("read",), _("values of disputed deliveries")),
        Need("sale.order", tuple(ORDER_FIELDS), ("read",), _("owners of disputed deliveries")),
        Need("ir.attachment", ("res_model", "res_id"), ("read",), _("proofs of delivery")),
    ),
    optional=True,
    rests_on=SALES,
)
RETURNS_SOURCE = Source(
    name="returns",
    model=MODEL,
    document_model=MODEL,
    document_fields=("return_id",),
    facts_type="Handover",
    domain=RETURNS,
    living=[["state", "in", OPEN]],
    fields=RETURN_FIELDS,
    document_id=lambda record: many2one(record["return_id"]),
    facts=read_returned,
    of_documents=_returns_of,
    keep=worth_keeping,
    needs=(Need(MODEL, RETURN_FIELDS, ("read",), _("returns of customers")),),
    optional=True,
    rests_on=SALES,
    authority=False,
)
