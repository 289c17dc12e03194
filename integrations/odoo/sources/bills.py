"""Bills: what suppliers ask to be paid, beside what was ordered and what came.

Feeds invoice_mismatch. A bill is wrong only in the light of other records: what arrives, or another
bill, changes what it tells without touching it. So a bill that changes has those with the same
reference read again, and order lines that were billed are a stream of their own (`BILLED_SOURCE`).
"""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_noop as _

from exceptions.facts import Facts
from integrations.odoo.client import Odoo
from integrations.odoo.ground import Ground
from integrations.odoo.probe import Need
from integrations.odoo.sources import bill_facts, bill_lines, units
from integrations.odoo.sources.bill_lines import LINE_MODEL, ORDER_LINE_MODEL
from integrations.odoo.sources.source import Domain, Record, Source, many2one

MODEL = "account.move"
FIELDS = (
    "name",
    "ref",
    "state",
    "payment_state",
    "partner_id",
    "invoice_date",
    "invoice_date_due",
    "amount_total",
    "currency_id",
    "invoice_user_id",
    "company_id",
    "write_date",
)
DOMAIN: Domain = [["move_type", "=", "in_invoice"]]
LIVING: Domain = ["&", ["state", "!=", "cancel"], ["payment_state", "in", bill_lines.UNPAID]]
BILLED: Domain = [["invoice_lines", "!=", False]]
LARGEST = 100_000


def read(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of a page of bills, and of the others with their references."""
    twins = _with_references(odoo, {r["ref"] for r in records if r["ref"]})
    bills = {r["id"]: r for r in (*twins, *records)}
    lines = bill_lines.read(odoo, ground, bills)
    ground.partners(many2one(r["partner_id"]) or 0 for r in bills.values())
    same = bill_facts.same_reference(ground, list(bills.values()))
    facts = (bill_facts.bill(ground, r, lines, same.get(i, ())) for i, r in bills.items())
    return [f for f in facts if f is not None]


def _with_references(odoo: Odoo, references: Iterable[str]) -> list[Record]:
    wanted = sorted(set(references))
    if not wanted:
        return []
    domain = [*DOMAIN, ["ref", "in", wanted], ["state", "!=", "cancel"]]
    return odoo.search_read(MODEL, domain, FIELDS, order="id", limit=LARGEST)


def read_of_order_lines(odoo: Odoo, ground: Ground, records: Sequence[Record]) -> list[Facts]:
    """Facts of the bills that a page of order lines was billed on."""
    billed = [["purchase_line_id", "in", [r["id"] for r in records]]]
    rows = odoo.search_read(LINE_MODEL, billed, ["move_id"], order="id", limit=LARGEST)
    ids = sorted({many2one(r["move_id"]) or 0 for r in rows} - {0})
    domain = [*DOMAIN, *_of_documents(ids)]
    bills = odoo.search_read(MODEL, domain, FIELDS, order="id", limit=LARGEST) if ids else []
    return read(odoo, ground, bills)


def _is_open(facts: Facts) -> bool:
    return facts.living


def _of_documents(ids: Sequence[int]) -> Domain:
    return [["id", "in", list(ids)]]


SOURCE = Source(
    name="bills",
    model=MODEL,
    document_model=MODEL,
    facts_type="Bill",
    domain=DOMAIN,
    living=LIVING,
    fields=FIELDS,
    document_id=lambda record: record["id"],
    facts=read,
    of_documents=_of_documents,
    keep=_is_open,
    needs=(
        # Notes and activities need no more: Odoo lets whoever may read a bill write on its chatter.
        Need(MODEL, (*FIELDS, "move_type"), ("read",), _("mismatches of bills")),
        Need(
            LINE_MODEL,
            (*bill_lines.LINE_FIELDS, "parent_state"),
            ("read",),
            _("what bills ask for"),
            rests_on=(ORDER_LINE_MODEL,),
        ),
        Need(
            ORDER_LINE_MODEL,
            (*bill_lines.ORDER_LINE_FIELDS, "invoice_lines"),
            ("read",),
            _("what was ordered and came"),
        ),
        Need("purchase.order", bill_lines.ORDER_FIELDS, ("read",), _("sites of bills")),
        Need(
            "product.product",
            ("purchase_method",),
            ("read",),
            _("whether bills follow what was received"),
            bulk=False,
            rests_on=(ORDER_LINE_MODEL,),
        ),
        Need("stock.warehouse", ("company_id",), ("read",), _("sites of companies")),
        Need(*units.UNITS, _("units of bills")),
    ),
    optional=True,  # comes with Invoicing
    hangs_together=True,
)

BILLED_SOURCE = Source(
    name="billed_lines",
    model=ORDER_LINE_MODEL,
    document_model=MODEL,
    facts_type="Bill",
    domain=BILLED,
    living=[["id", "=", 0]],  # the first round has no need of it: it reads every open bill anyway
    fields=("write_date",),
    document_id=lambda _record: None,  # one line may be billed on several bills
    facts=read_of_order_lines,
    of_documents=lambda ids: [["invoice_lines.move_id", "in", list(ids)]],
    keep=_is_open,
    needs=(),
    optional=True,  # comes with Purchase
    authority=False,
)
