"""A partner in a form: typed with the help of a list, and shown as the list has it. Pure."""

import re
from collections.abc import Mapping

NUMBERED = re.compile(r"(?:.*\()?(\d{1,12})\)?")  # `Kempten Bearings (7)`, or only `7`


def known_partner(text: str, partners: Mapping[int, str]) -> int | None:
    """By number, with or without the name before it, or by a name that only one partner has."""
    if match := NUMBERED.fullmatch(text):
        return int(match[1])
    named = [pk for pk, name in partners.items() if name.casefold() == text.casefold()]
    return named[0] if len(named) == 1 else None


def named(partner: int | None, names: Mapping[int, str]) -> str:
    """`Kempten Bearings (7)`, as the list to choose from has it."""
    if partner is None:
        return ""
    return f"{names[partner]} ({partner})" if partner in names else str(partner)
