"""Tracking numbers on transfers: read with their orders, where shipping methods are installed."""

from tests.integrations.linked import ADMIN, Linked
from tests.integrations.odoo.sources.test_deliveries import facts_of


def test_every_number_on_a_transfer_is_told(linked: Linked) -> None:
    transfer = linked.delivery()
    order = linked.order_of(transfer)
    name = linked.picking(transfer)["name"]
    assert facts_of(linked, order)[0].parcels == ()

    with linked.world.transaction(ADMIN) as tx:
        tx.set("stock.picking", transfer, {"carrier_tracking_ref": "1Z99, 1Z11"})

    (facts,) = facts_of(linked, order)
    assert [(sent.tracking, sent.transfer) for sent in facts.parcels] == [
        ("1Z99", name),
        ("1Z11", name),
    ]
