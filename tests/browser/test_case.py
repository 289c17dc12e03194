"""Working one case in a browser, also with others."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from exceptions import intake
from exceptions.models import Case, Decision
from exceptions.vocabulary import State
from tests.browser.conftest import PHONE, Visit
from tests.exceptions.web.pages import cases, now
from tests.making import Tower


def test_of_two_who_acknowledge_the_second_reads_who_was_first(tower: Tower, visit: Visit) -> None:
    case = cases(tower, 1)[0]
    lead, owner = visit("lead.rtm"), visit("procurement.rtm")
    lead.go(f"/cases/{case.pk}/")
    owner.go(f"/cases/{case.pk}/")
    lead.page.keyboard.press("a")
    expect(lead.page.locator(".track .now b")).to_have_text("acknowledged")
    owner.page.evaluate("document.getElementById('form-acknowledge').requestSubmit()")

    told = owner.page.locator("[data-refused]")
    expect(told).to_have_text(f"{case.reference} is already acknowledged: lead.rtm was first.")
    assert Case.objects.get().state == State.ACKNOWLEDGED
    assert lead.troubles + owner.troubles == []


def test_a_refusal_loses_nothing_that_was_typed(tower: Tower, visit: Visit) -> None:
    case = cases(tower, 1)[0]
    visitor = visit("procurement.rtm")
    page = visitor.go(f"/cases/{case.pk}/")
    page.keyboard.press("a")
    expect(page.locator("#move-propose summary")).to_be_visible()
    page.keyboard.press("p")
    page.check("input[value=new_date]")
    page.fill("[name='new_date.date']", "2020-01-01T10:00")
    page.fill("#propose-reason", "The supplier called")
    page.click("#form-propose button.primary")

    expect(page.locator("[data-refused]")).to_contain_text("must lie in the next two years")
    assert page.input_value("#propose-reason") == "The supplier called"
    assert page.input_value("[name='new_date.date']") == "2020-01-01T10:00"
    assert page.is_checked("input[value=new_date]")
    assert Decision.objects.count() == 0
    assert visitor.troubles == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_who_decides_on_facts_that_moved_sees_them_first(
    tower: Tower, visit: Visit, scripts: bool
) -> None:
    case = cases(tower, 1)[0]
    visitor = visit("procurement.rtm", java_script_enabled=scripts)
    page = visitor.go(f"/cases/{case.pk}/")
    page.click("#move-acknowledge")
    page.click("#move-propose summary")
    page.check("input[value=chase]")
    page.fill("#propose-reason", "No answer since Monday")
    intake.take_in([tower.receipt(at=now(), value=Decimal(90_000))], at=now())
    page.click("#form-propose button.primary")

    expect(page.locator("[data-refused]")).to_contain_text("RTM/IN/00001 has changed")
    expect(page.locator("[aria-labelledby=h-facts] .facts")).to_contain_text("€90,000")
    assert page.input_value("#propose-reason") == "No answer since Monday"
    assert Decision.objects.count() == 0
    page.click("#form-propose button.primary")
    expect(page.locator(".decision h3").first).to_have_text("Chase the partner")
    assert visitor.troubles == []


def test_what_others_do_does_not_take_a_form_away(tower: Tower, visit: Visit) -> None:
    case = cases(tower, 1)[0]
    lead, owner = visit("lead.rtm"), visit("procurement.rtm")
    page = lead.go(f"/cases/{case.pk}/")
    page.keyboard.press("e")
    page.fill("#assign-reason", "Knows the part")
    owner.go(f"/cases/{case.pk}/").keyboard.press("a")

    expect(page.locator("#changed-pill")).to_be_visible()
    assert page.input_value("#assign-reason") == "Knows the part"
    page.click("#move-assign [data-fold]")
    expect(page.locator(".track .now b")).to_have_text("acknowledged")
    assert lead.troubles + owner.troubles == []


def test_the_thumb_acknowledges_and_proposes(tower: Tower, visit: Visit) -> None:
    case = cases(tower, 1)[0]
    visitor = visit("procurement.rtm", viewport=PHONE, is_mobile=True, has_touch=True)
    page = visitor.go(f"/cases/{case.pk}/")
    thumb = page.locator(".thumb-actions .primary")
    box = thumb.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    thumb.tap()
    expect(thumb).to_have_text("Propose a decision…")
    thumb.tap()

    expect(page.locator("#form-propose")).to_be_visible()
    expect(page.locator(".thumb-actions")).to_be_hidden()
    assert visitor.troubles == []


def test_it_works_without_javascript(tower: Tower, visit: Visit) -> None:
    case = cases(tower, 1)[0]
    page = visit("procurement.rtm", java_script_enabled=False).go(f"/cases/{case.pk}/")
    page.click("#move-acknowledge")
    page.click("#move-resolve summary")
    page.fill("#resolve-reason", "It came")
    page.click("#form-resolve .primary")

    expect(page.locator(".track .now b")).to_have_text("resolved")
    expect(page.locator(".toast")).to_contain_text(f"{case.reference} is resolved.")
