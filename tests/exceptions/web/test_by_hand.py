"""Giving up, marking delivered and trying again now, on a case's page and over the API."""

from datetime import timedelta

import pytest

from exceptions.models import OutboxMessage
from exceptions.vocabulary import OutboxState, Role, State
from tests.exceptions.api.calling import CASES, problem, program, wrong_fields
from tests.exceptions.api.calling import said as answered
from tests.exceptions.cases import case_in, member
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower


@pytest.fixture
def message(tower: Tower) -> OutboxMessage:
    """The activity of a playbook, which Odoo has refused."""
    case = case_in(State.ACKNOWLEDGED, tower, at=now() - timedelta(hours=1))
    case.outbox.update(state=OutboxState.FAILED, error="Locked.")
    found = case.outbox.order_by("id").first()
    assert found is not None
    return found


def page_of(message: OutboxMessage) -> str:
    return f"/cases/{message.case_id}/"


def address(message: OutboxMessage) -> str:
    return f"{page_of(message)}messages/{message.pk}/by-hand/"


def state(message: OutboxMessage) -> str:
    return OutboxMessage.objects.get(pk=message.pk).state


def test_what_stands_there_is_marked_delivered_on_ones_word(message: OutboxMessage) -> None:
    lead = signed_in("lead.rtm")
    assert "I have seen it there. It counts as done, on my word." in words(
        lead.get(page_of(message))
    )
    said = {"how": "delivered", "reason": "I see it in Odoo."}
    page = words(lead.post(address(message), said, follow=True))

    assert "Marked as delivered, on your word." in page
    assert f"Marked delivered by {message.case.site.lead}" in page
    assert "not read back. “I see it in Odoo.”" in page
    assert "marked as delivered: activity override I see it in Odoo." in page
    assert state(message) == OutboxState.CONFIRMED


def test_it_is_given_up(message: OutboxMessage) -> None:
    said = {"how": "given_up", "reason": "Done by phone."}
    page = words(signed_in("lead.rtm").post(address(message), said, follow=True))

    assert "gave up: activity override Done by phone." in page
    assert state(message) == OutboxState.GIVEN_UP


def test_it_is_tried_again_now(message: OutboxMessage) -> None:
    page = signed_in("lead.rtm").post(address(message), {"how": "again"}, follow=True)

    assert "It waits to be sent again." in words(page)
    assert state(message) == OutboxState.PENDING


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"how": "given_up", "reason": " "}, "Say in a sentence why it is given up."),
        ({"how": "delivered"}, "Say in a sentence where you have seen it."),
        ({"how": "pray", "reason": "Please."}, "Choose what to do by hand."),
    ],
)
def test_a_refusal_is_a_sentence_in_its_place(
    message: OutboxMessage, said: dict[str, str], says: str
) -> None:
    page = signed_in("lead.rtm").post(address(message), said)

    assert (page.status_code, says in words(page)) == (409, True)
    assert state(message) == OutboxState.FAILED


def test_a_message_of_another_case_is_not_found(message: OutboxMessage, tower: Tower) -> None:
    other = tower.late_case(2, at=now() - timedelta(hours=1))
    said = {"how": "given_up", "reason": "Done."}
    wrong = f"/cases/{other.pk}/messages/{message.pk}/by-hand/"

    assert signed_in("lead.rtm").post(wrong, said).status_code == 404
    assert state(message) == OutboxState.FAILED


def test_operators_are_offered_nothing(message: OutboxMessage) -> None:
    assert "By hand…" not in words(signed_in("procurement.rtm").get(page_of(message)))


def test_while_a_sender_is_at_it_the_page_says_so(message: OutboxMessage) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(
        state=OutboxState.SENDING, lease_until=now() + timedelta(minutes=10)
    )

    assert "It is being sent at this moment" in words(signed_in("lead.rtm").get(page_of(message)))


def test_programs_of_supervisors_do_it_too(message: OutboxMessage) -> None:
    lead, to = program("lead.rtm"), f"{CASES}{message.case_id}/by-hand/"
    body = {"message": message.key, "how": "delivered", "reason": "The carrier's list has it."}
    status, told = answered(lead.send(to, body))

    assert (status, told["events"][-1]["happening"]) == (200, "marked_delivered")
    (sent,) = [each for each in told["outbox"] if each["key"] == message.key]
    assert (sent["state"], sent["by_hand"], sent["read_back_at"]) == ("confirmed", "lead.rtm", None)
    assert problem(lead.send(to, body)) == (
        409,
        "Nothing is left to do about it: it is confirmed.",
    )
    assert wrong_fields(lead.send(to, body | {"message": "C-0"})) == (400, ["message"])


def test_the_auditors_page_counts_it_and_lists_what_it_counts(message: OutboxMessage) -> None:
    said = {"how": "given_up", "reason": "Done by phone."}
    signed_in("lead.rtm").post(address(message), said)
    member("adam", Role.AUDITOR)
    adam = signed_in("adam")
    page = adam.get("/audit/")
    (row,) = [each for each in page.context["overrides"] if each.what == "given up by hand"]
    lines = adam.get(row.url).context["lines"]

    assert (row.who, row.site, row.n) == (str(message.case.site.lead), "Rotterdam", 1)
    assert [(event.happening, event.case) for event, _says in lines] == [("given_up", message.case)]
    exported = adam.get("/audit/export/?override=1&format=csv")
    text = b"".join(exported.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.splitlines()[0].split(",")[9] == "override"
    assert ",yes," in text
