"""The simulator answers like the real servers: every recorded call, compared in shape and error."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from integrations.simulator import SimulatedOdoo, World, schema
from tests import recordings
from tests.integrations.simulator import speaking

pytestmark = recordings.needed

MAINTENANCE = "maintenance is no logistics exception; the demo company does not run the module"
OUT_OF_SCOPE = {
    "fields_get:maintenance.request": MAINTENANCE,
    "search_read:maintenance.request": MAINTENANCE,
    "search_count:maintenance.request": MAINTENANCE,
}
DATABASES = {17: "tower17", 19: "tower19"}
UNKNOWN_IDS = {99999999}
RECORDED_OPEN = {17: 14, 19: 71}
RECORDED_DONE = {17: 15744, 19: 31}
RECORDED_MODEL = {17: 543, 19: 584}
OWNER_UID = speaking.UIDS[speaking.OWNER]
DATE = re.compile(r"\d{4}-\d\d-\d\d")
DATETIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def recorded() -> list[Any]:
    every = [(v, e) for v in recordings.VERSIONS for e in recordings.exchanges(v)]
    return [
        pytest.param(version, each, id=f"{version}-{each.name}")
        for version, each in every
        if each.name not in OUT_OF_SCOPE
    ]


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[int, tuple[str, "Translator"]]]:
    worlds = {v: World.build(speaking.NOW, version=v) for v in recordings.VERSIONS}
    odoos = {v: SimulatedOdoo(w, (DATABASES[v],)) for v, w in worlds.items()}
    with odoos[17].running() as first, odoos[19].running() as second:
        yield {17: (first, Translator(worlds[17])), 19: (second, Translator(worlds[19]))}


class Translator:
    """Puts the simulator's ids, key and login where the recording has its own."""

    def __init__(self, world: World) -> None:
        version = world.version
        pickings = world.tables["stock.picking"]
        self.version = version
        self.activity = 0
        self.ids = {
            RECORDED_OPEN[version]: world.late_receipts(speaking.NOW)[0],
            RECORDED_DONE[version]: pickings.where("state", "done")[0],
            RECORDED_MODEL[version]: world.tables["ir.model"].where("model", "stock.picking")[0],
        }

    def body(self, exchange: recordings.Exchange) -> Any:
        text = json.dumps(exchange.body).replace(recordings.KEY, speaking.OWNER)
        body = json.loads(text)
        if isinstance(body, str) or body is None:
            return body
        if exchange.path != "/jsonrpc":
            return self.arguments(exchange.name, body)
        args = body["params"].get("args", [])
        if len(args) > 5:
            args[1] = OWNER_UID
            args[5:] = [self.arguments(exchange.name, each) for each in args[5:]]
        elif len(args) > 1:
            args[1] = "owner"
        return body

    def arguments(self, name: str, value: Any) -> Any:
        """Every id that names a record of the recording becomes one of the simulator's."""
        if isinstance(value, list):
            return [self.arguments(name, each) for each in value]
        if isinstance(value, dict):
            return {key: self.arguments(name, each) for key, each in value.items()}
        if isinstance(value, bool) or not isinstance(value, int) or value in UNKNOWN_IDS:
            return value
        if name == "activity_done":
            return self.activity
        return self.ids.get(value, value)

    def headers(self, exchange: recordings.Exchange) -> dict[str, str]:
        sent = dict(exchange.headers)
        key = sent.get("Authorization", "")
        return (
            {**sent, "Authorization": key.replace(recordings.KEY, speaking.OWNER)} if key else sent
        )


@pytest.mark.parametrize(("version", "exchange"), recorded())
def test_answers_like_the_recording(
    servers: dict[int, tuple[str, Translator]], version: int, exchange: recordings.Exchange
) -> None:
    url, translator = servers[version]
    body, headers = translator.body(exchange), translator.headers(exchange)
    answer = speaking.ask(url, exchange.method, exchange.path, body, headers)
    if exchange.name == "create_activity":
        result = answer.body["result"] if exchange.path == "/jsonrpc" else answer.body[0]
        translator.activity = result
    assert answer.status == exchange.status, answer.body
    for header, value in exchange.answer_headers.items():
        assert answer.headers[header] == value
    if not isinstance(exchange.answer, (dict, list)):
        assert type(answer.body) is type(exchange.answer)
    elif is_error(exchange.answer):
        assert error(answer.body) == error(exchange.answer)
    elif exchange.name.startswith("fields_get"):
        assert_same_fields(result_of(answer.body), exchange.result)
    else:
        assert differences(result_of(exchange.answer), result_of(answer.body)) == []


