"""A count that differs: counted again on a to-do in Odoo, where quants have no chatter."""

from exceptions.models import Case
from tests.journeys import steps
from tests.journeys.conftest import desk_of
from tests.plant import BUYER, Plant


def test_a_count_that_differs_is_counted_again(source: Plant) -> None:
    quant = source.miscount(by=60.0)
    assert steps.read() == {"opened": 1}
    case = Case.objects.get()
    keeper = desk_of("warehouse")
    told = keeper.case(case.pk)
    assert (told["kind"], told["state"], told["owner"]["username"]) == (
        "inventory_discrepancy",
        "assigned",
        "warehouse",
    )
    assert told["document"]["record_id"] == quant

    sent = steps.send()
    assert sent[0] == ("activity", "confirmed")
    ((_, model, task),) = source.effects(f"C-{case.pk}:r0:activity")
    assert (model, BUYER in source.row(model, task)["user_ids"]) == ("project.task", True)

    assert keeper.move(case.pk, "acknowledge")["state"] == "acknowledged"
    why = "Two pallets stood in the wrong aisle"
    keeper.propose(case.pk, "recount", reason=why)
    assert steps.send()[-3:] == [
        ("activity", "confirmed"),
        ("recount", "confirmed"),
        ("note", "confirmed"),
    ]
    assert not source.row("stock.quant", quant)["inventory_quantity_set"]
    decision = case.decisions.get()
    ((_, model, _),) = source.effects(f"C-{case.pk}:d{decision.pk}:activity")
    ((_, note_model, note),) = source.effects(f"C-{case.pk}:d{decision.pk}:note")
    row = source.row(note_model, note)
    assert (model, note_model, row["model"]) == ("project.task", "mail.message", "project.task")
    assert (decision.state, why in row["body"]) == ("confirmed", True)
    assert keeper.case(case.pk)["state"] == "acknowledged"  # a recount is no result yet

    source.recount(quant)
    assert steps.read() == {"cleared": 1}
    told = keeper.case(case.pk)
    assert (told["state"], told["outcome"]) == ("resolved", "fixed")
    closed = keeper.move(case.pk, "close", root_cause="Put away in the wrong aisle")
    assert (closed["state"], steps.quiet_period_passes()) == ("closed", 0)
    case.refresh_from_db()
    assert case.root_cause == "Put away in the wrong aisle"
    assert [move for move, _ in steps.history(case)][-4:] == [
        "confirmed",
        "confirmed",
        "resolve",
        "close",
    ]
