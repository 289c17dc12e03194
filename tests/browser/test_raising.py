"""Raising a case by hand, in a browser: with and without scripts, on a desk and on a phone."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from exceptions.models import Case
from tests.browser.conftest import DESK, PHONE, Visit
from tests.making import Tower


def fill(page: Page) -> None:
    page.select_option("#raise-kind", label="Carrier failure")
    page.fill("#raise-summary", "A pallet fell from the truck")
    page.fill("#raise-subject", "Rhine Haulage")
    page.fill("#raise-value", "1250.50")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_mistake_is_said_and_put_right(tower: Tower, visit: Visit, scripts: bool) -> None:
    visitor = visit("procurement.rtm", java_script_enabled=scripts)
    page = visitor.page
    page.click(".queue-head .btn")
    fill(page)
    page.click("form[action='/cases/raise/'] .btn.primary")
    expect(page.locator("#raise-currency-says")).to_have_text("Say in which currency the value is.")
    expect(page.locator("#raise-summary")).to_have_value("A pallet fell from the truck")
    page.fill("#raise-currency", "EUR")
    page.click("form[action='/cases/raise/'] .btn.primary")

    expect(page.locator("h1")).to_contain_text("A pallet fell from the truck")
    case = Case.objects.get()
    assert (page.url, case.kind, case.site) == (
        f"{visitor.url}/cases/{case.pk}/",
        "carrier_failure",
        tower.site,
    )
    assert visitor.troubles == []


def test_the_palette_leads_there(tower: Tower, visit: Visit) -> None:
    visitor = visit("lead.rtm")
    page = visitor.page
    page.keyboard.press("Control+k")
    page.fill("#palette input", "raise")
    expect(page.locator("#found a")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.locator("#raise-kind")).to_be_visible()
    assert visitor.troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_form_fits_with_all_its_sentences(
    tower: Tower, visit: Visit, viewport: dict[str, Any], scheme: str
) -> None:
    visitor = visit("lead.rtm", viewport=viewport, color_scheme=scheme)
    page = visitor.go("/cases/raise/")
    page.fill("#raise-value", "lots")
    page.click("form[action='/cases/raise/'] .btn.primary")
    expect(page.locator(".error")).to_have_count(4)

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    expect(page.locator("[aria-invalid=true]")).to_have_count(4)
    assert visitor.troubles == []
