"""XES (IEEE 1849-2016): a trace a case, an event a line of its history."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from django.db.models import QuerySet
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from exceptions.models import Case, CaseEvent
from exceptions.process_logs.traces import activity, traces

NAMESPACE = "http://www.xes-standard.org/"
EXTENSIONS = {
    "Concept": "concept",
    "Lifecycle": "lifecycle",
    "Organizational": "org",
    "Time": "time",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PIECE = 64 * 1024  # characters that are sent at a time

Value = str | int | bool | Decimal | datetime | None

ALWAYS: dict[str, Value] = {
    "concept:name": "",
    "lifecycle:transition": "complete",
    "time:timestamp": EPOCH,
}


def pieces(cases: QuerySet[Case]) -> Iterator[bytes]:
    """The log of the cases, in pieces. Read it within a snapshot."""
    kept = StringIO()
    xml = XMLGenerator(kept, encoding="utf-8", short_empty_elements=True)
    xml.startDocument()
    _open(xml, "log", {"xes.version": "1849.2016", "xes.features": "", "xmlns": NAMESPACE})
    _head(xml)
    for case, events in traces(cases):
        _trace(xml, case, events)
        if kept.tell() > PIECE:
            yield _taken(kept)
    xml.endElement("log")
    xml.endDocument()
    yield _taken(kept)


def _taken(kept: StringIO) -> bytes:
    said = kept.getvalue()
    kept.seek(0)
    kept.truncate()
    return said.encode()


def _head(xml: XMLGenerator) -> None:
    for name, prefix in EXTENSIONS.items():
        uri = f"{NAMESPACE}{prefix}.xesext"
        _element(xml, "extension", {"name": name, "prefix": prefix, "uri": uri})
    for scope, always in (("trace", {"concept:name": ""}), ("event", ALWAYS)):
        _open(xml, "global", {"scope": scope})
        _attributes(xml, always)
        xml.endElement("global")
    _element(xml, "classifier", {"name": "Activity", "keys": "concept:name"})
    _attributes(xml, {"concept:name": "Odoo Logistics Control Tower"})


def _trace(xml: XMLGenerator, case: Case, events: list[CaseEvent]) -> None:
    _open(xml, "trace", {})
    _attributes(xml, _of_case(case))
    for event in events:
        _open(xml, "event", {})
        _attributes(xml, _of_event(event))
        xml.endElement("event")
    xml.endElement("trace")


def _of_case(case: Case) -> dict[str, Value]:
    return {
        "concept:name": case.reference,
        "kind": case.kind,
        "title": case.title,
        "site": case.site.name,
        "team": case.team.name if case.team else None,
        "owner": str(case.owner) if case.owner else None,
        "tier": case.tier,
        "state": case.state,
        "outcome": case.outcome,
        "subject_key": case.subject_key,
        "value_at_risk": case.value_at_risk,
        "currency": case.currency,
        "reopen_count": case.reopen_count,
    }


def _of_event(event: CaseEvent) -> dict[str, Value]:
    return ALWAYS | {
        "concept:name": activity(event),
        "time:timestamp": event.at,
        "org:resource": event.actor_name,
        "via": event.via,
        "number": event.number,
        "from_state": event.from_state,
        "to_state": event.to_state,
    }


def _attributes(xml: XMLGenerator, said: Mapping[str, Value]) -> None:
    """Those that say something."""
    for key, value in said.items():
        if value is not None and (value != "" or key == "concept:name"):
            kind, text = _typed(value)
            _element(xml, kind, {"key": key, "value": ILLEGAL_CHARACTERS_RE.sub("", text)})


def _typed(value: Value) -> tuple[str, str]:
    if isinstance(value, datetime):
        return "date", value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Decimal):
        return "float", str(value)
    if isinstance(value, int):
        return "int", str(value)
    return "string", str(value)


def _element(xml: XMLGenerator, name: str, attributes: dict[str, str]) -> None:
    _open(xml, name, attributes)
    xml.endElement(name)


def _open(xml: XMLGenerator, name: str, attributes: dict[str, str]) -> None:
    xml.startElement(name, AttributesImpl(attributes))
