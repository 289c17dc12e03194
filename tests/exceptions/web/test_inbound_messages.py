"""The pages of messages and of AI advice."""

from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from exceptions.models import Case, InboundMessage
from exceptions.triage import governing
from exceptions.vocabulary import Advice, AdviceUse, Role
from exceptions.web import inbound_messages
from tests.exceptions.cases import member
from tests.exceptions.triage.advised import LOST, learned, taken_in
from tests.exceptions.web.pages import signed_in, words
from tests.making import Tower

PAGE = "/messages/"


@pytest.fixture
def at() -> datetime:
    return timezone.now() - timedelta(minutes=5)


def _use(use: AdviceUse, at: datetime) -> None:
    admin = member("pa.one", Role.POLICY_ADMIN)
    governing.change(Advice.MESSAGE_LABEL, use, admin, because="A trial.", at=at)


def test_a_pasted_message_is_advised_on_with_its_reasons(tower: Tower, at: datetime) -> None:
    learned(at)
    client = signed_in("lead.rtm")
    sent = {"site": tower.site.pk, "subject": "Parcel lost", "text": LOST}
    page = client.post(PAGE, sent, follow=True)

    message = InboundMessage.objects.get()
    assert page.redirect_chain == [(f"/messages/{message.pk}/", 302)]
    said = words(page)
    assert "Carrier failure" in said
    assert "Nobody has answered yet" in said
    assert "It speaks up from" in said
    assert "<mark>lost</mark>" in page.content.decode()
    assert "an example of the tower" in said


def test_the_file_of_an_e_mail_is_read(tower: Tower) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Depot <depot@carrier.example>", "Parcel lost"
    mail.set_content(LOST)
    file = SimpleUploadedFile("lost.eml", mail.as_bytes(), "message/rfc822")
    signed_in("lead.rtm").post(PAGE, {"site": tower.site.pk, "file": file})

    message = InboundMessage.objects.get()
    assert (message.sender, message.subject, message.text) == (
        "Depot <depot@carrier.example>",
        "Parcel lost",
        LOST,
    )


def test_what_is_missing_is_said_and_what_was_typed_stays(tower: Tower) -> None:
    page = signed_in("lead.rtm").post(PAGE, {"site": tower.site.pk, "sender": "Rhine Haulage"})
    assert (page.status_code, InboundMessage.objects.count()) == (422, 0)
    assert "Paste what was written" in words(page)
    assert 'value="Rhine Haulage"' in page.content.decode()


def test_nothing_in_a_message_runs(tower: Tower, at: datetime) -> None:
    learned(at)
    evil = "<script>alert(1)</script> the parcel is lost <img src=x onerror=alert(2)> {{ 7 }}"
    message = taken_in(tower, evil, at=at, subject="<b>lost</b>", sender='"><script>')
    for address in (PAGE, f"/messages/{message.pk}/"):
        html = signed_in("lead.rtm").get(address).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert '"><script>' not in html


def test_a_case_is_raised_and_the_message_is_done(tower: Tower, at: datetime) -> None:
    learned(at)
    message = taken_in(tower, at=at)
    client, address = signed_in("lead.rtm"), f"/messages/{message.pk}/answer/"
    missing = client.post(address, {"do": "raise", "kind": "", "summary": "Lost", "subject": "X"})
    sent = {"do": "raise", "kind": "carrier_failure", "summary": "Lost", "subject": "Rhine"}
    answer = client.post(address, sent)

    case = Case.objects.get()
    assert (missing.status_code, 'value="Lost"' in missing.content.decode()) == (409, True)
    assert answer.headers["Location"] == f"/cases/{case.pk}/"
    assert client.post(address, sent).status_code == 409
    done = words(client.get(f"{PAGE}?show=done"))
    assert "Carrier failure" in done
    assert case.reference in done


def test_the_kind_is_filled_in_only_where_that_was_allowed(tower: Tower, at: datetime) -> None:
    learned(at)
    message = taken_in(tower, at=at)
    chosen = '<option value="carrier_failure" selected>'
    client, address = signed_in("lead.rtm"), f"/messages/{message.pk}/"
    assert chosen not in client.get(address).content.decode()
    _use(AdviceUse.PREFILLED, at)

    assert chosen in client.get(address).content.decode()


def test_switched_off_every_page_works_without_advice(tower: Tower, at: datetime) -> None:
    learned(at)
    message = taken_in(tower, at=at)
    _use(AdviceUse.OFF, at)
    client = signed_in("lead.rtm")
    pages = [client.get(address) for address in (PAGE, f"/messages/{message.pk}/", "/advice/")]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "switched off" in words(pages[0])
    assert "Words that spoke for it" not in words(pages[1])
    aside = client.post(f"/messages/{message.pk}/answer/", {"do": "aside"})
    assert aside.headers["Location"] == PAGE


def test_how_it_fared_is_shown_and_governed_on_the_page_of_advice(
    tower: Tower, at: datetime
) -> None:
    learned(at)
    message = taken_in(tower, at=at)
    lead = signed_in("lead.rtm")
    lead.post(f"/messages/{message.pk}/answer/", {"do": "aside"})
    page = lead.get("/advice/")
    member("pa.one", Role.POLICY_ADMIN)
    admin = signed_in("pa.one")
    sent = {"advice": "message_label", "use": "off", "because": "A trial."}

    assert "message_label 1" in words(page)
    assert lead.post("/advice/", sent).status_code == 403
    assert admin.post("/advice/", sent | {"because": " "}).status_code == 409
    assert admin.post("/advice/", sent | {"use": "automatic"}).status_code == 422
    assert admin.post("/advice/", sent).status_code == 302
    assert governing.use_of(Advice.MESSAGE_LABEL) == AdviceUse.OFF


def test_marked_words_part_the_text_and_keep_all_of_it() -> None:
    text = "the parcel is lost, lost"
    found = inbound_messages.pieces(text, [(14, 18), (20, 24), (15, 17)])

    assert [(piece.text, piece.marked) for piece in found] == [
        ("the parcel is ", False),
        ("lost", True),
        (", ", False),
        ("lost", True),
    ]
