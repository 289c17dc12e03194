"""The sources, one file a kind of record. To add one: a file here and its line in SOURCES."""

from integrations.odoo.sources import bills, counts, deliveries, order_lines, receipts
from integrations.odoo.sources.source import Source

# Of one kind of documents the authority comes first.
SOURCES: tuple[Source, ...] = (
    receipts.SOURCE,
    deliveries.SOURCE,
    counts.SOURCE,
    order_lines.SOURCE,
    order_lines.MOVES_SOURCE,
    bills.SOURCE,
    bills.BILLED_SOURCE,
)

__all__ = ["SOURCES", "Source"]
