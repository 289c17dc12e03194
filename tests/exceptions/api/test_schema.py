"""The API as OpenAPI tells of it."""

from io import StringIO
from typing import Any

import yaml
from django.core.management import call_command
from django.test import Client

from exceptions.api.move_bodies import BODIES
from exceptions.queries.case_filter import PARAMETERS
from exceptions.vocabulary import Move


def schema() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(Client().get("/api/schema/").content)
    return told


def test_the_schema_is_valid_and_complete(db: None) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())

    assert set(schema()["paths"]) == {
        "/api/v1/approval-matrix/",
        "/api/v1/approvals/",
        "/api/v1/approvals/{id}/outside/",
        "/api/v1/approvals/{id}/vote/",
        "/api/v1/cases/",
        "/api/v1/cases/{id}/",
        "/api/v1/cases/{id}/approval/",
        "/api/v1/cases/{id}/attach/",
        "/api/v1/cases/{id}/by-hand/",
        "/api/v1/delegations/",
        "/api/v1/delegations/{id}/",
        "/api/v1/cases/{id}/amounts/",
        "/api/v1/cases/{id}/claim/",
        "/api/v1/cases/{id}/comments/",
        "/api/v1/cases/{id}/detach/",
        "/api/v1/cases/{id}/moves/",
        "/api/v1/cases/{id}/offers/",
        "/api/v1/cases/{id}/pause/",
        "/api/v1/cases/{id}/resume/",
        "/api/v1/cases/{id}/promises/",
        "/api/v1/cases/{id}/snooze/",
        "/api/v1/cases/{id}/wake/",
        "/api/v1/cases/{id}/evidence/",
        "/api/v1/evidence/{id}/",
        "/api/v1/comments/{id}/",
        "/api/v1/promises/{id}/",
        "/api/v1/handover/",
        "/api/v1/shipments/",
        "/api/v1/kpis/",
        "/api/v1/commands/",
        "/api/v1/commands/batch/",
    }


def test_every_filter_is_told(db: None) -> None:
    told = {p["name"] for p in schema()["paths"]["/api/v1/cases/"]["get"]["parameters"]}

    assert told == {p.name for p in PARAMETERS} | {"limit", "cursor", "changed_since"}


def test_every_move_has_its_body(db: None) -> None:
    body = schema()["components"]["schemas"]["MoveRequest"]

    assert set(BODIES) == set(Move)
    assert set(body["discriminator"]["mapping"]) == set(Move.values)


def test_a_proposal_names_the_facts_that_the_case_tells(db: None) -> None:
    told = schema()["components"]["schemas"]

    assert "substance" in told["Propose"]["required"]
    assert {"facts", "substance"} <= set(told["DocumentDetail"]["required"])


def test_errors_are_told_as_problems(db: None) -> None:
    answers = schema()["paths"]["/api/v1/cases/{id}/moves/"]["post"]["responses"]

    assert {status: list(told["content"]) for status, told in answers.items()} == {
        "200": ["application/json"],
        **{
            status: ["application/problem+json"]
            for status in ["400", "401", "403", "404", "409", "413", "415", "422"]
        },
    }


def test_programs_and_browsers_are_told_how_to_sign_in(db: None) -> None:
    ways = schema()["components"]["securitySchemes"]

    assert {name: way["type"] for name, way in ways.items()} == {
        "serviceToken": "http",
        "cookieAuth": "apiKey",
    }
