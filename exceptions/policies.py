"""Policies in force: reading them, and publishing a new version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from exceptions.kinds import KINDS
from exceptions.models import Document, Policy, User
from exceptions.verdicts import PolicySettings

POLICY_LOCK = 0x70011C1  # shared by whoever judges, exclusive to whoever publishes


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    id: int
    version: int
    settings: PolicySettings


def to_json(settings: PolicySettings) -> Any:
    return msgspec.to_builtins(settings)


def from_json(data: Any) -> PolicySettings:
    """Settings as stored. Raises msgspec.ValidationError where they do not fit the type."""
    return msgspec.convert(data, PolicySettings, strict=False)


def in_force() -> dict[str, PolicyInForce]:
    """The newest published policy of every kind."""
    rows = (
        Policy.objects.filter(published_at__isnull=False)
        .order_by("kind", "-version")
        .distinct("kind")
    )
    return {p.kind: PolicyInForce(p.id, p.version, from_json(p.settings)) for p in rows}


def held() -> dict[str, PolicyInForce]:
    """The policies in force, which nobody replaces until this transaction ends.

    Without that, documents judged under the old version could be stored after `publish` has made
    every document due, and keep the old version's re-check instant.
    """
    _lock("pg_advisory_xact_lock_shared")
    return in_force()


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [POLICY_LOCK])


@transaction.atomic
def publish(
    kind: str, settings: PolicySettings, *, at: datetime, author: User | None = None, note: str = ""
) -> Policy:
    """A new version, in force from now on; every document of the kind becomes due."""
    _lock("pg_advisory_xact_lock")
    newest = Policy.objects.select_for_update().filter(kind=kind).order_by("-version").first()
    policy = Policy.objects.create(
        kind=kind,
        version=newest.version + 1 if newest else 1,
        settings=to_json(settings),
        author=author,
        published_at=at,
        note=note,
    )
    facts_type = KINDS[policy.kind].facts.__name__  # type: ignore[index] # choices hold it
    Document.objects.filter(facts_type=facts_type, gone_at=None).update(recheck_at=at)
    return policy


@transaction.atomic
def publish_defaults(*, at: datetime) -> None:
    """A first version for every kind that has none."""
    present = set(Policy.objects.values_list("kind", flat=True))
    for code, kind in KINDS.items():
        if code not in present:
            publish(code, kind.default_policy, at=at, note="default")
