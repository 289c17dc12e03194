"""What the tower is worth: estimates from counted numbers and stated assumptions. Pure.

Nothing here was measured in money. Each line shows its formula, and can be negative.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from exceptions import verdicts

HOUR = Decimal(60)  # minutes
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What somebody assumes; None is nothing. Money is in `currency`."""

    minutes_saved: Decimal | None
    cost_per_hour: Decimal | None
    expedite_cost: Decimal | None
    failure_cost: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was counted in a period: cases detected, self-healed, freight or purchases expedited,
    and the clocks for resolving that ended or were breached.
    """

    detected: int
    healed: int
    expedited: int
    clocks: int
    breached: int


@dataclass(frozen=True, slots=True)
class Line:
    """One estimate with its formula; `value` None where `formula` says what is missing."""

    name: str
    value: Decimal | None
    formula: str


@dataclass(frozen=True, slots=True)
class Estimate:
    lines: tuple[Line, ...]
    currency: str

    @property
    def total(self) -> Decimal | None:
        """Of what could be estimated."""
        values = [line.value for line in self.lines if line.value is not None]
        return sum(values, Decimal(0)) if values else None


def estimate(assumed: Assumed, now: Counts, before: Counts) -> Estimate:
    lines = (_handling(assumed, now), _expedites(assumed, now, before))
    return Estimate((*lines, _failures(assumed, now, before)), assumed.currency)


def _handling(assumed: Assumed, now: Counts) -> Line:
    name = _("Handling saved on cases that healed by themselves")
    minutes, hour = assumed.minutes_saved, assumed.cost_per_hour
    if minutes is None or hour is None:
        return Line(name, None, _missing([_("minutes of handling"), _("cost of an hour")]))
    told = {"n": f"{now.healed:,}", "minutes": f"{minutes.normalize():f}"}
    formula = _("%(n)s cases × %(minutes)s min × %(cost)s an hour")  # noqa: RUF001
    value = now.healed * minutes / HOUR * hour
    return Line(name, _cents(value), formula % (told | {"cost": _money(hour, assumed)}))


def _expedites(assumed: Assumed, now: Counts, before: Counts) -> Line:
    """Against as many a case as there were before."""
    name = _("Expedited freight and purchases avoided")
    if assumed.expedite_cost is None:
        return Line(name, None, _missing([_("cost of expediting once")]))
    if not before.detected:
        return Line(name, None, _("No case in the period before to compare with."))
    return Line(
        name,
        _avoided(before.expedited, before.detected, now.detected, now.expedited)
        * assumed.expedite_cost,
        _against(before.expedited, before.detected, now.detected, now.expedited, _("cases"))
        + _money(assumed.expedite_cost, assumed),
    )


def _failures(assumed: Assumed, now: Counts, before: Counts) -> Line:
    """A service failure is a breached clock for resolving."""
    name = _("Service failures avoided")
    if assumed.failure_cost is None:
        return Line(name, None, _missing([_("cost of a service failure")]))
    if not before.clocks:
        return Line(name, None, _("No clock ended in the period before to compare with."))
    return Line(
        name,
        _avoided(before.breached, before.clocks, now.clocks, now.breached) * assumed.failure_cost,
        _against(before.breached, before.clocks, now.clocks, now.breached, _("clocks to resolve"))
        + _money(assumed.failure_cost, assumed),
    )


def _avoided(part: int, whole: int, now: int, happened: int) -> Decimal:
    """How many fewer than there would have been at the rate of before, to a tenth."""
    return round(Decimal(part) / whole * now - happened, 1)


def _against(part: int, whole: int, now: int, happened: int, what: str) -> str:
    told = {
        "part": f"{part:,}",
        "whole": f"{whole:,}",
        "now": f"{now:,}",
        "happened": f"{happened:,}",
        "what": what,
        "avoided": f"{_avoided(part, whole, now, happened):,f}",
    }
    said = _(
        "%(part)s of %(whole)s %(what)s before, at that rate of %(now)s now, less %(happened)s"
        " that were: %(avoided)s × "  # noqa: RUF001
    )
    return said % told


def _missing(names: Iterable[str]) -> str:
    return _("Not estimated: nobody has said the %s.") % _(" or the ").join(names)


def _money(value: Decimal, assumed: Assumed) -> str:
    return verdicts.amount(value, assumed.currency, exact=True)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT)
