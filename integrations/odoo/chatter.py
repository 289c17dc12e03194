"""Where notes and activities about a document can stand in Odoo.

Not every record has a chatter. What concerns one without stands on the record that people look at
for it; where there is none, it becomes a to-do of its own.
"""

from exceptions.models import Document
from exceptions.vocabulary import OWN_MODELS

Place = tuple[str, int]  # model, record
# Nobody may write on a product for a quant or a reordering rule; what the tower itself keeps is no
# record there at all.
WITHOUT_CHATTER = frozenset({"stock.quant", "stock.warehouse.orderpoint", *OWN_MODELS})


def place_of(document: Document) -> Place | None:
    """The record whose chatter and activities speak of this document; None where there is none."""
    if document.model in WITHOUT_CHATTER:
        return None
    if document.model == "purchase.order.line":
        order = document.facts.get("order_id")
        return ("purchase.order", order) if order else None
    return document.model, document.record_id
