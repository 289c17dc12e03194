"""The report as files: a tagged PDF with the page's words, a workbook with charts and numbers."""

import random
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import transaction
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django.plugin import DjangoDbBlocker

from exceptions.actors import person
from exceptions.models import Case, User
from exceptions.queries import breach, scope, spans, volume
from exceptions.queries.scope import Scope
from exceptions.report import assumptions
from exceptions.report.assumptions import VALUES, Said
from tests.conftest import build_tower
from tests.exceptions.queries.world import Past, executive_of
from tests.exceptions.web.dashboards.test_numbers import signed_in
from tests.making import Tower

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LETTERS = "Żółć, Příliš žluťoučký, İstanbul ğş, Ελληνικά"


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A past that all tests of this file read, rolled back when they are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        Past(tower, random.Random(13), now=timezone.now().replace(microsecond=0)).live(45)
        yield tower
        transaction.set_rollback(True)


@pytest.fixture
def esther(past: Tower) -> User:
    """Reads every site, and has stated assumptions."""
    esther = executive_of(None)
    said = Said(values=dict.fromkeys(VALUES), currency="EUR", because=LETTERS)
    assumptions.set_(said, person(esther), timezone.now())
    return esther


def test_the_pdf_is_one_with_tags_and_embedded_fonts(past: Tower, esther: User) -> None:
    Case.objects.update(title=f"{LETTERS} #evil[*]")
    answer = signed_in(esther).get("/report/pdf/?period=30")

    today = scope.today(person(esther), timezone.now())
    assert answer["Content-Type"] == "application/pdf"
    assert f"exceptions-{today - timedelta(days=29)}-{today}.pdf" in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-1.7")
    for said in (b"/StructTreeRoot", b"/FontFile2", b"Roboto"):
        assert said in answer.content


def test_the_workbook_holds_the_figures_as_numbers(past: Tower, esther: User) -> None:
    book = load_workbook(BytesIO(signed_in(esther).get("/report/workbook/").content))

    at = timezone.now()
    today = scope.today(person(esther), at)
    asked = Scope(
        at=at,
        first_day=today - timedelta(days=29),
        last_day=today,
        sites=(past.site.pk, past.other_site.pk),
    )
    rows = {row[0]: row for row in book["Numbers"].iter_rows(values_only=True) if row[0]}
    clocks = breach.by_clock(asked)
    breached, ended = sum(c.breached for c in clocks), sum(c.n for c in clocks)
    median = spans.FIRST_RESPONSE.whole(asked).median
    assert median is not None
    assert rows["Volume"][1] == sum(row.n for row in volume.by_kind(asked))
    assert rows["SLA breach rate"][1:4] == (pytest.approx(breached / ended), "%", ended)
    assert rows["First response"][1].total_seconds() == pytest.approx(median, abs=1)


def test_the_workbook_draws_its_own_charts(past: Tower, esther: User) -> None:
    Case.objects.update(title="=1+1")
    book = load_workbook(BytesIO(signed_in(esther).get("/report/workbook/").content))

    drawn = {sheet.title for sheet in book if sheet._charts}
    assert {"Backlog", "Volume by site", "First response by site"} <= drawn
    assert "Estimate" in book.sheetnames
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
