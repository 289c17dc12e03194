"""Files on the page of a case: sent, shown, fetched, withdrawn."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from exceptions.evidence import store
from exceptions.models import Case, Evidence, EvidenceAccess
from tests.exceptions.evidence import hostile, pictures
from tests.exceptions.web.pages import cases, signed_in, words
from tests.making import Tower

BARE = "application/octet-stream"


@pytest.fixture
def case(tower: Tower) -> Case:
    return cases(tower, 1)[0]


@pytest.fixture
def lead(case: Case) -> Client:
    return signed_in("lead.rtm")


def bare(client: Client, case: Case, name: str, content: bytes, **how: Any) -> Any:
    path = f"/cases/{case.pk}/evidence/"
    return client.post(path, content, content_type=BARE, query_params={"name": name}, **how)


def test_bare_bodies_are_answered_with_a_sentence_each(lead: Client, case: Case) -> None:
    stored = bare(lead, case, "wet.jpg", pictures.jpeg())
    refused = bare(lead, case, "page.html", hostile.PAGES["page"].encode())
    nothing = bare(lead, case, "empty.pdf", b"")

    assert (stored.status_code, stored.json()) == (200, {"ok": True, "says": "wet.jpg is stored."})
    assert (refused.status_code, refused.json()["ok"]) == (409, False)
    assert refused.json()["says"].startswith("page.html is a web page or a program.")
    assert nothing.json()["says"] == "empty.pdf is empty. Nothing was stored."
    page = words(lead.get(f"/cases/{case.pk}/"))
    assert "wet.jpg JPEG picture" in page
    assert "lead.rtm added the file wet.jpg" in page


def test_a_form_without_the_script_sends_several(lead: Client, case: Case) -> None:
    sent = [SimpleUploadedFile(n, c) for n, c in [("a.txt", b"So."), ("b.exe", b"MZ" + bytes(9))]]
    page = words(lead.post(f"/cases/{case.pk}/evidence/", {"file": sent}, follow=True))
    assert "a.txt is stored." in page
    assert "b.exe was not taken:" in page
    empty = lead.post(f"/cases/{case.pk}/evidence/", {"file": []}, follow=True)
    assert "Choose a file first." in words(empty)


class Never(io.RawIOBase):
    """A body that must not be read."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: Any) -> int:
        raise AssertionError("it was read")


def test_what_says_it_is_too_long_is_not_read(lead: Client, case: Case) -> None:
    path = f"/cases/{case.pk}/evidence/?name=film.mp4"
    long: Any = {"CONTENT_LENGTH": str(10**9), "wsgi.input": Never()}
    for kind in (BARE, "multipart/form-data; boundary=x"):
        answer: Any = lead.generic("POST", path, content_type=kind, **long)
        assert (answer.status_code, answer.json()["says"]) == (
            413,
            "film.mp4 is larger than 50 MB. Send a smaller one.",
        )


def test_half_a_body_is_no_file(lead: Client, case: Case) -> None:
    path = f"/cases/{case.pk}/evidence/?name=a.txt"
    broken: Any = {"CONTENT_LENGTH": "5000", "wsgi.input": io.BytesIO(b"only the beginning")}
    half: Any = lead.generic("POST", path, content_type=BARE, **broken)
    assert half.json()["says"] == "The line broke before all of it was here. Send it again."
    assert Evidence.objects.count() == 0


def test_without_the_token_of_the_page_nothing_is_stored(case: Case) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in("lead.rtm").cookies
    assert bare(strict, case, "a.txt", b"So.").status_code == 403
    page = strict.get(f"/cases/{case.pk}/").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert bare(strict, case, "a.txt", b"So.", headers={"X-CSRFToken": token}).status_code == 200


def test_a_file_is_fetched_as_it_was_and_never_as_a_page(lead: Client, case: Case) -> None:
    content = pictures.picture("JPEG") + hostile.PAGES["page"].encode()
    bare(lead, case, "wet.jpg", content)
    file = Evidence.objects.get()
    answer: Any = lead.get(f"/evidence/{file.pk}/")

    assert b"".join(answer.streaming_content) == content
    assert answer.headers["Content-Type"] == BARE
    assert answer.headers["Content-Disposition"] == 'attachment; filename="wet.jpg"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert [(a.name, a.how) for a in EvidenceAccess.objects.all()] == [("lead.rtm", "file")]
    assert signed_in("lead.chi").get(f"/evidence/{file.pk}/").status_code == 404


def test_a_picture_is_drawn_anew(lead: Client, case: Case) -> None:
    """Small, without what came with it; who looks at the large one is remembered."""
    content = pictures.jpeg(size=(2400, 1200)) + hostile.PAGES["page"].encode()
    bare(lead, case, "wet.jpg", content)
    file = Evidence.objects.get()
    thumb = lead.get(f"/evidence/{file.pk}/picture/thumb/")
    large = lead.get(f"/evidence/{file.pk}/picture/large/")

    sizes = [Image.open(io.BytesIO(each.content)).size for each in (thumb, large)]
    assert sizes == [(320, 160), (1600, 800)]
    assert [b"script" in each.content for each in (thumb, large)] == [False, False]
    assert large.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert [a.how for a in EvidenceAccess.objects.all()] == ["picture"]
    assert lead.get(f"/evidence/{file.pk}/picture/huge/").status_code == 404


def test_every_hostile_file_is_inert(lead: Client, case: Case) -> None:
    for name, content in hostile.INERT.items():
        assert bare(lead, case, name, content).json()["ok"], name
    for file in Evidence.objects.all():
        answer: Any = lead.get(f"/evidence/{file.pk}/")
        b"".join(answer.streaming_content)
        assert answer.headers["Content-Disposition"].startswith("attachment; filename"), file
        assert answer.headers["Content-Type"] == BARE
    page = lead.get(f"/cases/{case.pk}/").content.decode()
    assert ("onerror=alert(1)>" in page, "<script>window" in page) == (False, False)


def test_what_is_damaged_is_not_shown(lead: Client, case: Case) -> None:
    bare(lead, case, "a.txt", b"Only this test has this.")
    file = Evidence.objects.get()
    store.place_of(file.sha256).unlink()
    told = lead.get(f"/evidence/{file.pk}/", follow=True)
    assert f"a.txt is not what was stored any more, so it is not shown. Tell your administrator; its SHA-256 was {file.sha256}." in words(told)  # fmt: skip  # noqa: E501
    assert EvidenceAccess.objects.count() == 0


def test_it_is_withdrawn_with_a_reason(lead: Client, case: Case) -> None:
    bare(lead, case, "a.txt", b"So.")
    path = f"/evidence/{Evidence.objects.get().pk}/withdraw/"
    refused = lead.post(path, {"why": " "})
    assert (refused.status_code, "Say in a sentence why" in words(refused)) == (409, True)
    done = words(lead.post(path, {"why": "the wrong pallet"}, follow=True))
    assert "Withdrawn. Supervisors and auditors can still open it." in done
    assert "Withdrawn by lead.rtm" in done
    assert "lead.rtm withdrew the file a.txt the wrong pallet" in done
    assert signed_in("lead.chi").post(path, {"why": "x"}).status_code == 404
