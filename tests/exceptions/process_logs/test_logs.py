"""Event logs, read back by readers that know the standards and nothing of ours."""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from django.core.management import call_command
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from exceptions.models import Case, CaseEvent, Site
from exceptions.process_logs import ocel, xes
from tests.conftest import build_tower
from tests.exceptions.queries.world import NOW, Past, day_of
from tests.making import Tower

pytestmark = pytest.mark.django_db
XES = "{http://www.xes-standard.org/}"


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A past that all tests of this file read, rolled back when they are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        Past(tower, random.Random(3)).live(20)
        yield tower
        transaction.set_rollback(True)


def truth(cases: Any) -> dict[str, list[tuple[str, datetime, str]]]:
    """The history of each case, as the rows have it."""
    return {
        case.reference: [
            (event.move or event.happening, event.at, event.actor_name)
            for event in CaseEvent.objects.filter(case=case).order_by("number")
        ]
        for case in cases
    }


def read_xes(log: bytes) -> dict[str, list[tuple[str, datetime, str]]]:
    """By the standard: attributes are elements named by their type, with key and value."""
    return {
        _said(trace)["concept:name"]: [
            (said["concept:name"], said["time:timestamp"], said["org:resource"])
            for said in map(_said, trace.iter(f"{XES}event"))
        ]
        for trace in ET.fromstring(log).iter(f"{XES}trace")
    }


def _said(element: ET.Element) -> dict[str, Any]:
    read: dict[str, Any] = {
        "date": datetime.fromisoformat,
        "int": int,
        "float": float,
        "string": str,
    }
    return {
        child.attrib["key"]: read[name](child.attrib["value"])
        for child in element
        for name in [child.tag.removeprefix(XES)]
        if name in read
    }


def test_the_traces_are_the_histories_of_the_cases(past: Tower) -> None:
    log = b"".join(xes.pieces(Case.objects.all()))

    assert read_xes(log) == truth(Case.objects.all())
    assert len(read_xes(log)) == 20


def test_a_log_says_which_standard_and_what_is_always_there(past: Tower) -> None:
    root = ET.fromstring(b"".join(xes.pieces(Case.objects.all())))

    assert root.tag == f"{XES}log"
    parts = [child.tag.removeprefix(XES) for child in root]
    # The standard wants them in this order.
    order = ["extension", "global", "classifier", "string", "trace"]
    assert sorted(parts, key=order.index) == parts
    declared = {child.attrib["prefix"] for child in root.iter(f"{XES}extension")}
    keys = {e.attrib["key"] for e in root.iter() if ":" in e.attrib.get("key", "")}
    assert {key.split(":")[0] for key in keys} == declared
    for event in root.iter(f"{XES}event"):
        said = _said(event)
        assert said.keys() >= {"concept:name", "time:timestamp", "lifecycle:transition"}
        assert said["lifecycle:transition"] == "complete"


def test_words_that_are_no_xml_are_written_as_words(past: Tower) -> None:
    with transaction.atomic():
        case = Case.objects.order_by("pk")[0]
        Case.objects.filter(pk=case.pk).update(title='<b> & "quoted" \x0b ü')
        log = b"".join(xes.pieces(Case.objects.filter(pk=case.pk)))
        transaction.set_rollback(True)

    (trace,) = ET.fromstring(log).iter(f"{XES}trace")
    assert _said(trace)["title"] == '<b> & "quoted"  ü'


def test_an_object_centric_log_has_every_event_and_what_it_is_about(past: Tower) -> None:
    log = json.loads(b"".join(ocel.pieces(Case.objects.all())))

    jsonschema.validate(log, SCHEMA)
    objects = {each["id"]: each for each in log["objects"]}
    events = CaseEvent.objects.select_related("case").order_by("case_id", "number")
    assert [(each["type"], each["time"]) for each in log["events"]] == [
        (event.move or event.happening, event.at.isoformat().replace("+00:00", "Z"))
        for event in events
    ]
    for told, event in zip(log["events"], events, strict=True):
        links = {link["qualifier"]: link["objectId"] for link in told["relationships"]}
        assert links["of"] == f"case:{event.case_id}"
        assert links.get("by") == (f"person:{event.actor_id}" if event.actor_id else None)
    case = Case.objects.select_related("document").order_by("pk")[0]
    links = {v["qualifier"]: v["objectId"] for v in objects[f"case:{case.pk}"]["relationships"]}
    assert links["about"] == f"record:{case.document_id}"
    record = {a["name"]: a["value"] for a in objects[links["about"]]["attributes"]}
    assert record == {"model": case.document.model, "reference": case.document.reference}


