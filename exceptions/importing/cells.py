"""What stands in single cells: numbers, yes and no, states, tiers, outcomes. Pure.

Each reader takes the cell's text, never empty, and raises Wrong with a sentence that says what to
do.
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from exceptions.vocabulary import Outcome, State, TeamCode, Tier

YES = frozenset({"yes", "y", "true", "1", "met", "ok", "x"})
NO = frozenset({"no", "n", "false", "0", "breached", "missed"})
MOST = Decimal(10) ** 14  # what a case's value may be


class Wrong(Exception):
    """The cell cannot be read as its field; the text says why and what to do."""


def amount(text: str, decimal: str = ".") -> Decimal:
    """`1,234.50`; thousands may be apart by the other sign, a space or an apostrophe."""
    other = "," if decimal == "." else "."
    plain = text
    for sign in (other, " ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "'"):
        plain = plain.replace(sign, "")
    try:
        value = Decimal(plain.replace(decimal, "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= MOST:
        raise Wrong(_("“%s” is no amount. Leave out currency signs and words.") % text[:60])
    return value.quantize(Decimal("0.01"))


def whole(text: str, least: int, most: int) -> int:
    try:
        value = Decimal(text)
        number = int(value) if value == value.to_integral_value() else least - 1
    except (InvalidOperation, ValueError, OverflowError):
        number = least - 1
    if not least <= number <= most:
        says = {"text": text[:60], "least": least, "most": most}
        raise Wrong(_("“%(text)s” is no whole number from %(least)s to %(most)s.") % says)
    return number


def yes_or_no(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise Wrong(_("“%s” is neither yes nor no. Say in the mapping which it means.") % text[:60])


def currency(text: str) -> str:
    code = text.upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise Wrong(_("“%s” is no currency code of three letters, such as EUR.") % text[:60])
    return code


def state(text: str) -> State:
    return State(_choice(text, State))


def tier(text: str) -> str:
    return _choice(text, Tier)


def outcome(text: str) -> str:
    return _choice(text, Outcome)


def team(text: str) -> str:
    return _choice(text, TeamCode)


def _choice(text: str, choices: Any) -> str:
    """By code or by label, whatever the case of the letters."""
    plain = text.lower().replace("-", "_").replace(" ", "_")
    for one in choices:
        if plain in (one.value, str(one.label).lower().replace("-", "_").replace(" ", "_")):
            return str(one.value)
    raise Wrong(unknown(text, [one.value for one in choices]))


def unknown(text: str, known: Iterable[str]) -> str:
    return _("“%(text)s” is not known here. Map it to one of: %(known)s.") % {
        "text": text[:60],
        "known": ", ".join(known),
    }
