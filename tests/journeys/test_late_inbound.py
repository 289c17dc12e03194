"""A late receipt, from Odoo to the proof in Odoo: found, owned, decided, sent, proved, closed."""

from datetime import timedelta

from django.utils import timezone

from exceptions.models import Case
from tests.journeys import steps
from tests.journeys.conftest import desk_of
from tests.plant import Plant


def test_a_late_receipt_gets_a_new_date_that_stands_in_odoo(source: Plant) -> None:
    (transfer,) = source.late_receipts(1, value=48_000)
    assert steps.read() == {"opened": 1}
    case = Case.objects.get()
    buyer = desk_of("procurement")
    told = buyer.case(case.pk)
    assert (told["kind"], told["state"], told["owner"]["username"]) == (
        "late_inbound",
        "assigned",
        "procurement",
    )
    assert told["document"]["record_id"] == transfer
    assert sum(c["points"] for c in case.contributions) == told["score"]

    sent = steps.send()
    assert sent == [
        ("activity", "confirmed"),
        ("priority", "confirmed"),
        ("email", "withdrawn"),  # nobody here has an address
        ("n8n_event", "withdrawn"),  # no n8n is connected
    ]
    ((_, model, activity),) = source.effects(f"C-{case.pk}:r0:activity")
    responsible = source.row("purchase.order", 1)["user_id"]
    assert (model, source.row(model, activity)["user_id"]) == ("mail.activity", responsible)

    assert buyer.move(case.pk, "acknowledge")["state"] == "acknowledged"
    date = (timezone.now() + timedelta(days=5)).replace(microsecond=0)
    why = "The supplier confirmed Saturday by phone"
    buyer.propose(case.pk, "new_date", date=date.isoformat(), reason=why)
    decision = case.decisions.get()
    assert (decision.state, case.outbox.filter(decision=decision).count()) == ("approved", 2)

    assert steps.send()[-2:] == [("new_date", "confirmed"), ("note", "confirmed")]
    assert source.row("stock.picking", transfer)["scheduled_date"][:19] == steps.odoo_text(date)
    ((_, model, note),) = source.effects(f"C-{case.pk}:d{decision.pk}:note")
    body = source.row(model, note)["body"]
    assert (model, why in body, "Proposed by procurement, approved by policy" in body) == (
        "mail.message",
        True,
        True,
    )
    decision.refresh_from_db()
    told = buyer.case(case.pk)
    assert (decision.state, told["state"], told["outcome"]) == ("confirmed", "resolved", "fixed")

    assert steps.read() == {}
    assert steps.quiet_period_passes() == 1
    assert buyer.case(case.pk)["state"] == "closed"
    case.refresh_from_db()
    playbook = [
        *[("confirmed", "Odoo")] * 2,
        ("withdrawn", "policy"),
        ("withdrawn", "n8n"),
    ]
    assert steps.history(case) == [
        ("detected", "Odoo"),
        ("classify", "policy"),
        ("assign", "routing"),
        *playbook,
        ("acknowledge", "procurement (desk)"),
        ("propose", "procurement (desk)"),
        ("confirmed", "Odoo"),
        ("confirmed", "Odoo"),
        ("resolve", "Odoo"),
        ("close", "clock"),
    ]
    assert {c.kind: c.state for c in case.clocks.all()} == {"acknowledge": "met", "resolve": "met"}


def test_a_receipt_that_is_redated_in_odoo_heals_itself(source: Plant) -> None:
    (transfer,) = source.late_receipts(1)
    assert steps.read() == {"opened": 1}
    later = steps.odoo_text(timezone.now() + timedelta(days=4))
    source.tell("stock.picking", transfer, scheduled_date=later)
    assert steps.read() == {"cleared": 1}
    case = Case.objects.get()
    assert (case.state, case.outcome) == ("resolved", "self_healed")
    assert steps.send() == [("activity", "withdrawn")]
    assert source.effects(f"C-{case.pk}:r0:activity") == []
    assert steps.quiet_period_passes() == 1


def test_a_decision_on_facts_that_have_moved_is_void(source: Plant) -> None:
    (transfer,) = source.late_receipts(1)
    steps.read()
    steps.send()
    case = Case.objects.get()
    buyer = desk_of("procurement")
    buyer.move(case.pk, "acknowledge")
    date = (timezone.now() + timedelta(days=5)).replace(microsecond=0)
    buyer.propose(case.pk, "new_date", date=date.isoformat(), reason="By phone")
    planned = steps.odoo_text(timezone.now() - timedelta(hours=3))
    source.tell("stock.picking", transfer, scheduled_date=planned)

    assert steps.send()[-2:] == [("new_date", "failed"), ("note", "failed")]
    assert case.decisions.get().state == "void"
    assert source.row("stock.picking", transfer)["scheduled_date"] == planned
    assert buyer.case(case.pk)["state"] == "acknowledged"
