"""Where notes and activities about a document can stand in Odoo.

Not every record has a chatter. What concerns one without stands on the record that people look at
for it; where there is none, it becomes a to-do of its own.
"""

from exceptions.models import Document

Place = tuple[str, int]  # model, record


def place_of(document: Document) -> Place | None:
    """The record whose chatter and activities speak of this document; None where there is none."""
    match document.model:
        # Nobody may write on a product for it.
        case "stock.quant" | "stock.warehouse.orderpoint":
            return None
        case "purchase.order.line":
            order = document.facts.get("order_id")
            return ("purchase.order", order) if order else None
        case model:
            return model, document.record_id
