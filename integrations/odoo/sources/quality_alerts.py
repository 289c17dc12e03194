"""Quality alerts: those of Odoo Enterprise that are not done. Feeds quality_hold.

Not measured: shaped after what is publicly known of the module `quality`.
"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_noop as _

from exceptions.facts import Facts, Inspection
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.probe import Need
from integrations.odoo.sources import inspected
from integrations.odoo.sources.source import Domain, Record, Source, by_id, many2one, name_of

MODEL = "quality.alert"
STAGE_MODEL = "quality.alert.stage"
FIELDS = (
    "name",
    "title",
    "stage_id",
    "product_id",
    "picking_id",
    "partner_id",
    "user_id",
    "company_id",
    "create_date",
    "write_date",
)


def read(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of a page; its stages and transfers are read in one call each."""
    stages = sorted({many2one(r["stage_id"]) or 0 for r in records} - {0})
    done = by_id(odoo.read(STAGE_MODEL, stages, ["done"])) if stages else {}
    transfers = inspected.transfers(odoo, ground, [many2one(r["picking_id"]) for r in records])
    ground.partners(many2one(r["partner_id"]) or 0 for r in records)
    facts = (
        _inspection(ground, r, transfers.get(many2one(r["picking_id"]) or 0), done) for r in records
    )
    return [f for f in facts if f is not None]


def _inspection(
    ground: Ground, record: Record, transfer: Record | None, stages: Mapping[int, Record]
) -> Inspection | None:
    shared = inspected.shared(ground, MODEL, record, transfer)
    if shared is None:
        return None
    name = " ".join(part for part in (record["name"], record["title"]) if part)
    vendor = ground.partners(()).get(many2one(record["partner_id"]) or 0)
    stage = stages.get(many2one(record["stage_id"]) or 0)
    return Inspection(
        **{
            **shared,
            "reference": (name or shared["reference"])[:120],
            "supplier": vendor or shared["supplier"],
        },
        what="alert",
        failed=True,
        decided=bool(stage and stage["done"]),
        since=from_odoo(record["create_date"]),
        source_state=name_of(record["stage_id"]),
    )


def _of_documents(ids: Sequence[int]) -> Domain:
    return [["id", "in", list(ids)]]


SOURCE = Source(
    name="quality_alerts",
    model=MODEL,
    document_model=MODEL,
    facts_type="Inspection",
    domain=[],
    living=["|", ["stage_id", "=", False], ["stage_id.done", "=", False]],
    fields=FIELDS,
    document_id=lambda record: record["id"],
    facts=read,
    of_documents=_of_documents,
    keep=lambda facts: facts.living,
    needs=(
        Need(MODEL, FIELDS, ("read", "write"), _("open quality alerts"), optional=True),
        Need(STAGE_MODEL, ("done",), ("read",), _("stages of quality alerts"), optional=True),
    ),
    optional=True,
)
