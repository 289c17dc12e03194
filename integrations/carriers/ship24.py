"""Ship24: a bearer secret in place of a signature. (Its authentication and statuses read in its own
documents; the codes of troubles only as far as these name them.)
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
)
from integrations.carriers.signatures import Static

MILESTONES: Words = {
    "pending": None,
    "info_received": (Transport.PRE_TRANSIT, None),
    "in_transit": (Transport.IN_TRANSIT, None),
    "out_for_delivery": (Transport.OUT_FOR_DELIVERY, None),
    "failed_attempt": gone_wrong(Trouble.FAILED_ATTEMPT),
    "available_for_pickup": (Transport.AVAILABLE_FOR_PICKUP, None),
    "delivered": (Transport.DELIVERED, None),
    "exception": gone_wrong(Trouble.OTHER),
}


class Event(Struct):
    occurrenceDatetime: str  # noqa: N815
    utcOffset: str | None = None  # noqa: N815
    eventId: str | None = None  # noqa: N815
    status: str | None = None
    statusCode: str | None = None  # noqa: N815
    statusMilestone: str | None = None  # noqa: N815
    location: str | None = None
    courierCode: str | None = None  # noqa: N815


class Delivery(Struct):
    estimatedDeliveryDate: str | None = None  # noqa: N815


class Shipment(Struct):
    statusMilestone: str | None = None  # noqa: N815
    delivery: Delivery | None = None


class Tracker(Struct):
    trackingNumber: str  # noqa: N815
    shipmentReference: str | None = None  # noqa: N815


class Tracking(Struct):
    tracker: Tracker
    shipment: Shipment | None = None
    events: list[Event] = []


class Body(Struct):
    trackings: list[Tracking]


def read(raw: bytes) -> list[Scan]:
    """Each parcel as of its latest event; none of a parcel without one."""
    return [_scan(each) for each in decoded(raw, Body).trackings if each.events]


def _scan(told: Tracking) -> Scan:
    event = max(told.events, key=lambda each: happened(_stamp(each)))
    shipment = told.shipment or Shipment()
    milestone = event.statusMilestone or shipment.statusMilestone
    status, trouble, known = meaning(MILESTONES, milestone)
    return Scan(
        tracking=told.tracker.trackingNumber,
        carrier=event.courierCode or "Ship24",
        at=happened(_stamp(event)),
        status=status,
        trouble=trouble,
        code=event.statusCode or milestone or "",
        known=known,
        said=event.status or "",
        place=event.location or None,
        eta_at=arrival(shipment.delivery.estimatedDeliveryDate) if shipment.delivery else None,
        order=told.tracker.shipmentReference or "",
        event_id=event.eventId or "",
    )


def _stamp(event: Event) -> str:
    """The offset stands beside a local time."""
    bare = len(event.occurrenceDatetime) <= len("2021-01-01T00:00:00")
    return event.occurrenceDatetime + (event.utcOffset or "" if bare else "")


ADAPTER = Adapter(
    key="ship24",
    name="Ship24",
    confidence="C",
    signature=Static(header="Authorization", prefix="Bearer "),
    read=read,
)
