"""What the source says of a case's record, in labelled words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions import facts as facts_module
from exceptions.facts import (
    Bill,
    BillLine,
    Count,
    Delivery,
    Facts,
    Handover,
    Inspection,
    Integration,
    KpiReading,
    OrderLine,
    Partner,
    Person,
    Product,
    Receipt,
    ReorderRule,
    Report,
    Shipment,
    Transfer,
    TransferLine,
)
from exceptions.kinds import faults
from exceptions.models import Document
from exceptions.verdicts import amount
from exceptions.vocabulary import Fault, Transport, Trouble
from exceptions.web import formats


@dataclass(frozen=True, slots=True)
class Fact:
    """One line; `said` is empty where the source does not say, `aside` stands small beside it."""

    label: str
    said: str
    aside: str = ""


Words = Callable[[Any], str]


def facts_of(document: Document) -> list[Fact]:
    """The facts as last read, one line each."""
    facts = facts_module.from_plain(document.facts_type, document.facts)
    said = [Fact(str(label), words(facts)) for label, words in LABELS[type(facts)]]
    said[PROMISED] = _with_first_promise(said[PROMISED], document, facts)
    common = () if isinstance(facts, Integration | KpiReading) else COMMON  # it stands in no source
    return [*said, *(Fact(str(label), words(facts)) for label, words in common)]


def _with_first_promise(line: Fact, document: Document, facts: Facts) -> Fact:
    """Sources overwrite the promise; the first one stays visible beside it."""
    promised = getattr(facts, "promised_at", None)
    first = document.first_promised_at
    if first is None or first == promised:
        return line
    return Fact(line.label, line.said, _("first promised %s") % formats.when(first))


def _of(name: str) -> Words:
    return lambda facts: tell(getattr(facts, name))


def tell(value: object) -> str:
    """A fact in words; empty when there is none."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return formats.when(value)
    if isinstance(value, Partner):
        return f"{value.name} ({_('tier')} {value.tier})" if value.tier else value.name
    if isinstance(value, Person | Product):
        return value.name
    if isinstance(value, tuple):
        return _some([tell(item) for item in value])
    return f"{value.normalize():,f}" if isinstance(value, Decimal) else str(value)


def _some(words: list[str], most: int = 3) -> str:
    more = f" + {len(words) - most}" if len(words) > most else ""
    return ", ".join(words[:most]) + more


# What the source stores for how far a transfer is, in the words that its own users read.
STATES: dict[str, str | Promise] = {
    "draft": gettext_lazy("draft"),
    "waiting": gettext_lazy("waiting for another transfer"),
    "confirmed": gettext_lazy("waiting"),
    "assigned": gettext_lazy("ready"),
    "done": gettext_lazy("done"),
    "cancel": gettext_lazy("cancelled"),
}


def _state(facts: Any) -> str:
    """In plain words; of several transfers, each state once. What is not known stays as it is."""
    return ", ".join(str(STATES.get(word, word)) for word in facts.source_state.split(", "))


def _value(facts: Any) -> str:
    return "" if facts.value is None else amount(facts.value, facts.currency)


def _unit_cost(facts: Any) -> str:
    return "" if facts.unit_cost is None else amount(facts.unit_cost, facts.currency)


def _unit_price(facts: OrderLine) -> str:
    return "" if facts.unit_price is None else amount(facts.unit_price, facts.currency, exact=True)


def _in_unit(name: str) -> Words:
    return lambda facts: f"{said} {facts.unit}".rstrip() if (said := _of(name)(facts)) else ""


def _total(facts: Bill) -> str:
    return "" if facts.total is None else amount(facts.total, facts.currency, exact=True)


def _bill_lines(facts: Bill) -> str:
    return _some([_bill_line(line, facts.currency) for line in facts.lines])


def _bill_line(line: BillLine, currency: str | None) -> str:
    """Each line with its quantity, its price, and beside them what they should be."""
    what = line.product.name if line.product else line.label
    quantity = tell(line.billed_quantity) or formats.DASH
    billed = _("%(quantity)s at %(price)s") % {
        "quantity": quantity,
        "price": _price(line.billed_price, currency),
    }
    beside = [
        _("%s beyond receipt") % tell(line.over_quantity) if line.over_quantity else "",
        _("ordered at %s") % _price(line.ordered_price, currency) if line.ordered_price else "",
    ]
    said = "; ".join(words for words in beside if words)
    return f"{what}: {billed} ({said})" if said else f"{what}: {billed}"


def _price(price: Decimal | None, currency: str | None) -> str:
    return formats.DASH if price is None else amount(price, currency, exact=True)


