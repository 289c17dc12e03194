"""The lists behind the dashboards of approvals, the process and people: they show what was asked
for, nothing that their reader may not see, and leave out what cannot be read.
"""

import random
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from exceptions.models import ApprovalLevel, ApprovalRequest, CaseEvent, User, Vote
from tests.conftest import build_tower
from tests.exceptions.queries.approving import Asked
from tests.exceptions.queries.world import executive_of
from tests.making import Tower

pytestmark = pytest.mark.django_db
REQUESTS, STEPS, MOVES = (
    "/dashboards/approvals/list/",
    "/dashboards/process/steps/",
    "/dashboards/people/moves/",
)


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A past that all tests of this file read, rolled back when they are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        now = timezone.now().replace(microsecond=0)
        Asked(tower, random.Random(3), now=now).live(25)
        yield tower
        transaction.set_rollback(True)


def reading(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rows(client: Client, address: str) -> list[str]:
    page = client.get(address)
    assert page.status_code == 200
    return re.findall(r'<tr data-(?:request|event)="([^"]+)"', page.content.decode())


def test_requests_levels_and_votes_are_listed(past: Tower) -> None:
    client = reading(executive_of(None))
    ended = ApprovalRequest.objects.exclude(state="pending")
    passed = ApprovalLevel.objects.filter(state__in=["passed", "refused"])
    told = {
        "?of=requests": [f"r{pk}" for pk in ended.values_list("pk", flat=True)],
        "?of=waiting": [
            f"r{pk}"
            for pk in ApprovalRequest.objects.filter(state="pending").values_list("pk", flat=True)
        ],
        "?of=levels": [f"l{pk}" for pk in passed.values_list("pk", flat=True)],
        "?of=votes": [f"v{pk}" for pk in Vote.objects.values_list("pk", flat=True)],
    }
    assert all(told.values())
    found = {query: rows(client, REQUESTS + query) for query in told}
    assert {query: sorted(each) for query, each in found.items()} == {
        query: sorted(each) for query, each in told.items()
    }


def test_steps_say_how_long_the_case_had_waited(past: Tower) -> None:
    client = reading(executive_of(None))
    query = "?step=assigned>acknowledged"
    events = CaseEvent.objects.filter(from_state="assigned", to_state="acknowledged")
    assert sorted(rows(client, STEPS + query)) == sorted(
        map(str, events.values_list("pk", flat=True))
    )

    event = events.select_related("case").latest("at")
    waited = event.at - event.case.detected_at
    assert timedelta() <= waited < timedelta(hours=1, minutes=30)
    minutes = int(waited.total_seconds() // 60)
    first = client.get(STEPS + query).content.decode().split("<tr data-event=")[1]
    assert (f">{minutes} min<" in first) == (minutes < 60)


def test_moves_of_machines_are_not_listed(past: Tower) -> None:
    client = reading(executive_of(None))
    people = CaseEvent.objects.exclude(move="").exclude(actor=None)
    listed = rows(client, MOVES)
    assert listed == [str(pk) for pk in people.order_by("-pk").values_list("pk", flat=True)]
    assert rows(client, MOVES + "?when=after") == []  # no calendar: around the clock
    assert rows(client, MOVES + "?when=working&page=99") == listed
    assert rows(client, MOVES + "?when=rostered") == []


@pytest.mark.parametrize("address", [REQUESTS, REQUESTS + "?of=votes", STEPS, MOVES])
def test_nobody_sees_other_sites(past: Tower, address: str) -> None:
    name = address.strip("/?=").replace("/", ".")
    user = executive_of(past.other_site)
    page = reading(user).get(address).content.decode()
    assert past.other_site.name in page, name
    assert f"<td>{past.site.name}</td>" not in page


@pytest.mark.parametrize(
    "address",
    [
        REQUESTS + "?of=nothing&how=never",
        REQUESTS + "?of=waiting&after=yesterday&until=2026-13-40T00:00&voters=all",
        REQUESTS + "?of=levels&level=first&page=x",
        REQUESTS + "?of=votes&voter=99999999999999999999",
        STEPS + "?step=assigned",
        MOVES + "?when=ever&hour=77&page=-4",
    ],
)
def test_what_cannot_be_read_is_left_out(past: Tower, address: str) -> None:
    assert len(rows(reading(executive_of(None)), address)) > 0
