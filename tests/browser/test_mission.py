"""The mission's table "Exception type → Automated response", walked in a browser row by row: from
detection in Odoo over what was done by itself, a decision and its approval to the proof in Odoo.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from exceptions import audit
from exceptions.models import Case, Connection, Membership, OutboxMessage, Site, User
from exceptions.vocabulary import Role, State
from integrations.odoo import line
from integrations.simulator.flows import counting
from tests.browser.conftest import PASSWORD, Visit, Visitor
from tests.integrations import linked as linking
from tests.integrations.linked import ADMIN, BUYER, Linked
from tests.integrations.odoo import doing
from tests.integrations.odoo.sources.test_goods_on_hold import PRODUCT, location, put
from tests.integrations.odoo.sources.test_reorder_rules import MODEL as RULE
from tests.integrations.odoo.sources.test_reorder_rules import put as stock_up
from tests.integrations.odoo.sources.test_reorder_rules import row_of, sell
from tests.integrations.odoo.test_push import help_desk
from tests.integrations.targets import receivers
from tests.integrations.targets.receivers import EventServer
from tests.making import Tower

LEAD, APPROVER, EXECUTIVE = "lead", "approver", "executive"


@pytest.fixture(params=[17, 19], ids=["odoo17", "odoo19"])
def linked(
    request: pytest.FixtureRequest, tower: Tower, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Linked]:
    """An Odoo whose exceptions are led by one person and approved by another. It begins now, as
    browsers have a clock of their own.
    """
    monkeypatch.setattr(line, "FIRST_WAIT", 0.01)
    Connection.objects.update(enabled=False)  # the small tower's own, which nothing stands behind
    with linking.linked(timezone.now(), request.param, monkeypatch) as running:
        for name, role in ((APPROVER, Role.APPROVER), (EXECUTIVE, Role.EXECUTIVE)):
            Membership.objects.create(user=User.objects.create(username=name), role=role)
        for user in User.objects.all():
            user.email = f"{user.username}@example.com"
            user.save()
        running.tell("res.users", ADMIN, email="lead@example.com")
        running.sync()  # now the sites are known
        led = Site.objects.filter(connection=running.row.connection)
        led.update(lead=User.objects.get(username=LEAD))
        walkers = User.objects.filter(username__in=[LEAD, APPROVER, EXECUTIVE])
        walkers.update(password=make_password(PASSWORD))
        yield running


@pytest.fixture
def n8n(settings: Settings) -> Iterator[EventServer]:
    with receivers.event_server() as server:
        settings.N8N_WEBHOOK_URL, settings.N8N_WEBHOOK_SECRET = server.url, "secret of the test"
        yield server


@dataclass
class Walk:
    """The browsers of a lead and an approver, and the Odoo that they act on."""

    linked: Linked
    visitor: Visit
    lead: Visitor
    approver: Visitor

    def detected(self, kind: str) -> Page:
        """What Odoo holds is read, and what follows by itself is done; the lead finds the case in
        the queue and opens it."""
        self.linked.later(minutes=6)
        self.linked.sync()
        self.linked.deliver()
        page = self.lead.go("/")
        row = page.locator("tr[data-case]", has_text=kind)
        title = row.locator(".subject").inner_text()
        row.locator(".subject").click()
        page.wait_for_url("**/cases/*/**")
        expect(page.locator("h1")).to_contain_text(title)
        return page

    def decide(self, decision: str, reason: str, **answers: str) -> None:
        page = self.lead.page
        page.keyboard.press("a")
        expect(page.locator(".track .now b")).to_have_text("acknowledged")
        page.keyboard.press("p")
        page.check(f"#form-propose input[value={decision}]")
        for name, said in answers.items():
            answer(page.locator(f"[name='{decision}.{name}']"), said)
        page.fill("#propose-reason", reason)
        page.click("#form-propose button.primary")
        expect(page.locator(".decision").first).to_contain_text(reason)

    def approve(self, who: Visitor, reason: str) -> None:
        """They find it among what waits for them, and say yes."""
        page = who.go("/approvals/")
        page.click("#vote-yes summary")
        page.fill("#yes-reason", reason)
        page.click("#vote-yes button.primary")
        expect(page.locator(".toast")).to_be_visible()

    def proved(self) -> Locator:
        """What was decided is sent; the lead reads on the case that it stands in Odoo."""
        self.linked.deliver()
        page = self.lead.page
        page.reload()
        decision = page.locator(".decision").first
        expect(decision.locator(".line .badge")).to_have_text("confirmed")
        return decision

    def troubles(self) -> list[str]:
        return self.lead.troubles + self.approver.troubles


def answer(field: Locator, said: str) -> None:
    tag = field.evaluate("element => element.tagName")
    if tag == "SELECT":
        field.select_option(label=said)
    else:
        field.fill(said)


@pytest.fixture
def walk(linked: Linked, visit: Visit) -> Walk:
    return Walk(linked, visit, visit(LEAD), visit(APPROVER))


def by_itself(page: Page) -> list[tuple[str, str]]:
    """What the playbook did, as the case tells it: each verb, and how it ended."""
    proofs = page.locator(".decision", has_text="By the playbook").locator(".proof").all()
    return [
        (proof.locator(".verb").inner_text(), proof.locator(".badge").inner_text())
        for proof in proofs
    ]


def confirmed(*verbs: str) -> list[tuple[str, str]]:
    return [(verb, "confirmed") for verb in verbs]


def rows(linked: Linked, model: str) -> list[dict[str, Any]]:
    return list(linked.world.tables[model].rows.values())


def miscounted(linked: Linked) -> int:
    """40 were counted where 120 were booked, of what costs 500; the quant."""
    quant = linked.quants()[0]
    product = linked.world.tables["stock.quant"].rows[quant]["product_id"]
    linked.tell("product.product", product, standard_price=500.0)
    linked.tell("stock.quant", quant, quantity=120.0)
    with linked.world.acting_as(ADMIN) as tx:
        counting.count(tx, quant, 40.0, BUYER)
    return quant


def bad_goods(linked: Linked) -> int:
    """Ten pieces of what costs 500 lie in the hold location for five hours; the location."""
    linked.tell("product.product", PRODUCT, standard_price=500.0)
    place = location(linked, "Quality Hold")
    put(linked, place, 10.0)
    linked.later(hours=5)
    return place


def runs_out(linked: Linked) -> int:
    """Nothing is left of what sells 20 a day; the product."""
    rule = min(linked.world.tables[RULE].rows)
    linked.tell(RULE, rule, product_min_qty=100.0, product_max_qty=200.0)
    linked.tell("product.product", row_of(linked, rule)["product_id"], standard_price=1.0)
    stock_up(linked, rule, 0.0)
    sell(linked, rule, 140.0)
    return int(row_of(linked, rule)["product_id"])


def test_late_inbound_shipment(n8n: EventServer, walk: Walk) -> None:
    """Faster freight for €6,000 is approved; the receipt is flagged, and the note says who said so;
    the goods come, and the case is closed with its cause."""
    receipt = walk.linked.receipt(value=60_000.0)
    page = walk.detected("Late inbound")
    expect(page.locator(".tier").first).to_contain_text("High")
    assert by_itself(page) == confirmed("activity", "priority flag", "e-mail", "event for n8n")
    assert [json.loads(event.body)["data"]["event"] for event in n8n.got] == ["supplier_follow_up"]

    walk.decide("expedite", "Line 2 stops on Friday.", cost="6000")
    expect(page.locator(".decision .badge").first).to_have_text("waits for approval")
    assert not OutboxMessage.objects.exclude(decision=None).exists()
    walk.approve(walk.approver, "The penalty costs more.")
    expect(walk.proved()).to_contain_text("approved by approver")

    case = Case.objects.get()
    assert walk.linked.picking(receipt)["priority"] == "1"
    (note,) = [row["body"] for row in rows(walk.linked, "mail.message") if ":d" in str(row["body"])]
    assert "Proposed by lead, approved by approver. Why: Line 2 stops on Friday." in note

    with walk.linked.world.transaction(ADMIN) as tx:
        walk.linked.arrive(tx, receipt, 1.0)
    walk.linked.later(minutes=6)
    walk.linked.sync()
    page.reload()
    expect(page.locator(".track .now b")).to_have_text("resolved")
    page.click("#move-close summary")
    page.fill("#root", "The supplier's truck broke down")
    page.click("#form-close button.primary")
    expect(page.locator(".track .now b")).to_have_text("closed")
    case.refresh_from_db()
    assert (case.state, list(audit.verify(case))) == (State.CLOSED, [])
    assert walk.troubles() == []


def test_inventory_discrepancy(walk: Walk) -> None:
    """The count is applied once an approver and an executive have seen what it changes: Odoo's
    books take it over, and the case is over."""
    doing.belongs_to(walk.linked, more=(doing.MANAGER,))  # what 17 asks of whoever applies a count
    quant = miscounted(walk.linked)
    page = walk.detected("Inventory discrepancy")
    assert by_itself(page) == confirmed("activity", "approval request", "e-mail", "note")

    walk.decide("write_off", "Counted twice, by two people.")
    walk.approve(walk.approver, "The pallets are gone.")
    walk.approve(walk.visitor(EXECUTIVE), "Agreed.")
    walk.proved()
    expect(page.locator(".track .now b")).to_have_text("resolved")
    assert walk.linked.world.tables["stock.quant"].rows[quant]["quantity"] == 40.0
    assert walk.troubles() == []


def test_quality_hold_on_received_goods(walk: Walk) -> None:
    """Ten pieces that failed are scrapped: that cannot be undone, and two people have said yes."""
    place = bad_goods(walk.linked)
    page = walk.detected("Quality hold")
    assert by_itself(page) == confirmed("hold on the goods", "activity", "task", "e-mail", "note")

    walk.decide("scrap", "Cracked through.", quantity="10", cost="5000")
    walk.approve(walk.approver, "Seen the photographs.")
    walk.proved()
    (scrap,) = rows(walk.linked, "stock.scrap")
    assert (scrap["state"], scrap["scrap_qty"], scrap["location_id"]) == ("done", 10.0, place)
    assert page.locator(".decision").first.inner_text().count("scrap") > 0
    assert walk.troubles() == []


def test_delivery_delay_affecting_sla(walk: Walk) -> None:
    """Making it good to the customer is approved; the draft to them lies on the order in Odoo, for
    a person to send."""
    help_desk(walk.linked)
    order = walk.linked.order_of(walk.linked.delivery(days=-2, value=60_000.0))
    page = walk.detected("Delivery delay")
    assert by_itself(page) == confirmed(
        "activity", "help-desk ticket", "draft for the customer", "priority flag"
    )

    walk.decide("credit", "Two days late.", cost="600")
    walk.approve(walk.approver, "As the contract says.")
    walk.proved()
    posted = [r["body"] for r in rows(walk.linked, "mail.message") if r["res_id"] == order]
    drafts = [body for body in posted if "to be checked and sent by a person" in body]
    assert len(drafts) == 2  # by the playbook, and by the decision
    assert walk.troubles() == []


def test_urgent_replenishment_need(walk: Walk) -> None:
    """Buying faster is approved: a request for quotation stands in Odoo, for the buyer to send."""
    product = runs_out(walk.linked)
    page = walk.detected("Urgent replenishment")
    assert by_itself(page) == confirmed("activity", "approval request", "note")

    tomorrow = f"{walk.linked.at + timedelta(days=1):%Y-%m-%dT%H:%M}"
    told = {"quantity": "150", "date": tomorrow, "cost": "6000"}
    walk.decide("expedited_purchase", "Line 2 stops on Friday.", **told)
    walk.approve(walk.approver, "Cheaper than the line standing still.")
    walk.proved()
    (line,) = rows(walk.linked, "purchase.order.line")
    (order,) = rows(walk.linked, "purchase.order")
    assert (line["product_id"], line["product_qty"], order["state"]) == (product, 150.0, "draft")
    assert walk.troubles() == []
