"""A plain client of both protocols, so that the tests see what is really on the wire."""

import http.client
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
INTEGRATION, ADMIN = "sim-integration-key", "sim-admin-key"
OWNER, STOREKEEPER = "sim-owner-key", "sim-storekeeper-key"
UIDS = {ADMIN: 2, INTEGRATION: 5, OWNER: 6, STOREKEEPER: 7}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: Any  # JSON where it was JSON, else text


@dataclass(frozen=True)
class Failed(Exception):
    name: str
    message: str
    status: int


def ask(
    url: str, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> Answer:
    """One HTTP exchange on a connection of its own; a ``str`` body goes out as it is."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        sent = None if body is None else body if isinstance(body, str) else json.dumps(body)
        connection.request(method, path, sent, headers or {})
        response = connection.getresponse()
        raw = response.read().decode()
        try:
            parsed: Any = json.loads(raw)
        except ValueError:
            parsed = raw
        return Answer(response.status, dict(response.getheaders()), parsed)
    finally:
        connection.close()


def call(url: str, model: str, method: str, key: str = INTEGRATION, **arguments: Any) -> Any:
    """A JSON-2 call; raises ``Failed`` with the error's name."""
    headers = {"Authorization": f"bearer {key}", "Content-Type": "application/json"}
    answer = ask(url, "POST", f"/json/2/{model}/{method}", arguments, headers)
    if answer.status != 200:
        raise Failed(answer.body["name"], answer.body["message"], answer.status)
    return answer.body


def legacy(
    url: str, model: str, method: str, *args: Any, key: str = INTEGRATION, **keywords: Any
) -> Any:
    """An ``execute_kw`` call; raises ``Failed`` with the error's name."""
    called = ["tower", UIDS[key], key, model, method, list(args), keywords]
    params = {"service": "object", "method": "execute_kw", "args": called}
    body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
    answer = ask(url, "POST", "/jsonrpc", body).body
    if "error" in answer:
        data = answer["error"]["data"]
        raise Failed(data["name"], data["message"], answer["error"]["code"])
    return answer["result"]
