"""Shipments: what carriers say of parcels, taken in beside what the source says of their transfers.

Events arrive late, twice and in any order. Each is a reading of its own instant, so the mirror lets
the latest win, whenever it comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from exceptions import facts as facts_module
from exceptions import intake
from exceptions.casework import Change
from exceptions.facts import Delivery, Facts, Handover, Partner, Receipt, Shipment, Transfer
from exceptions.models import Carrier, Document, Parcel, Site
from exceptions.vocabulary import SHIPMENT_MODEL, Via

T = TypeVar("T")

# What a transfer's document may say of a parcel; the first that says something is believed.
TELLING = (Delivery, Handover, Receipt, Transfer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a carrier says at the instant `at`, in the words of `Transport` and `Trouble`.

    `transfer` is the reference of the source's record that the parcel carries.
    """

    tracking: str
    carrier: str
    status: str
    at: datetime
    trouble: str | None = None
    said: str = ""
    place: str | None = None
    eta_at: datetime | None = None
    transfer: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The parcel's document as it then stands. `late`: a later event was there before, so nothing
    changed. `changes` are those of cases.
    """

    document: Document
    late: bool
    changes: dict[Change, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the source says of what the parcel carries."""

    customer: Partner | None = None
    value: Decimal | None = None
    currency: str | None = None
    promised_at: datetime | None = None
    company: str = ""
    url: str = ""


@transaction.atomic
def take_in(event: Event, site: Site, *, at: datetime, via: Via = Via.CARRIER) -> Taken:
    """Take in one event of a parcel that is sent from `site`, or comes there."""
    parcel = _parcel(event, site)
    before = _documents(parcel).first()
    late = before is not None and before.read_at > event.at
    if event.transfer and not (late and parcel.transfer):
        parcel.transfer = event.transfer
        parcel.save(update_fields=["transfer"])
    changes = intake.take_in([_shipment(event, parcel, site)], at=at, via=via)
    return Taken(_documents(parcel).get(), late, dict(changes))


@transaction.atomic
def facts_of(event: Event, site: Site) -> Shipment:
    """The facts that the first event of a parcel makes, without taking them in."""
    parcel = _parcel(event, site)
    parcel.transfer = event.transfer
    parcel.save(update_fields=["transfer"])
    return _shipment(event, parcel, site)


def _documents(parcel: Parcel) -> QuerySet[Document]:
    return Document.objects.filter(
        connection_id=parcel.connection_id,
        model=SHIPMENT_MODEL,
        record_id=parcel.pk,
        facts_type=Shipment.__name__,
    )


def _parcel(event: Event, site: Site) -> Parcel:
    """The parcel, locked: its events are taken in one after the other."""
    carrier, _new = Carrier.objects.get_or_create(
        key=event.carrier.casefold(), defaults={"name": event.carrier}
    )
    parcel, _new = Parcel.objects.get_or_create(
        connection_id=site.connection_id, carrier=carrier, tracking=event.tracking
    )
    return (
        Parcel.objects.select_for_update(of=("self",), no_key=True)
        .select_related("carrier")
        .get(pk=parcel.pk)
    )


def _shipment(event: Event, parcel: Parcel, site: Site) -> Shipment:
    known = _known(parcel)
    return Shipment(
        connection_id=site.connection_id,
        site_id=site.pk,
        model=SHIPMENT_MODEL,
        record_id=parcel.pk,
        reference=parcel.transfer or parcel.tracking,
        url=known.url,
        read_at=event.at,
        written_at=event.at,
        company=known.company,
        tracking=parcel.tracking,
        carrier=Partner(id=parcel.carrier.pk, name=parcel.carrier.name),
        status=event.status,
        trouble=event.trouble,
        said=event.said,
        place=event.place,
        last_event_at=event.at,
        eta_at=event.eta_at,
        promised_at=known.promised_at,
        customer=known.customer,
        transfer=parcel.transfer or None,
        value=known.value,
        currency=known.currency,
    )


def _known(parcel: Parcel) -> Known:
    """What the mirror knows of the transfer by its reference, or of the order that it belongs to;
    each fact from the first document that tells it.
    """
    documents = list(_telling(parcel)) if parcel.transfer else []
    told = [facts_module.from_plain(d.facts_type, d.facts) for d in documents]
    priced = next((f for f in told if _value(f) is not None), None)
    return Known(
        customer=_first(_customer(f) for f in told),
        value=_value(priced) if priced else None,
        currency=getattr(priced, "currency", None),
        promised_at=_first(d.first_promised_at for d in documents),
        company=next((f.company for f in told), ""),
        url=next((d.url for d in documents if d.reference == parcel.transfer), ""),
    )


def _telling(parcel: Parcel) -> list[Document]:
    """The documents about the transfer, in the order in which they are believed."""
    ours = Document.objects.filter(connection_id=parcel.connection_id, gone_at=None)
    names = [each.__name__ for each in TELLING]
    found = list(ours.filter(reference=parcel.transfer, facts_type__in=names))
    orders = [o for d in found if (o := d.facts.get("order_reference"))]
    if orders:
        found += ours.filter(reference__in=orders, facts_type=Delivery.__name__)
    if not found:
        steps = ours.filter(facts_type=Delivery.__name__, living=True)
        found += steps.filter(facts__transfers__contains=[parcel.transfer])
    return sorted(found, key=lambda d: (names.index(d.facts_type), d.pk))


def _customer(facts: Facts) -> Partner | None:
    if isinstance(facts, Transfer):
        return facts.partner
    return facts.customer if isinstance(facts, Delivery | Handover) else None


def _value(facts: Facts) -> Decimal | None:
    """At order prices. What a transfer says of itself is what is not reserved, at cost: no matter
    of the parcel's; and an order that has gone out has nothing left to deliver.
    """
    return facts.value if isinstance(facts, Delivery | Handover | Receipt) else None


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)
