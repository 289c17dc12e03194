"""Facts as JSON, and what of them counts."""

import hashlib
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

import msgspec

from exceptions.facts.inbound import Bill, Inspection, OrderLine, Receipt
from exceptions.facts.integration import Integration
from exceptions.facts.number import KpiReading
from exceptions.facts.outbound import Delivery, Handover, Shipment, Transfer
from exceptions.facts.record import Facts
from exceptions.facts.report import Report
from exceptions.facts.stock import Count, ReorderRule

FACTS_TYPES: dict[str, type[Facts]] = {
    c.__name__: c
    for c in (
        *(Receipt, Delivery, Count, OrderLine, Bill, Inspection, ReorderRule, Transfer),
        *(Handover, Shipment, Report, Integration, KpiReading),
    )
}
_ENCODER = msgspec.json.Encoder(decimal_format="string")
_DECODERS = {name: msgspec.json.Decoder(c) for name, c in FACTS_TYPES.items()}

# These say when and under which stamp a record was read, what the tower itself marks there, and
# under which numbers its goods went out; they are not what the record says.
READING_FIELDS = frozenset({"read_at", "written_at", "url", "urgent", "parcels"})


def _says(facts_type: type[Facts]) -> Callable[[Facts], Any]:
    """Reads the values that count, in the order of their names."""
    names = sorted(field.name for field in fields(facts_type))
    return attrgetter(*(name for name in names if name not in READING_FIELDS))


_SAYS = {name: _says(facts_type) for name, facts_type in FACTS_TYPES.items()}


def dump(facts: Facts) -> bytes:
    """JSON of `facts`, with amounts as exact strings."""
    return _ENCODER.encode(facts)


def load(type_name: str, data: bytes | str) -> Facts:
    """Facts from the JSON that `dump` made. Raises msgspec.ValidationError if it does not fit."""
    return _DECODERS[type_name].decode(data)


def from_plain(type_name: str, data: Any) -> Facts:
    """Facts from JSON types, as `plain` made them or a JSON column gives them back."""
    return msgspec.convert(data, FACTS_TYPES[type_name], strict=False)


def plain(facts: Facts) -> dict[str, Any]:
    """`facts` as a plain dictionary of JSON types, for pages and snapshots."""
    result: dict[str, Any] = msgspec.json.decode(dump(facts))
    return result


def substance(facts: Facts) -> str:
    """SHA-256 over what the record says, leaving out when and how it was read.

    Two readings with equal substance change nothing; approvals bind to it.
    """
    name = type(facts).__name__
    return hashlib.sha256(_ENCODER.encode((name, _SAYS[name](facts)))).hexdigest()
