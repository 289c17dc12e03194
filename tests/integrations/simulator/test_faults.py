"""Trouble on request, seen from the client's side of the wire."""

import http.client
import time
from collections.abc import Iterator

import pytest

from integrations.simulator import SimulatedOdoo, World
from integrations.simulator.faults import Faults
from tests.integrations.simulator import small, speaking
from tests.integrations.simulator.speaking import Failed, call


@pytest.fixture(scope="module")
def odoo() -> SimulatedOdoo:
    return SimulatedOdoo(small.world())


@pytest.fixture
def url(odoo: SimulatedOdoo) -> Iterator[str]:
    odoo.faults.clear()
    with odoo.running() as address:
        yield address


@pytest.fixture
def picking(odoo: SimulatedOdoo) -> int:
    return odoo.world.late_receipts(speaking.NOW)[0]


def notes(odoo: SimulatedOdoo, key: str) -> int:
    bodies = [row["body"] for row in odoo.world.tables["mail.message"].rows.values()]
    return sum(key in body for body in bodies)


@pytest.mark.parametrize(
    ("kind", "name", "status"),
    [
        ("serialization", "psycopg2.errors.SerializationFailure", 500),
        ("user_error", "odoo.exceptions.UserError", 422),
        ("server_error", "builtins.RuntimeError", 500),
    ],
)
def test_an_error_is_raised_as_often_as_told(
    odoo: SimulatedOdoo, url: str, picking: int, kind: str, name: str, status: int
) -> None:
    odoo.faults.add(kind, times=2, model="stock.picking", method="message_post")
    for _ in range(2):
        with pytest.raises(Failed) as failure:
            call(url, "stock.picking", "message_post", ids=[picking], body=f"not said: {kind}")
        assert (failure.value.name, failure.value.status) == (name, status)
    call(url, "stock.picking", "message_post", ids=[picking], body=f"said: {kind}")
    assert (notes(odoo, f"not said: {kind}"), notes(odoo, f"said: {kind}")) == (0, 1)


def test_other_calls_are_left_alone(odoo: SimulatedOdoo, url: str) -> None:
    odoo.faults.add("user_error", method="message_post")
    assert call(url, "res.users", "context_get")["uid"] == 5


def test_a_gateway_answers_in_html(odoo: SimulatedOdoo, url: str) -> None:
    odoo.faults.add("bad_gateway", times=1)
    headers = {"Authorization": f"bearer {speaking.INTEGRATION}"}
    answer = speaking.ask(url, "POST", "/json/2/res.users/context_get", {}, headers)
    assert (answer.status, answer.headers["Content-Type"]) == (502, "text/html")
    assert "nginx" in answer.body


def test_a_lost_reply_has_done_the_work(odoo: SimulatedOdoo, url: str, picking: int) -> None:
    odoo.faults.add("lost_reply", times=1)
    with pytest.raises(http.client.RemoteDisconnected):
        call(url, "stock.picking", "message_post", ids=[picking], body="ambiguous note")
    assert notes(odoo, "ambiguous note") == 1


def test_a_reset_has_done_nothing(odoo: SimulatedOdoo, url: str, picking: int) -> None:
    odoo.faults.add("reset", times=1)
    with pytest.raises(http.client.RemoteDisconnected):
        call(url, "stock.picking", "message_post", ids=[picking], body="never heard")
    assert notes(odoo, "never heard") == 0


def test_a_late_failure_takes_everything_back(odoo: SimulatedOdoo, url: str, picking: int) -> None:
    before = dict(odoo.world.tables["stock.picking"].rows[picking])
    odoo.faults.add("late_failure", times=1, message="Not today.")
    with pytest.raises(Failed) as failure:
        call(url, "stock.picking", "write", ids=[picking], vals={"priority": "1"})
    assert failure.value.message == "Not today."
    assert odoo.world.tables["stock.picking"].rows[picking] == before


def test_a_stall_only_takes_time(odoo: SimulatedOdoo, url: str) -> None:
    odoo.faults.add("stall", times=1, seconds=0.3)
    started = time.monotonic()
    assert call(url, "res.users", "context_get")["uid"] == 5
    assert time.monotonic() - started >= 0.3


def test_faults_are_told_over_http(odoo: SimulatedOdoo, url: str) -> None:
    wanted = [{"kind": "user_error", "times": 1}, {"kind": "stall", "seconds": 0.0}]
    told = speaking.ask(url, "POST", "/simulator/faults", wanted)
    assert [(f["kind"], f["times"]) for f in told.body] == [("user_error", 1), ("stall", None)]
    with pytest.raises(Failed):
        call(url, "res.users", "context_get")
    listed = speaking.ask(url, "GET", "/simulator/faults").body
    assert [(f["times"], f["hits"]) for f in listed] == [(0, 1), (None, 1)]
    assert speaking.ask(url, "DELETE", "/simulator/faults").body == []
    assert odoo.faults.describe() == []


@pytest.mark.parametrize(
    "wrong", [{"kind": "meteor"}, {"times": 1}, ["stall"], {"kind": "stall", "x": 1}]
)
def test_a_wrong_description_is_refused(odoo: SimulatedOdoo, url: str, wrong: object) -> None:
    assert speaking.ask(url, "POST", "/simulator/faults", wrong).status == 400
    assert odoo.faults.describe() == []


def test_a_fraction_hits_its_share() -> None:
    faults = Faults(seed=3)
    faults.add("reset", fraction=0.25)
    hits = sum(faults.take("reset", "m", "x") is not None for _ in range(2000))
    assert 430 <= hits <= 570


def test_over_jsonrpc_the_error_lies_in_the_envelope() -> None:
    odoo = SimulatedOdoo(World.bare(speaking.NOW, version=17))
    odoo.faults.add("serialization", times=1)
    with odoo.running() as url:
        with pytest.raises(Failed) as failure:
            speaking.legacy(url, "res.users", "context_get")
        assert failure.value.name == "psycopg2.errors.SerializationFailure"
        assert speaking.legacy(url, "res.users", "context_get")["uid"] == 5
