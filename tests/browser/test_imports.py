"""Bringing a file in through the browser: with scripts and without, at a desk and on a phone."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from exceptions.importing import jobs
from exceptions.models import Case, Membership, User
from exceptions.vocabulary import Role
from tests.browser.conftest import DESK, PASSWORD, PHONE, Visit
from tests.making import Tower

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
HEADER = "id,type,site,title,detected,resolved,tier,value,currency"
ROWS = [
    f"A{n},late,RTM,Bearings {n} are late,2024-05-{n + 1:02} 09:00,2024-06-{n + 1:02} 10:00,"
    f"{'high' if n % 2 else 'low'},{n * 100},EUR"
    for n in range(12)
]
ROWS[3] = "A3,late,XXX,Bearings 3,soon,,high,100,EUR"
ROWS[4] = "A4,late,RTM,A night in March,2024-03-31 02:30,2024-06-01 10:00,high,100,EUR"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "past-cases.csv"
    path.write_text("\n".join([HEADER, *ROWS]))
    return path


@pytest.fixture
def ines(tower: Tower) -> str:
    """Runs integrations at every site, and reads cases in Rotterdam as an auditor."""
    user = User.objects.create_user("ines", password=PASSWORD)
    Membership.objects.create(user=user, role=Role.INTEGRATION_ADMIN)
    Membership.objects.create(user=user, role=Role.AUDITOR)
    return "ines"


def upload(page: Page, file: Path) -> None:
    page.fill("#source", "Legacy list")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="Which column is what")).to_be_visible()


def width_left_over(page: Page) -> int:
    found: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found


def spell_kinds(page: Page) -> None:
    kinds = page.locator("#v-kind")
    if not kinds.is_visible():
        page.locator("details:has(#v-kind) summary").click()
    kinds.fill("late = late_inbound")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_file_comes_in_from_upload_to_queue(
    tower: Tower, ines: str, visit: Visit, file: Path, scripts: bool
) -> None:
    visitor = visit(ines, java_script_enabled=scripts)
    page = visitor.go("/imports/")
    expect(page.get_by_text("No file has been brought in yet")).to_be_visible()
    upload(page, file)
    expect(page.locator("#c-detected_at")).to_have_value("detected")
    spell_kinds(page)
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_text("0 rows so far")).to_be_visible()
    jobs.work_due(lambda: NOW)
    if not scripts:
        page.reload()
    expect(page.get_by_role("heading", name="What the import would do")).to_be_visible()
    expect(page.get_by_text("“XXX” is not known here")).to_be_visible()
    expect(page.get_by_text("did not exist in Europe/Amsterdam")).to_be_visible()
    assert Case.objects.count() == 0

    page.get_by_role("button", name="Import 11 good rows").click()
    expect(page.locator("#progress")).to_be_visible()
    jobs.work_due(lambda: NOW)
    if not scripts:
        page.reload()
    page.get_by_role("link", name="Show the 11 cases in the queue").click()
    expect(page.locator("tr[data-case]")).to_have_count(11)
    expect(page.locator("tr[data-case] .badge", has_text="imported").first).to_be_visible()
    page.locator("tr[data-case] .subject").first.click()
    expect(page.get_by_text("imported from Legacy list")).to_be_visible()
    expect(page.get_by_text("chain of 1 event verified")).to_be_visible()
    assert visitor.troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_its_pages_fit(
    tower: Tower, ines: str, visit: Visit, file: Path, viewport: dict[str, Any], scheme: str
) -> None:
    visitor = visit(ines, viewport=viewport, color_scheme=scheme)
    page = visitor.go("/imports/")
    over = [width_left_over(page)]
    upload(page, file)
    over.append(width_left_over(page))
    page.get_by_role("button", name="Dry run").click()  # kinds are not spelt yet: all is wrong
    expect(page.locator("#progress")).to_be_visible()
    over.append(width_left_over(page))
    jobs.work_due(lambda: NOW)
    expect(page.get_by_role("heading", name="What was found")).to_be_visible()
    over.append(width_left_over(page))
    assert (over, visitor.troubles) == ([0, 0, 0, 0], [])
