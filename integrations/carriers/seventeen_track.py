"""17TRACK: `TRACKING_UPDATED` of its API 2. (Several independent programs agree.)"""

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
from integrations.carriers.signatures import Salted

STATES: Words = {
    "NotFound": None,
    "Expired": None,
    "InfoReceived": (Transport.PRE_TRANSIT, None),
    "InTransit": (Transport.IN_TRANSIT, None),
    "OutForDelivery": (Transport.OUT_FOR_DELIVERY, None),
    "AvailableForPickup": (Transport.AVAILABLE_FOR_PICKUP, None),
    "Delivered": (Transport.DELIVERED, None),
    "DeliveryFailure": gone_wrong(Trouble.FAILED_ATTEMPT),
    "Exception": gone_wrong(Trouble.OTHER),
}
SUBSTATES: Words = {
    "InTransit_CustomsRequiringInformation": gone_wrong(Trouble.CUSTOMS),
    "DeliveryFailure_NoBody": gone_wrong(Trouble.FAILED_ATTEMPT),
    "DeliveryFailure_Security": gone_wrong(Trouble.OTHER),
    "DeliveryFailure_Rejected": gone_wrong(Trouble.REFUSED),
    "DeliveryFailure_InvalidAddress": gone_wrong(Trouble.ADDRESS),
    "Exception_Returning": gone_wrong(Trouble.RETURNED),
    "Exception_Returned": gone_wrong(Trouble.RETURNED),
    "Exception_NoBody": gone_wrong(Trouble.FAILED_ATTEMPT),
    "Exception_Security": gone_wrong(Trouble.OTHER),
    "Exception_Damage": gone_wrong(Trouble.DAMAGED),
    "Exception_Rejected": gone_wrong(Trouble.REFUSED),
    "Exception_Delayed": gone_wrong(Trouble.DELAYED),
    "Exception_Lost": gone_wrong(Trouble.LOST),
    "Exception_Destroyed": gone_wrong(Trouble.LOST),
    "Exception_Cancel": gone_wrong(Trouble.OTHER),
}


class State(Struct):
    status: str
    sub_status: str | None = None
    sub_status_descr: str | None = None


class Event(Struct):
    time_utc: str | None = None
    time_iso: str | None = None
    description: str | None = None
    location: str | None = None


class Span(Struct):
    to: str | None = None


class Metrics(Struct):
    estimated_delivery_date: Span | None = None


class Info(Struct):
    latest_status: State
    latest_event: Event | None = None
    time_metrics: Metrics | None = None


class Data(Struct):
    number: str
    carrier: int | None = None
    tag: str | None = None
    track_info: Info | None = None


class Body(Struct):
    data: Data


def read(raw: bytes) -> list[Scan]:
    """Nothing where no carrier has said anything. Carriers have numbers here; `tag` is what was
    written beside the parcel when it was registered.
    """
    data = decoded(raw, Body).data
    info = data.track_info
    if info is None or info.latest_event is None:
        return []
    state, event = info.latest_status, info.latest_event
    status, trouble, _ = meaning(STATES | SUBSTATES, state.sub_status, state.status)
    span = info.time_metrics.estimated_delivery_date if info.time_metrics else None
    return [
        Scan(
            tracking=data.number,
            carrier=f"17TRACK {data.carrier}" if data.carrier else "17TRACK",
            at=happened(event.time_utc or event.time_iso),
            status=status,
            trouble=trouble,
            code=state.sub_status or state.status,
            known=state.status in STATES,
            said=event.description or state.sub_status_descr or "",
            place=event.location or None,
            eta_at=arrival(span.to) if span else None,
            order=data.tag or "",
        )
    ]


ADAPTER = Adapter(
    key="17track",
    name="17TRACK",
    confidence="B",
    signature=Salted(header="sign"),
    given=True,
    read=read,
)
