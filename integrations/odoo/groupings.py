"""Sums by group, computed by Odoo: a few rows where reading every record would be thousands."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from integrations.odoo import protocols
from integrations.odoo.client import Odoo

Record = dict[str, Any]
Group = tuple[tuple[int, ...], tuple[Decimal, ...]]


def sums(
    odoo: Odoo, model: str, domain: Sequence[Any], fields: Sequence[str], by: Sequence[str]
) -> Iterator[Group]:
    """(ids of the group, sum of each of `fields`) for every combination of the many2one fields
    `by`. What has one of them empty is left out.

    19 has a new name and form for it, and logs a warning for the old one.
    """
    new = odoo.version >= protocols.FIRST_JSON2
    asked = [f"{field}:sum" for field in fields]
    for row in (
        _new(odoo, model, domain, asked, by) if new else _old(odoo, model, domain, asked, by)
    ):
        if all(row[name] for name in by):
            totals = (row[key] or 0 for key in (asked if new else fields))
            yield tuple(row[name][0] for name in by), tuple(Decimal(str(t)) for t in totals)


def _new(odoo: Odoo, model: str, domain: Any, asked: Any, by: Any) -> list[Record]:
    arguments = {"domain": list(domain), "groupby": list(by), "aggregates": asked}
    rows: list[Record] = odoo.call(model, "formatted_read_group", **arguments)
    return rows


def _old(odoo: Odoo, model: str, domain: Any, asked: Any, by: Any) -> list[Record]:
    arguments = {"domain": list(domain), "groupby": list(by), "fields": asked, "lazy": False}
    rows: list[Record] = odoo.call(model, "read_group", **arguments)
    return rows
