"""EasyPost: `tracker.created` and `tracker.updated`. (Read in EasyPost's own examples.)"""

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
from integrations.carriers.signatures import Hmac, decomposed

# Where something is wrong, the detail says what; else the status says where it is.
TROUBLES: Words = {
    "address_correction": gone_wrong(Trouble.ADDRESS),
    "damaged": gone_wrong(Trouble.DAMAGED),
    "delayed": gone_wrong(Trouble.DELAYED),
    "delivery_exception": gone_wrong(Trouble.OTHER),
    "transit_exception": gone_wrong(Trouble.OTHER),
    "held": gone_wrong(Trouble.OTHER),
    "lost": gone_wrong(Trouble.LOST),
    "missorted": gone_wrong(Trouble.DELAYED),
    "refused": gone_wrong(Trouble.REFUSED),
    "return": gone_wrong(Trouble.RETURNED),
    "weather_delay": gone_wrong(Trouble.WEATHER),
    "awaiting_information": gone_wrong(Trouble.OTHER),
    "expired": gone_wrong(Trouble.OTHER),
}
STATES: Words = {
    "unknown": None,
    "error": None,
    "pre_transit": (Transport.PRE_TRANSIT, None),
    "in_transit": (Transport.IN_TRANSIT, None),
    "out_for_delivery": (Transport.OUT_FOR_DELIVERY, None),
    "available_for_pickup": (Transport.AVAILABLE_FOR_PICKUP, None),
    "delivered": (Transport.DELIVERED, None),
    "return_to_sender": gone_wrong(Trouble.RETURNED),
    "failure": gone_wrong(Trouble.OTHER),
    "cancelled": gone_wrong(Trouble.OTHER),
}
ENDED = "delivered"


class Location(Struct):
    city: str | None = None
    state: str | None = None
    country: str | None = None


class Detail(Struct):
    datetime: str
    message: str | None = None
    status_detail: str | None = None
    tracking_location: Location | None = None


class Tracker(Struct):
    tracking_code: str
    status: str
    carrier: str | None = None
    status_detail: str | None = None
    updated_at: str | None = None
    est_delivery_date: str | None = None
    tracking_details: list[Detail] = []


class Body(Struct):
    result: Tracker
    id: str = ""


def read(raw: bytes) -> list[Scan]:
    """The parcel as it stands: the last detail, as the list of them is sent whole each time."""
    body = decoded(raw, Body)
    told = body.result
    last = max(told.tracking_details, key=lambda each: happened(each.datetime), default=None)
    wrong = told.status != ENDED and told.status_detail in TROUBLES
    words, word = (TROUBLES, told.status_detail) if wrong else (STATES, told.status)
    status, trouble, _ = meaning(words, word)
    where = last.tracking_location if last else None
    return [
        Scan(
            tracking=told.tracking_code,
            carrier=told.carrier or "EasyPost",
            at=happened(last.datetime if last else told.updated_at),
            status=status,
            trouble=trouble,
            code=f"{told.status}/{told.status_detail or ''}",
            known=told.status in STATES,
            said=(last.message if last else None) or "",
            place=place(where.city, where.state, where.country) if where else None,
            eta_at=arrival(told.est_delivery_date),
            event_id=body.id,
        )
    ]


ADAPTER = Adapter(
    key="easypost",
    name="EasyPost",
    confidence="A",
    signature=Hmac(header="X-Hmac-Signature", prefix="hmac-sha256-hex=", prepared=decomposed),
    read=read,
)
