"""Search domains: Odoo's prefix notation, read and turned into a predicate over rows.

The versions differ, as measured: 19 refuses a term on a field it cannot search and compares
datetimes by whole seconds; 17 ignores such a term (so every record matches) and compares with the
microseconds that the column has.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from integrations.simulator import errors, matching
from integrations.simulator.database import Database
from integrations.simulator.records import Row

Predicate = Callable[[Row], bool]
PARENTS = {
    "stock.location": "location_id",
    "product.category": "parent_id",
    "res.partner": "parent_id",
    "res.partner.category": "parent_id",
}


@dataclass(frozen=True, slots=True)
class Term:
    path: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Branch:
    kind: Literal["&", "|", "!"]
    parts: "tuple[Node, ...]"


Node = Term | Branch


def parse(domain: Sequence[Any]) -> Node:
    """The tree of a domain; terms without an operator between them are joined by "and"."""
    items = list(domain)
    nodes: list[Node] = []
    while items:
        nodes.append(_take(items, domain))
    return Branch("&", tuple(nodes))


def _take(items: list[Any], domain: Sequence[Any]) -> Node:
    if not items:
        raise errors.value(f"Domain is syntactically not correct: {list(domain)!r}")
    item = items.pop(0)
    if item in ("&", "|"):
        return Branch(item, (_take(items, domain), _take(items, domain)))
    if item == "!":
        return Branch("!", (_take(items, domain),))
    if not isinstance(item, (list, tuple)) or len(item) != 3:
        raise errors.value(f"Invalid domain term {item!r}")
    path, operator, value = item
    return Term(str(path), str(operator).lower(), value)


def compile_(database: Database, model: str, node: Node) -> Predicate:
    """A predicate over rows of the model; raises as Odoo does for unknown fields."""
    if isinstance(node, Term):
        return _term(database, model, node)
    parts = [compile_(database, model, part) for part in node.parts]
    if node.kind == "!":
        inner = parts[0]
        return lambda row: not inner(row)
    if len(parts) == 1:
        return parts[0]
    if node.kind == "|":
        return lambda row: any(part(row) for part in parts)
    return lambda row: all(part(row) for part in parts)


def _term(database: Database, model: str, term: Term) -> Predicate:
    if _is_constant(term):
        truth = term.path == "1"
        return lambda _: truth
    name, _, rest = term.path.partition(".")
    field = database.models[model].fields.get(name)
    if field is None:
        raise errors.value(_invalid(database.version, model, name, term))
    if rest and field.relation in database.models:
        return _through(database, model, name, Term(rest, term.operator, term.value))
    if not field.searchable:
        return _unsearchable(database.version, model, name)
    return _leaf(database, model, name, term)


def _is_constant(term: Term) -> bool:
    return term.path in {"1", "0"} and term.operator == "=" and term.value == 1


def _invalid(version: int, model: str, name: str, term: Term) -> str:
    noun = "condition" if version >= 19 else "leaf"
    value = tuple(term.value) if isinstance(term.value, list) and version >= 19 else term.value
    return f"Invalid field {model}.{name} in {noun} ({term.path!r}, {term.operator!r}, {value!r})"


def _unsearchable(version: int, model: str, name: str) -> Predicate:
    if version >= 19:
        raise errors.value(f"Cannot convert {model}.{name} to SQL because it is not stored")
    return lambda _: True


def _through(database: Database, model: str, name: str, rest: Term) -> Predicate:
    """A dotted path holds if any related record satisfies what comes after the dot."""
    field = database.models[model].fields[name]
    inner = compile_(database, field.relation, rest)
    rows = database.tables[field.relation].rows
    read = database.raw(model, name)
    if field.is_list:
        return lambda row: any(inner(rows[each]) for each in read(row) if each in rows)
    return lambda row: (target := read(row)) in rows and inner(rows[target])


def _leaf(database: Database, model: str, name: str, term: Term) -> Predicate:
    field = database.models[model].fields[name]
    read = database.raw(model, name)
    operator, value = term.operator, term.value
    if operator in {"child_of", "parent_of"}:
        return _family(database, model, name, term)
    if isinstance(value, str) and field.relation and field.relation in database.models:
        return _by_label(database, model, name, term)
    test = matching.test(field, operator, value, whole_seconds=database.version >= 19)
    return lambda row: test(read(row))


def _by_label(database: Database, model: str, name: str, term: Term) -> Predicate:
    """A text against a relation is compared with the display names of its records."""
    field = database.models[model].fields[name]
    read = database.raw(model, name)
    label = database.models[field.relation].fields["display_name"]
    test = matching.test(label, term.operator, term.value, whole_seconds=True)
    if field.is_list:
        return lambda row: any(test(database.label(field.relation, each)) for each in read(row))
    return lambda row: test(database.label(field.relation, read(row)))


def _family(database: Database, model: str, name: str, term: Term) -> Predicate:
    field = database.models[model].fields[name]
    relation = field.relation or model
    roots = term.value if isinstance(term.value, (list, tuple)) else [term.value]
    if term.operator == "child_of":
        wanted = descendants(database, relation, set(roots))
    else:
        wanted = ancestors(database, relation, set(roots))
    read = database.raw(model, name)
    if field.is_list:
        return lambda row: not wanted.isdisjoint(read(row))
    return lambda row: read(row) in wanted


def descendants(database: Database, model: str, roots: set[int]) -> set[int]:
    """The roots and everything below them."""
    link = PARENTS.get(model, "")
    found = set(roots)
    fresh = roots
    while fresh and link:
        table = database.tables[model]
        fresh = {child for root in fresh for child in table.where(link, root)} - found
        found |= fresh
    return found


def ancestors(database: Database, model: str, roots: set[int]) -> set[int]:
    """The roots and everything above them."""
    link = PARENTS.get(model, "")
    rows = database.tables[model].rows
    found = set(roots)
    fresh = roots
    while fresh and link:
        fresh = {rows[each].get(link, False) for each in fresh if each in rows} - found - {False}
        found |= fresh
    return found


def mentions(node: Node, path: str) -> bool:
    """Whether a field is named anywhere in the tree."""
    if isinstance(node, Term):
        return node.path == path
    return any(mentions(part, path) for part in node.parts)


def oldest_write(node: Node) -> str:
    """A write date below which nothing can match; empty when the domain sets no such bound."""
    if isinstance(node, Term):
        bounded = node.path == "write_date" and node.operator in {">", ">=", "="}
        return str(node.value) if bounded and isinstance(node.value, str) else ""
    if node.kind == "!":
        return ""
    bounds = [oldest_write(part) for part in node.parts]
    return (min if node.kind == "|" else max)(bounds, default="")


def pinned(node: Node, path: str) -> list[Any] | None:
    """The only values a field can have in a match, if the outermost "and" says so."""
    if isinstance(node, Term):
        if node.path != path or node.operator not in {"=", "in"}:
            return None
        value = node.value
        listed = list(value) if isinstance(value, (list, tuple)) else [value]
        return listed if all(_is_id(each) for each in listed) else None
    if node.kind != "&":
        return None
    return next((found for part in node.parts if (found := pinned(part, path)) is not None), None)


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
