"""Quality checks: those of Odoo Enterprise that failed. Feeds quality_hold.

Not measured: shaped after what is publicly known of the module `quality`. A failed check for which
an alert was raised counts as decided here; from then on the alert tells its story.
"""

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from exceptions.facts import Facts, Inspection
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.probe import Need
from integrations.odoo.sources import inspected
from integrations.odoo.sources.source import Domain, Record, Source, many2one

MODEL = "quality.check"
ALERT_MODEL = "quality.alert"
FIELDS = (
    "name",
    "quality_state",
    "control_date",
    "product_id",
    "picking_id",
    "user_id",
    "company_id",
    "write_date",
)
DOMAIN: Domain = [["quality_state", "!=", "none"]]
FAILED = "fail"


def read(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of a page; alerts are asked for only where a check failed."""
    failed = [r["id"] for r in records if r["quality_state"] == FAILED]
    raised = _with_alert(odoo, failed)
    transfers = inspected.transfers(odoo, ground, [many2one(r["picking_id"]) for r in records])
    facts = (
        _inspection(ground, r, transfers.get(many2one(r["picking_id"]) or 0), r["id"] in raised)
        for r in records
    )
    return [f for f in facts if f is not None]


def _with_alert(odoo: Odoo, checks: Sequence[int]) -> set[int]:
    if not checks:
        return set()
    domain = [["check_id", "in", list(checks)]]
    pages = paging.all_by_id(odoo, ALERT_MODEL, domain, ["check_id"])
    return {row["check_id"][0] for rows in pages for row in rows}


def _inspection(
    ground: Ground, record: Record, transfer: Record | None, raised: bool
) -> Inspection | None:
    shared = inspected.shared(ground, MODEL, record, transfer)
    if shared is None:
        return None
    return Inspection(
        **shared,
        what="check",
        failed=record["quality_state"] == FAILED,
        decided=raised,
        since=from_odoo(record["control_date"]),
        source_state=record["quality_state"] or "",
    )


def _of_documents(ids: Sequence[int]) -> Domain:
    return [["id", "in", list(ids)]]


SOURCE = Source(
    name="quality_checks",
    model=MODEL,
    document_model=MODEL,
    facts_type="Inspection",
    domain=DOMAIN,
    living=["&", ["quality_state", "=", FAILED], ["alert_ids", "=", False]],
    fields=FIELDS,
    document_id=lambda record: record["id"],
    facts=read,
    of_documents=_of_documents,
    keep=lambda facts: facts.living,
    needs=(Need(MODEL, FIELDS, ("read", "write"), _("failed quality checks"), optional=True),),
    optional=True,
)