def is_error(answer: Any) -> bool:
    return isinstance(answer, dict) and ("error" in answer or "debug" in answer)


def error(answer: Any) -> dict[str, Any]:
    """What a client may decide on, with numbers and Odoo's own host made equal."""
    data = answer["error"]["data"] if "error" in answer else answer
    message = re.sub(r"\d+", "#", data["message"]).replace("odoo.test", "#.#.#.#")
    return {
        "code": answer["error"]["code"] if "error" in answer else None,
        "keys": sorted(data),
        "name": data["name"],
        "message": message,
        "arguments": len(data["arguments"]),
    }


def result_of(answer: Any) -> Any:
    enveloped = isinstance(answer, dict) and "jsonrpc" in answer
    return answer["result"] if enveloped else answer


def assert_same_fields(simulated: dict[str, Any], real: dict[str, Any]) -> None:
    assert sorted(set(real) - set(simulated)) == []
    for name, attributes in real.items():
        if len(attributes.get("selection", [])) <= 14:
            assert (name, simulated[name]) == (name, attributes)


# Shapes: what kind of value stands where ------------------------------------------------------


def kind(value: Any) -> str:
    if value is False:
        return "false"
    if isinstance(value, str):
        pattern = next(
            (n for n, p in (("datetime", DATETIME), ("date", DATE)) if p.fullmatch(value)), ""
        )
        return pattern or "text"
    if isinstance(value, list):
        linked = len(value) == 2 and isinstance(value[0], int) and isinstance(value[1], str)
        return "many2one" if linked else "list"
    return type(value).__name__


def differences(real: Any, simulated: Any, path: str = "$") -> list[str]:
    """Where the simulator's value is of a kind the real server never sent there."""
    if isinstance(real, dict) and isinstance(simulated, dict):
        missing = [f"{path}.{key}" for key in sorted(set(real) ^ set(simulated))]
        shared = sorted(set(real) & set(simulated))
        return missing + [
            d for k in shared for d in differences(real[k], simulated[k], f"{path}.{k}")
        ]
    if records(real) and records(simulated):
        return differing_columns(real, simulated, path)
    if kind(real) != kind(simulated):
        return [f"{path}: {kind(real)} there, {kind(simulated)} here"]
    return []


def records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def differing_columns(
    real: list[dict[str, Any]], simulated: list[dict[str, Any]], path: str
) -> list[str]:
    found = [f"{path}.{name}" for name in sorted(set(real[0]) ^ set(simulated[0]))]
    for name in sorted(set(real[0]) & set(simulated[0])):
        there = {kind(row[name]) for row in real}
        here = {kind(row[name]) for row in simulated}
        if there != {"false"} and here - there - {"false"}:
            found.append(f"{path}.{name}: {sorted(there)} there, {sorted(here)} here")
        if "false" in here - there and there & {"int", "float", "list"}:
            found.append(f"{path}.{name}: never unset there")
        nested = [(r[name], s[name]) for r in real for s in simulated]
        found += [
            d for r, s in nested[:1] if records(r) for d in differences(r, s, f"{path}.{name}")
        ]
    return found


@pytest.mark.parametrize("version", recordings.VERSIONS)
def test_every_exchange_is_compared_or_named(version: int) -> None:
    names = {each.name for each in recordings.exchanges(version)}
    compared = {each.values[1].name for each in recorded() if each.values[0] == version}
    assert names - compared == set(OUT_OF_SCOPE)


NOT_MODELLED = {
    "mrp.production": "manufacturing is no part of the demo company",
    "maintenance.request": MAINTENANCE,
    "stock.lot": "no product of the demo company is tracked",
    "stock.move.line": "the moves themselves carry the quantities",
}
NOT_KEPT = {
    ("stock.picking", "x_tower_status"),  # the recording's own custom field
    ("ir.actions.server", "code"),  # nobody may run code here
    ("ir.actions.server", "webhook_sample_payload"),
    ("mail.message", "tracking_value_ids"),
}


@pytest.mark.parametrize("version", recordings.VERSIONS)
def test_every_dumped_field_is_known(version: int) -> None:
    models = schema.load(version)
    unknown = set()
    for file in sorted((recordings.FOLDER / f"dump-{version}").glob("[a-z]*[a-z].json")):
        name = file.name.removesuffix(".json")
        if name.endswith(".fields_get") or name in NOT_MODELLED:
            continue
        dumped = set(recordings.dump(version, name)["fields"])
        unknown |= {(name, field) for field in dumped - set(models[name].fields)}
    assert unknown - NOT_KEPT == set()
