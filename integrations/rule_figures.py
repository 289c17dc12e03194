"""What each of Odoo's rules told lately, and which of them tell the same news twice. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection as database

from exceptions.models import Connection
from integrations import inbox
from integrations.health import RECENT
from integrations.models import InboxDelivery


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """One rule of one connection over the last 24 hours. `name` is Odoo's own, with its number.

    `again` are deliveries of news that the rule had told before; `shared` is news that another rule
    told as well.
    """

    connection_id: int
    model: str
    name: str
    n: int
    again: int
    shared: int


def of(found: Sequence[Connection], *, at: datetime) -> list[RuleFigures]:
    """The rules of these connections, those that repeat themselves first."""
    values: dict[str, Any] = {
        "connections": [each.pk for each in found],
        "since": at - RECENT,
        "at": at,
    }
    with database.cursor() as cursor:
        cursor.execute(_statement(), values)
        rows = cursor.fetchall()
    names = _names([latest for *_figures, latest in rows])
    return [
        RuleFigures(connection, model, names.get(latest) or f"#{rule}", n, int(again), shared)
        for connection, model, rule, n, again, shared, latest in rows
    ]


def _names(ids: Sequence[int]) -> dict[int, str]:
    """What the rules are called in the latest delivery of each."""
    bodies = InboxDelivery.objects.filter(pk__in=ids).values_list("pk", "body")
    hints = {pk: inbox.read_hint(bytes(body)) for pk, body in bodies}
    return {pk: hint.action for pk, hint in hints.items() if hint}


@cache
def _statement() -> str:
    return (Path(__file__).parent / "sql" / "rule_figures.sql").read_text()
