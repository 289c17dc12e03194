"""Sums of several currencies in that of the reports: at dated rates that are told, or not at all.

The currency of the reports is the one into which the rate was said last.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from exceptions.models import ExchangeRate
from exceptions.queries.amounts import Amount


@dataclass(frozen=True, slots=True)
class Converted:
    """`value` in `into` over `n` cases of these `currencies`; `missing` have no rate, so what is in
    them is left out.
    """

    into: str
    value: Decimal
    n: int
    currencies: tuple[str, ...]
    used: tuple[ExchangeRate, ...]
    missing: tuple[str, ...]


def converted(found: Iterable[Amount], day: date) -> Converted | None:
    """At the newest rates that are of `day` or before. None where nobody has said any rate, or all
    is in the currency of the reports anyway.
    """
    sums = [a for a in found if a.currency and a.value is not None]
    newest = ExchangeRate.objects.order_by("-said_at", "-id").first()
    if newest is None or {a.currency for a in sums} <= {newest.into}:
        return None
    rates = _rates(newest.into, day)
    factors = {newest.into: Decimal(1)} | {code: rate.rate for code, rate in rates.items()}
    known = [a for a in sums if a.currency in factors]
    value = sum(
        (a.value * factors[a.currency] for a in known if a.value and a.currency), Decimal(0)
    )
    codes = sorted({a.currency for a in known if a.currency})
    return Converted(
        into=newest.into,
        value=value.quantize(Decimal("0.01")),
        n=sum(a.n for a in known),
        currencies=tuple(codes),
        used=tuple(rates[code] for code in codes if code in rates),
        missing=tuple(sorted({a.currency for a in sums if a.currency} - {*factors})),
    )


def _rates(into: str, day: date) -> dict[str, ExchangeRate]:
    found = ExchangeRate.objects.filter(into=into, day__lte=day)
    newest = found.order_by("currency", "-day", "-id").distinct("currency")
    return {rate.currency: rate for rate in newest}
