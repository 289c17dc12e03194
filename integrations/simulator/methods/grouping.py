"""Counts and sums by group: ``read_group`` and its successor of 19, in their simple forms."""

from collections.abc import Callable, Sequence
from typing import Any

from integrations.simulator import errors, reading
from integrations.simulator.calls import Call, public
from integrations.simulator.methods import records
from integrations.simulator.records import Row

AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {"sum": sum, "min": min, "max": max}


@public("formatted_read_group", scope="model")
def formatted_read_group(
    call: Call,
    domain: Sequence[Any] | None = None,
    groupby: Sequence[str] = (),
    aggregates: Sequence[str] = (),
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
) -> list[dict[str, Any]]:
    """Groups by fields; ``aggregates`` such as ``__count`` or ``amount_total:sum``."""
    if call.version < 19:
        raise errors.attribute(
            f"The method 'formatted_read_group' does not exist on the model '{call.model}'"
        )
    found = _groups(call, domain, groupby)
    entries: list[dict[str, Any]] = [
        {
            **dict(zip(groupby, values, strict=True)),
            **{each: _aggregate(call, rows, each) for each in aggregates},
            "__extra_domain": _terms(groupby, values),
        }
        for values, rows in found
    ]
    return _page(entries, order, offset, limit)


@public("read_group", scope="model")
def read_group(
    call: Call,
    domain: Sequence[Any] | None = None,
    fields: Sequence[str] = (),
    groupby: Sequence[str] | str = (),
    offset: int = 0,
    limit: int | None = None,
    orderby: str = "",  # Odoo's signature
    lazy: bool = True,  # Odoo's signature
) -> list[dict[str, Any]]:
    """``lazy`` groups by the first field only."""
    by = [groupby] if isinstance(groupby, str) else list(groupby)
    by = by[:1] if lazy else by
    counter = f"{by[0]}_count" if by and lazy else "__count"
    entries = []
    for values, rows in _groups(call, domain, by):
        entry: dict[str, Any] = dict(zip(by, values, strict=True))
        entry[counter] = len(rows)
        for each in fields:
            name, _, kind = each.partition(":")
            if kind:
                entry[name] = _aggregate(call, rows, each)
        entries.append({**entry, "__domain": [*_terms(by, values), *(domain or [])]})
    return _page(entries, orderby or None, offset, limit)


def _terms(by: Sequence[str], values: Sequence[Any]) -> list[Any]:
    return [[name, "=", _bare(value)] for name, value in zip(by, values, strict=True)]


def _page(
    entries: list[dict[str, Any]], order: str | None, offset: int, limit: int | None
) -> list[dict[str, Any]]:
    """Groups by one of their own values, relations by label."""
    if order:
        name, _, direction = order.partition(" ")
        entries.sort(key=lambda entry: _rank(entry.get(name)), reverse=direction == "desc")
    return entries[offset : offset + limit if limit else None]


def _rank(value: Any) -> tuple[bool, Any]:
    shown = value[1] if isinstance(value, list) else value
    return (shown is False or shown is None, shown or 0)


def _groups(
    call: Call, domain: Sequence[Any] | None, by: Sequence[str]
) -> list[tuple[tuple[Any, ...], list[Row]]]:
    ids = records.search(call, domain, order="id")
    if not by:
        rows = [call.world.tables[call.model].rows[each] for each in ids]
        return [((), rows)]
    for name in by:
        if name not in call.description.fields:
            raise errors.value(f"Invalid field {name!r} on model {call.model!r}")
    return list(reading.groups(call.world, call.model, ids, by))


def _aggregate(call: Call, rows: list[Row], text: str) -> Any:
    if text == "__count":
        return len(rows)
    name, _, kind = text.partition(":")
    read = call.world.raw(call.model, name)
    values = [read(row) for row in rows]
    if kind == "count_distinct":
        return len(set(values))
    if kind == "avg":
        return sum(values) / len(values) if values else False
    return AGGREGATES[kind](values) if values else False


def _bare(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value
