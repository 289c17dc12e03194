"""The workflows, held against both sides: what they read is in our events, what they send we take.

What nodes n8n has, and which parameters they take, only n8n itself knows: the templates were
imported into one and run (docs/n8n.md).
"""

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from exceptions.api import command_bodies
from exceptions.models import Case, Comment, OutboxMessage
from integrations.targets import n8n
from tests.exceptions.api.calling import Program, program
from tests.exceptions.asking import approver, asking
from tests.integrations.n8n.events import schema
from tests.integrations.n8n.workflows import (
    TEMPLATES,
    links,
    named,
    needs_node,
    nodes,
    run,
    workflow,
)
from tests.making import Tower

SECRET = "whose letters are the key"
NOW = 1_794_916_800
FROM_TOWER = [name for name in TEMPLATES if name != "carrier_to_tower"]
# Of the nodes that are used, the versions that n8n 2.41 has.
VERSIONS = {
    "webhook": 2.1,
    "code": 2,
    "crypto": 2,
    "if": 2.2,
    "switch": 3.2,
    "set": 3.4,
    "respondToWebhook": 1.4,
    "removeDuplicates": 2,
    "httpRequest": 4.2,
    "wait": 1.1,
    "aggregate": 1,
    "emailSend": 2.1,
    "slack": 2.3,
    "microsoftTeams": 2,
    "stickyNote": 1,
}
# What a command node sends, and what it needs to have been told.
SENDERS = [
    ("approval_escalation", "Note it on the case"),
    ("supplier_follow_up", "Note it on the case"),
    ("odoo_update", "Say that it is done"),
    ("odoo_update", "Say that it failed"),
]


