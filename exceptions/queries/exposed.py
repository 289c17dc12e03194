"""Exposed: the value at risk of what is open."""

from dataclasses import dataclass
from decimal import Decimal

from exceptions.queries.scope import Scope, rows


@dataclass(frozen=True, slots=True)
class Exposed:
    """Open value at risk in one currency. Cases whose value is unknown have `currency` None."""

    currency: str | None
    n: int
    value: Decimal | None


def by_currency(scope: Scope) -> list[Exposed]:
    """Open value at risk by currency, never mixed; the range does not matter here."""
    return [Exposed(*row) for row in rows("exposed", scope=scope)]
