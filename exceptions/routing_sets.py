"""Routing sets in force: reading them, and what the case looks like to their rules."""

from collections.abc import Iterator
from typing import Any

import msgspec
from django.db import connection

from exceptions.kinds import kind as kind_of
from exceptions.models import Case, RoutingSet
from exceptions.routes import Routes, Subject

ROUTING_LOCK = 0x70011C2

# Where facts tell of people outside, and of goods, places and lanes.
PARTNERS = ("supplier", "customer", "carrier", "partner")
THINGS = ("product", "products", "lines", "location", "place", "country")
SAYS = ("name", "category", "label")
EMPTY: tuple[Any, ...] = (None, "", [], ())


def to_json(routes: Routes) -> Any:
    """Rules as they are stored; what a rule does not say is left out."""
    plain: dict[str, Any] = msgspec.to_builtins(routes)
    plain["rules"] = [
        {name: value for name, value in rule.items() if name == "name" or value not in EMPTY}
        for rule in plain["rules"]
    ]
    return plain


def from_json(data: Any) -> Routes:
    """Rules as stored. Raises msgspec.ValidationError where they do not fit the type."""
    return msgspec.convert(data, Routes, strict=False)


def hold_for_publishing() -> None:
    """Until this transaction ends, nobody else begins or publishes a draft of the rules."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROUTING_LOCK])


def newest() -> RoutingSet | None:
    """The version in force; None before the first is published."""
    published = RoutingSet.objects.filter(version__isnull=False)
    return published.select_related("author", "published_by").order_by("-version").first()


def routes_of(found: RoutingSet | None) -> Routes:
    """What a version says; before there is one, no rules at all."""
    return from_json(found.settings) if found else Routes()


def subject_of(case: Case) -> Subject:
    """What the rules ask of the case."""
    return Subject(
        kind=case.kind,
        site=case.site_id,
        team=kind_of(case.kind).team,
        tier=case.tier,
        model=case.document.model,
        partners=tuple(name for field in PARTNERS for name in _names(case.facts.get(field))),
        things=tuple(name for field in THINGS for name in _names(case.facts.get(field))),
        value=case.value_at_risk,
    )


def _names(said: Any) -> Iterator[str]:
    """Every name in the JSON of a fact: its own, that of its parts, its category."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, list):
        for each in said:
            yield from _names(each)
    elif isinstance(said, dict):
        yield from (said[name] for name in SAYS if isinstance(said.get(name), str))
        yield from _names(said.get("product") or [])
