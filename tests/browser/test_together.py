"""A disruption in the browser: put together from the page of a case, on a desk and on a phone."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from exceptions import intake
from exceptions.models import Case
from tests.browser.conftest import DESK, PHONE, TALL_ENOUGH, Visit
from tests.exceptions.web.pages import now
from tests.making import Tower


def chain(tower: Tower) -> tuple[Case, Case]:
    """A late receipt and the order line that it is to fill; the supplier was late before."""
    at = now() - timedelta(minutes=5)
    before = at - timedelta(days=3)
    intake.take_in([tower.receipt(9, at=before)], at=before)
    said = [make(1, at=at) for make in (tower.receipt, tower.order_line, tower.bill)]
    intake.take_in(said, at=at)
    receipt = Case.objects.get(kind="late_inbound", document__record_id=1)
    return receipt, Case.objects.get(kind="partial_receipt")


def test_a_connected_case_is_made_part_and_commented_along(tower: Tower, visit: Visit) -> None:
    parent, child = chain(tower)
    visitor = visit("lead.rtm")
    page = visitor.go(f"/cases/{child.pk}/")
    page.locator("#move-attach summary").click()
    page.locator(f'input[name="candidate"][value="{parent.pk}"]').check()
    page.get_by_role("button", name="Put together").click()
    expect(page.locator(".case-meta")).to_contain_text(f"part of {parent.reference}")

    page = visitor.go(f"/cases/{parent.pk}/")
    page.fill("#comment-text", "The ship is in.")
    page.locator("#conversation").get_by_role("checkbox").check()
    page.locator("#conversation").get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Commented on 2 cases.")
    page.get_by_role("button", name=f"Take out {child.reference}").click()
    expect(page.locator("#toasts")).to_contain_text(f"{child.reference} stands alone again.")
    expect(page.locator(".parts")).to_have_count(0)
    assert visitor.troubles == []


def test_a_refusal_keeps_the_form_open(tower: Tower, visit: Visit) -> None:
    parent, _child = chain(tower)
    visitor = visit("lead.rtm")
    page = visitor.go(f"/cases/{parent.pk}/")
    page.locator("#move-attach summary").click()
    page.fill("#parent", "C-999999")
    page.get_by_role("button", name="Put together").click()

    expect(page.locator("#move-attach [role=alert]")).to_contain_text("none of that number")
    expect(page.locator("#parent")).to_have_value("C-999999")
    assert visitor.troubles == []


def test_only_a_duplicate_asks_of_what(tower: Tower, visit: Visit) -> None:
    into, case = chain(tower)
    visitor = visit("lead.rtm")
    page = visitor.go(f"/cases/{case.pk}/")
    page.locator("#move-dismiss summary").click()
    expect(page.locator("#merged-into")).to_be_hidden()
    page.locator('#move-dismiss input[value="duplicate"]').check()
    page.fill("#merged-into", into.reference)
    page.fill("#dismiss-reason", "The same goods.")
    page.locator("#move-dismiss").get_by_role("button", name="Dismiss", exact=True).click()

    expect(page.locator(".case-meta")).to_contain_text(f"merged into {into.reference}")
    assert visitor.troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_of_a_disruption_fits(
    tower: Tower, visit: Visit, viewport: dict[str, Any], scheme: str
) -> None:
    parent, child = chain(tower)
    Case.objects.filter(kind__in=["partial_receipt", "invoice_mismatch"]).update(parent=parent)
    visitor = visit("lead.rtm", viewport=viewport, color_scheme=scheme)
    for case in (parent, child, Case.objects.earliest("pk")):
        page = visitor.go(f"/cases/{case.pk}/")
        for move in page.locator("details.move").all():
            move.locator("summary").click()
            assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
        short = page.evaluate(
            """least => [...document.querySelectorAll("#main .btn, #main .input")]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < least)
            .map(e => e.outerHTML.slice(0, 80))""",
            TALL_ENOUGH,
        )
        assert viewport == DESK or short == []
    assert visitor.troubles == []
