"""Trying: what a body would say if it came from a source. Nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from exceptions import matching
from exceptions.matching import Match, Told
from integrations import events, scans
from integrations.carriers.scan import Scan, Unreadable
from integrations.models import CarrierScan, CarrierWord, EventSource, ScanState
from integrations.scans import Arrived


@dataclass(frozen=True, slots=True)
class Line:
    """What one scan would become; `match` is what its parcel carries."""

    scan: Scan
    row: CarrierScan
    match: Match
    dropped: bool

    @property
    def unknown(self) -> bool:
        return self.row.became == ScanState.UNKNOWN


@dataclass(frozen=True, slots=True)
class Tried:
    """`problem` is why it would be set aside."""

    lines: list[Line] = field(default_factory=list)
    problem: str = ""


def of(source: EventSource, body: bytes, *, at: datetime) -> Tried:
    try:
        found = events.read(source.adapter, body)
    except Unreadable as error:
        return Tried(problem=str(error))
    words = _words(source)
    rules = matching.rules_of(source.rules)
    told = [(_told(source, scan), rules) for scan in found]
    return Tried(
        [
            _line(source, scan, match, words, at)
            for scan, match in zip(found, matching.find(told), strict=True)
        ]
    )


def _words(source: EventSource) -> Mapping[tuple[int, str], CarrierWord]:
    given = source.words.filter(given_at__isnull=False)
    return {(source.pk, word.code): word for word in given}


def _told(source: EventSource, scan: Scan) -> Told:
    return Told(source.connection_id, scan.tracking, scan.carrier, scan.order)


def _line(
    source: EventSource,
    scan: Scan,
    match: Match,
    words: Mapping[tuple[int, str], CarrierWord],
    at: datetime,
) -> Line:
    row = scans.row_of(Arrived(source, scan, at), words)
    return Line(scan, row, match, scans.is_dropped(source, row))