def _urgent(facts: Any) -> str:
    return _("flagged urgent") if facts.urgent else _("not flagged")


def _short(facts: Transfer) -> str:
    return _some([_line(line) for line in facts.lines if line.reserved < line.demanded])


def _line(line: TransferLine) -> str:
    words = _("%(product)s: %(reserved)s of %(demanded)s reserved") % {
        "product": line.product.name,
        "reserved": tell(line.reserved),
        "demanded": tell(line.demanded),
    }
    return f"{words} ({_('waits for %s') % line.waits_for})" if line.waits_for else words


def _customs(facts: Transfer) -> str:
    if facts.crosses_border is None:
        return ""
    return _("crosses the border") if facts.crosses_border else _("stays in the country")


def _per_day(name: str) -> Words:
    def said(facts: Any) -> str:
        quantity = getattr(facts, name)
        return "" if quantity is None else _("%s a day") % tell(round(quantity, 2))

    return said


def _quality(facts: Inspection) -> str:
    if facts.decided:
        return _("decided")
    return _("waits to be inspected") if facts.what == "control" else _("undecided")


def _status(facts: Shipment) -> str:
    known = facts.status in Transport.values
    return str(Transport(facts.status).label) if known else facts.status


def _trouble(facts: Shipment) -> str:
    trouble = facts.trouble or ""
    return str(Trouble(trouble).label) if trouble in Trouble.values else trouble


def _proof(facts: Handover) -> str:
    if facts.has_proof is None:
        return ""
    return _("signature or document") if facts.has_proof else _("none yet")


def _fault(facts: Integration) -> str:
    known = facts.fault in Fault.values
    return str(Fault(facts.fault).label) if known else facts.fault


def _means(facts: Integration) -> str:
    known = faults.about(facts.fault)
    return str(known.means) if known else ""


def _remedy(facts: Integration) -> str:
    known = faults.about(facts.fault)
    return str(known.do) if known else ""


