"""Inspections: those of OCA's `quality_control_oca` that failed. Feeds quality_hold.

Not measured: shaped after the module's public source. An inspection hangs on any record; of a
transfer or one of its moves, the transfer is told. Without the module's part for stock it has no
other field for it. It knows no decision: one that failed is over when it is cancelled, or set back
and done again; until then the people at the case say when it is dealt with.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from exceptions.facts import Facts, Inspection
from integrations.odoo import costs
from integrations.odoo.client import Odoo
from integrations.odoo.costs import Costs
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.probe import Need
from integrations.odoo.sources import inspected
from integrations.odoo.sources.source import Domain, Record, Source, by_id, many2one

MODEL = "qc.inspection"
FIELDS = (
    "name",
    "state",
    "date",
    "object_id",
    "product_id",
    "qty",
    "user",
    "company_id",
    "write_date",
)
DOMAIN: Domain = [["state", "in", ["success", "failed", "canceled"]]]
FAILED = "failed"


def read(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of a page; what they hang on is read only for those that failed."""
    failed = [r for r in records if r["state"] == FAILED]
    on_transfer = _transfer_ids(odoo, failed)
    transfers = inspected.transfers(odoo, ground, list(on_transfer.values()))
    pairs = ((many2one(r["company_id"]), many2one(r["product_id"])) for r in failed)
    unit_costs = costs.unit_costs(odoo, pairs)
    facts = (
        _inspection(ground, r, transfers.get(on_transfer.get(r["id"], 0)), unit_costs)
        for r in records
    )
    return [f for f in facts if f is not None]


def _transfer_ids(odoo: Odoo, records: Sequence[Record]) -> dict[int, int]:
    """The transfer that each inspection is about, where it is about one."""
    of = {r["id"]: _reference(r["object_id"]) for r in records}
    move_ids = sorted({i for model, i in of.values() if model == "stock.move"})
    moves = by_id(odoo.read("stock.move", move_ids, ["picking_id"])) if move_ids else {}
    return {
        inspection: transfer
        for inspection, (model, i) in of.items()
        if (transfer := i if model == "stock.picking" else _transfer_of(moves, model, i))
    }


def _transfer_of(moves: Mapping[int, Record], model: str, record: int) -> int | None:
    known = model == "stock.move" and record in moves
    return many2one(moves[record]["picking_id"]) if known else None


def _reference(value: str | bool) -> tuple[str, int]:
    """What a field that may point at any model says: "stock.picking,12"."""
    model, _comma, record = str(value or "").partition(",")
    return model, int(record) if record.isdigit() else 0


def _inspection(
    ground: Ground, record: Record, transfer: Record | None, unit_costs: Costs
) -> Inspection | None:
    shared = inspected.shared(ground, MODEL, {**record, "user_id": record["user"]}, transfer)
    if shared is None:
        return None
    pair = (many2one(record["company_id"]) or 0, many2one(record["product_id"]) or 0)
    return Inspection(
        **shared,
        what="inspection",
        failed=record["state"] == FAILED,
        decided=False,
        quantity=Decimal(str(record["qty"])),
        unit_cost=unit_costs.get(pair),
        since=from_odoo(record["date"]),
        source_state=record["state"],
    )


def _of_documents(ids: Sequence[int]) -> Domain:
    return [["id", "in", list(ids)]]


SOURCE = Source(
    name="inspections",
    model=MODEL,
    document_model=MODEL,
    facts_type="Inspection",
    domain=DOMAIN,
    living=[["state", "=", FAILED]],
    fields=FIELDS,
    document_id=lambda record: record["id"],
    facts=read,
    of_documents=_of_documents,
    keep=lambda facts: facts.living,
    needs=(Need(MODEL, FIELDS, ("read", "write"), _("failed inspections"), optional=True),),
    optional=True,
)
