"""What calls do to the records, with the consequences that were measured on real servers."""

from collections.abc import Iterator
from typing import Any

import pytest

from integrations.simulator import SimulatedOdoo, World
from tests.integrations.simulator import small, speaking
from tests.integrations.simulator.speaking import (
    ADMIN,
    INTEGRATION,
    OWNER,
    STOREKEEPER,
    Failed,
    call,
    legacy,
)

LATER = "2026-12-24 10:00:00"


@pytest.fixture
def world() -> World:
    return small.world()


@pytest.fixture
def url(world: World) -> Iterator[str]:
    with SimulatedOdoo(world).running() as address:
        yield address


@pytest.fixture
def old() -> Iterator[tuple[World, str]]:
    made = small.world(17)
    with SimulatedOdoo(made).running() as address:
        yield made, address


def receipt(world: World) -> dict[str, Any]:
    return world.tables["stock.picking"].rows[world.late_receipts(speaking.NOW)[0]]


def delivery(world: World) -> dict[str, Any]:
    return world.tables["stock.picking"].rows[world.late_deliveries(speaking.NOW)[0]]


def read(url: str, model: str, record_id: int, *names: str) -> dict[str, Any]:
    row: dict[str, Any] = call(url, model, "read", ids=[record_id], fields=list(names))[0]
    return row


# Dates ----------------------------------------------------------------------------------------


def test_the_promise_moves_the_deadline_and_not_the_plan(world: World, url: str) -> None:
    row = receipt(world)
    planned = row["scheduled_date"]
    lines = world.tables["purchase.order.line"].where("order_id", row["purchase_id"])
    call(url, "purchase.order.line", "write", ids=lines, vals={"date_planned": LATER})
    found = read(url, "stock.picking", row["id"], "date_deadline", "scheduled_date")
    assert found == {"id": row["id"], "date_deadline": LATER, "scheduled_date": planned}
    assert read(url, "purchase.order", row["purchase_id"], "date_planned")["date_planned"] == LATER
    assert row["id"] not in world.late_receipts(speaking.NOW)


def test_the_plan_leaves_the_promise_and_shows_the_conflict(world: World, url: str) -> None:
    row = receipt(world)
    promised = row["date_deadline"]
    call(url, "stock.picking", "write", ids=[row["id"]], vals={"scheduled_date": LATER})
    names = ("date_deadline", "scheduled_date", "has_deadline_issue")
    found = read(url, "stock.picking", row["id"], *names)
    assert [found[name] for name in names] == [promised, LATER, True]


def test_a_new_promise_to_the_customer_moves_the_delivery(world: World, url: str) -> None:
    row = delivery(world)
    call(url, "sale.order", "write", ids=[row["sale_id"]], vals={"commitment_date": LATER})
    assert read(url, "stock.picking", row["id"], "date_deadline")["date_deadline"] == LATER


def test_a_write_bumps_write_date_and_write_uid(world: World, url: str) -> None:
    row = receipt(world)
    before = row["write_date"]
    call(url, "stock.picking", "write", ids=[row["id"]], vals={"note": "seen"})
    assert row["write_date"] > before
    assert "." in row["write_date"]
    assert read(url, "stock.picking", row["id"], "write_uid")["write_uid"][0] == 5


def test_stock_moving_does_not_bump_reordering_rules(world: World, url: str) -> None:
    rules = world.tables["stock.warehouse.orderpoint"].rows
    before = {each: row["write_date"] for each, row in rules.items()}
    context = {"skip_sms": True, "skip_backorder": True}
    call(url, "stock.picking", "button_validate", ids=[receipt(world)["id"]], context=context)
    assert {each: row["write_date"] for each, row in rules.items()} == before


# Receiving and delivering ---------------------------------------------------------------------


