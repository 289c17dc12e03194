"""Bills of the past: paid ones, judged as if they had just come."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from exceptions.facts import Bill
from exceptions.kinds import kind
from exceptions.vocabulary import KindCode
from integrations.discovery.occurrence import Looked, Occurrence
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.ground import Ground
from integrations.odoo.sources import bill_lines
from integrations.odoo.sources import bills as source


def look(odoo: Odoo, ground: Ground, since: datetime, until: datetime) -> Looked:
    """Each paid bill that cost more than was ordered, or came before.

    What was billed beyond what came cannot be told of a paid one: Odoo only knows how it stands
    today. An Odoo without Invoicing raises UnknownModel.
    """
    domain = [
        *source.DOMAIN,
        ["state", "=", "posted"],
        ["payment_state", "not in", bill_lines.UNPAID],
        ["invoice_date", ">=", since.date().isoformat()],
        ["invoice_date", "<=", until.date().isoformat()],
    ]
    looked = Looked(of=0)
    for page in paging.pages(odoo, source.MODEL, domain, source.FIELDS):
        asked = {record["id"] for record in page.records}
        bills = source.read(odoo, ground, page.records) if page.records else []
        theirs = [b for b in bills if isinstance(b, Bill) and b.record_id in asked]
        looked.of = (looked.of or 0) + len(theirs)
        looked.occurrences += _wrong(theirs, until)
    return looked


def _wrong(bills: list[Bill], until: datetime) -> Iterator[Occurrence]:
    of_bills = kind(KindCode.INVOICE_MISMATCH)
    for bill in bills:
        verdict = of_bills.verdict(replace(bill, open=True), of_bills.default_policy, until)
        if verdict.finding:
            yield Occurrence(
                kind=KindCode.INVOICE_MISMATCH,
                at=bill.billed_at or bill.written_at,
                site_id=bill.site_id,
                who=bill.supplier.name if bill.supplier else "",
                value=verdict.finding.impact.value,
                currency=bill.currency,
            )
