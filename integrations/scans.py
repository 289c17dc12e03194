"""Scans: what adapters have read, believed or not, matched to transfers and taken in.

A scan is news once, in whichever delivery it comes, and is ordered by its own time: one that comes
late is kept and shown, and changes nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction

from exceptions import matching, shipments
from exceptions.casework import Change
from exceptions.matching import Match, Told
from exceptions.models import Document, Parcel, Site
from exceptions.shipments import Event
from exceptions.vocabulary import SHIPMENT_MODEL, Matched, Via
from integrations.carriers.scan import Scan
from integrations.models import CarrierScan, CarrierWord, EventSource, ScanState

FORGET_AT_A_TIME = 5_000
LONGEST_CODE = 120


class Became(StrEnum):
    """What became of a scan."""

    TAKEN = "taken in"
    LATE = "came late"
    UNKNOWN = "unknown word"
    SILENT = "says nothing of the way"
    BEFORE = "was here before"
    DROPPED = "dropped by the filter"


# What it became, by how it is stored.
STORED = {
    ScanState.TAKEN: Became.TAKEN,
    ScanState.LATE: Became.LATE,
    ScanState.UNKNOWN: Became.UNKNOWN,
    ScanState.SILENT: Became.SILENT,
}


@dataclass(frozen=True, slots=True)
class Arrived:
    """A scan, and by which source and when it came."""

    source: EventSource
    scan: Scan
    received_at: datetime


Words = Mapping[tuple[int, str], CarrierWord]
News = list[tuple[Arrived, CarrierScan]]


@transaction.atomic
def take_in(arrived: Sequence[Arrived], *, at: datetime) -> tuple[list[Became], Counter[Change]]:
    """What became of each, in their order, and how many cases changed in which way."""
    words = _words(arrived)
    rows = [row_of(each, words) for each in arrived]
    before = _before(rows)
    became: dict[int, Became] = {}
    news: News = []
    for n, (each, row) in enumerate(zip(arrived, rows, strict=True)):
        if is_dropped(each.source, row):
            became[n] = Became.DROPPED
        elif (row.source_id, row.key) in before:
            became[n] = Became.BEFORE
        else:
            before.add((row.source_id, row.key))
            news.append((each, row))
    changes = _believe(news, at) if news else Counter()
    told = [became.get(n) or STORED[ScanState(row.became)] for n, row in enumerate(rows)]
    return told, changes


def _words(arrived: Iterable[Arrived]) -> Words:
    """What people said that words mean, of the sources at hand."""
    sources = {each.source.pk for each in arrived}
    given = CarrierWord.objects.filter(source__in=sources, given_at__isnull=False)
    return {(word.source_id, word.code): word for word in given}


def row_of(each: Arrived, words: Words) -> CarrierScan:
    """The scan as it is kept, without its parcel yet, understood as people said where the adapter
    does not know its word. What has not happened yet counts as now: it would outlast all news.
    """
    scan = each.scan
    row = CarrierScan(
        source=each.source,
        key=hashlib.sha256(scan.key.encode("utf-8", "replace")).hexdigest(),
        at=min(scan.at, each.received_at),
        received_at=each.received_at,
        code=_text(scan.code, LONGEST_CODE),
        said=_text(scan.said, 500),
        place=_text(scan.place, 120),
        eta_at=scan.eta_at,
        status=scan.status or "",
        trouble=scan.trouble or "",
        became=ScanState.TAKEN if scan.status else ScanState.SILENT,
    )
    if not scan.known:
        understand(row, words.get((each.source.pk, row.code)))
    return row


def understand(row: CarrierScan, word: CarrierWord | None) -> None:
    """What its word means; without anybody's saying it, nothing."""
    if word is None:
        row.status = row.trouble = ""
        row.became = ScanState.UNKNOWN
    else:
        row.status, row.trouble = word.status, word.trouble
        row.became = ScanState.TAKEN if word.status else ScanState.SILENT


def _text(said: str | None, most: int) -> str:
    """As PostgreSQL takes it."""
    return (said or "").replace("\x00", "").encode("utf-8", "replace").decode()[:most]


def is_dropped(source: EventSource, row: CarrierScan) -> bool:
    """By its code, or by what it means."""
    told = {row.code.casefold(), row.status, row.trouble} - {""}
    return not told.isdisjoint(source.dropped)


def _before(rows: Iterable[CarrierScan]) -> set[tuple[int, str]]:
    known = CarrierScan.objects.filter(
        source__in={row.source_id for row in rows}, key__in={row.key for row in rows}
    )
    return set(known.values_list("source_id", "key"))


def _believe(news: News, at: datetime) -> Counter[Change]:
    """Match them and take them in; keep all of them, and list the words that nobody knows."""
    named = [(a.source.connection_id, a.scan.carrier, a.scan.tracking) for a, _row in news]
    for (each, row), parcel in zip(news, shipments.parcels_of(named), strict=True):
        row.parcel = parcel
        parcel.heard_at = at
        parcel.named = _text(each.scan.order, 120) or parcel.named
    rows = [row for _each, row in news]
    changes = act(rows, at=at)
    CarrierScan.objects.bulk_create(rows)
    _ask_about(rows)
    return changes


