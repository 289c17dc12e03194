"""GS1 EPCIS 2.0: events of things with a code of their own, one or many in a document. How they are
signed is agreed on with each partner; HMAC-SHA256 in hex is what we ask for. (Read in GS1's own
specification.)
"""

from collections.abc import Iterator

from msgspec import Struct, field

from exceptions.vocabulary import Transport, Trouble
from integrations.carriers.scan import (
    Adapter,
    Scan,
    Words,
    decoded,
    gone_wrong,
    happened,
    meaning,
)
from integrations.carriers.signatures import Hmac, in_base64, in_hex

STEPS: Words = {
    "shipping": (Transport.IN_TRANSIT, None),
    "departing": (Transport.IN_TRANSIT, None),
    "loading": (Transport.IN_TRANSIT, None),
    "transporting": (Transport.IN_TRANSIT, None),
    "arriving": (Transport.IN_TRANSIT, None),
    "unloading": (Transport.IN_TRANSIT, None),
    "receiving": (Transport.IN_TRANSIT, None),
    "accepting": (Transport.DELIVERED, None),
}
# How a thing is counts for more than what was done to it.
STATES: Words = {
    "damaged": gone_wrong(Trouble.DAMAGED),
    "destroyed": gone_wrong(Trouble.LOST),
    "stolen": gone_wrong(Trouble.LOST),
    "returned": gone_wrong(Trouble.RETURNED),
    "expired": gone_wrong(Trouble.OTHER),
    "mismatch_quantity": gone_wrong(Trouble.OTHER),
    "mismatch_class": gone_wrong(Trouble.OTHER),
    "mismatch_instance": gone_wrong(Trouble.OTHER),
    "non_conformant": gone_wrong(Trouble.OTHER),
    "unavailable": gone_wrong(Trouble.OTHER),
    "recalled": gone_wrong(Trouble.OTHER),
}


class Place(Struct):
    id: str | None = None


class Transaction(Struct):
    bizTransaction: str  # noqa: N815
    type: str | None = None


class Event(Struct):
    eventTime: str | None = None  # noqa: N815
    eventID: str | None = None  # noqa: N815
    bizStep: str | None = None  # noqa: N815
    disposition: str | None = None
    epcList: list[str] = []  # noqa: N815
    readPoint: Place | None = None  # noqa: N815
    bizTransactionList: list[Transaction] = []  # noqa: N815


class Contents(Struct):
    eventList: list[Event] = []  # noqa: N815


class Document(Event):
    """An event by itself, or a document that holds some."""

    body: Contents | None = field(default=None, name="epcisBody")


def read(raw: bytes) -> list[Scan]:
    """One for each thing of each event. What is no matter of transport says nothing."""
    document = decoded(raw, Document)
    events = document.body.eventList if document.body else [document]
    return [scan for event in events for scan in _scans(event)]


def _scans(event: Event) -> Iterator[Scan]:
    step, state = _word(event.bizStep), _word(event.disposition)
    status, trouble, known = meaning(STEPS | STATES, state, step)
    orders = [_last(each.bizTransaction) for each in event.bizTransactionList]
    for code in event.epcList:
        yield Scan(
            tracking=code,
            carrier="EPCIS",
            at=happened(event.eventTime),
            status=status,
            trouble=trouble,
            code=f"{step}/{state}",
            known=known or not (step or state),
            place=event.readPoint.id if event.readPoint else None,
            order=orders[0] if orders else "",
            event_id=f"{event.eventID}|{code}" if event.eventID else "",
        )


def _word(name: str | None) -> str:
    """`shipping`, also of `urn:epcglobal:cbv:bizstep:shipping` and `…/cbv/BizStep-shipping`."""
    return _last(name or "").rpartition("-")[2]


def _last(name: str) -> str:
    return name.replace("/", ":").rpartition(":")[2]


ADAPTER = Adapter(
    key="epcis",
    name="GS1 EPCIS 2.0",
    confidence="A",
    signature=Hmac(header="GS1-Signature", ways=(in_hex, in_base64)),
    read=read,
)