def test_a_partial_receipt_leaves_a_back_order_and_a_partial_order(world: World, url: str) -> None:
    row = receipt(world)
    moves = world.tables["stock.move"].where("picking_id", row["id"])
    call(url, "stock.move", "write", ids=moves[:1], vals={"quantity": 4.0, "picked": True})
    wizard = call(url, "stock.picking", "button_validate", ids=[row["id"]])
    assert (wizard["res_model"], row["state"]) == ("stock.backorder.confirmation", "assigned")
    context = {"skip_backorder": True}
    assert call(url, "stock.picking", "button_validate", ids=[row["id"]], context=context) is True
    (backorder,) = world.tables["stock.picking"].where("backorder_id", row["id"])
    lines = call(
        url, "purchase.order.line", "search_read", order="id",
        domain=[["order_id", "=", row["purchase_id"]]], fields=["qty_received"],
    )  # fmt: skip
    order = read(url, "purchase.order", row["purchase_id"], "receipt_status")
    assert [line["qty_received"] for line in lines] == [4.0, 10.0]
    assert (row["state"], order["receipt_status"]) == ("done", "partial")
    assert backorder in world.late_receipts(speaking.NOW)


def test_cancelling_the_back_order_makes_the_order_full(world: World, url: str) -> None:
    """Odoo's trap: short-closed orders look complete at order level."""
    row = receipt(world)
    moves = world.tables["stock.move"].where("picking_id", row["id"])
    call(url, "stock.move", "write", ids=moves[:1], vals={"quantity": 4.0})
    context = {"skip_backorder": True}
    call(url, "stock.picking", "button_validate", ids=[row["id"]], context=context)
    backorders = world.tables["stock.picking"].where("backorder_id", row["id"])
    call(url, "stock.picking", "action_cancel", ids=backorders)
    order = read(url, "purchase.order", row["purchase_id"], "receipt_status")
    assert order["receipt_status"] == "full"


def test_a_delivery_asks_for_sms_and_has_done_nothing(world: World, url: str) -> None:
    row = delivery(world)
    wizard = call(url, "stock.picking", "button_validate", ids=[row["id"]])
    assert (wizard["type"], wizard["res_model"]) == ("ir.actions.act_window", "confirm.stock.sms")
    assert row["state"] == "assigned"
    context = {"skip_sms": True}
    assert call(url, "stock.picking", "button_validate", ids=[row["id"]], context=context) is True
    order = read(url, "sale.order", row["sale_id"], "delivery_status", "effective_date")
    assert (order["delivery_status"], order["effective_date"]) == ("full", row["date_done"][:19])


def test_reserved_stock_can_be_let_go_and_taken_again(world: World, url: str) -> None:
    row = delivery(world)
    call(url, "stock.picking", "do_unreserve", ids=[row["id"]])
    assert read(url, "stock.picking", row["id"], "state")["state"] == "confirmed"
    call(url, "stock.picking", "action_assign", ids=[row["id"]])
    assert read(url, "stock.picking", row["id"], "state")["state"] == "assigned"


def test_orders_can_be_entered_and_confirmed_from_outside(world: World, url: str) -> None:
    line = {"product_id": 1, "product_qty": 6, "price_unit": 2.5, "date_planned": LATER}
    values = {"partner_id": small.SUPPLIER, "order_line": [[0, 0, line]]}
    (order,) = call(url, "purchase.order", "create", vals_list=[values])
    call(url, "purchase.order", "button_confirm", ids=[order])
    found = read(url, "purchase.order", order, "state", "amount_total", "picking_ids")
    picking = read(url, "stock.picking", found["picking_ids"][0], "date_deadline", "state")
    assert (found["state"], found["amount_total"]) == ("purchase", 15.0)
    assert (picking["date_deadline"], picking["state"]) == (LATER, "assigned")


# Counts ---------------------------------------------------------------------------------------


