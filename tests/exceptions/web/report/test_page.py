"""The page of the executive report: its numbers list what they count, of the reader's sites."""

import random
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from exceptions.models import User
from exceptions.rollups import keeping
from tests.conftest import build_tower
from tests.exceptions.queries.world import Past, executive_of
from tests.exceptions.web.dashboards.test_numbers import Rows, signed_in
from tests.making import Tower

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r'href="([^"]+)" data-rows="(\d+)"')
MOST_STATEMENTS = 100


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A past that all tests of this file read, rolled back when they are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        Past(tower, random.Random(12), now=timezone.now().replace(microsecond=0)).live(45)
        keeping.freshen(timezone.now(), batches=100)
        yield tower
        transaction.set_rollback(True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "query"),
    [
        ("executive of all", ""),
        ("executive of one site", "?period=last-month"),
        ("executive of all", "?from={six}&to={two}&site={site}&kind=late_inbound"),
    ],
)
def test_every_number_lists_what_it_counts(past: Tower, who: str, query: str) -> None:
    reader = executive_of(past.site if "one site" in who else None)
    today = timezone.now().date()
    asked = query.format(
        six=today - timedelta(days=6), two=today - timedelta(days=2), site=past.site.pk
    )
    client = signed_in(reader)
    html = client.get(f"/report/{asked}").content.decode()
    numbers = [(unescape(href), int(n)) for href, n in NUMBER.findall(html)]
    rows = Rows(client)

    assert len(numbers) > 10
    assert {href: rows.at(href) for href, _n in numbers} == dict(numbers)


def test_nobody_reads_of_sites_that_are_not_theirs(past: Tower) -> None:
    html = page(signed_in(executive_of(past.site)), f"?site={past.other_site.pk}")

    assert "Nothing to report" in html
    assert past.other_site.name not in html


def test_what_the_address_cannot_mean_is_said(past: Tower) -> None:
    html = page(signed_in(executive_of(None)), "?period=forever&kind=toothache")

    assert "The address asks for something that cannot be read" in html
    assert "kind=toothache, period=forever" in html


def test_who_has_no_cases_has_no_report(past: Tower) -> None:
    nobody = User.objects.create_user("nobody.at.all")
    assert signed_in(nobody).get("/report/").status_code == 403


def test_a_page_takes_few_statements(past: Tower) -> None:
    client = signed_in(executive_of(None))
    page(client, "")
    with CaptureQueriesContext(connection) as statements:
        page(client, "")

    assert len(statements) < MOST_STATEMENTS


def page(client: Client, query: str) -> str:
    answer = client.get(f"/report/{query}")
    assert answer.status_code == 200
    return answer.content.decode()
