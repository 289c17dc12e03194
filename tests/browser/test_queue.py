"""Working the queue in a browser."""

import re

from playwright.sync_api import Page, expect

from exceptions import lifecycle
from exceptions.models import Case
from exceptions.vocabulary import Move, State
from tests.browser.conftest import PHONE, TALL_ENOUGH, Visit
from tests.exceptions.cases import data_for
from tests.exceptions.web.pages import cases, now
from tests.making import Tower


def order(page: Page) -> list[str | None]:
    return [row.get_attribute("id") for row in page.locator("tr[data-case]").all()]


def test_a_case_is_acknowledged_with_one_key(tower: Tower, visit: Visit) -> None:
    cases(tower, 3)
    visitor = visit("procurement.rtm")
    page = visitor.page
    before = order(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("a")

    row = page.locator(f"#{before[1]}")
    expect(row.locator(".state")).to_have_text("acknowledged")
    expect(row).to_have_class(re.compile("current"))
    expect(page.locator("#views")).to_contain_text("Not acknowledged 2")
    expect(page.locator(".toast")).to_contain_text("is acknowledged.")
    assert order(page) == before
    assert visitor.troubles == []


def test_from_the_queue_to_a_decision_by_keys(tower: Tower, visit: Visit) -> None:
    case = cases(tower, 1)[0]
    visitor = visit("procurement.rtm")
    page = visitor.page
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("tr.current .state")).to_have_text("acknowledged")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{case.pk}/")
    page.keyboard.press("p")
    page.check("input[value=expedite]")
    page.fill("[name='expedite.cost']", "240")
    page.fill("#propose-reason", "Line 2 stops on Friday.")
    page.click("#form-propose button.primary")

    decision = page.locator(".decision").first
    expect(decision.locator("h3")).to_have_text("Expedite freight, €240")
    expect(decision).to_contain_text("Line 2 stops on Friday. Proposed by procurement.rtm")
    expect(decision.locator(".proof")).to_have_count(2)
    expect(page.locator(".timeline li").first).to_contain_text("proposed: Expedite freight")
    assert visitor.troubles == []


def test_bulk_tells_what_became_of_each_row(tower: Tower, visit: Visit) -> None:
    found = cases(tower, 4)
    visitor = visit("lead.rtm")
    page = visitor.page
    before = order(page)
    boxes = page.locator("tbody input[type=checkbox]")
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(page.locator("#bulk [data-count]")).to_have_text("3 selected")
    page.click("#bulk [value=acknowledge]")

    expect(page.locator(".toast")).to_contain_text("3 cases acknowledged.")
    expect(page.locator("#bulk .total")).to_be_visible()
    assert order(page) == before
    assert Case.objects.filter(state=State.ACKNOWLEDGED).count() == 3
    assert len(found) == 4

    page.keyboard.press("x")
    page.locator("[data-select-all]").check()
    page.click("#bulk [value=acknowledge]")
    expect(page.locator(".toast li")).to_have_count(3)
    expect(page.locator(".toast li").first).to_contain_text("lead.rtm was first.")
    assert visitor.troubles == []


def test_a_dialog_asks_for_what_the_move_needs(tower: Tower, visit: Visit) -> None:
    cases(tower, 2)
    visitor = visit("lead.rtm")
    page = visitor.page
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(page.locator("#bulk-dismiss-title")).to_have_text("Dismiss 1 case")
    page.click("#bulk-dismiss .danger")
    expect(page.locator("#bulk-dismiss")).to_be_visible()  # nothing chosen yet
    page.check("#bulk-dismiss [value=duplicate]")
    page.fill("#bulk-reason", "Same truck")
    page.click("#bulk-dismiss .danger")

    expect(page.locator("#bulk-dismiss")).to_be_hidden()
    expect(page.locator("tr.ended .due")).to_have_text("duplicate")
    expect(page.locator("#open-count")).to_have_text("1")
    assert Case.objects.get(outcome="duplicate").closed_at is not None
    assert visitor.troubles == []


def test_what_comes_in_waits_behind_a_pill(tower: Tower, visit: Visit) -> None:
    cases(tower, 2)
    visitor = visit("lead.rtm")
    page = visitor.page
    before = order(page)
    tower.late_case(9, at=now())
    pill = page.locator("#new-pill")

    expect(pill).to_have_text("1 new")
    assert order(page) == before
    pill.click()
    expect(page.locator("tr[data-case]")).to_have_count(3)
    assert visitor.troubles == []