def test_a_count_lands_on_the_quant_and_is_applied(world: World, url: str) -> None:
    quant = next(iter(world.tables["stock.quant"].rows.values()))
    booked = quant["quantity"]
    vals = {"product_id": quant["product_id"], "location_id": quant["location_id"],
            "inventory_quantity": booked - 3}  # fmt: skip
    context = {"inventory_mode": True}
    made = call(url, "stock.quant", "create", vals_list=[vals], context=context)
    assert (made, world.discrepancies()) == ([quant["id"]], [quant["id"]])
    assert quant["inventory_diff_quantity"] == -3.0
    call(url, "stock.quant", "action_apply_inventory", ids=made)
    moves = world.tables["stock.move"]
    last = moves.rows[moves.last_id]
    assert (last["is_inventory"], last["quantity"], quant["quantity"]) == (True, 3.0, booked - 3)
    assert world.discrepancies() == []


# Chatter and activities -----------------------------------------------------------------------


def test_a_plain_body_is_escaped_and_html_is_not(world: World, url: str) -> None:
    row = receipt(world)
    plain = call(url, "stock.picking", "message_post", ids=[row["id"]], body="a <b>")
    rich = call(
        url, "stock.picking", "message_post", ids=[row["id"]], body="<p>b</p>", body_is_html=True
    )
    bodies = call(url, "mail.message", "read", ids=[*plain, *rich], fields=["body"])
    assert [each["body"] for each in bodies] == ["<p>a &lt;b&gt;</p>", "<p>b</p>"]


def test_19_archives_a_done_activity(world: World, url: str) -> None:
    picking = receipt(world)["id"]
    made = call(
        url, "stock.picking", "activity_schedule", ids=[picking], summary="Chase",
        act_type_xmlid="mail.mail_activity_data_todo", user_id=8,
    )  # fmt: skip
    call(url, "mail.activity", "action_feedback", ids=made, feedback="Tuesday")
    visible = call(url, "mail.activity", "search", domain=[["res_id", "=", picking]])
    kept = read(url, "mail.activity", made[0], "active", "state", "feedback")
    assert visible == []
    assert (kept["active"], kept["state"], kept["feedback"]) == (False, "done", "Tuesday")


def test_17_deletes_a_done_activity(old: tuple[World, str]) -> None:
    world, url = old
    picking = receipt(world)["id"]
    text = legacy(url, "stock.picking", "activity_schedule", [picking], summary="Chase")
    made = legacy(url, "mail.activity", "search", [["res_id", "=", picking]])
    assert text == f"mail.activity({made[0]},)"
    legacy(url, "mail.activity", "action_feedback", made, feedback="Tuesday")
    assert legacy(url, "mail.activity", "read", made, fields=["summary"]) == []


# Custom fields --------------------------------------------------------------------------------


def test_a_custom_field_is_there_at_once(world: World, url: str) -> None:
    model = call(url, "ir.model", "search", key=ADMIN, domain=[["model", "=", "stock.picking"]])[0]
    values = {"name": "x_tower_status", "field_description": "Tower", "model_id": model,
              "ttype": "char"}  # fmt: skip
    made = call(url, "ir.model.fields", "create", key=ADMIN, vals_list=[values])
    picking = receipt(world)["id"]
    call(url, "stock.picking", "write", ids=[picking], vals={"x_tower_status": "open"})
    found = call(url, "stock.picking", "search", domain=[["x_tower_status", "=", "open"]])
    assert found == [picking]
    call(url, "ir.model.fields", "unlink", key=ADMIN, ids=made)
    assert "x_tower_status" not in call(url, "stock.picking", "fields_get")


# Rights and mistakes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "model", "operation", "may"),
    [
        (ADMIN, "stock.picking", "read", False),
        (ADMIN, "base.automation", "create", True),
        (INTEGRATION, "stock.picking", "write", True),
        (INTEGRATION, "purchase.order.line", "write", True),
        (INTEGRATION, "account.move", "read", True),
        (INTEGRATION, "account.move", "write", True),  # bills only, which a rule of Odoo says
        (INTEGRATION, "account.move.reversal", "create", False),
        (INTEGRATION, "ir.model", "read", False),
        (INTEGRATION, "base.automation", "create", False),
        (STOREKEEPER, "sale.order", "read", True),
        (STOREKEEPER, "purchase.order.line", "write", False),
        (STOREKEEPER, "account.move", "read", False),
        (OWNER, "stock.quant", "read", True),
    ],
)
def test_rights_are_those_measured(
    url: str, key: str, model: str, operation: str, may: bool
) -> None:
    assert call(url, model, "has_access", key=key, operation=operation) is may


