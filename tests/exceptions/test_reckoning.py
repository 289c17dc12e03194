"""What a case avoided and what was lost: said at its end or later, corrected, never guessed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions import audit, intake, lifecycle, reckoning
from exceptions.actors import Actor, person
from exceptions.lifecycle import Refused
from exceptions.models import Case
from exceptions.vocabulary import Happening, Move, Role
from tests.exceptions.cases import member
from tests.exceptions.office import MONDAY
from tests.making import Tower

HOUR = timedelta(hours=1)
SAID = {"avoided": "1200.5", "lost": "", "amounts_currency": "eur"}


@pytest.fixture
def case(tower: Tower) -> Case:
    """Of 48,200 EUR, acknowledged by its owner."""
    intake.take_in([tower.receipt(1, at=MONDAY, value=Decimal(48_200), currency="EUR")], at=MONDAY)
    case = Case.objects.get()
    return lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner(case), at=MONDAY)


def owner(case: Case) -> Actor:
    assert case.owner
    return person(case.owner)


def resolve(case: Case, **said: Any) -> Case:
    data = {"outcome": "fixed", "reason": "It came."} | said
    return lifecycle.move(case.pk, Move.RESOLVE, owner(case), at=MONDAY + HOUR, data=data)


def say(case: Case, **said: Any) -> Case:
    return reckoning.say(case.pk, said, owner(case), at=MONDAY + 2 * HOUR)


def amounts(case: Case) -> tuple[Decimal | None, Decimal | None, str]:
    case.refresh_from_db()
    return case.avoided, case.lost, case.amounts_currency


def last(case: Case) -> dict[str, Any]:
    event = case.events.order_by("number").last()
    assert event is not None
    assert list(audit.verify(case)) == []
    return dict(event.data)


def test_they_are_said_with_the_end(case: Case) -> None:
    resolve(case, **SAID)
    assert amounts(case) == (Decimal("1200.50"), None, "EUR")
    told = {"avoided": "1200.50", "lost": None, "currency": "EUR"}
    assert last(case) == {"outcome": "fixed", "amounts": told, "reason": "It came."}


def test_what_nobody_says_is_unknown(case: Case) -> None:
    resolve(case)
    assert (amounts(case), "amounts" in last(case)) == ((None, None, ""), False)


def test_nothing_is_an_amount_like_others(case: Case) -> None:
    resolve(case, avoided="0", lost=0)
    assert amounts(case) == (Decimal("0.00"), Decimal("0.00"), "EUR")


def test_closing_keeps_what_it_does_not_mention(case: Case) -> None:
    resolve(case, **SAID)
    data = {"root_cause": "capacity", "lost": "80"}
    lifecycle.move(case.pk, Move.CLOSE, owner(case), at=MONDAY + 2 * HOUR, data=data)
    assert amounts(case) == (Decimal("1200.50"), Decimal(80), "EUR")
    assert last(case)["amounts_before"]["lost"] is None


def test_an_accepted_risk_has_them_too(case: Case) -> None:
    lead = member("a.lead", Role.SUPERVISOR, site=case.site)
    data = {"outcome": "accepted", "reason": "Not worth it.", "lost": "300"}
    lifecycle.move(case.pk, Move.DISMISS, lead, at=MONDAY + HOUR, data=data)
    assert amounts(case) == (None, Decimal(300), "EUR")


def test_what_was_no_exception_has_none(case: Case) -> None:
    lead = member("a.lead", Role.SUPERVISOR, site=case.site)
    data = {"outcome": "false_positive", "reason": "A typing error.", "lost": "300"}
    with pytest.raises(Refused, match="leave both amounts empty"):
        lifecycle.move(case.pk, Move.DISMISS, lead, at=MONDAY + HOUR, data=data)


@pytest.mark.parametrize("wrong", ["-1", "1e20", "NaN", "a lot", "1,200"])
def test_an_amount_is_a_number(case: Case, wrong: str) -> None:
    with pytest.raises(Refused) as refused:
        resolve(case, lost=wrong)
    says = "Give each amount as a number such as 1200.50, or leave it empty."
    assert refused.value.problems == {"lost": says}
    assert amounts(case) == (None, None, "")


def test_an_amount_has_a_currency(case: Case) -> None:
    with pytest.raises(Refused, match="three letters, such as EUR"):
        resolve(case, lost="5", amounts_currency="Euro")


def test_they_can_be_said_later(case: Case) -> None:
    resolve(case)
    say(case, lost="75.25", reason="The invoice of the carrier.")
    assert amounts(case) == (None, Decimal("75.25"), "EUR")
    event = case.events.get(happening=Happening.AMOUNTS_SAID)
    told = {"avoided": None, "lost": "75.25", "currency": "EUR"}
    assert event.data == {"amounts": told, "reason": "The invoice of the carrier."}


def test_a_correction_says_why_and_history_keeps_what_was(case: Case) -> None:
    resolve(case, **SAID)
    with pytest.raises(Refused, match="why the amounts are different"):
        say(case, avoided="900")
    say(case, avoided="900", reason="A credit note came.")
    assert amounts(case)[0] == Decimal(900)
    assert last(case)["amounts_before"] == {"avoided": "1200.50", "lost": None, "currency": "EUR"}


def test_they_can_become_unknown_again(case: Case) -> None:
    resolve(case, **SAID)
    say(case, avoided="", reason="It was another case.")
    assert (amounts(case), last(case)["amounts"]) == ((None, None, ""), {})


def test_saying_the_same_again_is_no_correction(case: Case) -> None:
    resolve(case, **SAID)
    with pytest.raises(Refused, match="the amounts that it has already"):
        say(case, avoided="1200.50", reason="Again.")


def test_an_open_case_has_none_yet(case: Case) -> None:
    with pytest.raises(Refused, match="is open: say the amounts when it is resolved"):
        say(case, avoided="5")


def test_only_owner_and_supervisors_say_them(case: Case) -> None:
    resolve(case)
    auditor = member("an.auditor", Role.AUDITOR, site=case.site)
    with pytest.raises(Refused, match="Only the owner"):
        reckoning.say(case.pk, SAID, auditor, at=MONDAY + 2 * HOUR)


def test_reopening_takes_them_off(case: Case) -> None:
    resolve(case, **SAID)
    lead, data = member("a.lead", Role.SUPERVISOR, site=case.site), {"reason": "Not over."}
    lifecycle.move(case.pk, Move.REOPEN, lead, at=MONDAY + 2 * HOUR, data=data)
    assert amounts(case) == (None, None, "")
    assert last(case)["amounts_before"] == {"avoided": "1200.50", "lost": None, "currency": "EUR"}
