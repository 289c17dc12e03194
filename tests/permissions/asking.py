"""Asks an address as somebody, and says in a word what became of it."""

import json
from typing import Any

from django.contrib.messages import constants, get_messages
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client

from tests.permissions.addresses import path_of
from tests.permissions.bodies import body_of
from tests.permissions.preparing import PREPARED
from tests.permissions.table import Row
from tests.permissions.world import FOREIGN, Place, World

IN, REFUSED, OUT, SIGN_IN = "in", "refused", "out", "sign in"


def ask(world: World, row: Row, who: str, place: Place, key: str = "") -> HttpResponseBase:
    """The answer; whatever it changed is undone."""
    with transaction.atomic():
        if prepare := PREPARED.get(row.route):
            prepare(world, place)
        client = world.client(who)
        answer = sent(client, row, path_of(row.route, world, place), world, place, key)
        transaction.set_rollback(True)
    return answer


def sent(
    client: Client, row: Row, path: str, world: World, place: Place, key: str
) -> HttpResponseBase:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if row.method == "GET":
        return client.get(path, headers=headers)
    body = body_of(row.route, world, place)
    if row.route == "api-evidence":
        body = {"slot": "invoice"} if row.method == "PATCH" else {"reason": "Another pallet."}
    if row.route == "api-case-evidence":
        plain, path = "application/octet-stream", f"{path}?name=note.txt"
        said = b"It is wet."
        return client.generic(row.method, path, said, content_type=plain, headers=headers)
    if row.route.startswith("api-commands"):
        headers["Idempotency-Key"] = "a"
    if path.startswith("/api/"):
        said = json.dumps(body).encode()
        kind = "application/json"
        return client.generic(row.method, path, said, content_type=kind, headers=headers)
    if row.method != "POST":
        return client.generic(row.method, path, headers=headers)
    return client.post(path, body, headers=headers)


def outcome(answer: Any) -> str:
    """What became of a request, in one of four words."""
    if answer.status_code == 401 or answer.headers.get("Location", "").startswith("/sign-in/?next"):
        return SIGN_IN
    if answer.status_code in (403, 404, 405):
        return OUT
    levels = {m.level for m in get_messages(answer.wsgi_request)} if answer.wsgi_request else set()
    if answer.status_code == 409 or constants.ERROR in levels:
        return REFUSED
    assert answer.status_code < 500, answer.content
    return IN


def given_away(answer: Any) -> list[str]:
    """Names of elsewhere in what was answered."""
    parts = answer.streaming_content if answer.streaming else [answer.content]
    said = b"".join(parts).decode(errors="replace")
    return [name for name in FOREIGN if name in said]
