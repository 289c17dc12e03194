"""Transits kept: each once, with the first promise that was seen."""

from collections.abc import Sequence
from datetime import datetime

from exceptions.facts import TransitRead
from exceptions.models import KeptTransit

# What a later reading may change. The promise is not among it: sources overwrite theirs.
CHANGES = ("site", "reference", "url", "by", "lane", "open", "done_on", "about_model", "about_id")


def keep(readings: Sequence[TransitRead], *, at: datetime) -> int:
    """Insert what is new, bring up to date what is known; how many were read."""
    rows = {(r.connection_id, r.model, r.record_id): _row(r, at) for r in readings}
    KeptTransit.objects.bulk_create(
        [row for _, row in sorted(rows.items(), key=lambda item: item[0])],
        update_conflicts=True,
        unique_fields=("connection", "model", "record_id"),
        update_fields=CHANGES,
        batch_size=2_000,
    )
    return len(rows)


def _row(read: TransitRead, at: datetime) -> KeptTransit:
    one = read.transit
    return KeptTransit(
        connection_id=read.connection_id,
        model=read.model,
        record_id=read.record_id,
        about_model=read.about_model,
        about_id=read.about_id,
        site_id=read.site_id,
        reference=read.reference[:120],
        url=read.url[:400] if read.url.lower().startswith(("http://", "https://")) else "",
        direction=one.direction,
        by=one.by[:200],
        lane=one.lane[:200],
        promised_on=one.promised_on,
        seen_open=read.open,
        first_seen_at=at,
        open=read.open,
        done_on=None if read.open else one.done_on,
    )
