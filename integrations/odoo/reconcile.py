"""Reconcile: what can hold an exception, compared id by id on both sides, and put right.

The cursor can miss what a long transaction wrote, and never sees a deletion; this finds both. What
it found stands in the ledger (see `gaps`), with a run for each source.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.models import OdooAccess, ReconcileRun, SyncCursor
from integrations.odoo import errors, gaps, mirrored, sides, sync
from integrations.odoo.client import Odoo
from integrations.odoo.ground import Ground
from integrations.odoo.sides import Held, Stamps, Tally
from integrations.odoo.sources import SOURCES, Source

logger = logging.getLogger(__name__)

BATCH = 500
MOST_PROBLEMS = 20  # records that cannot be read, one by one; more are a trouble of the source

Now = Callable[[], datetime]


@dataclass(slots=True)
class Comparison:
    """One source being compared. `apart` are documents that only one side can know: what belongs
    to no warehouse of ours, and what we watch for longer than Odoo's terms say.
    """

    row: OdooAccess
    odoo: Odoo
    source: Source
    domain: Sequence[Any]
    run: ReconcileRun
    last_seen: datetime | None
    at: datetime
    apart: set[int] = field(default_factory=set)
    problems: dict[int, str] = field(default_factory=dict)
    moved: bool = False  # reading again has changed something here


def reconcile(row: OdooAccess, odoo: Odoo, *, now: Now) -> list[ReconcileRun]:
    """Compare and repair every source; one that fails does not stop the others.

    Raises what is OUT_OF_REACH or a silence. A source that is not there, or whose first reading is
    not over, has nothing to compare: its run is not kept.
    """
    return [_attempt(row, odoo, source, now) for source in SOURCES if source.authority]


def _attempt(row: OdooAccess, odoo: Odoo, source: Source, now: Now) -> ReconcileRun:
    run = ReconcileRun(connection=row.connection, source=source.name, started_at=now())
    if not _read_once(row, source):
        return run
    try:
        _compare(_begun(row, odoo, source, run))
    except errors.UnknownModel as error:
        run.error = "" if source.optional else error.in_full[:500]
    except errors.OdooError as error:
        run.error = error.in_full[:500]
        if error.silence or isinstance(error, errors.OUT_OF_REACH):
            raise
        logger.warning("%s: %s could not be compared: %s", row.connection, source.name, error)
    except Exception:
        logger.exception("%s: %s could not be compared", row.connection, source.name)
        run.error = sync.UNEXPECTED
    finally:
        _end(run, at=now())
    return run


def _begun(row: OdooAccess, odoo: Odoo, source: Source, run: ReconcileRun) -> Comparison:
    """Raises UnknownModel where the source rests on what is not installed."""
    at = run.started_at
    whole = ReconcileRun.objects.filter(connection=row.connection, source=source.name, error="")
    agreed = whole.filter(finished_at__isnull=False).order_by("-started_at")
    last_seen = agreed.values_list("started_at", flat=True).first()
    run.save()
    domain = [*source.where(Ground(odoo, row.connection, row.url, read_at=at)), *source.living]
    return Comparison(row, odoo, source, domain, run, last_seen, at)


def _end(run: ReconcileRun, *, at: datetime) -> None:
    """A source that is not there leaves no run behind."""
    if run.pk and run.their_count is None and not run.error:
        run.delete()
    elif run.pk:
        run.finished_at = at
        run.save()


def _read_once(row: OdooAccess, source: Source) -> bool:
    """Whether its first reading is over: what has not come yet is not missed before that."""
    cursor = SyncCursor.objects.filter(connection=row.connection, source=source.name)
    return cursor.filter(deep_started_at__isnull=False).exists()


def _compare(c: Comparison) -> None:
    """Page by page, so that memory is flat; and only what is living on one of the sides, so that
    the cost does not grow with the past.
    """
    theirs, ours = Tally(), Tally()
    for stamps in sides.theirs(c.odoo, c.source, c.domain):
        c.run.watermark = c.run.watermark or c.odoo.server_clock or c.at
        _from_their_side(c, stamps, theirs, ours)
    _from_our_side(c, ours)
    if c.source.document_fields or c.source.hangs_together:
        # A document of several records can lose one without a trace, and one that hangs on others
        # can change without one.
        for documents in mirrored.batches(mirrored.with_live_cases(c.row, c.source)):
            _read_again(c, {document.record_id for document in documents}, {})
    _tell_before(c.run, theirs, ours)
    _tell_after(c.run, *(_both(c) if c.moved else (theirs, ours)))
    if c.problems:
        c.run.error = next(iter(c.problems.values()))[:500]
    else:
        gaps.close_others(c.run, at=c.at)


def _from_their_side(c: Comparison, stamps: Stamps, theirs: Tally, ours: Tally) -> None:
    """What is living in Odoo, and not here or not as it is there."""
    held = sides.held(c.row, c.source, stamps)
    suspects = [
        each
        for each, stamp in stamps.items()
        if each not in held or sides.differs(c.source, held[each], stamp, at=c.at)
    ]
    unchanged = _read_again(c, suspects, stamps)
    c.apart |= {each for each in unchanged if each not in held or not held[each].is_there}
    c.run.compared += len(stamps)
    _add(c, stamps, held, theirs, ours)


def _add(
    c: Comparison, stamps: Stamps, held: Mapping[int, Held], theirs: Tally, ours: Tally
) -> None:
    for each in stamps.keys() - c.apart:
        theirs.add(each, stamps[each])
        if each in held and held[each].is_there:
            ours.add(each, sides.compared_stamp(c.source, held[each], stamps[each]))


def _from_our_side(c: Comparison, ours: Tally) -> None:
    """What we hold to be living, and Odoo does not say so."""
    for documents in mirrored.batches(mirrored.living(c.row, c.source)):
        ids = {document.record_id for document in documents}
        ended = ids - mirrored.still_there(c.odoo, c.source, c.domain, sorted(ids))
        held = sides.held(c.row, c.source, ended)
        c.apart |= _read_again(c, ended, {})
        still = mirrored.living(c.row, c.source).filter(record_id__in=ended)
        c.apart |= set(still.values_list("record_id", flat=True)) - c.problems.keys()
        for each in ended - c.apart:
            ours.add(each, held[each].written_at)


def _read_again(c: Comparison, suspects: Iterable[int], stamps: Stamps) -> set[int]:
    """Read them back from Odoo in batches, and write down what that has put right. Returns those of
    which we hold the same as before, and that are no gap.
    """
    ids, unchanged = sorted(suspects), set[int]()
    for start in range(0, len(ids), BATCH):
        batch, problems = ids[start : start + BATCH], dict[int, str]()
        before = sides.held(c.row, c.source, batch)
        try:
            _read(c, batch, problems)
        finally:  # what was read before it stopped is put right
            after = sides.held(c.row, c.source, batch)
            c.moved = c.moved or before != after
            theirs = {each: stamps[each] for each in batch if each in stamps}
            told = gaps.found(before, after, theirs, problems, last_seen=c.last_seen, at=c.at)
            gaps.record(c.run, c.source, told, at=c.at)
        gap_ids = {gap.record_id for gap in told}
        unchanged |= {e for e in batch if e not in gap_ids and before.get(e) == after.get(e)}
    return unchanged


def _read(c: Comparison, ids: list[int], problems: dict[int, str]) -> None:
    """A batch that fails is halved, until it is known which record it is that cannot be read.

    Raises what stops the whole source: what passes, or too many problems.
    """
    try:
        sync.read_documents(c.row, c.odoo, c.source, ids, at=c.at)
        return
    except errors.OdooError as error:
        passes = error.silence or error.retry_safe or isinstance(error, errors.OUT_OF_REACH)
        if passes or len(c.problems) >= MOST_PROBLEMS:
            raise
        words = error.in_full
    except Exception:
        if len(c.problems) >= MOST_PROBLEMS:
            raise
        logger.exception("%s: %s could not be read again", c.row.connection, c.source.name)
        words = sync.UNEXPECTED
    if len(ids) == 1:
        c.problems[ids[0]] = problems[ids[0]] = words
        return
    half = len(ids) // 2
    _read(c, ids[:half], problems)
    _read(c, ids[half:], problems)


def _both(c: Comparison) -> tuple[Tally, Tally]:
    """Both sides once more, as they are now."""
    theirs, ours = Tally(), Tally()
    for stamps in sides.theirs(c.odoo, c.source, c.domain):
        _add(c, stamps, sides.held(c.row, c.source, stamps), theirs, ours)
    for documents in mirrored.batches(mirrored.living(c.row, c.source)):
        ids = {document.record_id for document in documents} - c.apart
        there = mirrored.still_there(c.odoo, c.source, c.domain, sorted(ids))
        for each, ours_only in sides.held(c.row, c.source, ids - there).items():
            ours.add(each, ours_only.written_at)
    return theirs, ours


def _tell_before(run: ReconcileRun, theirs: Tally, ours: Tally) -> None:
    run.their_count, run.their_sum = theirs.count, theirs.checksum
    run.our_count, run.our_sum = ours.count, ours.checksum


def _tell_after(run: ReconcileRun, theirs: Tally, ours: Tally) -> None:
    run.their_count_after, run.their_sum_after = theirs.count, theirs.checksum
    run.our_count_after, run.our_sum_after = ours.count, ours.checksum
