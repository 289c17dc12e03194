"""One condition: does a kept value satisfy an operator and a value from the wire?"""

import re
from collections.abc import Callable
from typing import Any

from integrations.simulator import errors, instants
from integrations.simulator.schema import Field

Test = Callable[[Any], bool]
NEGATIONS = {
    "!=": "=",
    "<>": "=",
    "not in": "in",
    "not like": "like",
    "not ilike": "ilike",
    "not =like": "=like",
    "not =ilike": "=ilike",
}
ORDERED = {"<", "<=", ">", ">="}
PATTERNS = {"like", "ilike", "=like", "=ilike"}


def test(field: Field, operator: str, value: Any, *, whole_seconds: bool) -> Test:
    """A test of kept values of that field.

    ``whole_seconds`` is how 19 compares datetimes: the column's microseconds do not count.
    Negations hold for unset values too, as in Odoo.
    """
    if operator in NEGATIONS:
        positive = test(field, NEGATIONS[operator], value, whole_seconds=whole_seconds)
        return lambda kept: not positive(kept)
    if operator in PATTERNS:
        return _pattern(operator, str(value))
    if operator in ORDERED:
        return _ordered(field, operator, value, whole_seconds=whole_seconds)
    if operator in {"=", "==", "in", "=?"}:
        return _among(field, operator, value, whole_seconds=whole_seconds)
    raise errors.value(f"Invalid operator {operator!r} in domain term")


def _among(field: Field, operator: str, value: Any, *, whole_seconds: bool) -> Test:
    if operator == "=?" and value in (False, None):
        return lambda _: True
    listed = value if isinstance(value, (list, tuple, set)) else [value]
    wanted = {_unset(each) for each in listed}
    if field.is_list:
        return _list_among(wanted)
    if field.type == "boolean":
        truths = {bool(each) for each in wanted}
        return lambda kept: bool(kept) in truths
    if field.type == "datetime" and whole_seconds:
        return lambda kept: (kept[: instants.WIRE_LENGTH] if kept else False) in wanted
    if field.type in {"integer", "float", "monetary", "many2one_reference"}:
        return lambda kept: kept in wanted
    kinds = {type(each) for each in wanted}  # 0 and 1 are not False and True here
    return lambda kept: (value := _unset(kept)) in wanted and type(value) in kinds


def _list_among(wanted: set[Any]) -> Test:
    ids = wanted - {False}
    empty = False in wanted
    return lambda kept: (not kept and empty) or any(each in ids for each in kept)


def _unset(value: Any) -> Any:
    return False if value is None or value == "" else value


def _ordered(field: Field, operator: str, value: Any, *, whole_seconds: bool) -> Test:
    if value is False or value is None:
        return lambda _: False
    if field.type == "datetime":
        operator, value = _bound(operator, str(value), whole_seconds=whole_seconds)
    compare = _COMPARISONS[operator]
    return lambda kept: kept is not False and kept is not None and compare(kept, value)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda kept, value: kept < value,
    "<=": lambda kept, value: kept <= value,
    ">": lambda kept, value: kept > value,
    ">=": lambda kept, value: kept >= value,
}


def _bound(operator: str, value: str, *, whole_seconds: bool) -> tuple[str, str]:
    """The comparison that Odoo really makes with a datetime column."""
    value = value.replace("T", " ").rstrip("Z")
    if len(value) == instants.DAY_LENGTH:
        return _day_bound(operator, value)
    if not whole_seconds:
        return operator, value
    if operator == ">":
        return ">=", instants.next_second(value)
    if operator == "<=":
        return "<", instants.next_second(value)
    return operator, value[: instants.WIRE_LENGTH]


def _day_bound(operator: str, value: str) -> tuple[str, str]:
    if operator == ">":
        return ">=", f"{instants.next_day(value)} 00:00:00"
    if operator == "<=":
        return "<", f"{instants.next_day(value)} 00:00:00"
    return operator, f"{value} 00:00:00"


def _pattern(operator: str, value: str) -> Test:
    flags = re.IGNORECASE if operator.endswith("ilike") else 0
    body = "".join({"%": ".*", "_": "."}.get(char, re.escape(char)) for char in value)
    if operator.startswith("="):
        expression = re.compile(body, flags | re.DOTALL)
        return lambda kept: bool(kept) and expression.fullmatch(str(kept)) is not None
    expression = re.compile(body, flags | re.DOTALL)
    return lambda kept: bool(kept) and expression.search(str(kept)) is not None
