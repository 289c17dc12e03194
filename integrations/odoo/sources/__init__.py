"""The sources, one file a kind of record. To add one: a file here and its line in SOURCES."""

from integrations.odoo.sources import (
    bills,
    counts,
    deliveries,
    goods_on_hold,
    handovers,
    inspections,
    order_lines,
    quality_alerts,
    quality_checks,
    receipts,
    reorder_rules,
    transfers,
)
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
    transfers.SOURCE,
    reorder_rules.SOURCE,
    quality_checks.SOURCE,
    quality_alerts.SOURCE,
    inspections.SOURCE,
    goods_on_hold.SOURCE,
    handovers.SOURCE,
    handovers.RETURNS_SOURCE,
)

__all__ = ["SOURCES", "Source"]
