"""Transits are kept once, with the first promise that was seen."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from exceptions.facts import Transit, TransitRead
from exceptions.lateness import keeping, reckoning
from exceptions.models import KeptTransit
from exceptions.vocabulary import Direction
from tests.making import Tower

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def reading(tower: Tower, record: int, promised: date, **said: Any) -> TransitRead:
    """An open receipt of Nordwind's."""
    transit = {"done_on": None, "by": "Nordwind", "lane": "DE → RTM"} | {
        name: said.pop(name) for name in ("done_on", "by", "lane", "direction") if name in said
    }
    base = TransitRead(
        connection_id=tower.connection.pk,
        site_id=tower.site.pk,
        model="stock.picking",
        record_id=record,
        about_model="stock.picking",
        about_id=record,
        reference=f"RTM/IN/{record:05}",
        url=f"https://odoo.example.com/{record}",
        open=transit["done_on"] is None,
        transit=Transit(**({"direction": Direction.INBOUND, "promised_on": promised} | transit)),  # type: ignore[arg-type]
    )
    return replace(base, **said)


def test_a_later_plan_does_not_move_the_first_promise(tower: Tower, at: datetime) -> None:
    first = at.date()
    keeping.keep([reading(tower, 1, first)], at=at)
    keeping.keep([reading(tower, 1, first + 9 * DAY, by="Baltic")], at=at + DAY)
    keeping.keep([reading(tower, 1, first + 20 * DAY, done_on=first + 8 * DAY)], at=at + 9 * DAY)
    kept = KeptTransit.objects.get()
    assert (kept.promised_on, kept.done_on, kept.open) == (first, first + 8 * DAY, False)
    assert (kept.seen_open, kept.first_seen_at) == (True, at)
    assert reckoning.transit_of(kept).days_late == 8


def test_what_was_first_seen_when_it_was_done_says_so(tower: Tower, at: datetime) -> None:
    keeping.keep([reading(tower, 1, at.date(), done_on=at.date())], at=at)
    assert KeptTransit.objects.get().seen_open is False


def test_of_two_readings_of_a_batch_the_last_holds(tower: Tower, at: datetime) -> None:
    batch = [reading(tower, 1, at.date()), reading(tower, 1, at.date(), done_on=at.date())]
    assert keeping.keep(batch, at=at) == 1
    assert KeptTransit.objects.get().done_on == at.date()


def test_what_leads_elsewhere_than_the_web_is_no_link(tower: Tower, at: datetime) -> None:
    keeping.keep([reading(tower, 1, at.date(), url="javascript:alert(1)")], at=at)
    assert KeptTransit.objects.get().url == ""