def act(rows: Sequence[CarrierScan], *, at: datetime) -> Counter[Change]:
    """Take in those that say something, and note which of them come late."""
    sites = match(rows, at=at)
    saying = [n for n, row in enumerate(rows) if row.became == ScanState.TAKEN]
    told = [(event_of(rows[n]), sites[n]) for n in saying]
    heard = shipments.take_in_all(told, at=at, via=Via.CARRIER)
    for n, late in zip(saying, heard.late, strict=True):
        rows[n].became = ScanState.LATE if late else ScanState.TAKEN
    return heard.changes


def event_of(row: CarrierScan) -> Event:
    return Event(
        tracking=row.parcel.tracking,
        carrier=row.parcel.carrier.name,
        status=row.status,
        trouble=row.trouble or None,
        at=row.at,
        said=row.said,
        place=row.place or None,
        eta_at=row.eta_at,
        transfer=row.parcel.transfer,
    )


def match(rows: Sequence[CarrierScan], *, at: datetime) -> list[Site]:
    """Find what the parcel of each carries, keep it, and tell at which site that is."""
    parcels = {row.parcel.pk: row.parcel for row in rows}
    rules = {row.source_id: matching.rules_of(row.source.rules) for row in rows}
    found = matching.find([(_told(row.parcel), rules[row.source_id]) for row in rows])
    for row, each in zip(rows, found, strict=True):
        _carry(row.parcel, each, at)
    fields = ["transfer", "matched", "matched_at", "named", "heard_at"]
    Parcel.objects.bulk_update(parcels.values(), fields)
    return _sites(rows, found)


def _told(parcel: Parcel) -> Told:
    """What a person said it carries is looked for by its name alone, to learn where that is."""
    if parcel.matched == Matched.HAND:
        return Told(parcel.connection_id, "", parcel.carrier.name, parcel.transfer)
    return Told(parcel.connection_id, parcel.tracking, parcel.carrier.name, parcel.named)


def _carry(parcel: Parcel, found: Match, at: datetime) -> None:
    """What a person said stays; so does what was found before, where nothing is found now."""
    if parcel.matched == Matched.HAND:
        return
    parcel.named = found.named[:120]
    if not found.transfer or found.how is None:
        return
    if (parcel.transfer, parcel.matched) != (found.transfer, found.how):
        parcel.transfer, parcel.matched, parcel.matched_at = found.transfer[:120], found.how, at


def _sites(rows: Sequence[CarrierScan], found: Sequence[Match]) -> list[Site]:
    """Where the transfer is; else where the parcel was; else as the source's rules say."""
    known = Document.objects.filter(
        connection_id__in={row.parcel.connection_id for row in rows},
        model=SHIPMENT_MODEL,
        record_id__in={row.parcel.pk for row in rows},
    )
    was = dict(known.values_list("record_id", "site_id"))
    ids = []
    for row, each in zip(rows, found, strict=True):
        stays = was.get(row.parcel.pk) if row.parcel.transfer else None
        matched = each.site_id if each.transfer else None
        ids.append(matched or stays or each.site_id or row.source.site_id)
    sites = Site.objects.in_bulk(set(ids))
    return [sites[pk] for pk in ids]


def _ask_about(rows: Iterable[CarrierScan]) -> None:
    """Words that nobody knows, for somebody to say what they mean."""
    CarrierWord.objects.bulk_create(
        [
            CarrierWord(
                source=row.source, code=row.code, said=row.said[:300], first_at=row.received_at
            )
            for row in rows
            if row.became == ScanState.UNKNOWN
        ],
        ignore_conflicts=True,
    )


def match_waiting(*, at: datetime) -> int:
    """Look again for what nobody knew, where the mirror now bears it; returns how many."""
    waiting = matching.waiting(at=at)
    return len(again(waiting, at=at))


@transaction.atomic
def again(parcels: Iterable[int], *, at: datetime) -> list[CarrierScan]:
    """Take in once more the last that was said of each parcel: what it carries has changed."""
    locked = Parcel.objects.select_for_update(of=("self",), no_key=True).select_related("carrier")
    by_id = {parcel.pk: parcel for parcel in locked.filter(pk__in=list(parcels)).order_by("pk")}
    last = (
        CarrierScan.objects.filter(parcel__in=by_id, became=ScanState.TAKEN)
        .select_related("source")
        .order_by("parcel", "-at", "-pk")
        .distinct("parcel")
    )
    rows = list(last)
    for row in rows:
        row.parcel = by_id[row.parcel_id]
    if rows:
        act(rows, at=at)
    return rows


def forget(*, at: datetime) -> int:
    """Remove what came long ago (TOWER_KEEP_DELIVERIES days), in batches; returns how many."""
    until = at - timedelta(days=settings.TOWER_KEEP_DELIVERIES)
    forgotten = 0
    while True:
        old = CarrierScan.objects.filter(received_at__lt=until).order_by("received_at")
        ids = list(old.values_list("pk", flat=True)[:FORGET_AT_A_TIME])
        if not ids:
            return forgotten
        forgotten += CarrierScan.objects.filter(pk__in=ids).delete()[0]
