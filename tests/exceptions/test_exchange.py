"""Exchange rates: said by policy admins, kept for good, and what sums come to at them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from exceptions import exchange, settings_history
from exceptions.exchange import NoRate
from exceptions.models import ExchangeRate, SettingChange
from exceptions.queries.amounts import Amount
from exceptions.queries.converted import converted
from exceptions.vocabulary import Role
from tests.exceptions.cases import member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
SUMS = [
    Amount("", "CHF", 1, Decimal(10)),
    Amount("", "EUR", 2, Decimal("100.50")),
    Amount("", "USD", 3, Decimal(200)),
    Amount("", None, 4, None),
]


def say(
    currency: str = "USD", rate: str = "0.9", day: date | None = MONDAY, **said: str
) -> ExchangeRate:
    admin = member(f"admin.{ExchangeRate.objects.count()}", Role.POLICY_ADMIN)
    whole = {"into": "EUR", "source": "ECB"} | said
    return exchange.say(admin, currency=currency, rate=rate, day=day, at=NOW, **whole)


def test_a_rate_is_said_and_stands_in_the_settings_history() -> None:
    rate = say("usd", "0.92150", into="eur")
    assert (rate.currency, rate.into, rate.rate) == ("USD", "EUR", Decimal("0.9215"))
    line = SettingChange.objects.get(area="rate")
    assert line.says == "Exchange rate: 1 USD = 0.9215 EUR (2026-11-16)"
    assert list(settings_history.verify()) == []


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"currency": "Dollar"}, "three letters"),
        ({"into": "USD"}, "no rate to itself"),
        ({"rate": "0"}, "above 0"),
        ({"rate": "-1"}, "above 0"),
        ({"rate": "NaN"}, "above 0"),
        ({"rate": "cheap"}, "above 0"),
        ({"day": date(2026, 11, 18)}, "not in the future"),
        ({"day": None}, "not in the future"),
        ({"source": " "}, "whose rate"),
    ],
)
def test_what_is_no_rate_is_refused(said: dict[str, Any], says: str) -> None:
    with pytest.raises(NoRate, match=says):
        say(**said)


def test_others_say_none() -> None:
    lead = member("a.lead", Role.SUPERVISOR)
    with pytest.raises(NoRate, match="Only policy admins"):
        exchange.say(lead, currency="USD", into="EUR", rate="1", day=MONDAY, source="ECB", at=NOW)


@pytest.mark.parametrize("change", [lambda r: r.delete(), lambda r: r.update(rate=2)])
def test_no_rate_is_changed(change) -> None:
    say()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(ExchangeRate.objects.all())


def test_without_rates_nothing_is_converted() -> None:
    assert converted(SUMS, TUESDAY) is None


def test_sums_are_converted_at_the_newest_rate_until_the_day() -> None:
    say(rate="0.8", day=date(2026, 11, 1))
    say(rate="0.7", day=MONDAY)
    used = say(rate="0.9", day=MONDAY)  # a correction
    say(rate="0.5", day=TUESDAY)
    found = converted(SUMS, MONDAY)
    assert found is not None
    assert (found.into, found.value, found.n) == ("EUR", Decimal("280.50"), 5)
    assert (found.currencies, found.used) == (("EUR", "USD"), (used,))
    assert found.missing == ("CHF",)


def test_what_is_in_the_currency_of_the_reports_needs_no_rate() -> None:
    say()
    assert converted([SUMS[1], SUMS[3]], TUESDAY) is None


def test_a_rate_of_later_is_not_used_for_before() -> None:
    say(day=TUESDAY)
    found = converted(SUMS, MONDAY)
    assert found is not None
    assert (found.value, found.missing) == (Decimal("100.50"), ("CHF", "USD"))
