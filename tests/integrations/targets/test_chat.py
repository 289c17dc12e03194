"""Messages to a chat against a server that really listens: as it wants them, and never twice."""

import json
from typing import Any

import pytest
from pytest_django import Settings

from exceptions import proofs
from exceptions.models import OutboxMessage
from exceptions.verdicts import Step
from exceptions.vocabulary import OutboxState, Target, Verb
from exceptions.web import policy_playbook
from integrations import outbox
from tests.integrations.targets.receivers import EventServer
from tests.integrations.targets.sending import Sending

STEP = Step(verb=Verb.CHAT, text="Who calls the supplier?")
NOBODY_CAN_LOOK = (
    "The chat may or may not have taken this message, and the tower cannot look. Look into the "
    "channel; send it again if it is not there."
)
LOOK = outbox.LOOK_AFTER.total_seconds() + 1


@pytest.fixture
def chat(events: EventServer, settings: Settings) -> EventServer:
    settings.TOWER_CHAT_WEBHOOK_URL = f"{events.url}/services/T0/secret-path"
    settings.TOWER_BASE_URL = "https://tower.example.com"
    events.says = b"ok"
    return events


def test_slack_gets_it_once_and_its_answer_is_the_proof(
    sending: Sending, chat: EventServer
) -> None:
    case = sending.wanted(STEP).case
    OutboxMessage.objects.update(
        parameters={"title": "High: A & B <!channel>", "text": "Who calls?\nLate."}
    )
    message = sending.deliver()
    sending.deliver(hours=9)

    (posted,) = chat.got
    link = f"https://tower.example.com/cases/{case.pk}/"
    assert (message.state, message.target, message.after) == (
        OutboxState.CONFIRMED,
        Target.CHAT,
        {"answered_by": chat.url.removeprefix("http://"), "status": 200, "answer": "ok"},
    )
    said = f"*High: A &amp; B &lt;!channel&gt;*\nWho calls?\nLate.\n<{link}|{case.reference}>"
    assert json.loads(posted.body) == {
        "text": f"High: A &amp; B &lt;!channel&gt; ({case.reference})",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": said}}],
    }
    assert sending.told() == ["confirmed"]


def test_teams_gets_a_card(sending: Sending, chat: EventServer, settings: Settings) -> None:
    settings.TOWER_CHAT_FORMAT = "teams"
    case = sending.wanted(STEP).case
    sending.deliver()

    told: Any = json.loads(chat.got[0].body)
    (attached,) = told["attachments"]
    title, text = attached["content"]["body"]
    assert (told["type"], attached["contentType"]) == (
        "message",
        "application/vnd.microsoft.card.adaptive",
    )
    assert title["text"] == "High: P00001 from Kempten Bearings is late"
    assert text["text"].startswith("Who calls the supplier?\n")
    assert attached["content"]["actions"] == [
        {
            "type": "Action.OpenUrl",
            "title": case.reference,
            "url": f"https://tower.example.com/cases/{case.pk}/",
        }
    ]


@pytest.mark.parametrize("status", [500, 502, 504, None])
def test_what_may_have_been_posted_is_not_posted_again_by_itself(
    sending: Sending, chat: EventServer, status: int | None
) -> None:
    chat.statuses = [status]
    sending.wanted(STEP)
    assert sending.deliver().state == OutboxState.AMBIGUOUS

    message = sending.deliver(seconds=LOOK)
    assert (message.state, message.error, len(chat.got)) == (
        OutboxState.FAILED,
        NOBODY_CAN_LOOK,
        1,
    )
    proofs.try_again(message.pk, sending.tower.supervisor, at=sending.at)
    assert (sending.deliver().state, len(chat.got)) == (OutboxState.CONFIRMED, 2)


def test_what_was_turned_away_is_tried_again_and_what_was_refused_is_not(
    sending: Sending, chat: EventServer
) -> None:
    chat.statuses, chat.says = [429], b"rate_limited"
    sending.wanted(STEP)
    host = chat.url.removeprefix("http://")
    waiting = sending.deliver()
    assert (waiting.state, waiting.error) == (
        OutboxState.PENDING,
        f"The chat at {host} answered 429. rate_limited",
    )
    assert sending.deliver(minutes=1).state == OutboxState.CONFIRMED

    chat.statuses, chat.says = [404, 302], b"no_service"
    for record in (2, 3):
        sending.wanted(STEP, record=record)
    sending.deliver(minutes=1)
    ended = OutboxMessage.objects.exclude(record_id=1).order_by("id").values_list("state", "error")
    assert list(ended) == [
        (OutboxState.FAILED, f"The chat at {host} answered {status}. no_service")
        for status in (404, 302)
    ]
    assert {posted.path for posted in chat.got} == {"/services/T0/secret-path"}
    assert "secret-path" not in str(list(OutboxMessage.objects.values()))


def test_a_chat_that_cannot_be_reached_is_tried_again(
    sending: Sending, chat: EventServer, settings: Settings
) -> None:
    there, settings.TOWER_CHAT_WEBHOOK_URL = (
        settings.TOWER_CHAT_WEBHOOK_URL,
        "http://127.0.0.1:9/x",
    )
    sending.wanted(STEP)
    message = sending.deliver()
    assert (message.state, message.sent_at, message.error) == (
        OutboxState.PENDING,
        None,
        "The chat at 127.0.0.1:9 did not answer: NewConnectionError.",
    )
    settings.TOWER_CHAT_WEBHOOK_URL = there
    assert (sending.deliver(minutes=1).state, len(chat.got)) == (OutboxState.CONFIRMED, 1)


@pytest.mark.parametrize(
    ("url", "form"),
    [("", "slack"), ("ftp://h/x", "slack"), ("http://u:p@h/x", "slack"), ("http://h/x", "irc")],
)
def test_until_it_is_set_up_it_is_withdrawn_and_says_what_to_set(
    sending: Sending, settings: Settings, url: str, form: str
) -> None:
    settings.TOWER_CHAT_WEBHOOK_URL, settings.TOWER_CHAT_FORMAT = url, form
    sending.wanted(STEP)
    message = sending.deliver()

    words = (
        "Not sent: no chat is connected. An administrator sets TOWER_CHAT_WEBHOOK_URL, and "
        "TOWER_CHAT_FORMAT to slack or teams."
    )
    assert (message.state, message.error) == (OutboxState.WITHDRAWN, words)
    assert policy_playbook.trouble(STEP) == ("" if url else "not connected")
