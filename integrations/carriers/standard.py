"""Own programs, such as n8n: events in the tower's own words, signed as Standard Webhooks are.

The body is an event, a list of them, or the specification's envelope with either as its `data`. Of
an event, tracking, carrier, status and at must be there; the API's /api/v1/shipments/ has the same
fields.
"""

from msgspec import Struct

from exceptions.vocabulary import Transport, Trouble
from integrations.carriers.scan import Adapter, Scan, Unreadable, arrival, decoded, happened
from integrations.carriers.signatures import Standard


class Event(Struct):
    tracking: str
    carrier: str
    status: str
    at: str
    trouble: str | None = None
    said: str | None = None
    place: str | None = None
    eta_at: str | None = None
    transfer: str | None = None


class Envelope(Struct):
    data: Event | list[Event] | None = None


def read(raw: bytes) -> list[Scan]:
    events = _events(raw)
    if not events:
        raise Unreadable("There is no event in it.")
    return [_scan(event) for event in events]


def _events(raw: bytes) -> list[Event]:
    if raw.lstrip()[:1] == b"[":
        return decoded(raw, list[Event])
    data = decoded(raw, Envelope).data
    if data is None:
        data = decoded(raw, Event)
    return data if isinstance(data, list) else [data]


def _scan(event: Event) -> Scan:
    """A status or a trouble that the tower does not have is an unknown word, as any carrier's."""
    trouble = event.trouble or None
    known = event.status in Transport.values and (trouble is None or trouble in Trouble.values)
    return Scan(
        tracking=event.tracking,
        carrier=event.carrier,
        at=happened(event.at),
        status=Transport(event.status) if known else None,
        trouble=Trouble(trouble) if known and trouble else None,
        code=f"{event.status}/{trouble}" if trouble else event.status,
        known=known,
        said=event.said or "",
        place=event.place,
        eta_at=arrival(event.eta_at),
        order=event.transfer or "",
    )


ADAPTER = Adapter(
    key="standard",
    name="Own program (Standard Webhooks)",
    confidence="A",
    signature=Standard(),
    id_header="webhook-id",
    read=read,
)
