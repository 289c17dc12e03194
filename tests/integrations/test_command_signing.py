"""Commands of a token with a secret: only what it has signed, as it was signed, lately."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from exceptions.models import Case, Comment, ServiceToken
from integrations import command_signing
from integrations.models import CommandSecret
from tests.exceptions.api.calling import Program, problem, program
from tests.making import Tower

AT = "/api/v1/commands/"


@pytest.fixture
def caller(tower: Tower) -> Program:
    return program("lead.rtm", "cases:move")


@pytest.fixture
def secret(caller: Program) -> str:
    return command_signing.renew(ServiceToken.objects.get(), at=timezone.now())


@pytest.fixture
def body(tower: Tower, caller: Program) -> bytes:
    case = tower.late_case(at=timezone.now())
    said = {"command": "comment", "case": case.reference, "parameters": {"text": "Called. ü"}}
    return json.dumps(said, ensure_ascii=False).encode()


def signed(
    secret: str, body: bytes, *, key: str = "a", late: int = 0, **more: str
) -> dict[str, str]:
    """Worked out as the specification says."""
    stamp = str(int((timezone.now() - timedelta(seconds=late)).timestamp()))
    mac = hmac.new(secret.encode(), f"{key}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "Idempotency-Key": key,
        "webhook-id": key,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(mac.digest()).decode()}",
    } | more


def test_what_is_signed_is_done_once(caller: Program, secret: str, body: bytes) -> None:
    headers = signed(secret, body)
    answers = [caller.send(AT, body, **headers).status_code for _ in range(3)]

    assert (answers, Comment.objects.count()) == ([200, 200, 200], 1)


def test_what_is_not_is_refused(caller: Program, secret: str, body: bytes) -> None:
    good = signed(secret, body)
    other = signed(secret, body, key="b")
    wrong: list[tuple[dict[str, str], bytes]] = [
        ({"Idempotency-Key": "a"}, body),
        (good, body + b" "),
        (signed("guessed", body), body),
        (signed(secret, body, late=310), body),
        (signed(secret, body, late=-310), body),
        (other | {"Idempotency-Key": "a"}, body),
        (good | {"webhook-id": "b", "Idempotency-Key": "b"}, body),
        (good | {"webhook-timestamp": "now"}, body),
        (good | {"webhook-timestamp": "9" * 40}, body),
        (good | {"webhook-timestamp": "9" * 12}, body),
        (signed(secret, b"\xff\xfe"), b"\xff\xfe"),
        (good | {"webhook-signature": "v1,"}, body),
        (good | {"webhook-signature": good["webhook-signature"].replace("v1,", "v2,")}, body),
    ]

    for headers, sent in wrong:
        status, says = problem(caller.send(AT, sent, **headers))
        assert (status, says.split(":")[0]) == (401, "This token signs its commands")
    assert Comment.objects.count() == 0


def test_a_batch_is_signed_as_a_whole(caller: Program, secret: str, body: bytes) -> None:
    rows = b'{"commands": [' + body + b"]}"
    unsigned = caller.send(f"{AT}batch/", rows, **{"Idempotency-Key": "a"})
    answer: Any = caller.send(f"{AT}batch/", rows, **signed(secret, rows))

    assert problem(unsigned)[0] == 401
    assert [row["status"] for row in answer.json()["results"]] == [200]


def test_a_token_without_a_secret_need_not_sign(caller: Program, body: bytes) -> None:
    assert caller.send(AT, body, **{"Idempotency-Key": "a"}).status_code == 200


def test_a_large_body_is_not_read(caller: Program, secret: str) -> None:
    body = b'{"command": "' + b"a" * 70_000 + b'"}'

    assert problem(caller.send(AT, body, **signed(secret, body)))[0] == 413


def test_both_secrets_hold_while_programs_change_over(
    caller: Program, secret: str, body: bytes
) -> None:
    out = StringIO()
    call_command("command_secret", "--token", "n8n", stdout=out)
    new = out.getvalue().strip()
    both = [
        caller.send(AT, body, **signed(each, body, key=each[:9])).status_code
        for each in (secret, new)
    ]
    call_command("command_secret", "--token", "n8n", "--forget-old")
    later = [
        caller.send(AT, body, **signed(each, body, key=each[9:20])).status_code
        for each in (secret, new)
    ]

    assert (both, later) == ([200, 200], [401, 200])


def test_a_secret_is_kept_encrypted_and_of_one_token(caller: Program, secret: str) -> None:
    kept = CommandSecret.objects.get()

    assert secret not in f"{kept.sealed} {kept.sealed_before}"
    with pytest.raises(CommandError, match="there is not one token"):
        call_command("command_secret", "--token", "unknown")


def test_people_who_are_signed_in_sign_nothing(caller: Program, secret: str, body: bytes) -> None:
    client = Client()
    client.force_login(ServiceToken.objects.get().user)
    answer = client.post(
        AT, body, content_type="application/json", headers={"Idempotency-Key": "a"}
    )

    assert answer.status_code == 200
    assert Case.objects.count() == 1
