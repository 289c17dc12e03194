"""Shippo: `track_updated`. TRANSIT covers much; the substatus says more.

The signature has to be switched on by Shippo for an account. (Read in Shippo's own documents.)
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
from integrations.carriers.signatures import StampedHmac

SUBSTATES: Words = {
    "address_issue": gone_wrong(Trouble.ADDRESS),
    "contact_carrier": gone_wrong(Trouble.OTHER),
    "delayed": gone_wrong(Trouble.DELAYED),
    "delivery_attempted": gone_wrong(Trouble.FAILED_ATTEMPT),
    "location_inaccessible": gone_wrong(Trouble.FAILED_ATTEMPT),
    "notice_left": gone_wrong(Trouble.FAILED_ATTEMPT),
    "out_for_delivery": (Transport.OUT_FOR_DELIVERY, None),
    "package_damaged": gone_wrong(Trouble.DAMAGED),
    "package_disposed": gone_wrong(Trouble.LOST),
    "package_held": gone_wrong(Trouble.OTHER),
    "package_lost": gone_wrong(Trouble.LOST),
    "package_unclaimed": gone_wrong(Trouble.OTHER),
    "pickup_available": (Transport.AVAILABLE_FOR_PICKUP, None),
    "return_to_sender": gone_wrong(Trouble.RETURNED),
}
STATES: Words = {
    "UNKNOWN": None,
    "PRE_TRANSIT": (Transport.PRE_TRANSIT, None),
    "TRANSIT": (Transport.IN_TRANSIT, None),
    "DELIVERED": (Transport.DELIVERED, None),
    "RETURNED": gone_wrong(Trouble.RETURNED),
    "FAILURE": gone_wrong(Trouble.OTHER),
}
SAID_BY_SUBSTATE = ("TRANSIT", "FAILURE")


class Location(Struct):
    city: str | None = None
    state: str | None = None
    country: str | None = None


class Substate(Struct):
    code: str | None = None


class State(Struct):
    status: str
    status_date: str
    status_details: str | None = None
    substatus: Substate | None = None
    location: Location | None = None


class Track(Struct):
    tracking_number: str
    carrier: str = ""
    tracking_status: State | None = None
    eta: str | None = None
    metadata: str | None = None


class Body(Struct):
    data: Track


def read(raw: bytes) -> list[Scan]:
    """Nothing where the carrier has not said anything yet."""
    track = decoded(raw, Body).data
    if track.tracking_status is None:
        return []
    state, where = track.tracking_status, track.tracking_status.location
    code = (state.substatus.code if state.substatus else None) or ""
    more = code if state.status in SAID_BY_SUBSTATE else None
    status, trouble, _ = meaning(SUBSTATES | STATES, more, state.status)
    return [
        Scan(
            tracking=track.tracking_number,
            carrier=track.carrier or "Shippo",
            at=happened(state.status_date),
            status=status,
            trouble=trouble,
            code=f"{state.status}/{code}",
            known=state.status in STATES,
            said=state.status_details or "",
            place=place(where.city, where.state, where.country) if where else None,
            eta_at=arrival(track.eta),
            order=track.metadata or "",
        )
    ]


ADAPTER = Adapter(
    key="shippo",
    name="Shippo",
    confidence="A",
    signature=StampedHmac(header="Shippo-Auth-Signature"),
    read=read,
)
