"""A small world: master data and a handful of orders, ready in a tenth of a second."""

from datetime import timedelta

from integrations.simulator import World, instants
from integrations.simulator.flows import purchasing, selling
from tests.integrations.simulator.speaking import NOW

BUYER, SUPPLIER, CUSTOMER = 8, 30, 50


def world(version: int = 19, *, receipts: int = 3, deliveries: int = 2) -> World:
    """Late receipts and deliveries of Rotterdam, one order each, two lines each."""
    made = World.bare(NOW, version=version)
    promised = instants.text(NOW - timedelta(days=1))
    products = sorted(made.tables["product.product"].rows)
    with made.transaction(BUYER, instants.text(NOW - timedelta(days=9))) as tx:
        for number in range(receipts):
            items = [purchasing.Item(products[number + n], 10.0, 5.0) for n in (0, 1)]
            order = purchasing.order(tx, 1, SUPPLIER, BUYER, items, promised)
            purchasing.confirm(tx, order)
        for number in range(deliveries):
            items = [purchasing.Item(products[number + n], 4.0, 9.0) for n in (20, 21)]
            order = selling.order(tx, 1, CUSTOMER, BUYER, items, promised)
            selling.confirm(tx, order)
    return made
