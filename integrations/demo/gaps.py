"""What comparing both sides has found in the demo's last weeks, and put right."""

import random
from datetime import datetime, timedelta

from exceptions.models import Case, Connection
from exceptions.vocabulary import OPEN_STATES
from integrations import ledger
from integrations.models import Expected, Gap, GapKind, Repair
from integrations.odoo.sources import SOURCES, Source

FOUND = 36  # in four weeks
WEEKS = timedelta(days=28)
ONE_IN = 4  # of the gaps opened a case


def find_gaps(connection: Connection, *, at: datetime) -> None:
    """Gaps of documents of past cases; those whose case opened that way are marked."""
    rng = random.Random(36)
    cases = Case.objects.filter(
        document__connection=connection,
        detected_at__gte=at - WEEKS,
        document__facts_type__in=_sources(),
    ).select_related("document")
    found = sorted(cases, key=lambda case: (case.state not in OPEN_STATES, case.pk))
    chosen = {case.document_id: case for case in rng.sample(found, min(FOUND, len(found)))}
    gaps = [
        _gap(case, opened=number % ONE_IN == 0, rng=rng)
        for number, case in enumerate(chosen.values())
    ]
    Gap.objects.bulk_create(gap for gap in gaps if gap.found_at <= at)
    told = Gap.objects.filter(connection=connection, case__isnull=False)
    Case.objects.filter(pk__in=told.values("case")).update(missed_by_webhook=True)
    ledger.ask(connection, "the demo", at=at)  # once it has been read


def _gap(case: Case, *, opened: bool, rng: random.Random) -> Gap:
    source = _sources()[case.document.facts_type]
    waited = timedelta(minutes=rng.randint(2, 55))
    found = (
        case.detected_at if opened else case.detected_at + timedelta(minutes=rng.randint(1, 600))
    )
    what = GapKind.MISSED if opened else rng.choice([GapKind.DIVERGED] * 4 + [GapKind.DELETED])
    return Gap(
        connection_id=case.document.connection_id,
        source=source.name,
        model=case.document.model,
        record_id=case.document.record_id,
        document=case.document,
        what=what,
        expected_by=Expected.WEBHOOK,
        since=found - waited,
        found_at=found,
        seen_at=found,
        repaired_at=found,
        repaired_how=Repair.READ_AGAIN,
        case=case if opened else None,
    )


def _sources() -> dict[str, Source]:
    """The first source of each facts type, which is its authority."""
    return {source.facts_type: source for source in reversed(SOURCES)}
