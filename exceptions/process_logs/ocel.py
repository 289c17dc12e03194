"""OCEL 2.0 as JSON: events with the cases, records, sites and people that they are about."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db.models import Model, Q, QuerySet

from exceptions.models import Case, CaseEvent, Document, Site, Team, User
from exceptions.process_logs.traces import CHUNK, activity, events_of
from exceptions.vocabulary import Happening, Move

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)  # of what has no history: so since ever
TYPES: dict[str, dict[str, str]] = {
    "case": {
        "title": "string",
        "kind": "string",
        "tier": "string",
        "state": "string",
        "outcome": "string",
        "subject_key": "string",
        "value_at_risk": "float",
        "currency": "string",
        "reopen_count": "integer",
    },
    "record": {"model": "string", "reference": "string"},
    "site": {"code": "string", "name": "string", "time_zone": "string"},
    "team": {"code": "string", "name": "string"},
    "person": {"name": "string"},
}
OF_EVENTS = {
    "via": "string",
    "by": "string",
    "number": "integer",
    "from_state": "string",
    "to_state": "string",
}

JSON = msgspec.json.Encoder(decimal_format="number")


def pieces(cases: QuerySet[Case]) -> Iterator[bytes]:
    """The log of the cases, in pieces. Read it within a snapshot.

    The parts are encoded one by one; only what holds the lists together is written here.
    """
    activities = sorted({*Move.values, *Happening.values})
    kinds = [_type(name, said) for name, said in TYPES.items()]
    yield b'{"objectTypes":' + JSON.encode(kinds)
    yield b',"eventTypes":' + JSON.encode([_type(name, OF_EVENTS) for name in activities])
    yield b',"objects":['
    yield from _listed(_objects(cases))
    yield b'],"events":['
    yield from _listed(_event(event) for event in events_of(cases))
    yield b"]}"


def _listed(parts: Iterable[Any]) -> Iterator[bytes]:
    """Many parts at a time, with commas between them."""
    waiting: list[bytes] = []
    first = True
    for part in parts:
        waiting.append(JSON.encode(part))
        if len(waiting) == CHUNK:
            yield (b"" if first else b",") + b",".join(waiting)
            waiting, first = [], False
    if waiting:
        yield (b"" if first else b",") + b",".join(waiting)


def _type(name: str, attributes: dict[str, str]) -> dict[str, Any]:
    told = [{"name": key, "type": kind} for key, kind in attributes.items()]
    return {"name": name, "attributes": told}


def _objects(cases: QuerySet[Case]) -> Iterator[dict[str, Any]]:
    chosen = cases.order_by()
    for case in chosen.order_by("pk").iterator(chunk_size=CHUNK):
        yield _object("case", case, case.detected_at) | {"relationships": _of_case(case)}
    acted = CaseEvent.objects.filter(case__in=chosen.values("pk")).exclude(actor=None)
    involved = Q(pk__in=chosen.values("owner")) | Q(pk__in=acted.values("actor"))
    for document in Document.objects.filter(pk__in=chosen.values("document")).iterator(CHUNK):
        yield _object("record", document, ALWAYS)
    for site in Site.objects.filter(pk__in=chosen.values("site")):
        yield _object("site", site, ALWAYS)
    for team in Team.objects.filter(pk__in=chosen.values("team")):
        yield _object("team", team, ALWAYS)
    for user in User.objects.filter(involved):
        yield _object("person", user, ALWAYS)


def _object(kind: str, thing: Model, at: datetime) -> dict[str, Any]:
    said = {name: getattr(thing, name, None) for name in TYPES[kind]}
    if isinstance(thing, User):
        said = {"name": str(thing)}
    attributes = [
        {"name": name, "time": at, "value": value}
        for name, value in said.items()
        if value not in (None, "")
    ]
    return {"id": _id(kind, thing.pk), "type": kind, "attributes": attributes}


def _of_case(case: Case) -> list[dict[str, str]]:
    links = [("record", case.document_id, "about"), ("site", case.site_id, "at")]
    links += [("team", pk, "of the team") for pk in (case.team_id,) if pk]
    links += [("person", pk, "owned by") for pk in (case.owner_id,) if pk]
    return [{"objectId": _id(kind, pk), "qualifier": how} for kind, pk, how in links]


def _event(event: CaseEvent) -> dict[str, Any]:
    said = {"via": event.via, "by": event.actor_name, "number": event.number}
    said |= {"from_state": event.from_state, "to_state": event.to_state}
    links = [{"objectId": _id("case", event.case_id), "qualifier": "of"}]
    if event.actor_id:
        links.append({"objectId": _id("person", event.actor_id), "qualifier": "by"})
    return {
        "id": f"event:{event.pk}",
        "type": activity(event),
        "time": event.at,
        "attributes": [{"name": name, "value": v} for name, v in said.items() if v != ""],
        "relationships": links,
    }


def _id(kind: str, pk: int) -> str:
    return f"{kind}:{pk}"
