"""Exchange rates are said by policy admins: a rate, its day, and who says so."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import settings_history
from exceptions.actors import Actor
from exceptions.models import ExchangeRate
from exceptions.vocabulary import Governed, Role

OLDEST = date(2000, 1, 1)
BELOW = Decimal(10) ** 9
STEP = Decimal("0.00000001")


class NoRate(Exception):
    """It cannot be; the text is a sentence for whoever asked."""


def may_say(actor: Actor) -> bool:
    return actor.has_role(Role.POLICY_ADMIN)


@transaction.atomic
def say(
    actor: Actor,
    *,
    currency: str,
    into: str,
    rate: str,
    day: date | None,
    source: str,
    at: datetime,
) -> ExchangeRate:
    """One unit of `currency` is worth `rate` of `into`. Raises NoRate."""
    if actor.user is None or not may_say(actor):
        raise NoRate(_("Only policy admins say exchange rates."))
    of, to = _code(currency), _code(into)
    if of == to:
        raise NoRate(_("A currency needs no rate to itself: choose two."))
    if day is None or not OLDEST <= day <= at.date():
        raise NoRate(_("Give the day of the rate: it is not in the future."))
    if not source.strip():
        raise NoRate(_("Say whose rate it is, such as a central bank."))
    said = ExchangeRate.objects.create(
        currency=of,
        into=to,
        rate=_rate(rate),
        day=day,
        source=source.strip()[:120],
        said_by=actor.user,
        said_at=at,
    )
    data = {"currency": of, "into": to, "rate": str(said.rate), "day": day.isoformat()}
    says = _("Exchange rate: %s") % said
    settings_history.add(
        Governed.RATE, says, by=actor.user, at=at, via=actor.via, because=said.source, data=data
    )
    return said


def _code(text: str) -> str:
    code = text.strip().upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise NoRate(_("Give each currency by its three letters, such as EUR."))
    return code


def _rate(text: str) -> Decimal:
    try:
        rate = Decimal(text.strip())
    except InvalidOperation:
        rate = Decimal("NaN")
    if not (rate.is_finite() and STEP <= rate < BELOW):
        raise NoRate(_("Give the rate as a number above 0, such as 0.9215."))
    return rate.quantize(STEP)
