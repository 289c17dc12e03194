"""The ledger: what a comparison found to differ, written down with what became of it.

A gap is judged by what we held before and after the record was read again. News that is still on
its way, because it was written after the last round began, is no gap.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from exceptions import late_news
from exceptions.models import Case
from exceptions.vocabulary import Move
from integrations.models import Expected, Gap, GapKind, InboxDelivery, ReconcileRun, Repair
from integrations.models import SyncCursor as Cursor
from integrations.odoo.sides import Held, Stamps
from integrations.odoo.sources import Source

STILL_DIFFERS = "Read again, and it still differs: what Odoo says of it now makes no facts of ours."
HOOKED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One document that differed; `reason` says why it still does. `stamp` is Odoo's, of the news;
    without one, what happened left no trace there.
    """

    record_id: int
    document_id: int | None
    what: GapKind
    stamp: datetime | None
    since: datetime
    reason: str = ""


def found(
    before: Mapping[int, Held],
    after: Mapping[int, Held],
    stamps: Stamps,
    problems: Mapping[int, str],
    *,
    last_seen: datetime | None,
    at: datetime,
) -> list[Found]:
    """What differed of records that were read again at `at`. Pure.

    `stamps` are theirs where they are known, `problems` what could not be read, `last_seen` when
    the two sides were last known to agree.
    """
    gaps = []
    for record in sorted({*before, *after, *problems}):
        was, now, problem = before.get(record), after.get(record), problems.get(record, "")
        what = _what(was, now, at) or _still(was, now, stamps.get(record), problem)
        if what is None:
            continue
        stamp = stamps.get(record) or _news(was, now)
        known = [each for each in (was.read_at if was else None, last_seen) if each]
        gap = Found(
            record_id=record,
            document_id=now.document_id if now else None,
            what=what,
            stamp=stamp,
            since=stamp or max(known, default=at),
            reason=problem or ("" if _moved(was, now) else STILL_DIFFERS),
        )
        gaps.append(gap)
    return gaps


def _what(was: Held | None, now: Held | None, at: datetime) -> GapKind | None:
    """What reading again at `at` has put right; not what came by another way meanwhile."""
    if now is None or not _moved(was, now):
        return None
    if not now.is_there:
        return GapKind.DELETED if now.gone_at == at else None
    if now.read_at > at:
        return None
    return GapKind.DIVERGED if was and was.is_there else GapKind.MISSED


def _still(
    was: Held | None, now: Held | None, stamp: datetime | None, problem: str
) -> GapKind | None:
    """What reading again has not put right."""
    there = now is not None and now.is_there
    if problem:
        return GapKind.DIVERGED if there else GapKind.MISSED
    if now and there and not _moved(was, now) and stamp and now.written_at < stamp:
        return GapKind.DIVERGED
    return None


def _moved(was: Held | None, now: Held | None) -> bool:
    if was is None or now is None:
        return was is not now
    return (was.is_there, was.written_at, was.substance) != (
        now.is_there,
        now.written_at,
        now.substance,
    )


def _news(was: Held | None, now: Held | None) -> datetime | None:
    """The stamp of a change, where it left one."""
    if was and now and now.is_there and now.written_at != was.written_at:
        return now.written_at
    return None


def record(run: ReconcileRun, source: Source, told: Iterable[Found], *, at: datetime) -> None:
    """Write down what is no longer on its way, count it, and mark the cases that came of it."""
    begun = _round_began(run, source)
    gaps = [g for g in told if not (begun and g.stamp and g.stamp >= begun)]
    if gaps:
        _write(run, source, gaps, at)


def _round_began(run: ReconcileRun, source: Source) -> datetime | None:
    cursor = Cursor.objects.filter(connection=run.connection_id, source=source.name)
    return cursor.values_list("round_started_at", flat=True).first()


@transaction.atomic
def _write(run: ReconcileRun, source: Source, told: list[Found], at: datetime) -> None:
    ids = [each.record_id for each in told]
    open_ones = Gap.objects.filter(
        connection=run.connection_id, source=source.name, record_id__in=ids, repaired_at=None
    ).select_for_update(no_key=True)
    before = {gap.record_id: gap for gap in open_ones}
    hooked = _is_hooked(run, source)
    gaps = [
        _gap(before.get(f.record_id) or _new(run, source, f, _expected(f, hooked), at), f, at)
        for f in told
    ]
    _mark_cases(gaps, at)
    for gap in gaps:
        gap.save()
    _count(run, gaps)


def _new(run: ReconcileRun, source: Source, told: Found, expected: Expected, at: datetime) -> Gap:
    return Gap(
        connection_id=run.connection_id,
        source=source.name,
        model=source.document_model,
        record_id=told.record_id,
        expected_by=expected,
        since=told.since,
        found_at=at,
    )


def _gap(gap: Gap, told: Found, at: datetime) -> Gap:
    gap.document_id, gap.what, gap.seen_at = told.document_id, told.what, at
    gap.since = min(gap.since, told.since)
    gap.reason = told.reason[:300]
    if not told.reason:
        gap.repaired_at, gap.repaired_how = at, Repair.READ_AGAIN
    return gap


def _expected(told: Found, hooked: bool) -> Expected:
    """A change that leaves no stamp lies in what hangs on the record: nothing tells of that."""
    if told.what == GapKind.DIVERGED and told.stamp is None:
        return Expected.COMPARING
    return Expected.WEBHOOK if hooked else Expected.POLLING


def _is_hooked(run: ReconcileRun, source: Source) -> bool:
    """Whether webhooks about such records have reached us lately: then one should have told it."""
    lately = InboxDelivery.objects.filter(
        connection=run.connection_id, received_at__gte=run.started_at - HOOKED_WITHIN
    )
    of_model = Q(key__startswith=f"{source.model}:")
    of_document = Q(key__startswith=f"{source.document_model}:")
    return lately.filter(of_model | of_document).exists()


def _mark_cases(gaps: Collection[Gap], at: datetime) -> None:
    """Give each gap the case that opened or reopened as it was repaired; those that opened are
    marked where a webhook should have brought the news.
    """
    documents = {gap.document_id for gap in gaps if gap.repaired_at}
    opened = Q(detected_at=at)
    reopened = Q(events__move=Move.REOPEN, events__at=at)
    cases = Case.objects.filter(opened | reopened, document__in=documents).order_by("-pk")
    by_document = {case.document_id: case for case in cases}
    for gap in gaps:
        gap.case = by_document.get(gap.document_id) if gap.document_id else None
    late_news.mark(
        [
            case.pk
            for case in cases
            if case.detected_at == at
            for gap in gaps
            if gap.document_id == case.document_id and gap.expected_by == Expected.WEBHOOK
        ],
        at=at,
    )


def _count(run: ReconcileRun, gaps: Collection[Gap]) -> None:
    for gap in gaps:
        setattr(run, gap.what, getattr(run, gap.what) + 1)
        run.repaired += gap.repaired_at is not None
    run.save()


def close_others(run: ReconcileRun, *, at: datetime) -> None:
    """A whole comparison did not come across them any more: what was missing has come."""
    others = Gap.objects.filter(
        connection=run.connection_id, source=run.source, repaired_at=None, seen_at__lt=at
    )
    others.update(repaired_at=at, repaired_how=Repair.BY_ITSELF, reason="")
