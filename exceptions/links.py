"""Links: which business documents a record is, and which others it names. Pure.

A link is `kind:name`, such as `order:P00012` or `transfer:RTM/IN/00031`. Two records that share one
belong together, so that an order leads to its receipt, the receipt to the delivery that waits for
it, and the delivery to the sale. Names are unique within a company of a connection only; whoever
follows links holds to that.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exceptions.facts import (
    Bill,
    Count,
    Delivery,
    Facts,
    Handover,
    Inspection,
    Integration,
    KpiReading,
    OrderLine,
    Receipt,
    ReorderRule,
    Report,
    Shipment,
    Transfer,
)

ORDER, TRANSFER, BILL, LOT = "order", "transfer", "bill", "lot"
PARCEL, RECORD = "parcel", "record"
LONGEST = 160


def of(facts: Facts) -> list[str]:
    """The links of a record, the first of them itself; none for what names nothing by design."""
    own, others = _LINKS[type(facts)](facts)
    return list(dict.fromkeys(link[:LONGEST] for link in (own, *others) if link))


def _link(kind: str, name: str | None) -> str:
    return f"{kind}:{name}" if name else ""


def _all(kind: str, names: Iterable[str]) -> list[str]:
    return [_link(kind, name) for name in names]


def _record(facts: Facts) -> str:
    return _link(RECORD, f"{facts.model}/{facts.record_id}")


def _lot(facts: Count | Inspection) -> str:
    """A lot is one of a product: its number alone may be another's, too."""
    return _link(LOT, f"{facts.product.id}/{facts.lot}") if facts.lot and facts.product else ""


def of_parcel(tracking: str | None) -> str:
    """People write tracking numbers with blanks and in small letters, carriers without."""
    return _link(PARCEL, "".join((tracking or "").split()).upper())


def _orders(origin: str | None) -> list[str]:
    """Sources write several orders behind one another (`S00012, S00013`), and people write what
    they like ("outgoing shipment"): what has no number in it is no order.
    """
    names = (name.strip() for name in (origin or "").split(","))
    return _all(ORDER, (name for name in names if any(map(str.isdigit, name))))


Own = tuple[str, list[str]]


def _receipt(facts: Receipt) -> Own:
    return _link(TRANSFER, facts.reference), _orders(facts.order_reference)


def _order_line(facts: OrderLine) -> Own:
    return _link(ORDER, facts.order_reference) or _record(facts), []


def _bill(facts: Bill) -> Own:
    return _link(BILL, facts.reference), [
        *_all(ORDER, facts.order_references),
        *_all(BILL, facts.duplicates),
    ]


def _inspection(facts: Inspection) -> Own:
    return _record(facts), [_link(TRANSFER, facts.transfer), _lot(facts)]


def _delivery(facts: Delivery) -> Own:
    return _link(ORDER, facts.reference), [
        *_all(TRANSFER, facts.transfers),
        *(of_parcel(sent.tracking) for sent in facts.parcels),
    ]


def _transfer(facts: Transfer) -> Own:
    earlier = (line.waits_for for line in facts.lines if line.waits_for)
    return _link(TRANSFER, facts.reference), [
        *_orders(facts.order_reference),
        *_all(TRANSFER, earlier),
    ]


def _handover(facts: Handover) -> Own:
    return _link(TRANSFER, facts.reference), [
        *_orders(facts.order_reference),
        *_all(TRANSFER, facts.returns),
    ]


def _shipment(facts: Shipment) -> Own:
    """What it carries may be known as a transfer, or as the order that it belongs to."""
    named = facts.transfer
    return of_parcel(facts.tracking), [_link(TRANSFER, named), _link(ORDER, named)]


def _count(facts: Count) -> Own:
    return _record(facts), [_lot(facts)]


def _alone(facts: Facts) -> Own:
    return _record(facts), []


def _nothing(facts: Facts) -> Own:  # noqa: ARG001
    return "", []


_LINKS: dict[type[Facts], Callable[[Any], Own]] = {
    Receipt: _receipt,
    OrderLine: _order_line,
    Bill: _bill,
    Inspection: _inspection,
    Delivery: _delivery,
    Transfer: _transfer,
    Handover: _handover,
    Shipment: _shipment,
    Count: _count,
    ReorderRule: _alone,
    Report: _nothing,
    Integration: _nothing,
    KpiReading: _nothing,
}

Word = str | Promise
_IS: dict[str, Word] = {
    "Receipt": _("receipt"),
    "OrderLine": _("PO"),
    "Bill": _("bill"),
    "Inspection": _("inspection"),
    "Delivery": _("sales order"),
    "Transfer": _("transfer"),
    "Handover": _("delivery"),
    "Shipment": _("parcel"),
    "Count": _("count"),
    "ReorderRule": _("reordering rule"),
}
_NAMES: dict[str, Word] = {
    ORDER: _("order"),
    TRANSFER: _("transfer"),
    BILL: _("bill"),
    LOT: _("lot"),
}
# What a record of this type means by "order".
_ORDERS: dict[str, Word] = {"Receipt": _("PO"), "Bill": _("PO"), "Handover": _("sales order")}


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What is stored of a record and needed to tell it in words."""

    facts_type: str
    links: tuple[str, ...]
    reference: str
    outgoing: bool = False

    @property
    def own(self) -> str:
        """The link that it is itself; none for what has no links."""
        return self.links[0] if self.links else ""

    @property
    def says(self) -> str:
        """`receipt RTM/IN/00031`; an order's line is told as its order, a parcel by its number."""
        word = _("delivery") if self.outgoing else _IS.get(self.facts_type, _("record"))
        kind, _colon, name = self.own.partition(":")
        told = name if kind in (ORDER, PARCEL) else self.reference
        return f"{word} {told}"

    def names(self, link: str) -> str:
        """A link as this record means it: `PO P00012`."""
        kind, _colon, name = link.partition(":")
        word = _ORDERS.get(self.facts_type) if kind == ORDER else None
        shown = name.partition("/")[2] if kind == LOT else name
        return f"{word or _NAMES.get(kind, kind)} {shown}"
