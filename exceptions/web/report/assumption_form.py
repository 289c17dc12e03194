"""The form of the report's assumptions: its fields, what they hold, and how they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions.models import ReportAssumptions
from exceptions.report.assumptions import VALUES, NotSet, Said
from exceptions.web.setting_fields import Unreadable, number, plain

LABELS: dict[str, str | Promise] = {
    "minutes_saved": gettext_lazy("Minutes of handling saved by a case that heals itself"),
    "cost_per_hour": gettext_lazy("Cost of an hour of handling"),
    "expedite_cost": gettext_lazy("Cost of expediting once"),
    "failure_cost": gettext_lazy("Cost of a service failure (a clock to resolve breached)"),
    "currency": gettext_lazy("Currency"),
    "sla_target": gettext_lazy("Target: clocks met, in percent"),
    "because": gettext_lazy("Where these values come from"),
}


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: str
    value: str
    required: bool
    numeric: bool


def fields(values: Mapping[str, str]) -> list[Field]:
    return [
        Field(name, str(label), values.get(name, ""), name not in VALUES, name in VALUES)
        for name, label in LABELS.items()
    ]


def filled(row: ReportAssumptions | None) -> dict[str, str]:
    """What the form holds before anybody types."""
    if row is None:
        return {}
    found = {name: getattr(row, name) for name in LABELS}
    return {name: _written(value) for name, value in found.items()}


def _written(value: object) -> str:
    if value is None:
        return ""
    return plain(value) if isinstance(value, Decimal) else str(value)


def read(typed: Mapping[str, str]) -> Said:
    """Raises NotSet."""
    values = {name: _number(name, typed[name].strip()) for name in VALUES}
    return Said(values=values, currency=typed["currency"].strip(), because=typed["because"])


def _number(name: str, text: str) -> Decimal | None:
    try:
        return number(text) if text else None
    except Unreadable:
        raise NotSet(
            _("“%(text)s” is no number: %(field)s.") % {"text": text, "field": LABELS[name]}
        ) from None
