"""ShipEngine (ShipStation API): `API_TRACK`. Signed with RSA; the secret is the document of its
public keys, which it publishes. (Several independent programs agree.)
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
from integrations.carriers.signatures import Rsa

STATES: Words = {
    "UN": None,
    "NY": (Transport.PRE_TRANSIT, None),
    "AC": (Transport.IN_TRANSIT, None),
    "IT": (Transport.IN_TRANSIT, None),
    "AT": gone_wrong(Trouble.FAILED_ATTEMPT),
    "SP": (Transport.AVAILABLE_FOR_PICKUP, None),
    "DE": (Transport.DELIVERED, None),
    "EX": gone_wrong(Trouble.OTHER),
}


class Event(Struct):
    occurred_at: str
    description: str | None = None
    city_locality: str | None = None
    state_province: str | None = None
    country_code: str | None = None


class Track(Struct):
    tracking_number: str
    status_code: str
    carrier_code: str | None = None
    status_description: str | None = None
    carrier_status_code: str | None = None
    exception_description: str | None = None
    ship_date: str | None = None
    estimated_delivery_date: str | None = None
    events: list[Event] = []


class Body(Struct):
    data: Track


def read(raw: bytes) -> list[Scan]:
    """What is wrong is told in the carrier's own text, which no table can hold."""
    track = decoded(raw, Body).data
    last = max(track.events, key=lambda each: happened(each.occurred_at), default=None)
    status, trouble, known = meaning(STATES, track.status_code)
    if last is None and status is None:
        return []
    said = track.exception_description or (last.description if last else None)
    return [
        Scan(
            tracking=track.tracking_number,
            carrier=track.carrier_code or "ShipEngine",
            at=happened(last.occurred_at if last else track.ship_date),
            status=status,
            trouble=trouble,
            code=f"{track.status_code}/{track.carrier_status_code or ''}",
            known=known,
            said=said or track.status_description or "",
            place=place(last.city_locality, last.state_province, last.country_code)
            if last
            else None,
            eta_at=arrival(track.estimated_delivery_date),
        )
    ]


ADAPTER = Adapter(
    key="shipengine",
    name="ShipEngine",
    confidence="B",
    signature=Rsa(
        header="x-shipengine-rsa-sha256-signature",
        stamp_header="x-shipengine-timestamp",
        key_header="x-shipengine-rsa-sha256-key-id",
    ),
    given=True,
    read=read,
)
