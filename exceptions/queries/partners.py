"""The partners that living records name, to choose from."""

from collections.abc import Collection, Iterable
from dataclasses import fields
from typing import get_args

from exceptions.facts import Facts, Partner
from exceptions.kinds import kind as kind_of
from exceptions.models import Document

MOST = 1_000  # of each role


def partners_of(kind: str) -> dict[int, str]:
    """Name by the source's id, of those whom living records of the kind name, in their order."""
    return named_by(kind_of(kind).facts)


def named_by(types: Iterable[type[Facts]], sites: Collection[int] | None = None) -> dict[int, str]:
    """The same, of facts of these types; of these sites, or of all."""
    found: dict[int, str] = {}
    for facts in types:
        for role in _roles(facts):
            found |= _named(facts, role, sites)
    return dict(sorted(found.items(), key=lambda partner: (partner[1].casefold(), partner[0])))


def _roles(facts: type[Facts]) -> list[str]:
    """`supplier`, `customer`, …: the fields that hold a partner."""
    return [f.name for f in fields(facts) if Partner in (f.type, *get_args(f.type))]


def _named(facts: type[Facts], role: str, sites: Collection[int] | None) -> dict[int, str]:
    living = Document.objects.filter(facts_type=facts.__name__, living=True, gone_at=None)
    if sites is not None:
        living = living.filter(site__in=sites)
    rows = living.filter(**{f"facts__{role}__id__gt": 0}).order_by()
    named = rows.values_list(f"facts__{role}__id", f"facts__{role}__name").distinct()
    return {int(number): str(name) for number, name in named[:MOST]}