def test_an_object_centric_log_holds_together(past: Tower) -> None:
    """Whatever is named exists, once, and is of a type that is declared with its attributes."""
    log = json.loads(b"".join(ocel.pieces(Case.objects.all())))

    ids = [each["id"] for each in (*log["objects"], *log["events"])]
    assert len(ids) == len(set(ids))
    for kind, things in (("objectTypes", log["objects"]), ("eventTypes", log["events"])):
        declared = {t["name"]: {a["name"]: a["type"] for a in t["attributes"]} for t in log[kind]}
        for thing in things:
            types = declared[thing["type"]]
            assert all(
                isinstance(a["value"], PYTHON[types[a["name"]]]) for a in thing["attributes"]
            )
            named = {link["objectId"] for link in thing.get("relationships", [])}
            assert named <= {each["id"] for each in log["objects"]}


def test_only_the_chosen_cases_are_told(past: Tower) -> None:
    site = past.other_site
    log = json.loads(b"".join(ocel.pieces(Case.objects.filter(site=site))))

    chosen = {f"case:{case.pk}" for case in Case.objects.filter(site=site)}
    assert {each["id"] for each in log["objects"] if each["type"] == "case"} == chosen != set()
    assert [e["id"] for e in log["objects"] if e["type"] == "site"] == [f"site:{site.pk}"]


@pytest.mark.parametrize("form", ["xes", "ocel"])
def test_the_command_writes_the_cases_of_a_range(past: Tower, tmp_path: Path, form: str) -> None:
    first, last = (NOW - timedelta(days=12)).date(), (NOW - timedelta(days=4)).date()
    kept = tmp_path / "log"
    call_command(
        "export_events", format=form, first=first, last=last, site=[past.site.pk], output=kept
    )

    sites = dict(Site.objects.in_bulk())
    chosen = {
        case.reference
        for case in Case.objects.filter(site=sites[past.site.pk])
        if first <= day_of(case.detected_at, case) <= last
    }
    log = kept.read_bytes()
    if form == "xes":
        found = set(read_xes(log))
    else:
        told = json.loads(log)["objects"]
        found = {f"C-{e['id'].split(':')[1]}" for e in told if e["type"] == "case"}
    assert found == chosen != set()


def test_no_case_is_a_log_all_the_same(past: Tower) -> None:
    assert read_xes(b"".join(xes.pieces(Case.objects.none()))) == {}
    log = json.loads(b"".join(ocel.pieces(Case.objects.none())))
    assert (log["objects"], log["events"]) == ([], [])


PYTHON: dict[str, Any] = {"string": str, "integer": int, "float": (int, float)}
NAMED = {"type": "string", "minLength": 1}
TYPE = {
    "type": "object",
    "required": ["name", "attributes"],
    "properties": {
        "name": NAMED,
        "attributes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "type"],
                "properties": {
                    "name": NAMED,
                    "type": {"enum": ["string", "time", "integer", "float", "boolean"]},
                },
            },
        },
    },
}
LINKS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["objectId", "qualifier"],
        "properties": {"objectId": NAMED, "qualifier": {"type": "string"}},
    },
}


def _thing(required: list[str], of_attributes: list[str]) -> dict[str, Any]:
    attributes = {"type": "array", "items": {"type": "object", "required": of_attributes}}
    return {
        "type": "object",
        "required": required,
        "properties": {"id": NAMED, "attributes": attributes, "relationships": LINKS},
    }


# What the specification of OCEL 2.0 says of its JSON.
SCHEMA = {
    "type": "object",
    "required": ["objectTypes", "eventTypes", "objects", "events"],
    "properties": {
        "objectTypes": {"type": "array", "items": TYPE},
        "eventTypes": {"type": "array", "items": TYPE},
        "objects": {"type": "array", "items": _thing(["id", "type"], ["name", "time", "value"])},
        "events": {"type": "array", "items": _thing(["id", "type", "time"], ["name", "value"])},
    },
}
