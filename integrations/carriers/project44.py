"""project44: events of shipments. No signature: what a webhook sends is a key that was agreed on.
(Its authentication read in its own guide; the body from general knowledge: try it out before
trusting it.)
"""

from msgspec import Struct

from exceptions.vocabulary import Transport, Trouble
from integrations.carriers.scan import (
    Adapter,
    Scan,
    Unreadable,
    Words,
    arrival,
    decoded,
    gone_wrong,
    happened,
    meaning,
)
from integrations.carriers.signatures import Static

HEADER = "X-Tower-Secret"  # to be given as the header of the API_KEY method
NUMBERS = ("TRACKING_NUMBER", "PRO", "BILL_OF_LADING", "CONTAINER_ID")
ORDERS = ("CUSTOMER_ORDER", "PURCHASE_ORDER", "ORDER")
TYPES: Words = {
    "CREATED": (Transport.PRE_TRANSIT, None),
    "DISPATCHED": (Transport.PRE_TRANSIT, None),
    "AT_PICKUP": (Transport.PRE_TRANSIT, None),
    "PICKED_UP": (Transport.IN_TRANSIT, None),
    "DEPARTED": (Transport.IN_TRANSIT, None),
    "IN_TRANSIT": (Transport.IN_TRANSIT, None),
    "ARRIVED": (Transport.IN_TRANSIT, None),
    "OUT_FOR_DELIVERY": (Transport.OUT_FOR_DELIVERY, None),
    "ARRIVED_AT_DELIVERY": (Transport.OUT_FOR_DELIVERY, None),
    "DELIVERED": (Transport.DELIVERED, None),
    "DELIVERY_ATTEMPTED": gone_wrong(Trouble.FAILED_ATTEMPT),
    "DELAYED": gone_wrong(Trouble.DELAYED),
    "CUSTOMS_HOLD": gone_wrong(Trouble.CUSTOMS),
    "EXCEPTION": gone_wrong(Trouble.OTHER),
    "CANCELED": gone_wrong(Trouble.OTHER),
}


class Identifier(Struct):
    type: str
    value: str


class Event(Struct):
    type: str
    dateTime: str | None = None  # noqa: N815
    estimateDateTime: str | None = None  # noqa: N815
    statusReason: str | None = None  # noqa: N815


class Carrier(Struct):
    name: str | None = None
    scac: str | None = None


class Shipment(Struct):
    identifiers: list[Identifier]
    carrier: Carrier | None = None


class Body(Struct):
    shipment: Shipment
    events: list[Event] = []


def read(raw: bytes) -> list[Scan]:
    """As of the last event that has happened; when it is expected, the others tell."""
    body = decoded(raw, Body)
    past = [event for event in body.events if event.dateTime]
    if not past:
        return []
    event = max(past, key=lambda each: happened(each.dateTime))
    status, trouble, known = meaning(TYPES, event.type)
    carrier = body.shipment.carrier or Carrier()
    expected = [found for each in body.events if (found := arrival(each.estimateDateTime))]
    return [
        Scan(
            tracking=_named(body.shipment, NUMBERS),
            carrier=carrier.name or carrier.scac or "project44",
            at=happened(event.dateTime),
            status=status,
            trouble=trouble,
            code=event.type,
            known=known,
            said=event.statusReason or "",
            eta_at=max(expected, default=None),
            order=_named(body.shipment, ORDERS, needed=False),
        )
    ]


def _named(shipment: Shipment, types: tuple[str, ...], *, needed: bool = True) -> str:
    values = {each.type: each.value for each in shipment.identifiers}
    found = next((values[name] for name in types if name in values), "")
    if needed and not found:
        raise Unreadable(f"None of {', '.join(types)} among {', '.join(values)}")
    return found


ADAPTER = Adapter(
    key="project44",
    name="project44",
    confidence="C",
    signature=Static(header=HEADER),
    read=read,
)
