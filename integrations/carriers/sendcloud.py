"""Sendcloud: `parcel_status_changed`. The status has a number and a message; the number differs
between carriers' tables, so the message is read. (Read in Sendcloud's own documents.)
"""

import re
from datetime import UTC, datetime

from msgspec import Struct

from exceptions.vocabulary import Transport, Trouble
from integrations.carriers.scan import (
    Adapter,
    Scan,
    Unreadable,
    Words,
    decoded,
    gone_wrong,
    meaning,
)
from integrations.carriers.signatures import Hmac

# That a parcel is at customs is its way; only that it stays there is trouble.
STATES: Words = {
    "announced": (Transport.PRE_TRANSIT, None),
    "ready-to-send": (Transport.PRE_TRANSIT, None),
    "picked-up-by-driver": (Transport.IN_TRANSIT, None),
    "to-sorting": (Transport.IN_TRANSIT, None),
    "sorted": (Transport.IN_TRANSIT, None),
    "at-sorting-centre": (Transport.IN_TRANSIT, None),
    "shipment-on-route": (Transport.IN_TRANSIT, None),
    "at-customs": (Transport.IN_TRANSIT, None),
    "driver-on-route": (Transport.OUT_FOR_DELIVERY, None),
    "awaiting-customer-pickup": (Transport.AVAILABLE_FOR_PICKUP, None),
    "collected-by-customer": (Transport.DELIVERED, None),
    "delivered": (Transport.DELIVERED, None),
    "delivery-failed": gone_wrong(Trouble.FAILED_ATTEMPT),
    "delayed": gone_wrong(Trouble.DELAYED),
    "undeliverable": gone_wrong(Trouble.OTHER),
    "refused-by-recipient": gone_wrong(Trouble.REFUSED),
    "returned-to-sender": gone_wrong(Trouble.RETURNED),
    "address-invalid": gone_wrong(Trouble.ADDRESS),
    "exception": gone_wrong(Trouble.OTHER),
    "cancelled": gone_wrong(Trouble.OTHER),
    "unknown": None,
}


class State(Struct):
    message: str
    id: int | None = None


class Carrier(Struct):
    code: str | None = None


class Method(Struct):
    name: str | None = None


class Parcel(Struct):
    tracking_number: str
    status: State
    carrier: Carrier | None = None
    shipment: Method | None = None
    order_number: str | None = None


class Body(Struct):
    parcel: Parcel
    carrier_status_change_timestamp: int | None = None
    timestamp: int | None = None


def read(raw: bytes) -> list[Scan]:
    body = decoded(raw, Body)
    parcel = body.parcel
    status, trouble, known = meaning(STATES, slug(parcel.status.message))
    return [
        Scan(
            tracking=parcel.tracking_number,
            carrier=_carrier(parcel),
            at=_at(body.carrier_status_change_timestamp or body.timestamp),
            status=status,
            trouble=trouble,
            code=slug(parcel.status.message),
            known=known,
            said=parcel.status.message,
            order=parcel.order_number or "",
        )
    ]


def slug(message: str) -> str:
    """`Ready to send` is `ready-to-send` in the newer API."""
    return re.sub(r"[^a-z]+", "-", message.casefold()).strip("-")


def _carrier(parcel: Parcel) -> str:
    """By its code, else the first word of the shipping method: `PostNL Standard`."""
    code = parcel.carrier.code if parcel.carrier else None
    method = (parcel.shipment.name if parcel.shipment else None) or ""
    return code or method.partition(" ")[0] or "Sendcloud"


def _at(milliseconds: int | None) -> datetime:
    try:
        if milliseconds is not None:
            return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise Unreadable(f"No instant: {milliseconds!r}")


ADAPTER = Adapter(
    key="sendcloud",
    name="Sendcloud",
    confidence="A",
    signature=Hmac(header="Sendcloud-Signature"),
    read=read,
)
