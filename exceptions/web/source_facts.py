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
    Count,
    Delivery,
    Facts,
    Partner,
    Person,
    Product,
    Receipt,
    Report,
)
from exceptions.models import Document
from exceptions.verdicts import amount
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
    return [*said, *(Fact(str(label), words(facts)) for label, words in COMMON)]


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


def _value(facts: Any) -> str:
    return "" if facts.value is None else amount(facts.value, facts.currency)


def _unit_cost(facts: Count) -> str:
    return "" if facts.unit_cost is None else amount(facts.unit_cost, facts.currency)


def _urgent(facts: Any) -> str:
    return _("flagged urgent") if facts.urgent else _("not flagged")


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
        (gettext_lazy("State there"), _of("source_state")),
        (gettext_lazy("Priority"), _urgent),
    ),
    Delivery: (
        (gettext_lazy("Customer"), _of("customer")),
        (gettext_lazy("Promised"), _of("promised_at")),
        (gettext_lazy("Open transfers"), _of("transfers")),
        (gettext_lazy("Planned now"), _of("planned_at")),
        (gettext_lazy("Value"), _value),
        (gettext_lazy("Commitment"), _of("commitment_at")),
        (gettext_lazy("State there"), _of("source_state")),
        (gettext_lazy("Delivered"), _of("done_at")),
        (gettext_lazy("Priority"), _urgent),
    ),
    Report: (
        (gettext_lazy("Reported"), _of("summary")),
        (gettext_lazy("At fault"), _of("subject")),
        (gettext_lazy("Reported by"), _of("reported_by")),
        (gettext_lazy("Value"), _value),
    ),
    Count: (
        (gettext_lazy("Product"), _of("product")),
        (gettext_lazy("Location"), _of("location")),
        (gettext_lazy("Counted"), _of("counted_quantity")),
        (gettext_lazy("Booked"), _of("booked_quantity")),
        (gettext_lazy("Unit cost"), _unit_cost),
        (gettext_lazy("Lot"), _of("lot")),
    ),
}
COMMON: tuple[tuple[str | Promise, Words], ...] = (
    (gettext_lazy("Responsible"), _of("responsible")),
    (gettext_lazy("Company"), _of("company")),
    (gettext_lazy("Last write there"), _of("written_at")),
)
