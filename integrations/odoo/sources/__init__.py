"""The sources, one file a kind of record. To add one: a file here and its line in SOURCES."""

from integrations.odoo.sources import counts, deliveries, receipts
from integrations.odoo.sources.source import Source

SOURCES: tuple[Source, ...] = (receipts.SOURCE, deliveries.SOURCE, counts.SOURCE)

__all__ = ["SOURCES", "Source"]
