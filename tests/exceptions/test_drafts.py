"""Drafts for customers: only what the facts say, in the site's own time."""

from datetime import UTC, datetime
from typing import Any

from exceptions import drafts, intake
from exceptions.models import Case
from tests.making import Tower


def late(tower: Tower, at: datetime, **said: Any) -> Case:
    intake.take_in([tower.delivery(at=at, **said)], at=at)
    return Case.objects.get()


def test_it_names_customer_order_and_promise_in_the_zone_of_the_site(
    tower: Tower, at: datetime
) -> None:
    case = late(tower, at, promised_at=datetime(2026, 7, 1, 15, 30, tzinfo=UTC))

    assert drafts.for_customer(case) == (
        "Draft, to be checked and sent by a person: Dear Vantage Turbines, we are working on "
        "S00001, which was promised for 1 July 2026, 17:30 CEST. "
        "We will write again as soon as the new date is certain."
    )


def test_what_the_facts_do_not_say_is_left_out(tower: Tower, at: datetime) -> None:
    case = late(tower, at, customer=None, promised_at=None)

    assert drafts.for_customer(case, " We are sorry. ") == (
        "Draft, to be checked and sent by a person: Dear customer, We are sorry. "
        "we are working on S00001. We will write again as soon as the new date is certain."
    )
