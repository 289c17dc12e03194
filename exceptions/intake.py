"""Intake: facts in, cases opened, refreshed, cleared or reopened.

Taking in n changed documents costs O(n): unchanged ones end in one statement. What only time can
change waits in `Document.recheck_at`, so the sweep costs O(documents due).
"""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from exceptions import blackouts, casework, lifecycle, mirror, policies, sightings
from exceptions import facts as facts_module
from exceptions.casework import Change
from exceptions.facts import Facts
from exceptions.gate import Blackout
from exceptions.judging import Judgement, judge, recheck_at
from exceptions.mirror import Reading
from exceptions.models import Case, Document, Sighting
from exceptions.vocabulary import OPEN_STATES, Via

logger = logging.getLogger(__name__)

LOOK_AGAIN = """
UPDATE exceptions_document AS d
SET recheck_at = again.at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS again (id, at)
WHERE d.id = again.id
"""


@dataclass(frozen=True, slots=True)
class Judged:
    """A document that was looked at, and what the rules say of it."""

    document_id: int
    facts: Facts
    judgements: tuple[Judgement, ...]
    is_new: bool = False  # so that it cannot have a case yet


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a batch: live cases and sightings by document and kind, blackouts."""

    cases: dict[tuple[int, str], Case]
    sightings: dict[tuple[int, str], Sighting]
    blackouts: tuple[Blackout, ...]


@transaction.atomic
def take_in(batch: Sequence[Facts], *, at: datetime, via: Via = Via.ODOO) -> Counter[Change]:
    """Mirror a batch and act on what it says; returns how many cases changed in which way."""
    in_force = policies.held()
    judged = {id(f): judge(f, in_force, at) for f in batch}
    stored = mirror.store([Reading(f, recheck_at(judged[id(f)])) for f in batch])
    looked_at = [
        Judged(s.document_id, s.reading.facts, judged[id(s.reading.facts)], s.is_new)
        for s in stored
    ]
    return _act(looked_at, at=at, via=via)


@transaction.atomic
def recheck_due(*, at: datetime, limit: int = 500) -> tuple[int, Counter[Change]]:
    """Look again at documents whose time has come: how many there were, and what changed.

    Call until it returns fewer than `limit`. Several workers may sweep at once.
    """
    in_force = policies.held()  # before the documents, as in take_in: publish takes both, too
    due = list(
        Document.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(recheck_at__lte=at)
        .order_by("recheck_at")
        .annotate(said=Cast("facts", TextField()))
        .values_list("pk", "facts_type", "said")[:limit]
    )
    rejudged = [_rejudge(*document, in_force, at) for document in due]
    again = [recheck_at(judged.judgements) if judged else None for judged in rejudged]
    _look_again([pk for pk, _type, _said in due], again)
    return len(due), _act([j for j in rejudged if j], at=at, via=Via.CLOCK)


@transaction.atomic
def mark_gone(documents: Iterable[Document], *, at: datetime, via: Via = Via.ODOO) -> int:
    """Their records were deleted in the source: nothing to re-check; their cases are cleared."""
    ids = [document.pk for document in documents]
    locked = list(
        Document.objects.select_for_update(no_key=True)
        .filter(pk__in=ids, gone_at=None)
        .order_by(*lifecycle.DOCUMENT_ORDER)
    )
    Document.objects.filter(pk__in=[d.pk for d in locked]).update(gone_at=at, recheck_at=None)
    sightings.end_of_documents([d.pk for d in locked], at=at)
    for case in Case.objects.filter(document__in=locked, state__in=OPEN_STATES):
        casework.clear(case, substance="", at=at, via=via, reason=casework.GONE)
    return len(locked)


def _look_again(document_ids: list[int], again: list[datetime | None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOOK_AGAIN, [document_ids, again])


def _rejudge(
    document_id: int,
    facts_type: str,
    said: str,
    in_force: dict[str, policies.PolicyInForce],
    at: datetime,
) -> Judged | None:
    """None for facts that no longer fit their type: one such document must not stop the sweep; the
    next reading of its record puts it right.
    """
    try:
        facts = facts_module.load(facts_type, said)
    except (msgspec.ValidationError, KeyError):
        logger.exception("The stored facts of document %s cannot be read", document_id)
        return None
    return Judged(document_id, facts, judge(facts, in_force, at))


def _act(looked_at: list[Judged], *, at: datetime, via: Via) -> Counter[Change]:
    around = _around(looked_at, at)
    changes: Counter[Change] = Counter()
    held: list[int] = []
    for judged in looked_at:
        for judgement in judged.judgements:
            change = _act_on(judged, judgement, around, at, via)
            if change:
                changes[change] += 1
            if change == Change.HELD:
                held.append(judged.document_id)
    if held:
        sightings.make_due(held)
    return changes


def _act_on(
    judged: Judged, judgement: Judgement, around: Around, at: datetime, via: Via
) -> Change | None:
    """What changed, or None where there was neither a finding nor a case of it."""
    key = (judged.document_id, judgement.kind.code)
    case, sighting = around.cases.get(key), around.sightings.get(key)
    if judgement.finding is None:
        if sighting:
            sightings.end(sighting, at=at)
        return _clear(case, judged, judgement, at, via) if case else None
    found = casework.Found(
        judged.document_id,
        judged.facts,
        judgement,
        judgement.finding,
        sighting=sighting,
        blackouts=around.blackouts,
    )
    if case is None:
        return casework.open_or_reopen(found, at=at, via=via)
    return casework.refresh(case, found, at=at, via=via)


def _clear(case: Case, judged: Judged, judgement: Judgement, at: datetime, via: Via) -> Change:
    substance = facts_module.substance(judged.facts)
    if judgement.off:
        return casework.clear_off(case, substance=substance, at=at)
    return casework.clear(case, substance=substance, at=at, via=via)


def _around(looked_at: list[Judged], at: datetime) -> Around:
    """Asks only for what is needed: new documents have neither case nor sighting."""
    ids = [judged.document_id for judged in looked_at if not judged.is_new]
    found = any(judgement.finding for judged in looked_at for judgement in judged.judgements)
    return Around(
        cases=_live_cases(ids) if ids else {},
        sightings=sightings.live(ids) if ids else {},
        blackouts=blackouts.running(at) if found else (),
    )


def _live_cases(ids: list[int]) -> dict[tuple[int, str], Case]:
    cases = Case.objects.filter(document_id__in=ids, state__in=OPEN_STATES)
    return {(case.document_id, case.kind): case for case in cases}
