"""Events against a server that really listens: signed, proved by the answer, safe to repeat."""

import base64
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from exceptions.models import OutboxMessage
from exceptions.verdicts import Step
from exceptions.vocabulary import OutboxState, Target, Verb
from integrations.targets import n8n
from tests.integrations.targets.receivers import EventServer
from tests.integrations.targets.sending import Sending

STEP = Step(verb=Verb.N8N_EVENT, text="supplier_follow_up")
KEY = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


def test_it_is_posted_once_and_the_answer_is_the_proof(
    sending: Sending, events: EventServer, settings: Settings
) -> None:
    settings.TOWER_BASE_URL = "https://tower.example.com"
    case = sending.wanted(STEP).case
    message = sending.deliver()
    sending.deliver(hours=9)

    (event,) = events.got
    assert (message.state, message.target, message.after) == (
        OutboxState.CONFIRMED,
        Target.N8N,
        {
            "answered_by": events.url.removeprefix("http://"),
            "status": 200,
            "answer": '{"message":"Workflow was started"}',
        },
    )
    assert (event.path, event.headers["content-type"]) == (
        "/webhook/6f1c-secret-path",
        "application/json",
    )
    assert json.loads(event.body) == {
        "id": f"C-{case.pk}:r0:n8n_event",
        "type": "case.late_inbound",
        "timestamp": "2026-11-17T12:00:00+00:00",
        "data": {
            "event": "supplier_follow_up",
            "case": case.reference,
            "kind": "late_inbound",
            "tier": "high",
            "score": case.score,
            "title": "P00001 from Kempten Bearings is late",
            "reason": case.reason,
            "site": "RTM",
            "record": {
                "model": "stock.picking",
                "id": 1,
                "reference": "RTM/IN/00001",
                "url": "http://odoo.test/1",
            },
            "url": f"https://tower.example.com/cases/{case.pk}/",
        },
    }


def test_the_signature_is_that_of_standard_webhooks(sending: Sending, events: EventServer) -> None:
    """Worked out here as the specification says, from what arrived."""
    message = sending.wanted(STEP)
    sending.deliver()

    (event,) = events.got
    assert event.headers["webhook-id"] == message.key
    assert event.headers["webhook-timestamp"] == "1794916800"  # 2026-11-17 12:00 UTC
    content = f"{message.key}.1794916800.".encode() + event.body
    digest = base64.b64encode(hmac.new(KEY, content, hashlib.sha256).digest()).decode()
    assert event.headers["webhook-signature"] == f"v1,{digest}"


def test_the_example_of_the_specification(settings: Settings, sending: Sending) -> None:
    """The vector that its libraries are tested with."""
    settings.N8N_WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = n8n.signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408, None])
def test_trouble_that_passes_is_tried_again_under_the_same_id(
    sending: Sending, events: EventServer, status: int | None
) -> None:
    events.statuses = [status]
    sending.wanted(STEP)

    assert sending.deliver().state == OutboxState.PENDING
    message = sending.deliver(minutes=1)

    assert (message.state, message.attempts) == (OutboxState.CONFIRMED, 2)
    assert len({event.headers["webhook-id"] for event in events.got}) == 1
    assert len({event.body for event in events.got}) == 1
    stamps = [int(event.headers["webhook-timestamp"]) for event in events.got]
    assert stamps[1] - stamps[0] == 60


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_stands_there_in_n8n_s_own_words(
    sending: Sending, events: EventServer, status: int
) -> None:
    events.statuses = [status]
    events.says = b"The requested webhook is not registered."
    sending.wanted(STEP)
    message = sending.deliver()

    host = events.url.removeprefix("http://")
    words = f"n8n at {host} refused the event ({status}). The requested webhook is not registered."
    assert (message.state, message.error) == (OutboxState.FAILED, words)
    assert sending.told() == [f"failed {words}"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(sending: Sending, events: EventServer, status: int) -> None:
    events.statuses = [status]
    sending.wanted(STEP)
    message = sending.deliver()

    assert message.state == OutboxState.FAILED
    assert f"answered with a redirect ({status}), which is not followed" in message.error
    assert [event.path for event in events.got] == ["/webhook/6f1c-secret-path"]


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("", "secret"),
        ("http://127.0.0.1:9/hook", ""),
        ("ftp://127.0.0.1/hook", "secret"),
        ("http://user:password@127.0.0.1/hook", "secret"),
        ("http://[broken/hook", "secret"),
        ("http://127.0.0.1:9/hook", "whsec_ no base64 "),
        ("http://127.0.0.1:9/hook", "whsec_"),
    ],
)
def test_until_address_and_secret_are_set_it_is_withdrawn_and_says_what_to_set(
    sending: Sending, settings: Settings, url: str, secret: str
) -> None:
    settings.N8N_WEBHOOK_URL, settings.N8N_WEBHOOK_SECRET = url, secret
    sending.wanted(STEP)
    message = sending.deliver()

    words = (
        "Not sent: n8n is not connected. An administrator sets N8N_WEBHOOK_URL and "
        "N8N_WEBHOOK_SECRET."
    )
    assert (message.state, message.error) == (OutboxState.WITHDRAWN, words)


@pytest.mark.parametrize("name", ["supplier_follow_up", "case.late_inbound"])
def test_a_type_or_a_word_can_have_its_own_workflow(
    sending: Sending, events: EventServer, settings: Settings, name: str
) -> None:
    settings.N8N_WEBHOOK_URLS = {name: f"{events.url}/webhook/its-own", "case.opened": "http://x"}
    sending.wanted(STEP)
    settings.N8N_WEBHOOK_URL = "http://127.0.0.1:9/hook"

    assert sending.deliver().state == OutboxState.CONFIRMED
    assert [event.path for event in events.got] == ["/webhook/its-own"]


def test_an_n8n_that_is_away_costs_one_message_a_run(
    sending: Sending, events: EventServer, settings: Settings
) -> None:
    there, settings.N8N_WEBHOOK_URL = settings.N8N_WEBHOOK_URL, "http://127.0.0.1:9/hook"
    sending.wanted(STEP)
    sending.wanted(STEP, record=2)

    message = sending.deliver()

    assert message.error.startswith("n8n at 127.0.0.1:9 did not answer: ")
    rows = OutboxMessage.objects.order_by("id").values_list("state", "attempts")
    assert list(rows) == [(OutboxState.PENDING, 1), (OutboxState.PENDING, 0)]
    settings.N8N_WEBHOOK_URL = there
    assert sending.deliver(minutes=1).state == OutboxState.CONFIRMED
    assert len(events.got) == 2


def test_neither_the_secret_nor_the_path_is_written_anywhere(
    sending: Sending, events: EventServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(logging.WARNING)  # as the settings have it
    events.statuses = [None, 503, 404]
    sending.wanted(STEP)

    said = [sending.deliver(minutes=1).error for _ in range(3)]

    rows = OutboxMessage.objects.values("parameters", "error", "before", "after")
    everything = f"{said} {list(rows)} {sending.told()} {caplog.text}"
    assert "secret-path" not in everything
    assert "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" not in everything
