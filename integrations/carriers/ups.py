"""UPS: Track Alert. No signature, but a credential that was agreed on when subscribing; a
subscription lives for 14 days. (Read in UPS's own specification.)
"""

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
    place,
)
from integrations.carriers.signatures import Static

# The prose of the specification files "out for delivery" under D, its example under I with this
# code; so type and code are read together.
OUT_FOR_DELIVERY = "OT"
TYPES: Words = {
    "M": (Transport.PRE_TRANSIT, None),
    "MV": gone_wrong(Trouble.OTHER),  # the label was voided
    "I": (Transport.IN_TRANSIT, None),
    "D": (Transport.DELIVERED, None),
    "X": gone_wrong(Trouble.OTHER),
    "U": None,  # another date, no other status
}


class Location(Struct):
    city: str | None = None
    stateProvince: str | None = None  # noqa: N815
    country: str | None = None


class Activity(Struct):
    type: str
    code: str | None = None
    description: str | None = None


class Body(Struct):
    trackingNumber: str  # noqa: N815
    activityStatus: Activity  # noqa: N815
    gmtActivityDate: str  # noqa: N815
    gmtActivityTime: str  # noqa: N815
    activityLocation: Location | None = None  # noqa: N815
    scheduledDeliveryDate: str | None = None  # noqa: N815


def read(raw: bytes) -> list[Scan]:
    body = decoded(raw, Body)
    told, where = body.activityStatus, body.activityLocation
    status, trouble, known = meaning(TYPES, told.type)
    if told.code == OUT_FOR_DELIVERY:
        status, trouble = Transport.OUT_FOR_DELIVERY, None
    return [
        Scan(
            tracking=body.trackingNumber,
            carrier="UPS",
            at=_at(body.gmtActivityDate, body.gmtActivityTime),
            status=status,
            trouble=trouble,
            code=f"{told.type}/{told.code or ''}",
            known=known,
            said=told.description or "",
            place=place(where.city, where.stateProvince, where.country) if where else None,
            eta_at=_day(body.scheduledDeliveryDate) if status != Transport.DELIVERED else None,
        )
    ]


def _at(date: str, clock: str) -> datetime:
    try:
        return datetime.strptime(f"{date}{clock.zfill(6)}", "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise Unreadable(f"No instant: {date!r}, {clock!r}") from None


def _day(date: str | None) -> datetime | None:
    """The end of that day, which counts as that of UTC."""
    try:
        return datetime.strptime(f"{date}235959", "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


ADAPTER = Adapter(
    key="ups", name="UPS", confidence="A", signature=Static(header="credential"), read=read
)
