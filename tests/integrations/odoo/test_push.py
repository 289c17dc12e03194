"""What the verbs write: text that cannot break out, the right person, the right day, one key."""

from datetime import date, timedelta

import pytest

from exceptions import lifecycle
from exceptions.models import OutboxMessage
from exceptions.vocabulary import Move, Verb
from integrations.odoo import errors, push
from integrations.simulator import schema
from integrations.simulator.records import Row, Table
from tests.integrations.linked import BUYER, CUSTOMER, INTEGRATION, Linked

TOWER = "http://tower.test"


def errand(linked: Linked, **parameters: object) -> push.Errand:
    message = OutboxMessage.objects.select_related("case__document").latest("id")
    message.parameters = {**message.parameters, **parameters}
    return push.Errand(message, message.case.document, TOWER)


@pytest.fixture
def late(linked: Linked) -> int:
    receipt = linked.receipt()
    linked.sync()
    return receipt


def last(linked: Linked, model: str) -> Row:
    table = linked.world.tables[model]
    return table.rows[table.last_id]


def test_a_note_is_text_and_never_markup(linked: Linked, late: int) -> None:
    asked = errand(linked, text='<script>alert("1")</script> & 5 < 6')
    with linked.client() as odoo:
        push.Note().do(odoo, asked, at=linked.at)
        found = push.Note().find(odoo, asked)

    note = last(linked, "mail.message")
    assert "<script>" not in note["body"]
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; 5 &lt; 6" in note["body"]
    assert f'<a href="{TOWER}/cases/{asked.message.case_id}/">' in note["body"]
    assert (note["model"], note["res_id"]) == ("stock.picking", late)
    assert found is not None
    assert found["id"] == note["id"]


@pytest.mark.usefixtures("late")
def test_an_activity_is_for_the_responsible_and_due_as_the_playbook_says(linked: Linked) -> None:
    with linked.client() as odoo:
        push.Activity().do(odoo, errand(linked, due_in_days=3), at=linked.at)

    activity = last(linked, "mail.activity")
    assert (activity["user_id"], activity["date_deadline"]) == (
        BUYER,
        str(date(2026, 11, 20)),
    )
    assert activity["summary"] == "Late inbound: ask the supplier for a new date"


def test_without_a_responsible_the_activity_is_our_own_user_s(linked: Linked) -> None:
    receipt = linked.receipt()
    linked.tell("purchase.order", linked.order_of(receipt), user_id=False)
    linked.sync()
    with linked.client() as odoo:
        push.Activity().do(odoo, errand(linked), at=linked.at)

    assert last(linked, "mail.activity")["user_id"] == INTEGRATION


def test_the_key_of_one_case_is_not_found_in_another_s(linked: Linked) -> None:
    """C-1 is the beginning of C-11, and an underscore matches any letter in a search."""
    receipts = [linked.receipt() for _ in range(2)]
    linked.sync()
    first, second = (
        push.Errand(m, m.case.document, TOWER)
        for m in OutboxMessage.objects.select_related("case__document").order_by("id")
    )
    second.message.key = first.message.key.replace(":r0", "1:r0")
    with linked.client() as odoo:
        push.Activity().do(odoo, second, at=linked.at)
        assert push.Activity().find(odoo, first) is None
        second.document.record_id = first.document.record_id
        assert push.Activity().find(odoo, second) is None
    assert len(receipts) == 2


@pytest.mark.usefixtures("late")
def test_a_date_is_written_in_utc_as_odoo_takes_it(linked: Linked) -> None:
    asked = errand(linked, date="2026-11-25T10:30:00+05:30")
    with linked.client() as odoo:
        push.NewDate().do(odoo, asked, at=linked.at)
        found = push.NewDate().find(odoo, asked)

    (written,) = linked.seen.of("stock.picking", "write")
    vals = written.kwargs.get("vals") or written.args[-1]
    assert vals == {"scheduled_date": "2026-11-25 05:00:00"}
    assert list((found or {}).values()) == ["2026-11-25 05:00:00"]


