"""Transfers: outgoing and internal ones that lack goods. Feeds blocked_transfer.

The cursor runs over moves, for only they tell what is short: a transfer is "assigned" as soon as a
part of one of its moves is reserved. Each page is gathered into transfers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from exceptions.facts import Facts, Product, Transfer, TransferLine
from integrations.odoo import borders, costs, paging
from integrations.odoo.borders import Border
from integrations.odoo.client import Odoo
from integrations.odoo.costs import Costs
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import WAREHOUSE_FIELDS, Ground
from integrations.odoo.probe import Need
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

MODEL = "stock.move"
DOCUMENT_MODEL = "stock.picking"
FIELDS = ("picking_id", "write_date")
MOVE_FIELDS = [
    "picking_id",
    "state",
    "product_id",
    "product_uom",
    "product_uom_qty",
    "product_qty",
    "quantity",
    "move_orig_ids",
    "company_id",
    "write_date",
]
TRANSFER_FIELDS = [
    "name",
    "state",
    "origin",
    "partner_id",
    "picking_type_id",
    "scheduled_date",
    "date_deadline",
    "priority",
    "user_id",
    "company_id",
    "write_date",
]
SHORT_MOVES = ["confirmed", "waiting", "partially_available"]
DOMAIN: Domain = [["picking_id", "!=", False], ["picking_type_id.code", "!=", "incoming"]]
NO_BORDER = Border(country=None, crosses=None)


@dataclass(frozen=True, slots=True)
class Goods:
    """What the open moves of one transfer say; `value` is that of what is not reserved, and None
    if any cost is unknown."""

    lines: tuple[TransferLine, ...] = ()
    value: Decimal | None = None
    written: tuple[datetime, ...] = ()


def read(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of the transfers that a page of moves belongs to. What hangs on them is read only for
    the open ones, in a few calls."""
    written = _stamps(records)
    transfers = by_id(odoo.read(DOCUMENT_MODEL, sorted(written), TRANSFER_FIELDS))
    still_open = [t for t in transfers.values() if t["state"] in OPEN]
    goods = _goods(odoo, [t["id"] for t in still_open])
    ground.partners(many2one(t["partner_id"]) or 0 for t in still_open)
    carried = {i: [line.product for line in each.lines] for i, each in goods.items()}
    crossed = borders.borders_of(odoo, ground, still_open, carried)
    facts = (
        _transfer(ground, t, written[i], goods.get(i, Goods()), crossed.get(i, NO_BORDER))
        for i, t in transfers.items()
    )
    return [f for f in facts if f is not None]


def _stamps(records: Sequence[Record]) -> dict[int, datetime]:
    """The latest stamp of each transfer's moves."""
    stamps: dict[int, datetime] = {}
    for record in records:
        transfer, written = many2one(record["picking_id"]), from_odoo(record["write_date"])
        if transfer and written:
            stamps[transfer] = max(written, stamps.get(transfer, written))
    return stamps


def _goods(odoo: Odoo, transfers: Sequence[int]) -> dict[int, Goods]:
    if not transfers:
        return {}
    domain = [
        ["picking_id", "in", list(transfers)],
        ["state", "in", [*SHORT_MOVES, "assigned"]],
        ["product_id", "!=", False],
    ]
    moves = [m for page in paging.all_by_id(odoo, MODEL, domain, MOVE_FIELDS) for m in page]
    short = [m for m in moves if m["quantity"] < m["product_uom_qty"]]
    pairs = ((many2one(m["company_id"]), many2one(m["product_id"])) for m in short)
    unit_costs = costs.unit_costs(odoo, pairs)
    earlier = _earlier_steps(odoo, short)
    gathered: dict[int, list[Record]] = {}
    for move in moves:
        gathered.setdefault(move["picking_id"][0], []).append(move)
    return {i: _good(of_one, unit_costs, earlier) for i, of_one in gathered.items()}


def _earlier_steps(odoo: Odoo, moves: Sequence[Record]) -> Mapping[int, str]:
    """The reference of what has to be done before, by the id of the move that does it."""
    ids = sorted({i for m in moves if m["state"] == "waiting" for i in m["move_orig_ids"]})
    rows = odoo.read(MODEL, ids, ["reference", "state"]) if ids else []
    return {r["id"]: r["reference"] or "" for r in rows if r["state"] not in ("done", "cancel")}


