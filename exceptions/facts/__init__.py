"""Facts: frozen dataclasses that cross the border from an adapter into the domain.

An adapter maps its source's records to these and hands them to `intake.take_in`. Every instant is
an aware datetime in UTC; every amount is a Decimal in `currency`. `None` means "the source does not
say": nothing here is ever guessed. Facts are stored as JSON on the Document and rebuilt from there,
so a field may be added with a default, but never renamed without a data migration.
"""

from exceptions.facts.inbound import Bill, BillLine, Inspection, OrderLine, Receipt
from exceptions.facts.integration import Integration
from exceptions.facts.number import KpiReading
from exceptions.facts.outbound import Delivery, Handover, Sent, Shipment, Transfer, TransferLine
from exceptions.facts.record import Facts, Partner, Person, Product
from exceptions.facts.report import Report
from exceptions.facts.stock import Count, ReorderRule
from exceptions.facts.stored import (
    FACTS_TYPES,
    READING_FIELDS,
    dump,
    from_plain,
    load,
    plain,
    substance,
)
from exceptions.facts.transit import Transit, TransitRead

__all__ = [
    "FACTS_TYPES",
    "READING_FIELDS",
    "Bill",
    "BillLine",
    "Count",
    "Delivery",
    "Facts",
    "Handover",
    "Inspection",
    "Integration",
    "KpiReading",
    "OrderLine",
    "Partner",
    "Person",
    "Product",
    "Receipt",
    "ReorderRule",
    "Report",
    "Sent",
    "Shipment",
    "Transfer",
    "TransferLine",
    "Transit",
    "TransitRead",
    "dump",
    "from_plain",
    "load",
    "plain",
    "substance",
]
