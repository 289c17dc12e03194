"""Deciding in a browser: from the page, by keyboard, on a phone, and from an e-mail."""

from datetime import timedelta

from django.test import override_settings
from playwright.sync_api import Page, expect

from exceptions import intake, vote_links
from exceptions.models import ApprovalRequest, Decision, User, Vote
from tests.browser.conftest import PHONE, TALL_ENOUGH, Visit
from tests.exceptions.asking import asking
from tests.exceptions.web.pages import now
from tests.making import Tower


def ask(tower: Tower) -> ApprovalRequest:
    """Air freight for 1,200: there is no approver in Rotterdam, so its supervisor is asked."""
    return asking(tower, now() - timedelta(hours=2)).ask()


def link_for(request: ApprovalRequest) -> str:
    """What stands in the e-mail to the supervisor, as a path."""
    lead = User.objects.get(username="lead.rtm")
    with override_settings(TOWER_BASE_URL=""):
        return vote_links.made(request.levels.get(), lead, now())


def too_wide(page: Page) -> int:
    """CSS pixels that do not fit into the window."""
    wide: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide


def too_low(page: Page, what: str) -> list[str]:
    """Buttons that no thumb would hit."""
    found = page.locator(what).filter(visible=True)
    boxes = [(each.inner_text(), each.bounding_box()) for each in found.all()]
    return [name for name, box in boxes if box and box["height"] < TALL_ENOUGH]


def test_yes_by_keyboard(tower: Tower, visit: Visit) -> None:
    ask(tower)
    visitor = visit("lead.rtm")
    page = visitor.go("/approvals/")
    expect(page.locator("#vote-yes summary")).to_be_visible()
    page.keyboard.press("y")
    page.fill("#yes-reason", "Worth it.")
    page.click("#vote-yes form button.primary")

    expect(page.locator("#toasts")).to_contain_text("Approved. It is carried out now.")
    expect(page.locator(".empty h2")).to_have_text("Nothing waits for you")
    assert (Decision.objects.get().state, Vote.objects.get().via) == ("approved", "web")
    assert visitor.troubles == []


def test_no_needs_a_sentence(tower: Tower, visit: Visit) -> None:
    ask(tower)
    visitor = visit("lead.rtm")
    page = visitor.go("/approvals/")
    expect(page.locator("#vote-no summary")).to_be_visible()
    page.keyboard.press("n")
    page.click("#vote-no form button.danger")
    expect(page.locator("#no-reason:invalid")).to_be_visible()
    assert Vote.objects.count() == 0
    page.fill("#no-reason", "Ask for a new date.")
    page.click("#vote-no form button.danger")

    expect(page.locator("#toasts")).to_contain_text("Rejected. procurement.rtm is told why.")
    assert ApprovalRequest.objects.get().why_ended == "Ask for a new date."
    assert visitor.troubles == []


def test_on_a_phone_everything_is_in_reach(tower: Tower, visit: Visit) -> None:
    ask(tower)
    visitor = visit("lead.rtm", viewport=PHONE, has_touch=True)
    page = visitor.go("/approvals/")
    expect(page.locator("#vote-yes summary")).to_be_visible()
    assert (too_wide(page), too_low(page, "#approval summary .btn")) == (0, [])
    page.tap("#vote-yes summary")
    page.tap("#vote-yes form button.primary")

    expect(page.locator("#toasts")).to_contain_text("Approved.")
    assert visitor.troubles == []


def test_facts_that_move_while_somebody_reads_void_it(tower: Tower, visit: Visit) -> None:
    ask(tower)
    visitor = visit("lead.rtm")
    page = visitor.go("/approvals/")
    intake.take_in([tower.receipt(1, at=now(), order_reference="P9")], at=now())
    page.click("#vote-yes summary")
    page.fill("#yes-reason", "Worth it.")
    page.click("#vote-yes form button.primary")

    expect(page.locator("#approval")).to_contain_text("The facts changed after they were asked.")
    assert Vote.objects.count() == 0
    assert Decision.objects.get().state == "void"
    assert visitor.troubles == []


def test_from_an_e_mail_on_a_phone_without_signing_in(tower: Tower, visit: Visit) -> None:
    link = link_for(ask(tower))
    visitor = visit(viewport=PHONE, has_touch=True)
    page = visitor.go(link)
    expect(page.locator(".notice").first).to_contain_text("You decide here as lead.rtm, once")
    assert (too_wide(page), too_low(page, "form .btn")) == (0, [])
    page.tap("button[value=no]")
    expect(page.locator("[data-refused]")).to_contain_text("Say in a sentence why not")
    assert Vote.objects.count() == 0
    page.fill("#reason", "Worth it after all.")
    page.tap("button[value=yes]")

    expect(page.locator("h1")).to_have_text("Thank you")
    assert (Vote.objects.get().via, Vote.objects.get().reason) == ("mail", "Worth it after all.")
    page.goto(f"{visitor.url}{link}")
    expect(page.locator("main")).to_contain_text("lead.rtm has voted yes by this link already.")
    assert visitor.troubles == []


def test_a_link_whose_facts_moved_says_so(tower: Tower, visit: Visit) -> None:
    link = link_for(ask(tower))
    visitor = visit()
    page = visitor.go(link)
    intake.take_in([tower.receipt(1, at=now(), order_reference="P9")], at=now())
    page.click("button[value=yes]")

    expect(page.locator("main")).to_contain_text("It is no longer open: it is void.")
    assert Vote.objects.count() == 0
    assert visitor.troubles == []
