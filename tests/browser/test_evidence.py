"""Files of a case in a browser: dropped, photographed, looked at; and nothing hostile runs."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from exceptions.evidence import keeping
from exceptions.models import Case, Evidence
from exceptions.vocabulary import EvidenceSource
from tests.browser.conftest import PHONE, Visit
from tests.exceptions.evidence import hostile, pictures
from tests.making import Tower

DROP = """(files) => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name));
  document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""  # noqa: E501


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.TOWER_EVIDENCE_DIR = tmp_path


@pytest.fixture
def case(tower: Tower) -> Case:
    return tower.late_case(at=timezone.now() - timedelta(hours=1))


def sent(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_several_files_each_have_a_sentence(visit: Visit, case: Case) -> None:
    visitor = visit("lead.rtm")
    page = visitor.go(f"/cases/{case.pk}/")
    page.locator("[data-drop] input[multiple]").set_input_files(
        [sent("wet.jpg", pictures.jpeg()), sent("page.html", hostile.PAGES["page"].encode())]
    )
    expect(page.locator("#uploads li")).to_have_count(2)
    expect(page.locator("#uploads")).to_contain_text("wet.jpg is stored.")
    expect(page.locator("#uploads")).to_contain_text("page.html is a web page or a program.")
    expect(page.locator(".files .file")).to_have_count(1)
    expect(page.locator(".timeline")).to_contain_text("added the file wet.jpg")
    page.evaluate(DROP, [["dropped.txt", "Pallet 4 is wet."]])
    expect(page.locator(".files .file")).to_have_count(2)
    assert visitor.troubles == []


def test_a_photo_from_a_phone(visit: Visit, case: Case) -> None:
    visitor = visit("procurement.rtm", viewport=PHONE)
    page = visitor.go(f"/cases/{case.pk}/")
    camera = page.locator("[data-drop] input[capture]")
    expect(page.get_by_text("Take a photo")).to_be_visible()
    camera.set_input_files(sent("image.jpg", pictures.jpeg(size=(800, 600))))
    expect(page.locator(".files .thumb img")).to_have_count(1)
    page.locator(".files .thumb img").scroll_into_view_if_needed()
    expect(page.locator(".files .thumb img")).to_have_js_property("naturalWidth", 320)
    assert visitor.troubles == []


def test_without_scripts_the_form_sends(visit: Visit, case: Case) -> None:
    visitor = visit("lead.rtm", java_script_enabled=False)
    page = visitor.go(f"/cases/{case.pk}/")
    page.locator("[data-drop] input[multiple]").set_input_files(sent("a.txt", b"Pallet 4"))
    page.click("[data-drop] [data-send]")
    expect(page.locator(".toast")).to_contain_text("a.txt is stored.")
    expect(page.locator(".files .file")).to_have_count(1)


def test_nothing_hostile_runs(tower: Tower, visit: Visit, case: Case) -> None:
    """What is taken is on the page, looked at and fetched; no script of it ran. One of each way to
    hide one: that all of them are answered alike is tested without a browser.
    """
    contents = {}
    chosen = [n for n in hostile.INERT if "-" not in n or "-page" in n or "-svg" in n]
    for name in chosen:
        content = hostile.INERT[name]
        source, at = EvidenceSource.WEB, timezone.now()
        added = keeping.add(case, [content], name, tower.supervisor, source=source, at=at)
        contents[added.evidence.pk] = content
    visitor = visit("lead.rtm")
    page = visitor.go(f"/cases/{case.pk}/")
    dialogs: list[str] = []
    page.context.on("dialog", lambda dialog: dialogs.append(dialog.message))
    expect(page.locator(".files .file")).to_have_count(len(contents))
    title = page.title()
    for file in Evidence.objects.all():
        picture = f"/evidence/{file.pk}/picture/large/"
        if page.locator(f"#evidence-{file.pk} img").count():
            tab = page.context.new_page()
            tab.goto(f"{visitor.url}{picture}")
            assert tab.evaluate("document.contentType") == "image/jpeg"
            assert tab.evaluate("window.pwned") is None
            tab.close()
        with page.expect_download() as download:
            page.evaluate(f"location.href = '/evidence/{file.pk}/'")
        assert download.value.path().read_bytes() == contents[file.pk]
    assert (page.title(), page.evaluate("window.pwned"), dialogs) == (title, None, [])


def test_a_driver_hands_in_a_photo_by_a_link(visit: Visit, case: Case) -> None:
    """Made at a desk, shown as a code, used on a phone without an account."""
    desk = visit("lead.rtm")
    page = desk.go(f"/cases/{case.pk}/")
    page.click("#move-link > summary")
    page.fill("#given-to", "Driver of Rhine Haulage")
    page.get_by_label("photo of the damage").check()
    page.click("#move-link .btn.primary")
    address = page.locator("#links .address a")
    expect(address).to_have_count(1)
    page.click(".link-code summary")
    expect(page.locator(".link-code img")).to_have_js_property("complete", True)
    path = "/hand-in/" + (address.get_attribute("href") or "").split("/hand-in/")[1]

    phone = visit(viewport=PHONE)
    handing = phone.go(path)
    expect(handing.locator("h1")).to_have_text(f"Files for {case.reference}")
    handing.locator("[data-drop] input[capture]").set_input_files(sent("a.jpg", pictures.jpeg()))
    expect(handing.locator("#uploads")).to_contain_text("a.jpg is stored.")
    handing.locator("[data-drop] input[multiple]").set_input_files(sent("b.exe", b"MZ\x00\x01"))
    expect(handing.locator("#uploads")).to_contain_text("b.exe was not taken")
    assert handing.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert (desk.troubles, phone.troubles) == ([], [])