def test_a_page_that_is_old_says_so_and_stays_as_it_is(tower: Tower, visit: Visit) -> None:
    (case,) = cases(tower, 1)
    visitor = visit("lead.rtm")
    page = visitor.page
    page.goto(f"{visitor.url}/approvals/")
    pill = page.locator("[data-live]")
    expect(pill).to_be_hidden()
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.owner_of(case), at=now())
    lifecycle.move(
        case.pk, Move.PROPOSE, tower.owner_of(case), at=now(), data=data_for(Move.PROPOSE)
    )

    expect(pill).to_be_visible()
    pill.click()
    expect(pill).to_be_hidden()
    assert visitor.troubles == []


def test_a_page_that_cannot_ask_for_news_says_so(tower: Tower, visit: Visit) -> None:
    cases(tower, 1)
    visitor = visit("lead.rtm")
    page = visitor.page
    page.route("**/queue/pulse/**", lambda route: route.abort())

    expect(page.locator("#lost")).to_be_visible()
    page.unroute("**/queue/pulse/**")
    expect(page.locator("#lost")).to_be_hidden()


def test_what_others_do_shows_in_its_place(tower: Tower, visit: Visit) -> None:
    cases(tower, 2)
    lead, owner = visit("lead.rtm"), visit("procurement.rtm")
    first = owner.page.locator("tr[data-case]").first
    lead.page.keyboard.press("j")
    lead.page.keyboard.press("a")

    expect(first.locator(".state")).to_have_text("acknowledged")
    expect(owner.page.locator("#views")).to_contain_text("Not acknowledged 1")
    assert lead.troubles + owner.troubles == []


def test_the_palette_leads_to_a_case(tower: Tower, visit: Visit) -> None:
    found = cases(tower, 3)
    visitor = visit("lead.rtm")
    page = visitor.page
    page.keyboard.press("Control+k")
    expect(page.locator("#found a.first")).to_be_visible()
    page.keyboard.type("P00002")
    expect(page.locator("#found .clip")).to_have_count(1)
    expect(page.locator("#found a.first")).to_contain_text("P00002")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/cases/{found[1].pk}/")
    assert visitor.troubles == []


def test_filters_are_put_together_and_taken_away(tower: Tower, visit: Visit) -> None:
    cases(tower, 3)
    visitor = visit("lead.rtm")
    page = visitor.page
    page.click("[data-open=filters]")
    page.click("#filters a:text-is('Late inbound')")
    page.click("[data-open=filters]")
    page.fill("#f-q", "P00003")
    page.click("#filters .btn.primary")

    expect(page.locator("tr[data-case]")).to_have_count(1)
    expect(page.locator(".chip.on")).to_have_text(
        [re.compile("state: open"), re.compile("text: P00003"), re.compile("kind: Late inbound")]
    )
    page.locator(".chip.on").nth(1).click()
    expect(page.locator("tr[data-case]")).to_have_count(3)
    assert visitor.troubles == []


def test_the_thumb_has_every_move_for_what_is_selected(tower: Tower, visit: Visit) -> None:
    cases(tower, 4)
    visitor = visit("lead.rtm", viewport=PHONE, is_mobile=True, has_touch=True)
    page = visitor.page
    boxes = page.locator("tbody input[type=checkbox]")
    boxes.nth(0).tap()
    boxes.nth(3).tap()
    bar = page.locator("#bulk")
    buttons = bar.locator(".bulk .btn")

    expect(bar.locator("[data-count]")).to_have_text("2 selected")
    expect(buttons).to_have_text(["Acknowledge", "Assign…", "Dismiss…", "Snooze…", "Clear"])
    sizes = [box for button in buttons.all() if (box := button.bounding_box())]
    assert len(sizes) == 5
    assert min(box["height"] for box in sizes) >= TALL_ENOUGH
    assert min(box["x"] for box in sizes) >= 0
    assert max(box["x"] + box["width"] for box in sizes) <= PHONE["width"]
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last, above = page.locator("tr[data-case]").last.bounding_box(), bar.bounding_box()
    assert last is not None
    assert above is not None
    assert last["y"] + last["height"] <= above["y"]  # the bar hides no case

    page.get_by_role("button", name="Assign…").tap()
    page.select_option("#bulk-owner", label="warehouse.rtm")
    page.locator("#bulk-assign .primary").tap()
    expect(page.locator(".toast")).to_contain_text("2 cases assigned.")
    assert Case.objects.filter(owner__username="warehouse.rtm").count() == 2
    assert visitor.troubles == []