def test_there_is_one_for_each_purpose() -> None:
    assert TEMPLATES == [
        "approval_escalation",
        "carrier_to_tower",
        "odoo_update",
        "supplier_follow_up",
        "tower_event_to_people",
    ]
    assert len({workflow(name)["id"] for name in TEMPLATES}) == len(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_workflow_hangs_together(name: str) -> None:
    flow = workflow(name)
    names = [node["name"] for node in flow["nodes"]]
    linked = {end for link in links(flow) for end in link}

    assert len(set(names)) == len(names)
    assert linked <= set(names)
    assert linked == {n["name"] for n in flow["nodes"] if not n["type"].endswith("stickyNote")}
    assert {(n["type"].removeprefix("n8n-nodes-base."), n["typeVersion"]) for n in nodes(flow)} <= {
        *VERSIONS.items()
    }
    assert all(n["parameters"]["content"] for n in nodes(flow, "stickyNote"))
    assert nodes(flow, "stickyNote")
    assert not flow["active"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_an_expression_names_is_there(name: str) -> None:
    flow = workflow(name)
    said = json.dumps(flow["nodes"])

    assert set(re.findall(r"\$\('([^']+)'\)", said)) <= {n["name"] for n in flow["nodes"]}


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_secret_stands_in_a_workflow(name: str) -> None:
    """Credentials are named only; whoever imports it has their own."""
    flow = workflow(name)
    held = [each for n in flow["nodes"] for each in n.get("credentials", {}).values()]

    assert all(set(each) == {"id", "name"} for each in held)
    assert not re.search(r"whsec_|ct_[\w-]{20}|[Pp]assword", json.dumps(flow))


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_goes_over_the_net_is_tried_again(name: str) -> None:
    for node in nodes(workflow(name), "httpRequest"):
        assert (node["retryOnFail"], node["maxTries"]) == (True, 5)
        assert node["parameters"]["options"]["timeout"] == 15000


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_command_is_signed_and_has_its_key(name: str) -> None:
    flow = workflow(name)
    for node in nodes(flow, "httpRequest"):
        if "/api/v1/commands/" not in node["parameters"]["url"]:
            continue
        headers = {
            h["name"]: h["value"] for h in node["parameters"]["headerParameters"]["parameters"]
        }
        ((signer, _),) = [link for link in links(flow) if link[1] == node["name"]]

        assert headers == {
            "Idempotency-Key": "={{ $json.key }}",
            "webhook-id": "={{ $json.key }}",
            "webhook-timestamp": "={{ $json.stamp }}",
            "webhook-signature": "=v1,{{ $json.signature }}",
        }
        assert named(flow, signer)["parameters"] == {
            "action": "hmac",
            "type": "SHA256",
            "value": "={{ $json.signed }}",
            "dataPropertyName": "signature",
            "encoding": "base64",
        }
        assert set(node["credentials"]) == {"httpBearerAuth"}


@pytest.mark.parametrize("name", FROM_TOWER)
def test_nothing_is_done_about_an_event_that_is_not_the_tower_s(name: str) -> None:
    """The one way from the door to anything else leads over the check, and once for each id."""
    flow = workflow(name)
    after = dict(links(flow))
    walk = ["Tower event"]
    while walk[-1] != "From the tower?":
        walk.append(after[walk[-1]])
    yes, no = flow["connections"]["From the tower?"]["main"]

    assert walk == ["Tower event", "Read", "Expected signature", "Check", "From the tower?"]
    assert ([link["node"] for link in yes], [link["node"] for link in no]) == (
        ["Accepted"],
        ["Refused"],
    )
    assert "Refused" not in flow["connections"]
    assert [b for a, b in links(flow) if a == "Accepted"] == ["Only once"]
    assert named(flow, "Only once")["parameters"]["dedupeValue"] == "={{ $json.id }}"
    assert named(flow, "Tower event")["parameters"]["options"] == {"rawBody": True}
    assert named(flow, "Refused")["parameters"]["options"] == {"responseCode": 401}


def fields(about: Any) -> set[str]:
    """Names of the data that an event of the schema can carry, as a.b."""
    found: set[str] = set()
    for name, told in about["properties"].items():
        found.add(name)
        inner = next((o for o in (told, *told.get("anyOf", [])) if "$ref" in o), told)
        target = schema()["$defs"].get(inner.get("$ref", "").removeprefix("#/$defs/"), {})
        found |= {f"{name}.{each}" for each in target.get("properties", {})}
    return found


@pytest.mark.parametrize("name", FROM_TOWER)
def test_what_a_workflow_reads_is_in_the_events(name: str) -> None:
    said = json.dumps(workflow(name)["nodes"])
    read = set(re.findall(r"\bdata\??\.((?:[a-z_]+\??\.)?[a-z_]+)", said))
    every = schema()["$defs"]
    known = {
        field
        for each in every.values()
        if "data" in each.get("properties", {})
        for field in fields(each["properties"]["data"])
    }
    methods = {"people.map", "case.slice"}
    plain = {each.replace("?", "") for each in read} - methods

    assert plain
    assert plain <= known


@pytest.mark.parametrize("name", FROM_TOWER)
def test_the_types_that_a_workflow_waits_for_exist(name: str) -> None:
    said = json.dumps(workflow(name)["nodes"])
    asked = set(re.findall(r"'((?:case|approval)\.[a-z_]+)'", said))

    assert asked <= {each for each in schema()["$defs"] if "." in each}


# The JavaScript, run ---------------------------------------------------------------------------


def event_of(tower: Tower, at: datetime, settings: Settings) -> OutboxMessage:
    settings.N8N_EVENTS, settings.N8N_WEBHOOK_SECRET = ["*"], SECRET
    tower.late_case(at=at)
    return OutboxMessage.objects.filter(target="n8n", key__contains="case.opened").earliest("pk")


def checked(name: str, headers: dict[str, str], body: bytes) -> Any:
    """What the door of the workflow makes of a request, with the HMAC of its Crypto node."""
    flow = workflow(name)
    read = run(flow, "Read", {"headers": headers}, raw=body, now=NOW)
    expected = hmac.new(SECRET.encode(), read["signed"].encode(), hashlib.sha256).digest()
    told = read | {"expected": base64.b64encode(expected).decode()}
    return run(flow, "Check", told, now=NOW)


@needs_node
def test_an_event_as_we_sign_it_is_let_in(tower: Tower, at: datetime, settings: Settings) -> None:
    message = event_of(tower, at, settings)
    body = n8n.envelope(message)
    headers = n8n.signed(message.key, datetime.fromtimestamp(NOW, UTC), body)

    for name in FROM_TOWER:
        assert checked(name, headers, body) == {
            "valid": True,
            "id": message.key,
            "event": json.loads(body),
        }


@needs_node
def test_what_somebody_else_sends_is_not(tower: Tower, at: datetime, settings: Settings) -> None:
    message = event_of(tower, at, settings)
    body, when = n8n.envelope(message), datetime.fromtimestamp(NOW, UTC)
    good = n8n.signed(message.key, when, body)
    late = n8n.signed(message.key, when - timedelta(seconds=301), body)
    early = n8n.signed(message.key, when + timedelta(seconds=301), body)
    wrong = [
        (good, body + b" "),
        (late, body),
        (early, body),
        ({**good, "webhook-id": "another"}, body),
        ({**good, "webhook-signature": ""}, body),
        ({**good, "webhook-signature": good["webhook-signature"][:-1]}, body),
        ({**good, "webhook-signature": "v1,"}, body),
        ({**good, "webhook-timestamp": "now"}, body),
        ({}, body),
    ]

    for headers, sent in wrong:
        assert checked(FROM_TOWER[0], headers, sent) == {"valid": False}
    both = {**good, "webhook-signature": f"v1,AAAA {good['webhook-signature']}"}
    assert checked(FROM_TOWER[0], both, body)["valid"] is True


def send(caller: Program, told: Any) -> Any:
    keys = {"Idempotency-Key": told["key"]}
    return caller.send("/api/v1/commands/", told["body"], **keys)


@needs_node
@pytest.mark.parametrize(("name", "node"), SENDERS)
def test_a_comment_that_a_workflow_sends_is_taken_once(
    tower: Tower, at: datetime, settings: Settings, name: str, node: str
) -> None:
    asked = asking(tower, at)
    approver(tower)
    settings.N8N_EVENTS = ["approval.requested"]
    asked.propose()
    message = OutboxMessage.objects.get(target="n8n", key__contains=":approval")
    check = {"id": message.key, "event": json.loads(n8n.envelope(message))}
    told = run(workflow(name), node, {}, others={"Check": check}, now=NOW)
    caller = program("lead.rtm", "cases:move")
    answers = [send(caller, told) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert Comment.objects.get().text == json.loads(told["body"])["parameters"]["text"]
    assert told["signed"] == f"{told['key']}.{NOW}.{told['body']}"


CARRIER = {
    "trackingNumber": "1Z1",
    "carrierName": "DHL",
    "site": "RTM",
    "reference": "RTM/OUT/00012",
    "estimatedDelivery": "2026-11-19T12:00:00Z",
    "event": {
        "code": "CUSTOMS",
        "description": "Invoice missing",
        "location": "Basel",
        "time": "2026-11-17T10:00:00+01:00",
    },
}


@needs_node
def test_what_a_carrier_says_is_taken_in_once(tower: Tower) -> None:
    flow = workflow("carrier_to_tower")
    normal = run(flow, "Normalise", {"body": CARRIER})
    told = run(flow, "Tell the tower", normal, now=NOW)
    caller = program("lead.rtm", "facts:write")
    answers: list[Any] = [send(caller, told) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].json()["told"]["status"] == "exception"
    assert Case.objects.get().kind == "customs_hold"


@needs_node
def test_every_word_of_the_carrier_is_one_of_ours(tower: Tower) -> None:
    flow = workflow("carrier_to_tower")
    code = named(flow, "Normalise")["parameters"]["jsCode"]
    words = re.findall(r"([A-Z_]+): \[", code)

    assert len(words) == 14
    for word in words:
        event = CARRIER["event"] | {"code": word}  # type: ignore[operator] # a dict
        said = run(flow, "Normalise", {"body": CARRIER | {"event": event}})
        body = {"command": "shipment", "parameters": said["parcel"]}
        assert command_bodies.read("shipment", body)["parameters"]["status"]
    unknown = {"body": CARRIER | {"event": {"code": "TELEPORTED"}}}
    assert run(flow, "Normalise", unknown) == {"known": False, "code": "TELEPORTED"}


@needs_node
def test_an_event_is_put_into_words(tower: Tower, at: datetime, settings: Settings) -> None:
    message = event_of(tower, at, settings)
    check = {"id": message.key, "event": json.loads(n8n.envelope(message))}
    told = run(workflow("tower_event_to_people"), "Words", {}, others={"Check": check})

    assert told["subject"] == f"{message.case.reference} is new"
    assert told["text"].splitlines()[1] == message.case.title
