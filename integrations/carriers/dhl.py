"""DHL: unified push, whose body is that of its tracking. No signature, but a header that was agreed
on when subscribing. What is wrong stands in words only, and DHL warns that the body differs from
service to service. (Subscription and codes read in DHL's own collection; the body as others do.)
"""

from msgspec import Struct

from exceptions.vocabulary import Transport, Trouble
from integrations.carriers.scan import (
    Adapter,
    Scan,
    Words,
    arrival,
    decoded,
    gone_wrong,
    happened,
    meaning,
    place,
)
from integrations.carriers.signatures import Static

HEADER = "X-Tower-Secret"  # to be given as `header` when subscribing
STATES: Words = {
    "unknown": None,
    "pre-transit": (Transport.PRE_TRANSIT, None),
    "transit": (Transport.IN_TRANSIT, None),
    "delivered": (Transport.DELIVERED, None),
    "failure": gone_wrong(Trouble.OTHER),
}


class Address(Struct):
    addressLocality: str | None = None  # noqa: N815
    countryCode: str | None = None  # noqa: N815


class Location(Struct):
    address: Address | None = None


class State(Struct):
    timestamp: str
    statusCode: str  # noqa: N815
    status: str | None = None
    description: str | None = None
    remark: str | None = None
    location: Location | None = None


class Shipment(Struct):
    id: str | int
    status: State
    estimatedTimeOfDelivery: str | None = None  # noqa: N815


class Body(Struct):
    shipments: list[Shipment]


def read(raw: bytes) -> list[Scan]:
    return [_scan(shipment) for shipment in decoded(raw, Body).shipments]


def _scan(shipment: Shipment) -> Scan:
    state = shipment.status
    where = state.location.address if state.location else None
    status, trouble, known = meaning(STATES, state.statusCode)
    return Scan(
        tracking=str(shipment.id),
        carrier="DHL",
        at=happened(state.timestamp),
        status=status,
        trouble=trouble,
        code=state.statusCode,
        known=known,
        said=" ".join(each for each in (state.status, state.description, state.remark) if each),
        place=place(where.addressLocality, where.countryCode) if where else None,
        eta_at=arrival(shipment.estimatedTimeOfDelivery),
    )


ADAPTER = Adapter(key="dhl", name="DHL", confidence="B", signature=Static(header=HEADER), read=read)
