"""The dashboard in a real browser: nothing is refused by the policy, and a bar opens its cases."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from tests.browser.conftest import PHONE, Visit, Visitor
from tests.conftest import standing_tower
from tests.exceptions.queries.world import Past
from tests.making import Tower
from tests.races import database

LIGHT, DARK = "rgb(198, 47, 58)", "rgb(239, 98, 95)"  # of critical, in tokens.css
PLACES = "[data-figure]"
DRAWN = "[data-figure]:has(.main-svg)"


@pytest.fixture(scope="module")
def template(chromium: Browser, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The tower with a past, which is lived once: a copy of it takes a hundredth of the time."""
    name = f"{template}_past"
    with django_db_blocker.unblock(), database.copied(template, name):
        with database.pointed_at(NAME=name):
            Past(standing_tower(), random.Random(13), now=timezone.now()).live(30)
        yield name


def drawn(visitor: Visitor) -> Page:
    """The dashboard, once all of its charts stand."""
    page = visitor.go("/dashboards/")
    expect(page.locator(DRAWN)).to_have_count(page.locator(PLACES).count())
    return page


def test_charts_are_drawn_under_the_strict_policy_and_follow_the_theme(
    tower: Tower, visit: Visit
) -> None:
    visitor = visit("lead.rtm", color_scheme="light")
    page = drawn(visitor)
    bar = page.locator("#volume .bars path").first
    expect(bar).to_have_css("fill", LIGHT)
    page.locator("[data-theme-toggle]").click()
    expect(bar).to_have_css("fill", DARK)
    assert visitor.troubles == []


def test_a_bar_opens_the_cases_it_counts(tower: Tower, visit: Visit) -> None:
    page = drawn(visit("lead.rtm"))
    page.evaluate("document.getElementById('ended').scrollIntoView({block: 'center'})")
    bar = page.locator("#ended .point path").first
    box = bar.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    says = page.locator("#ended .hovertext").text_content() or ""
    page.mouse.click(x, y)
    page.wait_for_url("**/?state=all&outcome=*")

    assert page.locator("tr[data-case]").count() == int(says.rsplit(" ", 1)[1])


def test_a_chart_turns_into_its_table_and_back(tower: Tower, visit: Visit) -> None:
    page = drawn(visit("lead.rtm"))
    button, table = page.locator("#kinds [data-table-toggle]"), page.locator("#kinds table")
    seen = [(button.inner_text(), table.is_visible())]
    for _press in range(2):
        button.click()
        seen.append((button.inner_text(), table.is_visible()))

    assert seen == [("Table", False), ("Chart", True), ("Table", False)]


@pytest.mark.parametrize("path", ["/dashboards/", "/dashboards/clocks/", "/integrations/"])
def test_nothing_scrolls_sideways_on_a_phone(tower: Tower, visit: Visit, path: str) -> None:
    visitor = visit("lead.rtm", viewport=PHONE)
    page = visitor.go(path)

    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert visitor.troubles == []


def test_days_that_are_brushed_become_the_range_of_all_tiles(tower: Tower, visit: Visit) -> None:
    page = drawn(visit("lead.rtm"))
    page.evaluate("document.getElementById('volume').scrollIntoView({block: 'center'})")
    box = page.locator("#volume .nsewdrag").first.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 3
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, middle, steps=8)
    page.mouse.up()
    page.wait_for_url("**/?*from=*&to=*")

    asked = dict(pair.split("=") for pair in page.url.split("?")[1].split("&"))
    last = timezone.now().date()
    first, until = (date.fromisoformat(asked[name]) for name in ("from", "to"))
    assert last - timedelta(days=18) <= first <= last - timedelta(days=12)
    assert last - timedelta(days=6) <= until < last
