"""The keyboard alone: everything can be reached, seen, set, opened and closed again."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from exceptions.models import Case
from exceptions.web.dashboards.register import dashboards
from tests.browser.conftest import Visit
from tests.conftest import standing_tower
from tests.exceptions.queries.world import Past
from tests.making import Tower
from tests.races import database

# What can be used on the page now, and from then on what got the focus and whether it shows it.
LISTEN = """() => {
  const used = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  const usable = (e) => !e.disabled && e.tabIndex >= 0 && !e.closest('dialog')
    && e.checkVisibility({ visibilityProperty: true });
  const one = (e) => e.type === 'radio' && document.querySelector(`[name="${e.name}"]:checked`);
  window.usable = [...document.querySelectorAll(used)].filter(usable)
    .filter((e) => (one(e) || e) === e);
  window.came = [];
  document.addEventListener('focusin', ({ target }) => {
    const ringed = (e) => e && getComputedStyle(e).boxShadow !== 'none';
    window.came.push([target, ringed(target) || ringed(target.closest('label'))]);
  });
}"""
TOLD = """() => ({
  missed: usable.filter((e) => !came.some(([c]) => c === e)).map((e) => e.outerHTML.slice(0, 120)),
  unseen: came.filter(([, ring]) => !ring).map(([e]) => e.outerHTML.slice(0, 120)),
  astray: came.filter(([e], i) => i && came[i - 1][0].compareDocumentPosition(e)
    & Node.DOCUMENT_POSITION_PRECEDING && e !== came[0][0]).map(([e]) => e.outerHTML.slice(0, 120)),
})"""
SPARE = 25  # a field of a date or a time takes four steps


@pytest.fixture(scope="module")
def template(chromium: Browser, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The tower with a past, which is lived once: a copy of it takes a hundredth of the time."""
    name = f"{template}_keyboard"
    with django_db_blocker.unblock(), database.copied(template, name):
        with database.pointed_at(NAME=name):
            Past(standing_tower(), random.Random(13), now=timezone.now()).live(12)
        yield name


def walked(page: Page) -> Any:
    """Tab through the page once: what was not reached, what did not show the focus, what came out
    of the order of the page.
    """
    page.wait_for_load_state("networkidle")
    page.evaluate(LISTEN)
    for _step in range(page.evaluate("usable.length") + SPARE):
        page.keyboard.press("Tab")
        if page.evaluate(
            "came.length > usable.length / 2 && document.activeElement === document.body"
        ):
            break
    return page.evaluate(TOLD)


def test_tab_reaches_everything_in_order_and_shows_it(tower: Tower, visit: Visit) -> None:
    visitor = visit("lead.rtm")
    case = Case.objects.order_by("pk").last()
    assert case is not None
    boards = [f"/dashboards/{board.key}/?days=30" for board in dashboards()]
    beside = ["/dashboards/alerts/", "/report/", "/report/subscriptions/", "/dashboards/clocks/"]
    everything: dict[str, list[str]] = {"missed": [], "unseen": [], "astray": []}
    told = {path: walked(visitor.go(path)) for path in [*boards, *beside, f"/cases/{case.pk}/"]}

    assert told == dict.fromkeys(told, everything)
    assert visitor.troubles == []


def test_a_range_is_set_and_a_bar_opened_with_keys(tower: Tower, visit: Visit) -> None:
    page = visit("lead.rtm").go("/dashboards/operations/?days=30")
    menu = page.locator(".filters summary").first
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".range-form")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".range-form")).to_be_hidden()
    expect(menu).to_be_focused()

    page.keyboard.press("Enter")
    first = page.locator(".range-form [name=from]")
    while not first.evaluate("field => field === document.activeElement"):
        page.keyboard.press("Tab")
    days = page.evaluate("new Date(Date.now() - 6 * 864e5).toLocaleDateString('en-US')")
    page.keyboard.type("".join(f"{int(part):02}" for part in days.split("/")))
    page.keyboard.press("Enter")
    page.wait_for_url("**/?*from=*&to=*")

    toggle = page.locator("#kinds [data-table-toggle]")
    toggle.focus()
    page.keyboard.press("Enter")
    bar = page.locator("#kinds .as-table a").first
    while not bar.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    counted = int(bar.inner_text())
    page.keyboard.press("Enter")
    page.wait_for_url("**/?state=all&*")
    assert page.locator("tr[data-case]").count() == counted


def test_dialogs_give_the_focus_back(tower: Tower, visit: Visit) -> None:
    page = visit("lead.rtm").go("/dashboards/operations/?days=30")
    toggle = page.locator("#kinds [data-table-toggle]")
    toggle.focus()
    for key, dialog in (("?", "#keys"), ("Control+k", "#palette")):
        page.keyboard.press(key)
        expect(page.locator(dialog)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(dialog)).to_be_hidden()
        expect(toggle).to_be_focused()