PROMISED = 1  # the line of LABELS that tells the promise, where there is one
LABELS: dict[type[Facts], tuple[tuple[str | Promise, Words], ...]] = {
    Receipt: (
        (gettext_lazy("Supplier"), _of("supplier")),
        (gettext_lazy("Promised"), _of("promised_at")),
        (gettext_lazy("Order"), _of("order_reference")),
        (gettext_lazy("Planned now"), _of("planned_at")),
        (gettext_lazy("Products"), _of("products")),
        (gettext_lazy("Quantity to come"), _of("quantity")),
        (gettext_lazy("Value to come"), _value),
        (gettext_lazy("Arrived"), _of("done_at")),
        (gettext_lazy("State there"), _state),
        (gettext_lazy("Priority"), _urgent),
    ),
    Delivery: (
        (gettext_lazy("Customer"), _of("customer")),
        (gettext_lazy("Promised"), _of("promised_at")),
        (gettext_lazy("Open transfers"), _of("transfers")),
        (gettext_lazy("Planned now"), _of("planned_at")),
        (gettext_lazy("Value"), _value),
        (gettext_lazy("Commitment"), _of("commitment_at")),
        (gettext_lazy("State there"), _state),
        (gettext_lazy("Delivered"), _of("done_at")),
        (gettext_lazy("Priority"), _urgent),
    ),
    Count: (
        (gettext_lazy("Product"), _of("product")),
        (gettext_lazy("Location"), _of("location")),
        (gettext_lazy("Counted"), _of("counted_quantity")),
        (gettext_lazy("Booked"), _of("booked_quantity")),
        (gettext_lazy("Unit cost"), _unit_cost),
        (gettext_lazy("Lot"), _of("lot")),
    ),
    OrderLine: (
        (gettext_lazy("Supplier"), _of("supplier")),
        (gettext_lazy("Promised"), _of("promised_at")),
        (gettext_lazy("Order"), _of("order_reference")),
        (gettext_lazy("Product"), _of("product")),
        (gettext_lazy("Ordered"), _in_unit("ordered_quantity")),
        (gettext_lazy("Received"), _in_unit("received_quantity")),
        (gettext_lazy("Still expected"), _in_unit("expected_quantity")),
        (gettext_lazy("Unit price"), _unit_price),
    ),
    Bill: (
        (gettext_lazy("Supplier"), _of("supplier")),
        (gettext_lazy("Reference"), _of("supplier_reference")),
        (gettext_lazy("Orders"), _of("order_references")),
        (gettext_lazy("Lines"), _bill_lines),
        (gettext_lazy("Same reference"), _of("duplicates")),
        (gettext_lazy("Total"), _total),
        (gettext_lazy("Billed"), _of("billed_at")),
        (gettext_lazy("Due"), _of("due_at")),
        (gettext_lazy("State there"), _of("source_state")),
    ),
    Transfer: (
        (gettext_lazy("Partner"), _of("partner")),
        (gettext_lazy("Promised"), _of("promised_at")),
        (gettext_lazy("Planned now"), _of("planned_at")),
        (gettext_lazy("Order"), _of("order_reference")),
        (gettext_lazy("Not reserved"), _short),
        (gettext_lazy("Value not reserved"), _value),
        (gettext_lazy("Country"), _of("country")),
        (gettext_lazy("Customs"), _customs),
        (gettext_lazy("Without HS code"), _of("without_hs_code")),
        (gettext_lazy("State there"), _state),
        (gettext_lazy("Priority"), _urgent),
    ),
    ReorderRule: (
        (gettext_lazy("Product"), _of("product")),
        (gettext_lazy("Location"), _of("location")),
        (gettext_lazy("On hand"), _of("on_hand")),
        (gettext_lazy("Coming"), _of("incoming")),
        (gettext_lazy("Minimum"), _of("minimum")),
        (gettext_lazy("Maximum"), _of("maximum")),
        (gettext_lazy("Usual demand"), _per_day("usual_per_day")),
        (gettext_lazy("Recent demand"), _per_day("recent_per_day")),
        (gettext_lazy("Unit"), _of("unit")),
        (gettext_lazy("Unit cost"), _unit_cost),
        (gettext_lazy("Order by"), _of("order_by")),
    ),
    Inspection: (
        (gettext_lazy("Product"), _of("product")),
        (gettext_lazy("Location"), _of("location")),
        (gettext_lazy("Quantity"), _of("quantity")),
        (gettext_lazy("Unit cost"), _unit_cost),
        (gettext_lazy("Since"), _of("since")),
        (gettext_lazy("Decision"), _quality),
        (gettext_lazy("Supplier"), _of("supplier")),
        (gettext_lazy("Transfer"), _of("transfer")),
        (gettext_lazy("Lot"), _of("lot")),
        (gettext_lazy("State there"), _of("source_state")),
    ),
}
LABELS[Shipment] = (
    (gettext_lazy("Carrier"), _of("carrier")),
    (gettext_lazy("Promised"), _of("promised_at")),
    (gettext_lazy("Tracking number"), _of("tracking")),
    (gettext_lazy("Status"), _status),
    (gettext_lazy("Trouble"), _trouble),
    (gettext_lazy("In the carrier's words"), _of("said")),
    (gettext_lazy("Place"), _of("place")),
    (gettext_lazy("Last scan"), _of("last_event_at")),
    (gettext_lazy("Expected"), _of("eta_at")),
    (gettext_lazy("Customer"), _of("customer")),
    (gettext_lazy("Transfer"), _of("transfer")),
    (gettext_lazy("Value"), _value),
)
LABELS[Handover] = (
    (gettext_lazy("Customer"), _of("customer")),
    (gettext_lazy("Delivered"), _of("delivered_at")),
    (gettext_lazy("Order"), _of("order_reference")),
    (gettext_lazy("Proof of delivery"), _proof),
    (gettext_lazy("Open returns"), _of("open_returns")),
    (gettext_lazy("All returns"), _of("returns")),
    (gettext_lazy("Claim"), _of("claim")),
    (gettext_lazy("Disputed value"), _value),
)
LABELS[Report] = (
    (gettext_lazy("What has happened"), _of("summary")),
    (gettext_lazy("Needed by"), _of("need_at")),
    (gettext_lazy("About"), _of("subject")),
    (gettext_lazy("Partner"), _of("partner")),
    (gettext_lazy("Value"), _value),
    (gettext_lazy("Raised by"), _of("reported_by")),
)
LABELS[Integration] = (
    (gettext_lazy("What is wrong"), _fault),
    (gettext_lazy("Which means"), _means),
    (gettext_lazy("What to do"), _remedy),
    (gettext_lazy("Seen since"), _of("since")),
    (gettext_lazy("What was seen"), _of("said")),
    (gettext_lazy("Ends"), _of("due_at")),
)
LABELS[KpiReading] = (
    (gettext_lazy("When it was raised"), _of("said")),
    (gettext_lazy("Threshold"), _of("limit")),
    (gettext_lazy("Over again"), _of("back_at")),
    (gettext_lazy("Beyond it since"), _of("since")),
)
COMMON: tuple[tuple[str | Promise, Words], ...] = (
    (gettext_lazy("Responsible"), _of("responsible")),
    (gettext_lazy("Company"), _of("company")),
    (gettext_lazy("Last write there"), _of("written_at")),
)
