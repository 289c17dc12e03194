"""The mission's table "Exception type → Automated response", row by row: what stands afterwards in
Odoo, in the mailboxes and at n8n, under the policies that the tower begins with."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.core import mail
from pytest_django import Settings

from exceptions.models import Case, OutboxMessage, Site, User
from exceptions.vocabulary import Tier
from integrations.odoo import line
from integrations.simulator.flows import counting
from integrations.simulator.records import Row
from tests.integrations import linked as linking
from tests.integrations.linked import ADMIN, BUYER, CUSTOMER, INTEGRATION, Linked
from tests.integrations.odoo import approvals
from tests.integrations.odoo.sources.test_goods_on_hold import PRODUCT, location, put
from tests.integrations.odoo.sources.test_reorder_rules import MODEL as RULE
from tests.integrations.odoo.sources.test_reorder_rules import put as stock_up
from tests.integrations.odoo.sources.test_reorder_rules import row_of, sell
from tests.integrations.odoo.test_blocking import put_away, reserved
from tests.integrations.odoo.test_push import help_desk
from tests.integrations.targets import receivers
from tests.integrations.targets.receivers import EventServer

Sent = list[tuple[str, str]]


@pytest.fixture(params=[17, 19], ids=["odoo17", "odoo19"])
def linked(
    request: pytest.FixtureRequest, db: None, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Linked]:
    """Everybody in the tower has an e-mail address; the lead is known in Odoo by theirs."""
    monkeypatch.setattr(line, "FIRST_WAIT", 0.01)
    with linking.linked(at, request.param, monkeypatch) as running:
        for user in User.objects.all():
            user.email = f"{user.username}@example.com"
            user.save()
        running.tell("res.users", ADMIN, email="lead@example.com")
        running.sync()  # now the sites are known
        Site.objects.update(lead=User.objects.get(username="lead"))
        yield running


@pytest.fixture
def n8n(settings: Settings) -> Iterator[EventServer]:
    with receivers.event_server() as server:
        settings.N8N_WEBHOOK_URL, settings.N8N_WEBHOOK_SECRET = server.url, "secret of the test"
        yield server


def responded(linked: Linked) -> tuple[Case, Sent]:
    """The one case that opened, with what was sent by itself and how it ended."""
    linked.later(minutes=6)  # reordering rules are read every five
    linked.sync()
    linked.deliver()
    rows = OutboxMessage.objects.order_by("id").values_list("verb", "state")
    case = Case.objects.get()
    assert case.tier == Tier.HIGH
    return case, list(rows)


def confirmed(*verbs: str) -> Sent:
    return [(verb, "confirmed") for verb in verbs]


def rows(linked: Linked, model: str) -> list[Row]:
    return list(linked.world.tables[model].rows.values())


def of(linked: Linked, model: str, case: Case, mark: str) -> list[Row]:
    """Records that carry the case in a field, in the order they were made."""
    return [row for row in rows(linked, model) if f"[ct:{case.reference}:" in (row[mark] or "")]


def mails() -> list[tuple[list[str], str]]:
    """To whom, and the first line of each."""
    return [(each.to, str(each.body).partition("\n")[0]) for each in mail.outbox]


def test_late_inbound_shipment(linked: Linked, n8n: EventServer) -> None:
    """Create activity, notify buyer, update risk flag, trigger supplier follow-up workflow."""
    receipt = linked.receipt(value=60_000.0)
    case, sent = responded(linked)

    assert sent == confirmed("activity", "priority", "email", "n8n_event")
    (activity,) = of(linked, "mail.activity", case, "note")
    assert (activity["res_id"], activity["user_id"], activity["summary"]) == (
        receipt,
        BUYER,
        "Late inbound: ask the supplier for a new date",
    )
    assert linked.picking(receipt)["priority"] == "1"
    assert mails() == [
        (["procurement@example.com"], "Please ask the supplier when it will come."),
    ]
    (event,) = n8n.got
    told = json.loads(event.body)
    assert (told["type"], told["data"]["event"], told["data"]["case"]) == (
        "case.late_inbound",
        "supplier_follow_up",
        case.reference,
    )
    assert told["data"]["record"]["id"] == receipt


def test_inventory_discrepancy(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open approval request, attach count evidence, notify warehouse lead and finance if threshold
    exceeded."""
    categories = approvals.install(linked, monkeypatch)
    (quant, product) = miscounted(linked)
    case, sent = responded(linked)

    assert sent == confirmed("activity", "approval", "email", "note")
    (request,) = approvals.requests(linked)
    assert (request["name"], request["category_id"], request["request_status"]) == (
        "Inventory discrepancy: approve the write-off, or order another count",
        categories[2],
        "pending",
    )
    counted = f"Counted 40 of {product} in RTM/Stock; booked 120, difference -80 (€40,000 at cost)."
    assert counted in request["reason"]  # 80 pieces at 500 each
    assert mails() == [
        (
            ["lead@example.com", "accounting@example.com"],
            "A count differs by so much that it waits for approval.",
        ),
    ]
    assert counted in str(mail.outbox[0].body)
    assert case.document.record_id == quant


