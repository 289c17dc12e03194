"""Open dashboards follow what happens elsewhere, and nothing moves under the reader's hand."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.making import Tower

SOON = 6_000  # milliseconds: five seconds, and one for a machine that does other things, too
VOLUME = ".tile:has(span:text-is('Volume')) .value > :first-child"
# How far the page is scrolled, and what has the focus.
STANDS = "[document.getElementById('main').scrollTop, document.activeElement.kept]"
# How many cases the chart of the volume draws.
COUNTED = (
    "document.getElementById('plot-volume').data.filter(t => t.type === 'bar')"
    ".flatMap(t => [...t.y]).reduce((sum, n) => sum + (n || 0), 0)"
)


def opened(tower: Tower, visit: Visit) -> tuple[Page, list[str]]:
    for number in (1, 2, 3):
        tower.late_case(number, at=timezone.now() - timedelta(hours=number))
    visitor = visit("lead.rtm")
    page = visitor.go("/dashboards/operations/?days=30")
    expect(page.locator(VOLUME)).to_have_text("3")
    expect(page.locator("#volume .main-svg").first).to_be_attached()
    return page, visitor.troubles


def happens(tower: Tower) -> None:
    tower.late_case(4, at=timezone.now())


def test_a_case_made_elsewhere_is_counted_within_five_seconds_and_nothing_moves(
    tower: Tower, visit: Visit
) -> None:
    page, troubles = opened(tower, visit)
    page.locator("#ended [data-table-toggle], #kinds [data-table-toggle]").first.click()
    page.evaluate("document.getElementById('main').scrollTop = 300")
    page.locator(".tile a").nth(2).evaluate(
        "link => { link.focus({preventScroll: true}); link.kept = 'same element' }"
    )
    before = page.evaluate(STANDS)
    tabled = page.locator(".chart.tabled").count()
    drawn = page.evaluate(COUNTED)
    happens(tower)

    expect(page.locator(VOLUME)).to_have_text("4", timeout=SOON)
    after = page.evaluate(STANDS)
    assert (drawn, page.evaluate(COUNTED)) == (3, 4)
    assert after == before == [300, "same element"]
    assert page.locator(".chart.tabled").count() == tabled == 1
    assert troubles == []


def test_while_a_menu_is_open_the_pill_waits_and_closing_it_lets_the_numbers_in(
    tower: Tower, visit: Visit
) -> None:
    page, troubles = opened(tower, visit)
    page.locator(".filters summary").first.click()
    page.locator(".range-form [name=from]").fill("2026-01-05")
    happens(tower)

    expect(page.locator("[data-live]")).to_be_visible(timeout=SOON)
    expect(page.locator(VOLUME)).to_have_text("3")
    expect(page.locator(".range-form [name=from]")).to_have_value("2026-01-05")
    page.keyboard.press("Escape")
    expect(page.locator(VOLUME)).to_have_text("4", timeout=SOON)
    expect(page.locator("[data-live]")).to_be_hidden()
    assert troubles == []


def test_while_nothing_happens_the_page_is_not_asked_for_again(tower: Tower, visit: Visit) -> None:
    page, _troubles = opened(tower, visit)
    asked: list[tuple[str, int]] = []
    page.on("response", lambda answer: asked.append((answer.url.split("/", 3)[3], answer.status)))
    with page.expect_response("**/live/cases/**", timeout=SOON):
        pass
    with page.expect_response("**/live/cases/**", timeout=SOON):
        pass

    assert {(url.split("?")[0], status) for url, status in asked} == {("live/cases/", 304)}
