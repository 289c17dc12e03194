"""A caller of the API: a program with a token, over Django's test client."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponseBase
from django.test import Client

from exceptions import tokens
from exceptions.models import User

CASES = "/api/v1/cases/"


def key_for(username: str, *scopes: str, name: str = "n8n") -> str:
    user = User.objects.get(username=username)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return tokens.issue(user, name=name, scopes=scopes or tokens.SCOPES, at=at)


@dataclass
class Program:
    """Sends its key with every request. What fails in the tower comes back as an answer."""

    key: str
    client: Client

    def get(self, path: str, **query: Any) -> HttpResponseBase:
        return self.client.get(path, query, headers=self.headers())

    def send(self, path: str, body: Any, **headers: str) -> HttpResponseBase:
        return self.client.post(
            path,
            body if isinstance(body, str | bytes) else json.dumps(body),
            content_type="application/json",
            headers=self.headers() | headers,
        )

    def move(self, case_id: int, body: Any, **headers: str) -> HttpResponseBase:
        return self.send(f"{CASES}{case_id}/moves/", body, **headers)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


def program(username: str, *scopes: str) -> Program:
    return Program(key_for(username, *scopes), Client(raise_request_exception=False))


def said(response: Any) -> tuple[int, Any]:
    """Status and body."""
    return response.status_code, response.json()


def problem(response: Any) -> tuple[int, str]:
    """Status and detail of a problem, which must be one."""
    body = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert body["status"] == response.status_code
    assert set(body) <= {"title", "status", "detail", "errors"}
    return response.status_code, body["detail"]


def wrong_fields(response: Any) -> tuple[int, list[str]]:
    """Status and the fields that a problem names."""
    status, _ = problem(response)
    return status, [error["field"] for error in response.json().get("errors", [])]
