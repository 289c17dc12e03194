"""The settings history: what governs was changed by whom, when, why and via what.

Policies, calendars, blackouts, roles and secrets write their line in the transaction that changes
them. All lines are one chain, so whoever writes waits for who wrote before: settings change rarely.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection

from exceptions import chains
from exceptions.models import SettingChange, Site, User
from exceptions.vocabulary import Governed, Via

CHAIN_LOCK = 0x5E77106  # held by whoever writes a line, until their transaction ends


def add(
    area: Governed,
    says: str,
    *,
    by: User | None,
    at: datetime,
    via: Via = Via.WEB,
    name: str = "",
    because: str = "",
    data: Mapping[str, Any] | None = None,
    site: Site | None = None,
) -> SettingChange:
    """One line more, in the caller's transaction. `name` is who did it where that is no person.

    Call it last: the lock it takes is held until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    before = SettingChange.objects.order_by("-number").first()
    line = SettingChange(
        number=before.number + 1 if before else 1,
        at=at,
        area=area,
        says=says[:300],
        because=because.strip()[:500],
        data=msgspec.to_builtins(dict(data or {}), str_keys=True),
        by=by,
        by_name=(name or str(by or via.label))[:150],
        via=via,
        site=site,
        previous_hash=before.hash if before else "",
    )
    line.hash = digest(line)
    line.save(force_insert=True)
    return line


def digest(line: SettingChange) -> str:
    """SHA-256 over everything a line says and the hash of the one before it."""
    return chains.seal(said(line))


def said(line: SettingChange) -> dict[str, Any]:
    """What the hash of a line covers."""
    return {
        "number": line.number,
        "at": line.at.astimezone(UTC).isoformat(),
        "area": str(line.area),
        "says": line.says,
        "because": line.because,
        "data": line.data,
        "by": line.by_id,
        "by_name": line.by_name,
        "via": str(line.via),
        "site": line.site_id,
        "previous": line.previous_hash,
    }


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the settings history is broken, and how."""

    number: int
    says: str


def verify() -> Iterator[Broken]:
    """Every fault of the chain; none when it is whole. What is missing at its end, anchors tell."""
    previous, expected = "", 1
    for line in SettingChange.objects.order_by("number").iterator(chunk_size=1000):
        if line.number != expected:
            yield Broken(expected, "missing")
        if line.previous_hash != previous:
            yield Broken(line.number, "does not follow the line before it")
        if line.hash != digest(line):
            yield Broken(line.number, "was changed")
        previous, expected = line.hash, line.number + 1
