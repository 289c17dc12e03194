"""Facts of carriers by HTTP."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from exceptions.models import Case, Connection, Document, Site, User
from exceptions.vocabulary import Role
from tests.exceptions.api.calling import problem, program, said, wrong_fields
from tests.exceptions.cases import member
from tests.making import Tower

SHIPMENTS = "/api/v1/shipments/"
FACTS = "facts:write"


def body(**said: Any) -> dict[str, Any]:
    return {
        "tracking": "1Z99",
        "carrier": "DHL",
        "site": "RTM",
        "status": "exception",
        "trouble": "damaged",
        "at": "2026-11-17T10:00:00+01:00",
        "said": "Box torn",
        "place": "Leipzig",
        "eta_at": "2026-11-19T12:00:00Z",
        "transfer": "RTM/OUT/00012",
    } | said


def test_an_event_is_taken_in_once(tower: Tower) -> None:
    carrier = program("lead.rtm", FACTS)
    first = carrier.send(SHIPMENTS, body())
    again = carrier.send(SHIPMENTS, body())

    document = Document.objects.get()
    told = {
        "tracking": "1Z99",
        "record_id": document.record_id,
        "late": False,
        "status": "exception",
    }
    assert said(first) == (200, told | {"cases": {"opened": 1}})
    assert said(again) == (200, told | {"cases": {}})
    facts = document.facts
    assert (facts["said"], facts["place"], facts["last_event_at"], facts["eta_at"]) == (
        "Box torn",
        "Leipzig",
        "2026-11-17T09:00:00Z",
        "2026-11-19T12:00:00Z",
    )
    assert next(e.via for e in Case.objects.get().events.order_by("number")) == "api"


def test_a_late_event_is_told_as_late(tower: Tower) -> None:
    carrier = program("lead.rtm", FACTS)
    carrier.send(SHIPMENTS, body(status="delivered", trouble=None))
    late = carrier.send(SHIPMENTS, body(at="2026-11-17T08:59:59Z"))

    status, told = said(late)
    assert (status, told["late"], told["status"], told["cases"]) == (200, True, "delivered", {})


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"status": "flying"}, ["status"]),
        ({"trouble": "silent"}, ["trouble"]),
        ({"at": "2026-11-17T10:00:00"}, ["at"]),
        ({"at": "soon"}, ["at"]),
        ({"site": "XXX"}, ["site"]),
        ({"tracking": ""}, ["tracking"]),
        ({"tracking": "a\x00b"}, ["tracking"]),
        ({"carrier": "x" * 81}, ["carrier"]),
        ({"color": "red", "brand": "x"}, ["brand", "color"]),
        ({"eta_at": "9999-12-31T23:59:59-14:00"}, ["eta_at"]),
    ],
)
def test_what_cannot_be_read_is_named(
    tower: Tower, change: dict[str, Any], fields: list[str]
) -> None:
    answer = program("lead.rtm", FACTS).send(SHIPMENTS, body(**change))

    assert wrong_fields(answer) == (400, fields)
    assert not Document.objects.exists()


def test_what_must_be_said_is_asked_for(tower: Tower) -> None:
    answer = program("lead.rtm", FACTS).send(SHIPMENTS, {})

    assert wrong_fields(answer) == (400, ["tracking", "carrier", "site", "status", "at"])
    assert problem(program("lead.rtm", FACTS).send(SHIPMENTS, []))[0] == 400


def test_an_event_of_the_future_is_not_believed(tower: Tower) -> None:
    soon = timezone.now() + timedelta(minutes=4)
    carrier = program("lead.rtm", FACTS)

    assert wrong_fields(
        carrier.send(SHIPMENTS, body(at=(soon + timedelta(minutes=2)).isoformat()))
    ) == (400, ["at"])
    assert carrier.send(SHIPMENTS, body(at=soon.isoformat())).status_code == 200


def test_only_a_token_with_its_scope_may(tower: Tower) -> None:
    signed_in = Client()
    signed_in.force_login(User.objects.get(username="lead.rtm"))
    by_browser = signed_in.post(SHIPMENTS, body(), content_type="application/json")
    others = program("lead.rtm", "cases:read", "cases:move", "cases:raise")

    assert problem(others.send(SHIPMENTS, body())) == (
        403,
        "The token 'n8n' lacks the scope facts:write.",
    )
    assert problem(by_browser) == (403, "Facts come from programs: send a service token.")
    assert problem(Client().post(SHIPMENTS, body(), content_type="application/json"))[0] == 401
    assert not Document.objects.exists()


def test_a_token_writes_where_its_user_belongs(tower: Tower, at: datetime) -> None:
    member("machines", Role.INTEGRATION_ADMIN, site=tower.site)
    machines = program("machines", FACTS)

    assert machines.send(SHIPMENTS, body(site="rtm")).status_code == 200
    assert wrong_fields(machines.send(SHIPMENTS, body(site="CHI"))) == (400, ["site"])


def test_a_code_of_two_connections_says_nothing(tower: Tower) -> None:
    member("machines", Role.INTEGRATION_ADMIN)
    second = Connection.objects.create(name="Second")
    Site.objects.create(connection=second, external_id=1, code="RTM", name="Rotterdam two")

    answer = program("machines", FACTS).send(SHIPMENTS, body())

    assert wrong_fields(answer) == (400, ["site"])
