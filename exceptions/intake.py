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
from django.db import transaction
from django.db.models.functions import Collate

from exceptions import casework, mirror, policies
from exceptions import facts as facts_module
from exceptions.casework import Change
from exceptions.facts import Facts
from exceptions.judging import Judgement, judge, recheck_at
from exceptions.mirror import Reading
from exceptions.models import Case, Document
from exceptions.vocabulary import OPEN_STATES, Via

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """A document that was looked at, and what the rules say of it."""

    document_id: int
    facts: Facts
    judgements: tuple[Judgement, ...]
    is_new: bool = False  # so that it cannot have a case yet


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
        Document.objects.select_for_update(skip_locked=True)
        .filter(recheck_at__lte=at)
        .order_by("recheck_at")[:limit]
    )
    looked_at = [_rejudge(document, in_force, at) for document in due]
    for document, judged in zip(due, looked_at, strict=True):
        document.recheck_at = recheck_at(judged.judgements) if judged else None
    Document.objects.bulk_update(due, ["recheck_at"])
    return len(due), _act([j for j in looked_at if j], at=at, via=Via.CLOCK)


@transaction.atomic
def mark_gone(documents: Iterable[Document], *, at: datetime, via: Via = Via.ODOO) -> int:
    """Their records were deleted in the source: nothing to re-check; their cases are cleared."""
    ids = [document.pk for document in documents]
    # The lock order of `mirror.store`, whose key order is Python's, so that the two never cross.
    in_key_order = ("connection_id", Collate("model", "C"), "record_id", Collate("facts_type", "C"))
    locked = list(
        Document.objects.select_for_update()
        .filter(pk__in=ids, gone_at=None)
        .order_by(*in_key_order)
    )
    Document.objects.filter(pk__in=[d.pk for d in locked]).update(gone_at=at, recheck_at=None)
    for case in Case.objects.filter(document__in=locked, state__in=OPEN_STATES):
        casework.clear(case, substance="", at=at, via=via, reason=casework.GONE)
    return len(locked)


def _rejudge(
    document: Document, in_force: dict[str, policies.PolicyInForce], at: datetime
) -> Judged | None:
    """None for facts that no longer fit their type: one such document must not stop the sweep; the
    next reading of its record puts it right.
    """
    try:
        facts = facts_module.from_plain(document.facts_type, document.facts)
    except (msgspec.ValidationError, KeyError):
        logger.exception("The stored facts of document %s cannot be read", document.pk)
        return None
    return Judged(document.pk, facts, judge(facts, in_force, at))


def _act(looked_at: list[Judged], *, at: datetime, via: Via) -> Counter[Change]:
    live = _live_cases(looked_at)
    changes: Counter[Change] = Counter()
    for judged in looked_at:
        for judgement in judged.judgements:
            case = live.get((judged.document_id, judgement.kind.code))
            if case is None and judgement.finding is None:
                continue
            changes[_act_on(judged, judgement, case, at, via)] += 1
    return changes


def _act_on(
    judged: Judged, judgement: Judgement, case: Case | None, at: datetime, via: Via
) -> Change:
    if judgement.finding is None:
        assert case is not None
        substance = facts_module.substance(judged.facts)
        return casework.clear(case, substance=substance, at=at, via=via)
    found = casework.Found(judged.document_id, judged.facts, judgement, judgement.finding)
    if case is None:
        return casework.open_or_reopen(found, at=at, via=via)
    return casework.refresh(case, found, at=at, via=via)


def _live_cases(looked_at: list[Judged]) -> dict[tuple[int, str], Case]:
    ids = [judged.document_id for judged in looked_at if not judged.is_new]
    cases = Case.objects.filter(document_id__in=ids, state__in=OPEN_STATES)
    return {(case.document_id, case.kind): case for case in cases}
