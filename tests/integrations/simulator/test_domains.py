"""Domains: Odoo's notation against a plain reference, and the traps that were measured."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.simulator import domains, errors, instants
from integrations.simulator.database import Database
from integrations.simulator.reading import search

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def database(version: int = 19) -> Database:
    made = Database(version, instants.SteppedClock(AT))
    with made.transaction() as tx:
        for name, usage, parent in (
            ("WH", "view", False),
            ("WH/Stock", "internal", 1),
            ("WH/Stock/Shelf", "internal", 2),
            ("Customers", "customer", False),
        ):
            values = {"complete_name": name, "usage": usage, "location_id": parent, "active": True}
            tx.create("stock.location", values)
        tx.create("product.product", {"name": "Bearing", "default_code": "B-1", "active": True})
    return made


def quants(made: Database, rows: list[dict[str, Any]]) -> list[int]:
    with made.transaction() as tx:
        return [tx.create("stock.quant", row) for row in rows]


# A plain reference ----------------------------------------------------------------------------

ROWS = st.fixed_dictionaries(
    {
        "quantity": st.sampled_from([-2.0, 0.0, 1.5, 3.0]),
        "location_id": st.sampled_from([2, 3, 4]),
        "user_id": st.sampled_from([False, 1, 2]),
        "inventory_date": st.sampled_from([False, "2026-11-20", "2026-12-31"]),
        "inventory_quantity_set": st.booleans(),
    }
)
NUMBERS = st.sampled_from([-2.0, 0.0, 1.5, 2.0, 3.0])
DAYS = st.sampled_from(["2026-11-20", "2026-11-25", "2026-12-31"])
ORDERED = st.sampled_from(["<", "<=", ">", ">="])
EQUAL = st.sampled_from(["=", "!="])
AMONG = st.sampled_from(["in", "not in"])
TERMS = st.one_of(
    st.tuples(st.just("quantity"), st.one_of(ORDERED, EQUAL), NUMBERS),
    st.tuples(st.just("inventory_date"), ORDERED, DAYS),
    st.tuples(st.just("inventory_date"), EQUAL, st.one_of(DAYS, st.just(False))),
    st.tuples(st.just("user_id"), EQUAL, st.sampled_from([False, 1, 2])),
    st.tuples(st.just("location_id"), AMONG, st.lists(st.sampled_from([2, 3, 4]), max_size=3)),
    st.tuples(st.just("inventory_quantity_set"), EQUAL, st.booleans()),
).map(list)
DOMAINS = st.recursive(
    TERMS.map(lambda term: [term]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["&", "|"]), inner, inner).map(lambda t: [t[0], *t[1], *t[2]]),
        inner.map(lambda one: ["!", *one]),
    ),
    max_leaves=6,
)


def holds(domain: list[Any], row: dict[str, Any]) -> bool:
    """The reference: the prefix notation read from the front, one item at a time."""
    truth, rest = first(domain, row)
    return truth and (not rest or holds(rest, row))


def first(domain: list[Any], row: dict[str, Any]) -> tuple[bool, list[Any]]:
    head, rest = domain[0], domain[1:]
    if head == "!":
        truth, rest = first(rest, row)
        return not truth, rest
    if head in ("&", "|"):  # a term is a list and has no hash
        left, rest = first(rest, row)
        right, rest = first(rest, row)
        return (left and right if head == "&" else left or right), rest
    return compared(row[head[0]], head[1], head[2]), rest


def compared(kept: Any, operator: str, value: Any) -> bool:
    if operator in {"=", "!="}:
        return (kept == value and type(kept) is type(value)) == (operator == "=")
    if operator in {"in", "not in"}:
        return (kept in value) == (operator == "in")
    if kept is False:
        return False
    orders: dict[str, bool] = {
        "<": kept < value,
        "<=": kept <= value,
        ">": kept > value,
        ">=": kept >= value,
    }
    return orders[operator]


@given(rows=st.lists(ROWS, min_size=1, max_size=8), domain=st.lists(DOMAINS, max_size=2))
def test_a_domain_selects_what_the_reference_selects(
    rows: list[dict[str, Any]], domain: list[list[Any]]
) -> None:
    joined = [item for part in domain for item in part]
    made = database()
    ids = quants(made, [{**row, "product_id": 1} for row in rows])
    expected = [i for i, row in zip(ids, rows, strict=True) if not joined or holds(joined, row)]
    assert search(made, "stock.quant", joined, order="id") == expected
    assert sorted(search(made, "stock.quant", joined, order="write_date, id")) == expected


# Terms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "found"),
    [
        (["complete_name", "like", "Stock"], [2, 3]),
        (["complete_name", "ilike", "stock"], [2, 3]),
        (["complete_name", "not ilike", "stock"], [1, 4]),
        (["complete_name", "=like", "WH/%"], [2, 3]),
        (["complete_name", "=ilike", "wh/_tock"], [2]),
        (["id", "child_of", 2], [2, 3]),
        (["id", "parent_of", 3], [1, 2, 3]),
        (["location_id", "child_of", [1]], [2, 3]),
        (["location_id", "=", False], [1, 4]),
        (["location_id.complete_name", "=", "WH"], [2]),
        (["location_id", "ilike", "Stock"], [3]),
        (["child_ids", "in", [3]], [2]),
        (["child_ids", "=", False], [3, 4]),
        (["child_ids.usage", "=", "internal"], [1, 2]),
        (["usage", "in", ["internal", "customer"]], [2, 3, 4]),
        (["barcode", "not like", "X"], [1, 2, 3, 4]),
    ],
)
def test_one_term(term: list[Any], found: list[int]) -> None:
    assert search(database(), "stock.location", [term], order="id") == found


def test_records_of_an_unset_relation_do_not_match_through_it() -> None:
    made = database()
    found = search(made, "stock.location", [["location_id.complete_name", "not like", "X"]])
    assert found == [2, 3]


@pytest.mark.parametrize(
    ("version", "operator", "matches"),
    [(19, ">", False), (17, ">", True), (19, ">=", True), (17, ">=", True), (19, "<=", True),
     (17, "<=", False), (19, "=", True), (17, "=", False), (19, "<", False), (17, "<", False)],
)  # fmt: skip
def test_seconds_against_the_microseconds_of_the_column(
    version: int, operator: str, matches: bool
) -> None:
    made = database(version)
    (quant,) = quants(made, [{"product_id": 1, "location_id": 2}])
    second = made.tables["stock.quant"].rows[quant]["write_date"][:19]
    found = search(made, "stock.quant", [["write_date", operator, second]])
    assert (found == [quant]) is matches


def test_19_refuses_what_it_cannot_search_and_17_ignores_it() -> None:
    term = ["available_quantity", "<", 0]
    old, new = database(17), database(19)
    ids = quants(old, [{"product_id": 1, "location_id": 2}])
    assert search(old, "stock.quant", [term]) == ids
    with pytest.raises(errors.OdooError) as refused:
        search(new, "stock.quant", [term])
    expected = "Cannot convert stock.quant.available_quantity to SQL because it is not stored"
    assert (refused.value.name, refused.value.message) == ("builtins.ValueError", expected)


@pytest.mark.parametrize("broken", [["&", ["id", "=", 1]], [["id", "="]], ["?"], [["id", "~", 1]]])
def test_a_broken_domain_is_a_value_error(broken: list[Any]) -> None:
    with pytest.raises(errors.OdooError) as refused:
        search(database(), "stock.quant", broken)
    assert refused.value.name == "builtins.ValueError"


def test_archived_records_are_found_only_when_asked_for() -> None:
    made = database()
    with made.transaction() as tx:
        tx.write("stock.location", 4, {"active": False})
    assert search(made, "stock.location", [], order="id") == [1, 2, 3]
    assert search(made, "stock.location", [["active", "=", False]]) == [4]
    assert search(made, "stock.location", [], order="id", archived=True) == [1, 2, 3, 4]


def test_the_keyset_page_starts_where_the_last_one_ended() -> None:
    tree = domains.parse(
        ["|", ["write_date", ">", "2026-11-23 09:00:00"],
         "&", ["write_date", "=", "2026-11-23 09:00:00"], ["id", ">", 2]]
    )  # fmt: skip
    assert domains.oldest_write(tree) == "2026-11-23 09:00:00"
    unbounded = ["|", ["write_date", ">", "2026-11-23 09:00:00"], ["id", ">", 2]]
    assert domains.oldest_write(domains.parse(unbounded)) == ""