def test_a_refused_read_names_the_groups(url: str) -> None:
    with pytest.raises(Failed) as refused:
        call(url, "account.move", "search", key=STOREKEEPER, domain=[])
    assert refused.value.status == 403
    assert refused.value.message.startswith(
        "You are not allowed to access 'Journal Entry' (account.move) records."
    )


def test_a_password_is_no_bearer(url: str) -> None:
    with pytest.raises(Failed) as refused:
        call(url, "res.users", "context_get", key="sim-integration-password")
    assert (refused.value.status, refused.value.message) == (401, "Invalid apikey")


def test_only_some_see_the_value_of_stock(url: str) -> None:
    assert "value" not in call(url, "stock.quant", "fields_get")
    with pytest.raises(Failed) as refused:
        call(url, "stock.quant", "search_read", domain=[], fields=["value"], limit=1)
    assert refused.value.name == "odoo.exceptions.AccessError"
    assert "value" in call(url, "stock.quant", "fields_get", key=OWNER)


def test_one_bad_row_takes_all_rows_back(world: World, url: str) -> None:
    before = len(world.tables["project.tags"].rows)
    with pytest.raises(Failed):
        call(url, "project.tags", "create", vals_list=[{"name": "ok"}, {"nope": 1}])
    assert len(world.tables["project.tags"].rows) == before


@pytest.mark.parametrize(
    ("arguments", "status", "name"),
    [
        ({"ids": [1], "domain": []}, 422, "werkzeug.exceptions.UnprocessableEntity"),
        ({"domain": [], "colour": 1}, 500, "builtins.TypeError"),
        ({"domain": [], "order": "nope"}, 500, "builtins.ValueError"),
    ],
)
def test_callers_mistakes(url: str, arguments: dict[str, Any], status: int, name: str) -> None:
    with pytest.raises(Failed) as refused:
        call(url, "stock.picking", "search_read", **arguments)
    assert (refused.value.status, refused.value.name) == (status, name)


def test_a_list_as_body_is_ignored(world: World, url: str) -> None:
    headers = {"Authorization": f"bearer {INTEGRATION}"}
    path = "/json/2/stock.warehouse/search"
    answer = speaking.ask(url, "POST", path, [[["id", "=", 1]]], headers)
    assert (answer.status, answer.body) == (200, [1, 2, 3])


def test_groups_are_counted(world: World, url: str) -> None:
    counted = call(
        url, "stock.picking", "formatted_read_group", domain=[], groupby=["state"],
        aggregates=["__count"],
    )  # fmt: skip
    assert {entry["state"]: entry["__count"] for entry in counted} == {"assigned": 5}
    legacy_counts = call(url, "stock.picking", "read_group", domain=[], groupby=["state"])
    assert [entry["state_count"] for entry in legacy_counts] == [5]


def test_names_are_found(url: str) -> None:
    found = call(url, "stock.warehouse", "name_search", name="pun")
    assert found == [[3, "Pune"]]


def test_several_databases_want_a_header(world: World) -> None:
    with SimulatedOdoo(world, ("one", "two")).running() as url:
        headers = {"Authorization": f"bearer {INTEGRATION}"}
        path = "/json/2/res.users/context_get"
        statuses = [
            speaking.ask(url, "POST", path, {}, {**headers, **extra}).status
            for extra in ({}, {"X-Odoo-Database": "two"}, {"X-Odoo-Database": "three"})
        ]
        assert statuses == [404, 200, 404]


def test_a_link_to_a_record_leads_somewhere(world: World, url: str) -> None:
    row = receipt(world)
    page = speaking.ask(url, "GET", f"/odoo/stock.picking/{row['id']}")
    assert (page.status, row["name"] in page.body) == (200, True)
    assert speaking.ask(url, "GET", "/odoo/stock.picking/99999").status == 404