def _good(moves: Sequence[Record], unit_costs: Costs, earlier: Mapping[int, str]) -> Goods:
    missing = [_missing(m, unit_costs) for m in moves]
    known = [value for value in missing if value is not None]
    total = sum(known, Decimal(0)).quantize(Decimal("0.01"))
    return Goods(
        lines=tuple(_line(m, earlier) for m in moves),
        value=total if len(known) == len(missing) else None,
        written=tuple(t for m in moves if (t := from_odoo(m["write_date"]))),
    )


def _line(move: Record, earlier: Mapping[int, str]) -> TransferLine:
    waits_for = (earlier[i] for i in move["move_orig_ids"] if i in earlier)
    return TransferLine(
        product=Product(id=move["product_id"][0], name=move["product_id"][1]),
        demanded=Decimal(str(move["product_uom_qty"])),
        reserved=Decimal(str(move["quantity"])),
        unit=name_of(move["product_uom"]),
        waits_for=next(waits_for, None) if move["state"] == "waiting" else None,
    )


def _missing(move: Record, unit_costs: Costs) -> Decimal | None:
    """What the missing goods cost. A move has a unit of its own, a cost is that of the product's
    unit: `product_qty` is the demand in the latter."""
    demanded, reserved, real = (
        Decimal(str(move[name])) for name in ("product_uom_qty", "quantity", "product_qty")
    )
    if reserved >= demanded:
        return Decimal(0)
    cost = unit_costs.get((many2one(move["company_id"]) or 0, move["product_id"][0]))
    if cost is None:
        return None
    return (demanded - reserved) * (real / demanded if demanded else Decimal(1)) * cost


def _transfer(
    ground: Ground, record: Record, written: datetime, goods: Goods, border: Border
) -> Transfer | None:
    kind = many2one(record["picking_type_id"])
    site, stamp = ground.site_of_type(kind), from_odoo(record["write_date"])
    if site is None or stamp is None:
        return None
    return Transfer(
        connection_id=ground.connection.pk,
        site_id=site,
        model=DOCUMENT_MODEL,
        record_id=record["id"],
        reference=record["name"] or str(record["id"]),
        url=ground.link(DOCUMENT_MODEL, record["id"]),
        read_at=ground.read_at,
        written_at=max(stamp, written, *goods.written),
        company=name_of(record["company_id"]),
        responsible=person(record["user_id"]),
        open=record["state"] in OPEN,
        outgoing=ground.code_of_type(kind) == "outgoing",
        planned_at=from_odoo(record["scheduled_date"]),
        promised_at=from_odoo(record["date_deadline"]),
        partner=ground.partners(()).get(many2one(record["partner_id"]) or 0),
        order_reference=record["origin"] or None,
        lines=goods.lines,
        value=goods.value,
        currency=ground.currency_of_company(many2one(record["company_id"])),
        country=border.country,
        crosses_border=border.crosses,
        without_hs_code=border.without_hs_code,
        urgent=record["priority"] == "1",
        source_state=record["state"],
    )


def _matters(facts: Facts) -> bool:
    """What lacks goods, and what leaves the country without the codes that customs ask for."""
    if not isinstance(facts, Transfer) or not facts.open:
        return False
    undeclared = facts.outgoing and facts.crosses_border and facts.without_hs_code
    return bool(undeclared) or any(line.reserved < line.demanded for line in facts.lines)


def _of_documents(ids: Sequence[int]) -> Domain:
    return [["picking_id", "in", list(ids)]]


SOURCE = Source(
    name="transfers",
    model=MODEL,
    document_model=DOCUMENT_MODEL,
    document_fields=("picking_id",),
    facts_type="Transfer",
    domain=DOMAIN,
    living=[["state", "in", SHORT_MOVES]],
    fields=FIELDS,
    document_id=lambda record: many2one(record["picking_id"]),
    facts=read,
    of_documents=_of_documents,
    keep=_matters,
    needs=(
        Need(MODEL, tuple(MOVE_FIELDS), ("read",), _("what blocks a transfer")),
        Need(DOCUMENT_MODEL, tuple(TRANSFER_FIELDS), ("read", "write"), _("blocked transfers")),
        Need("stock.picking.type", ("warehouse_id", "code"), ("read",), _("sites of transfers")),
        Need("stock.warehouse", WAREHOUSE_FIELDS, ("read",), _("addresses of sites")),
        Need("res.partner", ("country_id",), ("read",), _("borders on the way")),
        Need(
            "product.product",
            ("standard_price",),
            ("read",),
            _("cost of what is short"),
            bulk=False,
        ),
        Need("res.company", ("currency_id",), ("read",), _("currencies")),
    ),
)