def miscounted(linked: Linked) -> tuple[int, str]:
    """40 were counted where 120 were booked, of what costs 500; the quant, and the product."""
    quant = linked.quants()[0]
    product = linked.world.tables["stock.quant"].rows[quant]["product_id"]
    linked.tell("product.product", product, standard_price=500.0)
    linked.tell("stock.quant", quant, quantity=120.0)
    with linked.world.acting_as(ADMIN) as tx:
        counting.count(tx, quant, 40.0, BUYER)
    return quant, str(linked.world.label("product.product", product))


def test_quality_hold_on_received_goods(linked: Linked) -> None:
    """Block putaway or consumption, create corrective action task, notify purchasing and
    planning."""
    linked.tell("product.product", PRODUCT, standard_price=500.0)
    place = location(linked, "Quality Hold")
    put(linked, place, 10.0)
    transfer = put_away(linked, 6.0, place)
    assert reserved(linked, transfer) == ("assigned", [6.0])
    linked.later(hours=5)
    case, sent = responded(linked)

    assert sent == confirmed("hold", "activity", "task", "email", "note")
    assert reserved(linked, transfer) == ("confirmed", [0.0])
    hold = OutboxMessage.objects.get(verb="hold")
    assert (hold.before, hold.after) == (
        {"RTM/Stock/Quality Hold": 6.0},
        {"RTM/Stock/Quality Hold": 0.0},
    )
    names = [task["name"] for task in of(linked, "project.task", case, "description")]
    assert names == [
        "Quality hold: decide what becomes of the goods; do not use or put them away",
        "Quality hold: find the cause, and see that it stays away",
    ]
    assert mails() == [
        (
            ["procurement@example.com", "planning@example.com"],
            "These goods must not be used until it is decided what becomes of them.",
        ),
    ]


def test_delivery_delay_affecting_sla(linked: Linked) -> None:
    """Create Helpdesk case, notify account owner, propose customer communication template."""
    help_desk(linked)
    order = linked.order_of(linked.delivery(days=-2, value=60_000.0))
    case, sent = responded(linked)

    assert sent == confirmed("activity", "ticket", "customer_draft", "priority")
    (ticket,) = of(linked, "helpdesk.ticket", case, "description")
    assert (ticket["name"], ticket["partner_id"]) == (
        "Delivery delay: keep the customer informed",
        CUSTOMER,
    )
    (activity,) = of(linked, "mail.activity", case, "note")
    owner = linked.world.tables["sale.order"].rows[order]["user_id"]
    assert (activity["res_model"], activity["res_id"], activity["user_id"], owner) == (
        "sale.order",
        order,
        BUYER,
        BUYER,
    )
    (draft,) = of(linked, "mail.message", case, "body")
    assert (draft["model"], draft["res_id"]) == ("sale.order", order)
    customer = linked.world.tables["res.partner"].rows[CUSTOMER]["name"]
    assert f"Draft, to be checked and sent by a person: Dear {customer}," in draft["body"]


def test_urgent_replenishment_need(linked: Linked) -> None:
    """Launch approval workflow for expedited purchase or transfer. Here without Odoo's Approvals:
    the lead has a to-do."""
    rule = min(linked.world.tables[RULE].rows)
    linked.tell(RULE, rule, product_min_qty=100.0, product_max_qty=200.0)
    linked.tell("product.product", row_of(linked, rule)["product_id"], standard_price=1.0)
    stock_up(linked, rule, 0.0)
    sell(linked, rule, 140.0)  # 20 a day in the last 7
    case, sent = responded(linked)

    assert sent == confirmed("activity", "approval", "note")
    product = linked.world.label("product.product", row_of(linked, rule)["product_id"])
    order, approve = of(linked, "project.task", case, "description")
    assert order["name"] == "Urgent replenishment: order or transfer before the stock runs out"
    assert approve["name"] == (
        "Urgent replenishment: approve an expedited purchase, or a transfer between sites"
    )
    assert approve["user_ids"] == [ADMIN, INTEGRATION]
    told = f"{product} in CHI/Stock: 0 on hand, 0 coming, minimum 100, used a day: 20 lately,"
    assert told in approve["description"]
    assert "Approval asked for: Urgent replenishment: approve an" in approve["description"]
