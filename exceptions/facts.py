"""Facts: frozen dataclasses that cross the border from an adapter into the domain.

An adapter maps its source's records to these and hands them to `intake.take_in`. Every instant is
an aware datetime in UTC; every amount is a Decimal in `currency`. `None` means "the source does not
say": nothing here is ever guessed. Facts are stored as JSON on the Document and rebuilt from there,
so a field may be added with a default, but never renamed without a data migration.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A supplier, customer or carrier as the source knows it."""

    id: int
    name: str
    tier: str | None = None  # "A", "B" or "C": how much this partner matters, where the source says


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in the source system, such as the buyer of an order."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What every source record has.

    `connection_id` and `site_id` are rows of ours, found by the adapter. `read_at` is the instant
    just before the record was read: of two readings the later one is right, whatever order they
    arrive in.
    """

    connection_id: int
    site_id: int
    model: str
    record_id: int
    reference: str
    url: str
    read_at: datetime
    written_at: (
        datetime  # the source's own last-change stamp, checked again before a decision is sent
    )
    company: str
    responsible: Person | None = None

    def __post_init__(self) -> None:
        """Pages make a link of `url`, and what is no web address (`javascript:`) would run there:
        it is left out, for the facts are worth keeping all the same.
        """
        if not self.url[:8].lower().startswith(("http://", "https://")):
            object.__setattr__(self, "url", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Facts):
    """Goods that a supplier is to bring: one incoming transfer.

    `promised_at` is the date of the order lines, `planned_at` the warehouse's own plan; sources let
    the two disagree. `value` is what is still to come, at order prices.
    """

    open: bool
    promised_at: datetime | None
    planned_at: datetime | None
    done_at: datetime | None = None
    supplier: Partner | None = None
    order_reference: str | None = None
    order_id: int | None = None
    value: Decimal | None = None
    currency: str | None = None
    quantity: Decimal | None = None
    products: tuple[Product, ...] = ()
    urgent: bool = False
    source_state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Facts):
    """Goods that a customer is to get: one sales order with all its open transfers.

    An order may go out in several steps, and newer sources create the next step only when the one
    before is done. The order, not the step, is therefore the record: a case lives on while steps
    come and go. `promised_at` is the earliest promise and `planned_at` the latest plan among the
    open transfers.
    """

    open: bool
    promised_at: datetime | None
    planned_at: datetime | None
    done_at: datetime | None = None
    customer: Partner | None = None
    transfers: tuple[str, ...] = ()
    value: Decimal | None = None
    currency: str | None = None
    commitment_at: datetime | None = None
    urgent: bool = False
    source_state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Facts):
    """A stock count that was entered but not yet applied, beside what the books say."""

    product: Product
    location: str
    counted: bool  # a count stands and waits to be applied
    booked_quantity: Decimal
    counted_quantity: Decimal
    unit_cost: Decimal | None = None
    currency: str | None = None
    lot: str | None = None


FACTS_TYPES: dict[str, type[Facts]] = {c.__name__: c for c in (Receipt, Delivery, Count)}
_ENCODER = msgspec.json.Encoder(decimal_format="string")
_DECODERS = {name: msgspec.json.Decoder(c) for name, c in FACTS_TYPES.items()}

# These say when and under which stamp a record was read, and what the tower itself marks there;
# they are not what the record says.
READING_FIELDS = frozenset({"read_at", "written_at", "url", "urgent"})


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
