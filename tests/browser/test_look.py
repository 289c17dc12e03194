"""What holds on every page: nothing sticks out, both themes, the keyboard reaches everything."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, TALL_ENOUGH, Visit
from tests.exceptions.web.pages import cases
from tests.making import Tower


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_scrolls_sideways(
    tower: Tower, visit: Visit, viewport: dict[str, Any], scheme: str
) -> None:
    case = cases(tower, 3)[0]
    visitor = visit("lead.rtm", viewport=viewport, color_scheme=scheme)
    wider = {}
    for path in ("/", "/?state=ended", f"/cases/{case.pk}/", "/nothing/", "/?q=zzz&tier=low"):
        page = visitor.go(path)
        wider[path] = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert set(wider.values()) == {0}, wider
    assert visitor.troubles == []


def test_every_unfolded_form_fits_a_phone(tower: Tower, visit: Visit) -> None:
    case = cases(tower, 1)[0]
    visitor = visit("lead.rtm", viewport=PHONE)
    page = visitor.go(f"/cases/{case.pk}/")
    for move in page.locator("details.move").all():
        move.locator("summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    short = page.evaluate(
        """least => [...document.querySelectorAll("#main .btn, #main .input")]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < least)
        .map(e => e.outerHTML.slice(0, 80))""",
        TALL_ENOUGH,
    )
    assert short == []


def test_the_bar_of_a_phone_holds_six_and_unfolds_the_rest(tower: Tower, visit: Visit) -> None:
    cases(tower, 3)
    visitor = visit("lead.rtm", viewport=PHONE)
    page = visitor.go("/")
    bar = page.locator(".thumbbar")
    parts = bar.locator("> a, > details > summary")
    boxes = [box for part in parts.all() if (box := part.bounding_box())]

    assert len(boxes) == 6
    assert min(box["width"] for box in boxes) >= 44
    assert max(box["x"] + box["width"] for box in boxes) <= PHONE["width"]
    bar.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(bar.get_by_role("link", name="Policies")).to_be_visible()
    page.keyboard.press("Escape")
    expect(bar.get_by_role("link", name="Policies")).to_be_hidden()
    expect(bar.locator("summary")).to_be_focused()
    bar.locator("summary").click()
    bar.get_by_role("link", name="People").click()
    expect(page.get_by_role("heading", name="People", level=1)).to_be_visible()
    assert visitor.troubles == []


def test_the_theme_stays_as_chosen(tower: Tower, visit: Visit) -> None:
    visitor = visit("lead.rtm", color_scheme="light")
    page = visitor.page
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-theme-toggle]")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.reload()

    assert light == "rgb(244, 246, 247)"
    assert dark == "rgb(15, 20, 23)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    assert visitor.troubles == []


def test_the_keyboard_comes_to_the_content_and_shows_where_it_is(
    tower: Tower, visit: Visit
) -> None:
    cases(tower, 1)
    visitor = visit("lead.rtm")
    page = visitor.page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    ring = page.evaluate("getComputedStyle(document.activeElement).boxShadow")

    assert ring != "none"
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    assert visitor.troubles == []


def test_who_is_signed_out_meanwhile_comes_to_the_door(tower: Tower, visit: Visit) -> None:
    case = cases(tower, 1)[0]
    visitor = visit("procurement.rtm")
    page = visitor.go(f"/cases/{case.pk}/")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("a")

    expect(page.locator("#id_username")).to_be_visible()
    assert visitor.troubles == []
