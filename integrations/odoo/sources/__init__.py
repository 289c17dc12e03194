"""The sources, one file a kind of record. To add one: a file here and its line in SOURCES."""

from integrations.odoo.sources import counts, deliveries, handovers, receipts
from integrations.odoo.sources.source import Source

SOURCES: tuple[Source, ...] = (
    receipts.SOURCE,
    deliveries.SOURCE,
    counts.SOURCE,
    handovers.SOURCE,
    handovers.RETURNS_SOURCE,
)

__all__ = ["SOURCES", "Source"]
