"""One late receipt, the sale that waits for it, and everybody who is told of it: one disruption."""

from exceptions.models import Case
from tests.journeys import steps
from tests.journeys.conftest import Desk, desk_of
from tests.plant import Plant


def waiting_sale(source: Plant, receipt: int) -> int:
    """A late sale whose delivery takes what the receipt is to bring; its id."""
    order = source.late_delivery()
    moves = source.world.tables["stock.move"]
    (before,) = moves.where("picking_id", receipt)
    for transfer in source.transfers_of(order):
        for move in moves.where("picking_id", transfer):
            source.tell("stock.move", move, state="waiting", quantity=0.0, move_orig_ids=[before])
    return order


def kinds(desk: Desk, case: Case) -> dict[str, list[str]]:
    return {other["kind"]: other["path"] for other in desk.case(case.pk)["connected"]}


def test_a_disruption_from_the_purchase_to_the_customer(source: Plant) -> None:
    (receipt,) = source.late_receipts(1)
    order = waiting_sale(source, receipt)
    assert steps.read() == {"opened": 1}  # by each of three sources
    assert Case.objects.count() == 3
    late, blocked, promised = (
        Case.objects.get(kind=kind)
        for kind in ("late_inbound", "blocked_transfer", "delivery_delay")
    )
    lead = desk_of("lead")
    bought, sold = source.row("stock.picking", receipt), source.row("sale.order", order)
    (out,) = (source.row("stock.picking", each) for each in source.transfers_of(order))
    assert kinds(lead, late) == {
        "blocked_transfer": [f"receipt {bought['name']}", f"delivery {out['name']}"],
        "delivery_delay": [
            f"receipt {bought['name']}",
            f"delivery {out['name']}",
            f"sales order {sold['name']}",
        ],
    }

    for case in (blocked, promised):
        lead.post(case.pk, "attach", parent=late.pk, reason="They wait for the same truck.")
    said = lead.post(late.pk, "comments", text="The truck is at the border.", children=True)
    assert said["text"] == "The truck is at the border."
    told = lead.move(late.pk, "assign", owner="lead", children=True)
    assert [child["id"] for child in told["group"]["children"]] == sorted([blocked.pk, promised.pk])
    assert {str(case.owner) for case in Case.objects.all()} == {"lead"}

    with_receipt = lead.move(
        blocked.pk, "dismiss", outcome="duplicate", merged_into=late.pk, reason="One truck."
    )
    assert with_receipt["group"]["merged_into"]["id"] == late.pk
    late.refresh_from_db()
    assert [move for move, _ in steps.history(late)][-4:] == [
        "attached",
        "commented",
        "assign",
        "merged",
    ]

    back = lead.move(blocked.pk, "reopen", reason="Its own truck after all.")
    assert (back["state"], back["group"]["merged_into"]) == ("assigned", None)
    assert back["group"]["parent"]["id"] == late.pk
    alone = lead.post(blocked.pk, "detach")
    assert alone["group"]["parent"] is None
    blocked.refresh_from_db()
    assert [move for move, _ in steps.history(blocked)][-6:] == [
        "attached",
        "commented",
        "assign",
        "dismiss",
        "reopen",
        "detached",
    ]
