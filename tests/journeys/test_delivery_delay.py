"""A delivery that missed its promise: the warehouse picks it first, and it leaves the house."""

from exceptions.models import Case
from tests.journeys import steps
from tests.journeys.conftest import desk_of
from tests.plant import Plant


def test_a_late_delivery_is_prioritised_and_leaves(source: Plant) -> None:
    order = source.late_delivery()
    assert steps.read() == {"opened": 1}
    case = Case.objects.get()
    service = desk_of("customer_service")
    told = service.case(case.pk)
    assert (told["kind"], told["state"], told["owner"]["username"]) == (
        "delivery_delay",
        "assigned",
        "customer_service",
    )
    assert (told["document"]["model"], told["document"]["record_id"]) == ("sale.order", order)
    assert steps.send()[0] == ("activity", "confirmed")

    assert service.move(case.pk, "acknowledge")["state"] == "acknowledged"
    why = "Their line stands still on Thursday"
    service.propose(case.pk, "prioritise", reason=why)
    assert steps.send()[-2:] == [("priority", "confirmed"), ("note", "confirmed")]
    transfers = [source.row("stock.picking", each) for each in source.transfers_of(order)]
    assert [transfer["priority"] for transfer in transfers] == ["1"]
    decision = case.decisions.get()
    ((_, model, note),) = source.effects(f"C-{case.pk}:d{decision.pk}:note")
    row = source.row(model, note)
    assert (row["model"], row["res_id"], why in row["body"]) == ("sale.order", order, True)
    assert (decision.state, service.case(case.pk)["state"]) == ("confirmed", "acknowledged")

    source.deliver(order)
    assert steps.read() == {"cleared": 1}
    told = service.case(case.pk)
    assert (told["state"], told["outcome"]) == ("resolved", "fixed")
    assert steps.quiet_period_passes() == 1
    case.refresh_from_db()
    assert case.state == "closed"
    assert [move for move, _ in steps.history(case)][-2:] == ["resolve", "close"]
