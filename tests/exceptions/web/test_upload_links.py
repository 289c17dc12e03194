"""Upload links on pages: made and revoked by those on the case, used by who has only the link."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from exceptions.evidence import links
from exceptions.models import Case, Evidence, UploadLink
from tests.exceptions.evidence import pictures
from tests.exceptions.web.pages import cases, signed_in, words
from tests.exceptions.web.test_evidence import BARE, Never
from tests.making import Tower


@pytest.fixture
def case(tower: Tower) -> Case:
    return cases(tower, 1)[0]


@pytest.fixture
def lead(case: Case) -> Client:
    return signed_in("lead.rtm")


@pytest.fixture
def link(lead: Client, case: Case) -> UploadLink:
    form = {"given_to": "Dock 4", "slots": ["damage_photo", "packing_list"], "days": "3"}
    made = words(lead.post(f"/cases/{case.pk}/upload-links/", form, follow=True))
    assert "The link is ready" in made
    assert "asks for photo of the damage, packing list" in made
    return UploadLink.objects.get()


def test_the_page_of_the_link_shows_nothing_of_the_case(case: Case, link: UploadLink) -> None:
    page = Client().get(f"/hand-in/{links.key_of(link)}/")
    said = page.content.decode()
    assert f"Files for {case.reference}" in words(page)
    assert "For Dock 4." in words(page)
    secrets = [case.title, "Kempten", "Rotterdam", "lead.rtm", "50,000", "RTM/IN", "Procurement"]
    assert [each for each in secrets if each in said] == []
    assert page.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_photo_comes_by_it(case: Case, link: UploadLink) -> None:
    path = f"/hand-in/{links.key_of(link)}/?name=a.jpg&slot=damage_photo"
    sent: Any = Client().post(path, pictures.jpeg(), content_type=BARE)
    assert sent.json() == {"ok": True, "says": "a.jpg is stored."}
    refused: Any = Client().post(path, b"MZ\x00", content_type=BARE)
    assert (refused.status_code, refused.json()["ok"]) == (409, False)
    file = Evidence.objects.get()
    assert (file.case, file.slot, file.source) == (case, "damage_photo", "link")
    form = {"file": SimpleUploadedFile("b.txt", b"So."), "slot": "packing_list"}
    told = words(Client().post(f"/hand-in/{links.key_of(link)}/", form, follow=True))
    assert "b.txt is stored." in told
    assert "2 files came by it so far." in told
    assert Client().get(f"/evidence/{file.pk}/").status_code == 302


def test_what_is_wrong_over_or_revoked_looks_alike(lead: Client, link: UploadLink) -> None:
    key = links.key_of(link)
    made_up = Client().get("/hand-in/1:nothing/")
    lead.post(f"/upload-links/{link.pk}/revoke/")
    revoked = Client().get(f"/hand-in/{key}/")
    sent = Client().post(f"/hand-in/{key}/?name=a.txt", b"So.", content_type=BARE)
    assert [a.status_code for a in (made_up, revoked, sent)] == [404, 404, 404]
    assert words(made_up) == words(revoked)
    assert Evidence.objects.count() == 0


def test_it_asks_for_the_token_and_reads_no_gigabyte(link: UploadLink) -> None:
    path, strict = f"/hand-in/{links.key_of(link)}/?name=a.txt", Client(enforce_csrf_checks=True)
    assert strict.post(path, b"So.", content_type=BARE).status_code == 403
    strict.get(path)
    token = strict.cookies["csrftoken"].value
    headers = {"X-CSRFToken": token}
    assert strict.post(path, b"So.", content_type=BARE, headers=headers).status_code == 200
    long: Any = {"CONTENT_LENGTH": str(10**9), "wsgi.input": Never()}
    assert Client().generic("POST", path, content_type=BARE, **long).status_code == 413


def test_the_code_is_for_those_who_see_the_case(lead: Client, link: UploadLink) -> None:
    code = lead.get(f"/upload-links/{link.pk}/code.svg")
    assert code.headers["Content-Type"] == "image/svg+xml"
    assert io.BytesIO(code.content).read(5) == b"<?xml"
    elsewhere = signed_in("lead.chi")
    assert elsewhere.get(f"/upload-links/{link.pk}/code.svg").status_code == 404
    assert elsewhere.post(f"/upload-links/{link.pk}/revoke/").status_code == 404
    assert signed_in("warehouse.rtm").post(f"/upload-links/{link.pk}/revoke/").status_code == 409


def test_refusals_stand_beside_what_was_typed(lead: Client, case: Case) -> None:
    path, form = f"/cases/{case.pk}/upload-links/", {"given_to": "Dock 5", "days": "99"}
    refused = lead.post(path, form)
    assert (refused.status_code, "Choose how long the link works." in words(refused)) == (409, True)
    assert 'value="Dock 5"' in refused.content.decode()


def test_resolving_without_the_files_says_what_is_missing(lead: Client, case: Case) -> None:
    """The checklist stands on the page; a kind's default policy needs none of it."""
    page = words(lead.get(f"/cases/{case.pk}/"))
    assert "confirmation of the supplier missing" in page
    assert "Not filed yet" not in page
