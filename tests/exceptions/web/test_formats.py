"""How times, spans and amounts are written."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from exceptions.models import User
from exceptions.vocabulary import Tier
from exceptions.web import formats

AT = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "currency", "said"),
    [
        (Decimal("48200.40"), "EUR", "€48,200"),
        (Decimal(900), "", "900"),
        (Decimal(900), "USD", "$900"),
        (None, "EUR", DASH),
    ],
)
def test_amounts(value: Decimal | None, currency: str, said: str) -> None:
    assert formats.amount(value, currency) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (50, "50 min left"),
        (72, "1 h 12 left"),
        (0, "0 min left"),
        (-72, "1 h 12 over"),
        (-60 * 52, "2 d 4 h over"),
    ],
)
def test_time_left_and_over(minutes: int, said: str) -> None:
    assert formats.until(AT + timedelta(minutes=minutes), AT) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(9, "9 s ago"), (240, "4 min ago"), (172_800, "2 d ago"), (-5, "0 s ago")]
)
def test_ago(seconds: int, said: str) -> None:
    assert formats.ago(AT - timedelta(seconds=seconds), AT) == said


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Amsterdam", "Wed 17 Nov 2021 13:00 CET"),
        ("Asia/Kolkata", "Wed 17 Nov 2021 17:30 IST"),
        ("America/Chicago", "Wed 17 Nov 2021 06:00 CST"),
    ],
)
def test_times_carry_their_zone_and_an_old_year(zone: str, said: str) -> None:
    with timezone.override(zone):
        assert formats.when(AT.replace(year=2021)) == said


def test_what_is_near_needs_no_date() -> None:
    soon = timezone.now() + timedelta(days=2)
    far = timezone.now() + timedelta(days=20)

    assert formats.near(soon) == f"{soon:%a %H:%M}"
    assert formats.near(far) == formats.day_and_time(far)


@pytest.mark.parametrize(
    ("gone", "look"),
    [(0, "running"), (74, "running"), (75, "warning"), (100, "warning"), (101, "breached")],
)
def test_a_clock_warns_from_three_quarters_on(gone: int, look: str) -> None:
    due = AT + timedelta(minutes=100)

    assert formats.clock_look(gone / 100, due, AT + timedelta(minutes=gone))[0] == look


@pytest.mark.parametrize(("points", "said"), [(24, "+24"), (0, "0"), (-2, f"{MINUS}2")])
def test_points(points: int, said: str) -> None:
    assert formats.signed(points) == said


def test_a_badge_never_tells_by_colour_alone() -> None:
    assert formats.tier_badge(Tier.HIGH, 61) == '<span class="tier high"><b>61</b> High</span>'
    assert "no score yet" in formats.tier_badge("", None)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [("Jonas", "Weber", "Jonas W."), ("Pieter", "de Groot", "Pieter G."), ("", "", "jonas")],
)
def test_names_for_narrow_places(first: str, last: str, said: str) -> None:
    assert formats.short_name(User(username="jonas", first_name=first, last_name=last)) == said


def test_days_for_date_fields() -> None:
    with timezone.override("Asia/Kolkata"):
        assert formats.day_of(datetime(2026, 11, 17, 20, 0, tzinfo=UTC)) == "2026-11-18"
    assert formats.day_of(date(2026, 11, 17)) == "2026-11-17"
    assert formats.day_of(None) == ""


@pytest.mark.parametrize(
    ("user_agent", "says"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537 Chrome/140 Safari/537",
            "Chrome on Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:140) Gecko Firefox/140", "Firefox on Windows"),
        ("curl/8.5.0", "curl"),
        ("", ""),
    ],
)
def test_a_browser_is_named(user_agent: str, says: str) -> None:
    assert formats.browser(user_agent) == says


def test_a_long_number_is_parted() -> None:
    written = [formats.number(n) for n in (0, 999, 1_000_000, "", None)]
    assert written == ["0", "999", "1,000,000", "", ""]
