"""Rules in force for tests, without drafting them."""

from datetime import datetime
from typing import Any

from exceptions import routing_sets
from exceptions.models import RoutingSet
from exceptions.routes import Routes, Rule


def in_force(*rules: Rule, at: datetime, **said: Any) -> RoutingSet:
    """A next version with these rules."""
    newest = routing_sets.newest()
    return RoutingSet.objects.create(
        version=(newest.version or 0) + 1 if newest else 1,
        settings=routing_sets.to_json(Routes(rules=rules, **said)),
        published_at=at,
    )
