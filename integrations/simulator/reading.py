"""Searching and reading: which ids, in which order, and what of them goes over the wire."""

import html
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from integrations.simulator import domains, errors, instants
from integrations.simulator.database import Database
from integrations.simulator.records import Row

Column = Callable[[list[Row]], list[Any]]
DEFAULT_ORDERS = {
    "stock.picking": "priority desc, scheduled_date, id desc",
    "stock.move": "sequence, id",
    "purchase.order": "priority desc, id desc",
    "purchase.order.line": "order_id, sequence, id",
    "sale.order": "date_order desc, id desc",
    "account.move": "invoice_date desc, name desc, id desc",
    "mail.activity": "date_deadline, id",
    "mail.message": "id desc",
    "ir.attachment": "id desc",
    "res.partner": "name, id",
    "product.product": "default_code, name, id",
    "res.users": "name, login",
    "ir.model": "model",
    "project.task": "priority desc, id desc",
}


def search(
    database: Database,
    model: str,
    domain: Sequence[Any] | None,
    *,
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
    archived: bool = False,
) -> list[int]:
    """Ids that match, in order; archived records only when asked for or named in the domain."""
    tree = domains.parse(domain or [])
    holds = domains.compile_(database, model, tree)
    if not archived and "active" in database.models[model].fields:
        holds = _active_too(holds, tree)
    rows = database.tables[model].rows
    keys = _keys(database, model, order or DEFAULT_ORDERS.get(model, "id"))
    stop = offset + limit if limit else None
    if _is_write_date_order(keys):
        ordered = database.tables[model].since(domains.oldest_write(tree))
        return list(islice((i for i in ordered if holds(rows[i])), offset, stop))
    matching = [i for i in _candidates(database, model, tree) if holds(rows[i])]
    return _sorted(database, model, matching, keys)[offset:stop]


def _active_too(holds: domains.Predicate, tree: domains.Node) -> domains.Predicate:
    if domains.mentions(tree, "active"):
        return holds
    return lambda row: bool(row.get("active")) and holds(row)


def _candidates(database: Database, model: str, tree: domains.Node) -> Iterable[int]:
    """The fewest ids that a full check has to look at."""
    table = database.tables[model]
    ids = domains.pinned(tree, "id")
    if ids is not None:
        return [each for each in dict.fromkeys(ids) if each in table.rows]
    for name, field in database.models[model].fields.items():
        if field.type in {"many2one", "many2one_reference"} and (
            (values := domains.pinned(tree, name)) is not None
            and (model, name) not in database.computed
        ):
            return sorted(
                each for value in dict.fromkeys(values) for each in table.where(name, value)
            )
    return table.rows


def _keys(database: Database, model: str, order: str) -> list[tuple[str, bool]]:
    """The order clause as (field, descending); ``id`` makes it total."""
    keys = []
    for part in order.split(","):
        name, _, direction = part.strip().partition(" ")
        if name not in database.models[model].fields:
            raise errors.value(f"Invalid field {name!r} on model {model!r}")
        keys.append((name, direction.strip().lower().startswith("desc")))
    return keys if any(name == "id" for name, _ in keys) else [*keys, ("id", False)]


def _is_write_date_order(keys: list[tuple[str, bool]]) -> bool:
    return keys[:2] == [("write_date", False), ("id", False)]


def _sorted(
    database: Database, model: str, ids: list[int], keys: list[tuple[str, bool]]
) -> list[int]:
    rows = database.tables[model].rows
    for name, descending in reversed(keys):
        read = _sortable(database, model, name)
        ids.sort(key=lambda each: read(rows[each]), reverse=descending)
    return ids


def _sortable(database: Database, model: str, name: str) -> Callable[[Row], Any]:
    """A key that puts unset values last, as PostgreSQL does, and names relations by label."""
    field = database.models[model].fields[name]
    read = database.raw(model, name)
    if field.type == "many2one" and field.relation in database.models:
        return lambda row: _last_if_unset(database.label(field.relation, read(row)))
    if field.type in {"integer", "float", "monetary", "many2one_reference", "boolean"}:
        return lambda row: (False, read(row) or 0)
    return lambda row: _last_if_unset(read(row))


def _last_if_unset(value: Any) -> tuple[bool, Any]:
    return (value is False, "" if value is False else value)


def read(
    database: Database, model: str, ids: Sequence[int], names: Sequence[str], *, labels: bool = True
) -> list[dict[str, Any]]:
    """Wire values of those fields; ids that no longer exist are silently absent."""
    table = database.tables[model].rows
    rows = [table[each] for each in ids if each in table]
    keys = ["id", *(name for name in names if name != "id")]
    columns = [column(database, model, name, labels=labels)(rows) for name in keys]
    return [dict(zip(keys, values, strict=True)) for values in zip(*columns, strict=True)]


def column(database: Database, model: str, name: str, *, labels: bool = True) -> Column:
    """Reads one field of many rows, as it goes over the wire."""
    field = database.models[model].fields[name]
    kept = (model, name) not in database.computed
    empty = field.empty
    if field.type == "datetime":
        if kept:
            return lambda rows: [
                v[: instants.WIRE_LENGTH] if (v := r.get(name)) else False for r in rows
            ]
        raw = database.raw(model, name)
        return lambda rows: [v[: instants.WIRE_LENGTH] if (v := raw(r)) else False for r in rows]
    if field.type == "many2one" and field.relation in database.models:
        return _linked(database, model, name) if labels else _bare(database, model, name)
    if kept and not field.inverse:
        if field.is_list:
            return lambda rows: [list(row.get(name, ())) for row in rows]
        return lambda rows: [row.get(name, empty) for row in rows]
    raw = database.raw(model, name)
    return lambda rows: [raw(row) for row in rows]


def _linked(database: Database, model: str, name: str) -> Column:
    relation = database.models[model].fields[name].relation
    raw, label = database.raw(model, name), database.label
    labels = database.tables[relation].labels

    def kept_pairs(rows: list[Row]) -> list[Any]:
        return [
            [target, labels.get(target) or label(relation, target)]
            if (target := row.get(name))
            else False
            for row in rows
        ]

    def pairs(rows: list[Row]) -> list[Any]:
        return [
            [target, labels.get(target) or label(relation, target)]
            if (target := raw(row))
            else False
            for row in rows
        ]

    return pairs if (model, name) in database.computed else kept_pairs


def _bare(database: Database, model: str, name: str) -> Column:
    raw = database.raw(model, name)
    return lambda rows: [raw(row) or False for row in rows]


def escape(body: str) -> str:
    """The paragraph that a plain message body becomes."""
    return f"<p>{html.escape(body, quote=False)}</p>"


def groups(
    database: Database, model: str, ids: Sequence[int], names: Sequence[str]
) -> Iterator[tuple[tuple[Any, ...], list[Row]]]:
    """Rows by the wire values of those fields, in order of first appearance."""
    rows = [database.tables[model].rows[each] for each in ids]
    columns = [column(database, model, name)(rows) for name in names]
    found: dict[Any, tuple[tuple[Any, ...], list[Row]]] = {}
    for row, *values in zip(rows, *columns, strict=True):
        key = tuple(tuple(value) if isinstance(value, list) else value for value in values)
        found.setdefault(key, (tuple(values), []))[1].append(row)
    yield from found.values()
