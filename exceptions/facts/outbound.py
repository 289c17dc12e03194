"""What goes to customers: promises, transfers, parcels, hand-overs."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from exceptions.facts.record import Facts, Partner, Product
from exceptions.vocabulary import Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A tracking number that stands on a transfer, open or done."""

    tracking: str
    transfer: str


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
    parcels: tuple[Sent, ...] = ()
    value: Decimal | None = None
    currency: str | None = None
    commitment_at: datetime | None = None
    urgent: bool = False
    source_state: str = ""

    @property
    def living(self) -> bool:
        return self.open


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLine:
    """What one move of a transfer needs and has reserved, in its `unit`."""

    product: Product
    demanded: Decimal
    reserved: Decimal
    unit: str = ""
    waits_for: str | None = None  # an earlier step that has to be done first


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Facts):
    """An outgoing or internal transfer and what it lacks.

    `value` is that of what is not reserved, at cost. `crosses_border` and `without_hs_code` concern
    customs; None and empty where the source does not keep such data.
    """

    open: bool
    outgoing: bool
    planned_at: datetime | None
    promised_at: datetime | None
    partner: Partner | None = None
    order_reference: str | None = None
    lines: tuple[TransferLine, ...] = ()
    value: Decimal | None = None
    currency: str | None = None
    country: str | None = None
    crosses_border: bool | None = None
    without_hs_code: tuple[Product, ...] = ()
    urgent: bool = False
    source_state: str = ""

    @property
    def living(self) -> bool:
        return self.open


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover(Facts):
    """A delivery that reached the customer, its proof, and what came back.

    `has_proof` tells of a signature or a document on the transfer. `claim` is the customer's, in
    words; `settled` tells that claim and returns are dealt with.
    """

    delivered_at: datetime | None
    customer: Partner | None
    order_reference: str | None = None
    tracking: str | None = None
    has_proof: bool | None = None
    returns: tuple[str, ...] = ()
    open_returns: tuple[str, ...] = ()
    claim: str | None = None
    settled: bool = False
    value: Decimal | None = None
    currency: str | None = None

    @property
    def living(self) -> bool:
        return bool(self.returns or self.claim) and not self.settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment(Facts):
    """A parcel or load as its carrier tells it, in the words of `Transport` and `Trouble`.

    `transfer` is the reference of the source's record that it carries, where it could be matched.
    """

    tracking: str
    carrier: Partner | None
    status: str
    trouble: str | None = None
    said: str = ""  # the carrier's own words
    place: str | None = None
    last_event_at: datetime | None = None
    eta_at: datetime | None = None
    promised_at: datetime | None = None
    customer: Partner | None = None
    transfer: str | None = None
    value: Decimal | None = None
    currency: str | None = None

    @property
    def living(self) -> bool:
        return self.status != Transport.DELIVERED
