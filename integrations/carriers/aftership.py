"""AfterShip: `tracking_update`, `edd_revise`, `tracking_pending_time`. The signature has no
timestamp: the event's id tells what was sent before. (Read in AfterShip's own documents.)

Only those subtags stand here that its documents explain. A table found in public programs calls
Exception_003 "lost": it is "refused".
"""

from datetime import UTC, datetime

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
    meaning,
    place,
)
from integrations.carriers.signatures import Hmac, in_base64

TAGS: Words = {
    "Pending": None,
    "Expired": None,
    "InfoReceived": (Transport.PRE_TRANSIT, None),
    "InTransit": (Transport.IN_TRANSIT, None),
    "OutForDelivery": (Transport.OUT_FOR_DELIVERY, None),
    "AvailableForPickup": (Transport.AVAILABLE_FOR_PICKUP, None),
    "AttemptFail": gone_wrong(Trouble.FAILED_ATTEMPT),
    "Delivered": (Transport.DELIVERED, None),
    "Exception": gone_wrong(Trouble.OTHER),
}
SUBTAGS: Words = {
    "Exception_002": gone_wrong(Trouble.ADDRESS),
    "Exception_003": gone_wrong(Trouble.REFUSED),
    "Exception_004": gone_wrong(Trouble.CUSTOMS),
    "Exception_005": gone_wrong(Trouble.DELAYED),
    "Exception_006": gone_wrong(Trouble.OTHER),
    "Exception_016": gone_wrong(Trouble.DELAYED),
    "Exception_017": gone_wrong(Trouble.WEATHER),
    "Exception_018": gone_wrong(Trouble.CUSTOMS),
}


class Checkpoint(Struct):
    checkpoint_time: str | None = None
    message: str | None = None
    city: str | None = None
    country_region: str | None = None


class Estimate(Struct):
    datetime: str | None = None


class Message(Struct):
    tracking_number: str
    tag: str
    slug: str = ""
    subtag: str | None = None
    subtag_message: str | None = None
    order_number: str | None = None
    latest_estimated_delivery: Estimate | None = None
    checkpoints: list[Checkpoint] = []


class Body(Struct):
    msg: Message
    ts: float
    event_id: str = ""


def read(raw: bytes) -> list[Scan]:
    """At the last checkpoint's instant. Those are local times, mostly without an offset: then the
    event's own instant counts, which is in UTC.
    """
    body = decoded(raw, Body)
    told = body.msg
    last = told.checkpoints[-1] if told.checkpoints else Checkpoint()
    status, trouble, _ = meaning(TAGS | SUBTAGS, told.subtag, told.tag)
    return [
        Scan(
            tracking=told.tracking_number,
            carrier=told.slug or "AfterShip",
            at=_at(last.checkpoint_time, body.ts),
            status=status,
            trouble=trouble,
            code=told.subtag or told.tag,
            known=told.tag in TAGS and (told.tag != "Exception" or told.subtag in SUBTAGS),
            said=last.message or told.subtag_message or "",
            place=place(last.city, last.country_region),
            eta_at=arrival(_estimated(told)),
            order=told.order_number or "",
            event_id=body.event_id,
        )
    ]


def _estimated(told: Message) -> str | None:
    return told.latest_estimated_delivery.datetime if told.latest_estimated_delivery else None


def _at(checkpoint: str | None, ts: float) -> datetime:
    try:
        local = datetime.fromisoformat(checkpoint) if checkpoint else None
        sent = datetime.fromtimestamp(ts, UTC)
        return local.astimezone(UTC) if local and local.tzinfo else sent
    except (ValueError, OverflowError, OSError):
        raise Unreadable(f"No instant: {checkpoint!r}, {ts!r}") from None


ADAPTER = Adapter(
    key="aftership",
    name="AfterShip",
    confidence="A",
    signature=Hmac(header="aftership-hmac-sha256", ways=(in_base64,)),
    read=read,
)
