"""Settings as fields of a form: what a field is, and how what was typed is read. Pure."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from exceptions import sla


class Unreadable(Exception):
    """What was typed is no such value; the text says what is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One setting: `said` is as it is shown and typed, `before` what is in force. Where there are
    `options` (values and labels), one is chosen. `idle` is told where nobody ever set it. `long`:
    it is a line of words.
    """

    name: str
    label: str
    unit: str
    said: str
    before: str = ""
    origin: str = ""
    problem: str = ""
    options: tuple[tuple[str, str], ...] = ()
    idle: str = ""
    long: bool = False

    @property
    def in_words(self) -> str:
        return dict(self.options).get(self.said, self.said)

    @property
    def before_in_words(self) -> str:
        return dict(self.options).get(self.before, self.before)

    @property
    def changed(self) -> bool:
        return self.said != self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    title: str
    says: str
    fields: tuple[Field, ...]


def plain(value: Decimal) -> str:
    """A number without an exponent or idle zeros: `120`, `2.5`."""
    return f"{value.normalize():f}"


def number(text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", "") if "." in text else text.replace(",", "."))
    except InvalidOperation:
        raise Unreadable(_("Give a number, such as 120 or 2.5.")) from None
    if not value.is_finite():
        raise Unreadable(_("Give a number, such as 120 or 2.5."))
    return value


def whole(text: str) -> int:
    value = number(text.replace("\N{MINUS SIGN}", "-"))
    if value != value.to_integral_value():
        raise Unreadable(_("Give a whole number."))
    return int(value)


def minutes(text: str) -> int:
    found = sla.minutes_of(text)
    if found is None:
        raise Unreadable(_("Give a time, such as 30 min, 4 h or 2 d 4 h."))
    return found
