"""The simulator is asked by each verb what real servers were asked, and answers in the same shape,
or refuses in the same words."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from exceptions.vocabulary import Verb
from integrations.odoo import errors, transport
from integrations.simulator.flows import stock, transfers
from tests.integrations.linked import ADMIN, Linked
from tests.integrations.odoo import test_verbs_of_odoo as scenes
from tests.integrations.odoo.doing import INVOICE, MANAGER, Doing, belongs_to, message_about

FOLDER = Path(__file__).parent / "recordings"
Scene = Callable[[Linked], Doing]


def cancel_what_is_done(linked: Linked) -> Doing:
    doing = scenes.cancel(linked)
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, doing.message.record_id)
    return doing


def apply_count_by_a_user(linked: Linked) -> Doing:
    doing = scenes.apply_count(linked)
    belongs_to(linked, fewer=(MANAGER,))
    return doing


def apply_count_of_what_has_moved(linked: Linked) -> Doing:
    doing = scenes.apply_count(linked)
    row = linked.world.tables["stock.quant"].rows[doing.message.record_id]
    with linked.world.acting_as(ADMIN) as tx:
        stock.shift(tx, row["product_id"], row["location_id"], 3.0)
    return doing


def credit_note_of_a_draft(linked: Linked) -> Doing:
    belongs_to(linked, more=(INVOICE,))
    bill = linked.billed(linked.partial(), share=1.5)
    told = {"reason": "Too much billed"}
    message = message_about(linked, "account.move", bill, Verb.CREDIT_NOTE, **told)
    linked.tell("account.move", bill, state="draft")
    return Doing(linked, message, ("", ""), lambda: 0)


HERE: tuple[Scene, ...] = (
    cancel_what_is_done,
    apply_count_by_a_user,
    apply_count_of_what_has_moved,
    credit_note_of_a_draft,
)
SCENES: Mapping[str, Scene] = {scene.__name__: scene for scene in (*scenes.SCENES, *HERE)}


def recorded(version: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"verbs-{version}.json").read_text())["scenes"]
    return found


NAMES = [(v, name) for v in (17, 19) for name in recorded(v)]


@pytest.mark.parametrize(("version", "name"), NAMES)
def test_the_simulator_is_asked_and_answers_as_the_real_server(
    linked: Linked, version: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = recorded(version)[name]
    doing = SCENES[name](linked)
    heard = _listen(monkeypatch)

    words = _carry_out(doing)

    assert [call[:2] for call in heard] == [(c["model"], c["method"]) for c in real["calls"]]
    answers = zip(heard, real["calls"], strict=True)
    different = [
        (c["method"], h[2], c["answer"]) for h, c in answers if not _same(h[2], c["answer"])
    ]
    assert different == []
    assert words == real["says"]


def _carry_out(doing: Doing) -> str:
    """In the order of the recordings; the words in which it was refused."""
    with doing.linked.client() as odoo:
        with suppress(errors.NothingDone):
            doing.pusher.would(odoo, doing.errand, doing.pusher.before(odoo, doing.errand))
        try:
            doing.pusher.do(odoo, doing.errand, at=doing.linked.at)
        except errors.OdooError as error:
            return error.in_full
        assert doing.pusher.find(odoo, doing.errand)
        return ""


def _listen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """Every call of a model's method from now on, with its answer."""
    heard: list[tuple[str, str, Any]] = []
    send = transport.Transport.send

    def listening(self: transport.Transport, request: transport.Request) -> transport.Answer:
        answer = send(self, request)
        if call := _called(request, answer):
            heard.append(call)
        return answer

    monkeypatch.setattr(transport.Transport, "send", listening)
    return heard


def _called(request: transport.Request, answer: transport.Answer) -> tuple[str, str, Any] | None:
    if match := re.fullmatch(r"/json/2/([\w.]+)/(\w+)", request.path):
        said = json.loads(answer.body)
        failed = answer.status >= 400
        return match[1], match[2], _failure(said) if failed else said
    asked = json.loads(request.body or b"{}").get("params", {})
    if asked.get("service") != "object":
        return None
    model, method = asked["args"][3:5]
    said = json.loads(answer.body)
    failed = "error" in said
    return model, method, _failure(said["error"]["data"]) if failed else said.get("result")


def _failure(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"error": said["name"], "message": said["message"]}


def _same(simulated: Any, real: Any) -> bool:
    """Rows by their fields, windows by what they open, errors by name and words, and the rest by
    its type: records, quantities and names are others."""
    if isinstance(real, dict) and "error" in real:
        return bool(simulated == real)
    if isinstance(real, list) and real and isinstance(real[0], dict):
        return [sorted(row) for row in simulated[:1]] == [sorted(row) for row in real[:1]]
    if isinstance(real, dict):
        return bool(simulated["res_model"] == real["res_model"])
    return (type(simulated) is type(real)) or not (simulated or real)
