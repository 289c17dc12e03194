"""Sightings: what is kept of a finding that opens no case. The caller holds its document's lock."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef

from exceptions.gate import Held
from exceptions.models import Case, Document, Sighting
from exceptions.vocabulary import HeldBy

# A document is due when the first of its sightings is to be looked at again, if not before. LEAST
# ignores NULL.
DUE = """
UPDATE exceptions_document AS d
SET recheck_at = LEAST(d.recheck_at, s.until)
FROM (
    SELECT document_id, min(until) AS until
    FROM exceptions_sighting
    WHERE ended_at IS NULL AND document_id = ANY(%s)
    GROUP BY document_id
) AS s
WHERE d.id = s.document_id AND s.until IS NOT NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What a sighting says of its finding."""

    fingerprint: str
    subject_key: str
    kind: str
    site_id: int
    document_id: int
    policy_id: int
    title: str
    value_at_risk: Decimal | None
    currency: str


def live(document_ids: Iterable[int]) -> dict[tuple[int, str], Sighting]:
    """The live sightings of the documents, by document and kind."""
    found = Sighting.objects.filter(document_id__in=list(document_ids), ended_at=None)
    return {(sighting.document_id, sighting.kind): sighting for sighting in found}


def keep(before: Sighting | None, saying: Saying, held: Held, *, at: datetime) -> Sighting:
    """Write down that the finding is held back; `before` is its live sighting, if there is one."""
    sighting = before or Sighting(fingerprint=saying.fingerprint, since=at, reasons=[])
    for name in Saying.__slots__:
        setattr(sighting, name, getattr(saying, name))
    if not sighting.reasons or sighting.reasons[-1]["held_by"] != held.by:
        said = {"held_by": str(held.by), "says": held.says, "at": at.isoformat()}
        sighting.reasons = [*sighting.reasons, said]
    sighting.held_by, sighting.says, sighting.until = held.by, held.says[:200], held.until
    sighting.blackout_id = held.blackout or sighting.blackout_id
    sighting.last_seen_at = at
    sighting.save()
    return sighting


def end(sighting: Sighting, *, at: datetime) -> None:
    """The finding has cleared, or people have settled it."""
    sighting.ended_at = at
    sighting.save(update_fields=["ended_at"])


def end_of_documents(document_ids: Iterable[int], *, at: datetime) -> None:
    live_ones = Sighting.objects.filter(document_id__in=list(document_ids), ended_at=None)
    live_ones.update(ended_at=at)


def became(case: Case, *, at: datetime) -> dict[str, Any] | None:
    """End what was held back before `case` lived; what its history shall tell of it, if anything.

    Called for every case that opens or reopens, whoever opens it.
    """
    sighting = Sighting.objects.filter(fingerprint=case.fingerprint, ended_at=None).first()
    if sighting is None:
        return None
    sighting.ended_at, sighting.case = at, case
    sighting.save(update_fields=["ended_at", "case"])
    return {
        "since": sighting.since,
        "minutes": int((at - sighting.since) / timedelta(minutes=1)),
        "held_by": sighting.held_by,
        "reasons": sighting.reasons,
    }


def times_seen(subject_key: str, fingerprint: str, *, since: datetime) -> int:
    """How often the subject was sighted after `since`, counting the finding that is there now once:
    sightings, live or ended, and the cases that no sighting came before.
    """
    sighted = Sighting.objects.filter(subject_key=subject_key, since__gt=since)
    others = sighted.exclude(fingerprint=fingerprint, ended_at=None).count()
    before = Sighting.objects.filter(case=OuterRef("pk"), subject_key=subject_key)
    cases = Case.objects.filter(subject_key=subject_key, detected_at__gt=since)
    return 1 + others + cases.exclude(Exists(before)).count()


def by_subject(subject_keys: Collection[str], *, since: datetime) -> Counter[str]:
    """How often each subject was sighted after `since`, as `times_seen` counts."""
    seen: Counter[str] = Counter()
    before = Sighting.objects.filter(case=OuterRef("pk"), subject_key=OuterRef("subject_key"))
    cases = Case.objects.filter(subject_key__in=subject_keys, detected_at__gt=since)
    for counted in (
        Sighting.objects.filter(subject_key__in=subject_keys, since__gt=since),
        cases.exclude(Exists(before)),
    ):
        seen.update(dict(counted.values_list("subject_key").annotate(Count("id")).order_by()))
    return seen


def look_again(subject_key: str, *, but: int, at: datetime) -> None:
    """The subject has passed the noise floor with document `but`: what else of it is below is to be
    judged again.

    A document that somebody else holds is passed over, so that two who come from either side do
    not wait for each other; it is looked at again within a day (`gate.AGAIN`).
    """
    below = (
        Sighting.objects.filter(subject_key=subject_key, ended_at=None, held_by=HeldBy.NOISE)
        .exclude(document_id=but)
        .values("document_id")
    )
    free = Document.objects.filter(pk__in=below, gone_at=None).select_for_update(
        skip_locked=True, no_key=True
    )
    Document.objects.filter(pk__in=[document.pk for document in free]).update(recheck_at=at)


def make_due(document_ids: list[int]) -> None:
    """Have the documents looked at when their live sightings want it, or before."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [document_ids])