def test_a_transfer_that_is_done_meanwhile_has_nothing_to_flag(linked: Linked, late: int) -> None:
    asked = errand(linked)
    linked.tell("stock.picking", late, state="done")
    with linked.client() as odoo:
        assert push.Priority().before(odoo, asked) == {}
        assert push.Priority().find(odoo, asked) is None
        with pytest.raises(errors.MissingRecord):
            push.Priority().do(odoo, asked, at=linked.at)


def test_a_to_do_about_a_count_belongs_to_whoever_counted_and_to_us(linked: Linked) -> None:
    quant = linked.miscount()
    linked.sync()
    with linked.client() as odoo:
        push.Activity().do(odoo, errand(linked), at=linked.at)

    task = last(linked, "project.task")
    due = (linked.at + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
    assert (task["user_ids"], task["date_deadline"]) == ([BUYER, INTEGRATION], due)
    assert f"[ct:C-{linked.case('stock.quant', quant).pk}:" in task["description"]


def test_the_note_of_a_decision_says_who_decided_what_and_why(linked: Linked, late: int) -> None:
    case = linked.case("stock.picking", late)
    owner = linked.owner(case)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=linked.at)
    data = {
        "decision": "expedite",
        "substance": case.document.substance,
        "reason": "The line stands still.",
        "cost": "240",
    }
    lifecycle.move(case.pk, Move.PROPOSE, owner, at=linked.at, data=data)

    linked.deliver()

    body = last(linked, "mail.message")["body"]
    assert f"Decision: Expedite freight. Proposed by {owner.name}, approved by policy." in body
    assert "Why: The line stands still. Cost: " in body
    assert OutboxMessage.objects.get(verb=Verb.NOTE).state == "confirmed"


def help_desk(linked: Linked) -> None:
    """This Odoo has the help desk, with the fields that Enterprise and OCA share."""
    lines = (
        *schema.AUTOMATIC,
        "name | char | Subject | sfoq",
        "description | html | Description | sf",
        "partner_id | many2one res.partner | Customer | sfo",
        "user_id | many2one res.users | Assigned to | sfo",
    )
    model = schema.Model(
        "helpdesk.ticket", "Ticket", {f.name: f for f in map(schema._field, lines)}
    )
    linked.world.models[model.name] = model
    linked.world.tables[model.name] = Table(model)


def test_a_task_is_found_by_its_key_alone(linked: Linked, late: int) -> None:
    asked = errand(linked, summary="Find the cause")
    with linked.client() as odoo:
        assert push.Task().find(odoo, asked) is None
        push.Task().do(odoo, asked, at=linked.at)
        found = push.Task().find(odoo, asked)

    task = last(linked, "project.task")
    assert (task["name"], task["user_ids"]) == ("Find the cause", [BUYER, INTEGRATION])
    assert found is not None
    assert found["id"] == task["id"]


def test_without_a_help_desk_a_ticket_becomes_a_task(linked: Linked, late: int) -> None:
    asked = errand(linked, summary="Keep the customer informed")
    with linked.client() as odoo:
        assert push.Ticket().find(odoo, asked) is None
        push.Ticket().do(odoo, asked, at=linked.at)
        found = push.Ticket().find(odoo, asked)

    task = last(linked, "project.task")
    assert task["name"] == "Keep the customer informed"
    assert found is not None
    assert found["id"] == task["id"]


def test_with_a_help_desk_it_is_a_ticket_for_the_customer(linked: Linked) -> None:
    help_desk(linked)
    order = linked.order_of(linked.delivery())
    linked.sync()
    asked = errand(linked, summary="Keep the customer informed", text="It is late.")
    with linked.client() as odoo:
        push.Ticket().do(odoo, asked, at=linked.at)
        found = push.Ticket().find(odoo, asked)

    ticket = last(linked, "helpdesk.ticket")
    assert (ticket["name"], ticket["partner_id"]) == ("Keep the customer informed", CUSTOMER)
    assert f"[ct:{asked.message.key}]" in ticket["description"]
    assert linked.case("sale.order", order).pk == asked.message.case_id
    assert found is not None
    assert found["id"] == ticket["id"]
