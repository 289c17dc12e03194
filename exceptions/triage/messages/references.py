"""What a message names: orders, transfers, tracking numbers, dates and quantities. Pure.

Only what looks like one is found here; whether a record bears it, the mirror knows (`about`).
"""

import re
from dataclasses import dataclass

from exceptions import links

MOST = 20  # of a kind

_ORDER = re.compile(r"\b([PS]O?\d{4,8})\b", re.IGNORECASE)
_TRANSFER = re.compile(r"\b([A-Z0-9]{2,8}/[A-Z]{2,8}/\d{3,8})\b", re.IGNORECASE)
_TRACKING = re.compile(
    r"\b(1Z[0-9A-Z]{16}|JJD\d{8,20}|[A-Z]{2}\d{9}[A-Z]{2}|\d{12,22})\b", re.IGNORECASE
)
_MONTH = (
    r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|janv|févr|mars|avr|juin"
    r"|juil|août|sept|déc|ene|abr|ago|dic)[a-zäéûç]*"
)
_DATE = re.compile(
    rf"\b(\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}"
    rf"|\d{{1,2}}\.? {_MONTH}(?: \d{{4}})?|{_MONTH} \d{{1,2}}(?:, \d{{4}})?)(?!\w)",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"\b(\d{1,6}(?:[.,]\d{1,3})? ?(?:pieces|pcs|units|pallets?|cartons?|boxes|parcels?|kg|stück"
    r"|paletten?|kartons?|pièces|unités|unidades|cajas))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class References:
    """As they are written, each once, in the order in which they stand."""

    orders: tuple[str, ...]
    transfers: tuple[str, ...]
    tracking: tuple[str, ...]
    dates: tuple[str, ...]
    quantities: tuple[str, ...]

    @property
    def links(self) -> list[str]:
        """What records of the mirror would be linked by."""
        return [
            *(f"{links.ORDER}:{name.upper()}" for name in self.orders),
            *(f"{links.TRANSFER}:{name.upper()}" for name in self.transfers),
            *(links.of_parcel(name) for name in self.tracking),
        ]


def found(text: str) -> References:
    return References(
        *(_all(pattern, text) for pattern in (_ORDER, _TRANSFER, _TRACKING, _DATE, _QUANTITY))
    )


def _all(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(match[1] for match in pattern.finditer(text)))[:MOST]
