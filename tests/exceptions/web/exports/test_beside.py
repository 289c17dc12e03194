"""What no case is, as files: moves, subjects, decisions, completed transfers and working hours."""

import csv
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from exceptions import calendars
from exceptions.business_time import Closure, Opening
from exceptions.calendars import CalendarSettings
from exceptions.models import CaseEvent, Decision, Site, Throughput
from exceptions.web.exports import page
from tests.conftest import build_tower
from tests.exceptions.queries.approving import Asked
from tests.exceptions.queries.world import executive_of
from tests.making import Tower

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A past that all tests of this file read, rolled back when they are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        Asked(tower, random.Random(5), now=timezone.now().replace(microsecond=0)).live(14)
        yield tower
        transaction.set_rollback(True)


@pytest.fixture
def reader(past: Tower) -> Client:
    client = Client()
    client.force_login(executive_of(None))
    return client


def rows_at(client: Client, file: str) -> list[dict[str, str]]:
    answer: Any = client.get(file)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


@pytest.mark.parametrize("asked", ["", "&when=after", "&when=working", "&hour=13"])
def test_moves_are_those_of_their_page(reader: Client, asked: str) -> None:
    address = f"/dashboards/people/moves/?days=90{asked}"

    found = rows_at(reader, page.address(address, "data"))

    shown = [event for event, _ in reader.get(address).context["lines"]]
    assert [(row["id"], row["move"], row["username"]) for row in found] == [
        (str(event.case_id), event.move, event.actor.username) for event in shown
    ]
    people = CaseEvent.objects.exclude(move="").exclude(actor=None).count()
    assert asked or len(found) == people > 14
    assert "/exports/moves/xlsx/" in reader.get("/dashboards/people/moves/").content.decode()


@pytest.mark.parametrize("recurs", ["", "&recurs=yes"])
def test_subjects_are_those_of_their_page(reader: Client, recurs: str) -> None:
    address = f"/dashboards/subjects/?days=90{recurs}"

    found = rows_at(reader, page.address(address, "data"))

    assert [(r["subject_key"], r["subject"], int(r["detected"])) for r in found] == [
        (row.key, row.name, row.n) for row in reader.get(address).context["rows"]
    ]
    assert recurs or found


def test_decisions_are_given_out_with_what_became_of_them(reader: Client) -> None:
    found = rows_at(reader, "/exports/decisions/data/?days=90")

    decisions = {str(each.pk): each for each in Decision.objects.all()}
    assert [row["decision_id"] for row in found] == sorted(decisions, key=int, reverse=True) != []
    for row in found:
        one = decisions[row["decision_id"]]
        assert (row["id"], row["decision"]) == (str(one.case_id), one.kind)
        assert (row["decision_state"], row["cost"]) == (one.state, str(one.cost))
    assert len(Counter(row["decision_state"] for row in found)) > 1
    assert rows_at(reader, "/exports/decisions/data/?days=90&kind=customs_hold") == []


def test_completed_transfers_are_those_of_the_sites_and_days(reader: Client, past: Tower) -> None:
    today = timezone.now().date()
    with transaction.atomic():
        for site, back, n in ((past.site, 1, 40), (past.site, 9, 7), (past.other_site, 1, 5)):
            day = today - timedelta(days=back)
            Throughput.objects.create(site=site, day=day, n=n, counted_at=timezone.now())

        found = rows_at(reader, "/exports/completed/data/?days=7")
        theirs = rows_at(reader, f"/exports/completed/data/?days=90&site={past.site.pk}")
        transaction.set_rollback(True)

    assert [(r["site"], r["completed"]) for r in found] == [("Chicago", "5"), ("Rotterdam", "40")]
    assert [row["completed"] for row in theirs] == ["7", "40"]


def test_working_hours_are_told_day_by_day(reader: Client, past: Tower) -> None:
    site = f"site={past.site.pk}"
    halves = (Opening(8 * 60, 12 * 60), Opening(13 * 60, 17 * 60))
    closed = Closure(date(2026, 1, 7), "Inventory")
    weekly = (halves,) * 5 + ((),) * 2
    said = CalendarSettings(zone="Europe/Amsterdam", weekly=weekly, closures=(closed,))
    with transaction.atomic():
        office = calendars.create("Office", said, by=None, at=datetime(2026, 1, 1, tzinfo=UTC))
        Site.objects.filter(pk=past.site.pk).update(calendar=office)

        found = rows_at(reader, f"/exports/hours/data/?from=2026-01-06&to=2026-01-07&{site}")
        around = rows_at(
            reader,
            f"/exports/hours/data/?from=2026-01-06&to=2026-01-06&site={past.other_site.pk}",
        )
        transaction.set_rollback(True)

    told = [(row["day"], row["opens"], row["closes"]) for row in found]
    assert told[:4] == [
        ("2026-01-06", "08:00", "12:00"),
        ("2026-01-06", "13:00", "17:00"),
        ("2026-01-07", "", ""),
        ("2026-01-08", "08:00", "12:00"),
    ]
    assert told[-1][0] == "2026-02-07"  # a month more, in which running clocks fall due
    assert (around[0]["zone"], around[0]["opens"], around[0]["closes"]) == (
        past.other_site.time_zone,
        "00:00",
        "24:00",
    )
