"""Shipments: what carriers say of parcels, taken in beside what the source says of their transfers.

Events arrive late, twice and in any order. Each is a reading of its own instant, so the mirror lets
the latest win, whenever it comes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from exceptions import facts as facts_module
from exceptions import intake, links
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


Told = Sequence[tuple[Event, Site]]


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of many events, in their order: the parcels, and which of them came late."""

    parcels: list[Parcel]
    late: list[bool]
    changes: Counter[Change]


def take_in(event: Event, site: Site, *, at: datetime, via: Via = Via.CARRIER) -> Taken:
    """Take in one event of a parcel that is sent from `site`, or comes there."""
    heard = take_in_all([(event, site)], at=at, via=via)
    return Taken(_documents(heard.parcels).get(), heard.late[0], dict(heard.changes))


@transaction.atomic
def take_in_all(told: Told, *, at: datetime, via: Via = Via.CARRIER) -> Heard:
    """Take in many events, each of a parcel that is sent from its site, or comes there.

    Of several events of one parcel the latest is acted on: the others were over when they came.
    """
    parcels = _parcels(told)
    seen = _documents(parcels)
    before = dict(seen.values_list("record_id", "read_at"))
    late = [
        parcel.pk in before and before[parcel.pk] > event.at
        for parcel, (event, _site) in zip(parcels, told, strict=True)
    ]
    batch = []
    for parcel, (event, site), is_late in zip(parcels, told, late, strict=True):
        if event.transfer and not (is_late and parcel.transfer):
            _carries(parcel, event.transfer)
        batch.append((event, parcel, site))
    facts = [_shipment(event, parcel, site) for event, parcel, site in batch]
    return Heard(parcels, late, intake.take_in(facts, at=at, via=via))


@transaction.atomic
def facts_of(event: Event, site: Site) -> Shipment:
    """The facts that the first event of a parcel makes, without taking them in."""
    (parcel,) = _parcels([(event, site)])
    _carries(parcel, event.transfer)
    return _shipment(event, parcel, site)


def parcels_with(document: Document) -> QuerySet[Parcel]:
    """The parcels that bring what the document is about, or that it is about itself."""
    named = {document.reference, *document.facts.get("transfers", [])}
    carried = Q(connection=document.connection_id, transfer__in=named - {""})
    itself = Q(pk=document.record_id) if document.model == SHIPMENT_MODEL else Q(pk=None)
    return Parcel.objects.filter(carried | itself)


def _carries(parcel: Parcel, transfer: str) -> None:
    if parcel.transfer != transfer:
        parcel.transfer = transfer
        parcel.save(update_fields=["transfer"])


def _documents(parcels: Iterable[Parcel]) -> QuerySet[Document]:
    of = list(parcels)
    return Document.objects.filter(
        connection_id__in={parcel.connection_id for parcel in of},
        model=SHIPMENT_MODEL,
        record_id__in={parcel.pk for parcel in of},
        facts_type=Shipment.__name__,
    )


def _parcels(told: Told) -> list[Parcel]:
    """The parcel of each event, locked: what is told of it is taken in one after the other."""
    return parcels_of([(site.connection_id, event.carrier, event.tracking) for event, site in told])


def parcels_of(named: Sequence[tuple[int, str, str]]) -> list[Parcel]:
    """The parcels of those connections, carriers and tracking numbers, new ones too, locked."""
    keys = [ParcelKey(c, carrier.casefold(), tracking) for c, carrier, tracking in named]
    names = {key.carrier: carrier for key, (_c, carrier, _t) in zip(keys, named, strict=True)}
    known = _known_parcels(keys)
    if missing := set(keys) - known.keys():
        _make(missing, names)
        known |= _known_parcels(missing)
    locked = (
        Parcel.objects.select_for_update(of=("self",), no_key=True)
        .select_related("carrier")
        .filter(pk__in=known.values())
        .order_by("pk")
    )
    by_id = {parcel.pk: parcel for parcel in locked}
    return [by_id[known[key]] for key in keys]


@dataclass(frozen=True, slots=True)
class ParcelKey:
    """What a parcel is known by. `carrier` is the key of the carrier, in small letters."""

    connection_id: int
    carrier: str
    tracking: str


def _known_parcels(keys: Iterable[ParcelKey]) -> dict[ParcelKey, int]:
    """The ids of those that are there."""
    wanted = set(keys)
    rows = Parcel.objects.filter(
        connection_id__in={key.connection_id for key in wanted},
        carrier__key__in={key.carrier for key in wanted},
        tracking__in={key.tracking for key in wanted},
    )
    named = rows.values_list("connection_id", "carrier__key", "tracking", "pk")
    found = {ParcelKey(c, carrier, tracking): pk for c, carrier, tracking, pk in named}
    return {key: pk for key, pk in found.items() if key in wanted}


def _make(keys: Iterable[ParcelKey], names: Mapping[str, str]) -> None:
    """Whoever was faster is not in the way. In one order, so that two never wait crosswise."""
    ordered = sorted(keys, key=lambda key: (key.connection_id, key.carrier, key.tracking))
    Carrier.objects.bulk_create(
        [Carrier(key=k, name=names[k]) for k in sorted({key.carrier for key in ordered})],
        ignore_conflicts=True,
    )
    carriers = Carrier.objects.in_bulk({key.carrier for key in ordered}, field_name="key")
    Parcel.objects.bulk_create(
        [
            Parcel(
                connection_id=key.connection_id,
                carrier=carriers[key.carrier],
                tracking=key.tracking,
            )
            for key in ordered
        ],
        ignore_conflicts=True,
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
    if not found:
        bears = [links.of_parcel(parcel.tracking)]
        found += ours.filter(facts_type=Delivery.__name__, links__contains=bears)
    return sorted(found, key=lambda d: (names.index(d.facts_type), d.pk))


def _customer(facts: Facts) -> Partner | None:
    if isinstance(facts, Transfer):
        return facts.partner
    return facts.customer if isinstance(facts, Delivery | Handover) else None


def _value(facts: Facts) -> Decimal | None:
    """At order prices. What a transfer says of itself is what is not reserved, at cost: no matter
    of the parcel's; and an order that has gone out has nothing left to deliver.
    """
    if isinstance(facts, Delivery) and not facts.open:
        return None
    return facts.value if isinstance(facts, Delivery | Handover | Receipt) else None


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)
