"""Who gets in, and how far."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from exceptions import tokens
from exceptions.models import Case, CaseEvent, ServiceToken, User
from tests.exceptions.api.calling import CASES, Program, key_for, problem, program
from tests.making import Tower

READ, MOVE = "cases:read", "cases:move"


@pytest.mark.parametrize(
    ("scopes", "reads", "moves"),
    [((READ,), 200, 403), ((MOVE,), 403, 200), ((READ, MOVE), 200, 200)],
)
def test_a_token_does_what_its_scopes_say(
    case: Case, scopes: tuple[str, ...], reads: int, moves: int
) -> None:
    caller = program("lead.rtm", *scopes)

    assert caller.get(CASES).status_code == reads
    assert caller.get(f"{CASES}{case.pk}/").status_code == reads
    assert caller.move(case.pk, {"move": "acknowledge"}).status_code == moves


@pytest.mark.parametrize("method", ["head", "options"])
def test_no_method_goes_around_the_scopes(case: Case, method: str) -> None:
    mover = program("lead.rtm", MOVE)

    answer = getattr(mover.client, method)(CASES, headers=mover.headers())

    assert answer.status_code == 403


def test_the_lacking_scope_is_named(case: Case) -> None:
    answer = program("lead.rtm", READ).move(case.pk, {"move": "acknowledge"})

    assert problem(answer) == (403, "The token 'n8n' lacks the scope cases:move.")


@pytest.mark.parametrize("address", [CASES, f"{CASES}1/"])
def test_nobody_reads_without_saying_who_they_are(case: Case, address: str) -> None:
    answer = Client().get(address)

    assert problem(answer) == (401, "Authentication credentials were not provided.")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="control tower"'


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        ("Bearer", "Send the token as 'Authorization: Bearer ct_…'."),
        ("Bearer a b", "Send the token as 'Authorization: Bearer ct_…'."),
        ("Bearer ct_wrong", "This token is not known here."),
        ("bearer \xff\xfe", "This token is not known here."),
        ("Bearer " + "x" * 5000, "This token is not known here."),
        ("Basic bGVhZDpsZWFk", "Authentication credentials were not provided."),
    ],
)
def test_a_wrong_key_opens_nothing(case: Case, header: str, detail: str) -> None:
    answer = Client(raise_request_exception=False).get(CASES, HTTP_AUTHORIZATION=header)

    assert problem(answer) == (401, detail)


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"expires_at": timedelta(seconds=-1)}, "This token has expired."),
        ({"revoked_at": timedelta(seconds=-1)}, "This token was revoked."),
        ({"expires_at": timedelta(minutes=1)}, ""),
        ({"revoked_at": timedelta(minutes=1)}, ""),
    ],
)
def test_a_token_ends(lead: Program, case: Case, change: dict[str, timedelta], detail: str) -> None:
    ServiceToken.objects.update(**{name: timezone.now() + d for name, d in change.items()})
    answer: Any = lead.get(CASES)

    assert (answer.status_code, answer.json().get("detail", "")) == (401 if detail else 200, detail)


def test_a_token_of_somebody_who_left_opens_nothing(lead: Program, case: Case) -> None:
    User.objects.filter(username="lead.rtm").update(is_active=False)

    assert problem(lead.get(CASES)) == (401, "This token is not known here.")


def test_the_key_itself_is_not_kept(tower: Tower) -> None:
    key = key_for("lead.rtm")
    row = ServiceToken.objects.values().get()

    assert key[:3] == "ct_"
    assert len(key) >= 43
    assert [value for value in row.values() if key in str(value)] == []
    assert tokens.digest(key) == row["digest"]


def test_use_is_noted_at_most_once_a_minute(tower: Tower) -> None:
    key, at = key_for("lead.rtm"), timezone.now()
    noted = []
    for seconds in (0, 1, 59, 60, 61, 121):
        tokens.find(key, at=at + timedelta(seconds=seconds))
        noted.append((ServiceToken.objects.get().last_used_at or at) - at)

    assert [n.total_seconds() for n in noted] == [0, 0, 0, 60, 60, 121]


def test_the_history_names_the_person_and_the_program(lead: Program, case: Case) -> None:
    lead.move(case.pk, {"move": "acknowledge"})
    event = CaseEvent.objects.latest("id")

    assert (event.actor_name, event.via) == ("lead.rtm (n8n)", "api")
    assert str(event.actor) == "lead.rtm"


def test_somebody_signed_in_reads_without_a_token(case: Case) -> None:
    client = Client()
    client.force_login(User.objects.get(username="procurement.rtm"))

    assert client.get(CASES).json()["results"][0]["id"] == case.pk


def test_a_browser_moves_only_with_its_csrf_token(case: Case) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(User.objects.get(username="procurement.rtm"))
    address, body = f"{CASES}{case.pk}/moves/", '{"move": "acknowledge"}'
    without = client.post(address, body, content_type="application/json")
    client.cookies["csrftoken"] = "a" * 32
    answer = client.post(
        address, body, content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )

    assert without.status_code == 403
    assert without.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")


def test_the_command_prints_the_key_once(case: Case) -> None:
    out = StringIO()
    call_command(
        "create_token",
        *("--user", "lead.rtm", "--name", "BI", "--scope", READ, "--days", "30"),
        stdout=out,
    )
    key = out.getvalue().strip()
    token = ServiceToken.objects.get(name="BI")

    assert Program(key, Client()).get(CASES).status_code == 200
    assert (token.scopes, token.digest) == ([READ], tokens.digest(key))
    assert token.expires_at is not None
    assert token.expires_at - token.created_at == timedelta(days=30)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--user", "nobody", "--name", "BI", "--scope", READ], "no active user is called nobody"),
        (
            ["--user", "lead.rtm", "--name", "BI", "--scope", READ, "--days", "0"],
            "--days is a number from 1 to 3650",
        ),
        (["--user", "lead.rtm", "--name", "", "--scope", READ], "--name has 1 to 80 characters"),
        (["--user", "lead.rtm", "--name", "BI", "--scope", "all"], "invalid choice: 'all'"),
        (["--user", "lead.rtm", "--name", "BI"], "required: --scope"),
    ],
)
def test_the_command_says_what_it_lacks(tower: Tower, arguments: list[str], complaint: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("create_token", *arguments)

    assert complaint in str(refused.value)
    assert ServiceToken.objects.count() == 0
