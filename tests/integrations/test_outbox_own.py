"""What is said in Odoo of records that the tower itself keeps: a to-do, found again by its key."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions import lifecycle, raising, shipments
from exceptions.actors import Actor, person
from exceptions.models import Case, OutboxMessage, Site, User
from exceptions.raising import Raised
from exceptions.shipments import Event
from exceptions.vocabulary import Move, Target
from integrations.odoo import chatter, errors
from tests.integrations.linked import INTEGRATION, Linked


def site() -> Site:
    return Site.objects.order_by("external_id")[0]


@pytest.fixture
def supervisor(linked: Linked) -> Actor:
    linked.sync()  # makes the sites
    return person(User.objects.get(username="lead"))


def raised(linked: Linked, supervisor: Actor, **said: Any) -> Case:
    plain: dict[str, Any] = {
        "kind": "late_inbound",
        "site": site(),
        "summary": "The truck is in the ditch",
        "subject": "Kempten",
        "value": Decimal(90_000),
        "currency": "EUR",
        "need_at": linked.at - timedelta(days=9),
    }
    return raising.raise_case(Raised(**(plain | said)), supervisor, at=linked.at)


def told(case: Case) -> list[tuple[str, str, str]]:
    """What is said in Odoo; mail and n8n are told for themselves."""
    rows = OutboxMessage.objects.filter(case=case, target=Target.SOURCE).order_by("id")
    return [(m.verb, m.state, m.error) for m in rows]


def test_a_raised_case_becomes_one_to_do_with_its_notes(linked: Linked, supervisor: Actor) -> None:
    case = raised(linked, supervisor)
    linked.deliver()

    tasks = linked.world.tables["project.task"].rows.values()
    assert told(case) == [("activity", "confirmed", ""), ("note", "confirmed", "")]
    (task,) = [t for t in tasks if f"[ct:{case.reference}:" in str(t.get("description"))]
    assert (task["name"], task["user_ids"]) == (
        "Late inbound: ask the supplier for a new date",
        [INTEGRATION],
    )
    notes = linked.world.tables["mail.message"].rows.values()
    on_it = [n for n in notes if (n["model"], n["res_id"]) == ("project.task", task["id"])]
    assert len([n for n in on_it if "[ct:" in str(n["body"])]) == 1


def test_no_transfer_of_the_same_number_is_touched(linked: Linked, supervisor: Actor) -> None:
    transfers = [linked.receipt(days=5) for _ in range(3)]
    case = raised(linked, supervisor)
    assert case.document.record_id <= len(transfers) or transfers
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, supervisor, at=linked.at)
    data = {
        "decision": "new_date",
        "substance": case.document.substance,
        "reason": "A crane comes on Friday.",
        "date": linked.at + timedelta(days=3),
    }
    lifecycle.move(case.pk, Move.PROPOSE, supervisor, at=linked.at, data=data)
    linked.seen.forget()

    linked.deliver()

    assert linked.seen.of("stock.picking", "write") == []
    case.refresh_from_db()
    assert (case.state, [d.state for d in case.decisions.all()]) == ("acknowledged", ["confirmed"])


def test_a_parcel_in_trouble_becomes_a_to_do(linked: Linked, supervisor: Actor) -> None:
    event = Event(tracking="1Z", carrier="DHL", status="exception", trouble="lost", at=linked.at)
    shipments.take_in(event, site(), at=linked.at)
    case = Case.objects.get()
    linked.deliver()

    assert {state for _, state, _ in told(case)} == {"confirmed"}
    assert linked.effects(f"C-{case.pk}:r0:activity") == [
        ("project.task", linked.world.tables["project.task"].last_id)
    ]


def test_a_decision_on_a_parcel_that_moved_meanwhile_is_void(
    linked: Linked, supervisor: Actor
) -> None:
    lost = Event(tracking="1Z", carrier="DHL", status="exception", trouble="lost", at=linked.at)
    shipments.take_in(lost, site(), at=linked.at)
    case = Case.objects.get()
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, supervisor, at=linked.at)
    data = {
        "decision": "claim",
        "substance": case.document.substance,
        "reason": "It is gone.",
    }
    lifecycle.move(case.pk, Move.PROPOSE, supervisor, at=linked.at, data=data)
    found = Event(
        tracking="1Z",
        carrier="DHL",
        status="exception",
        trouble="damaged",
        at=linked.at + timedelta(seconds=1),
    )
    shipments.take_in(found, site(), at=linked.at)

    linked.deliver()

    assert [d.state for d in case.decisions.all()] == ["void"]


def test_without_to_dos_in_odoo_nothing_is_sent_and_the_case_says_so(
    linked: Linked, supervisor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An Odoo without Project: the model is not there."""
    del linked.world.models["project.task"]
    case = raised(linked, supervisor)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, supervisor, at=linked.at)
    data = {"decision": "chase", "substance": case.document.substance, "reason": "No word."}
    lifecycle.move(case.pk, Move.PROPOSE, supervisor, at=linked.at, data=data)

    linked.deliver()

    words = "Not sent: what it is about has no chatter, and this Odoo has no to-dos (Project)."
    assert told(case)[:2] == [("activity", "withdrawn", words), ("note", "withdrawn", words)]
    assert told(case)[2] == ("activity", "failed", words)
    assert [d.state for d in case.decisions.all()] == ["failed"]


def test_which_records_have_no_chatter() -> None:
    theirs = {"stock.quant", "stock.warehouse.orderpoint"}
    ours = {"carrier.shipment", "tower.report", "tower.integration", "tower.kpi"}
    assert theirs | ours == chatter.WITHOUT_CHATTER
    assert issubclass(errors.UnknownModel, errors.OdooError)
