"""Automation rules post what Odoo was seen to post, and when."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from typing import Any

import pytest

from integrations.simulator import SimulatedOdoo
from tests import recordings
from tests.integrations.simulator import small, speaking
from tests.integrations.simulator.speaking import ADMIN, INTEGRATION, UIDS, Failed

FIELDS = [
    "state",
    "priority",
    "scheduled_date",
    "partner_id",
    "move_ids",
    "write_date",
    "write_uid",
]


@dataclass
class Receiver:
    """A real HTTP server that keeps what it is sent; ``answer`` may look back at Odoo."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[list[tuple[str, str]]] = field(default_factory=list)
    answer: Callable[[], int] = lambda: 200


@contextmanager
def listening() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.bodies.append(json.loads(body))
            receiver.headers.append(self.headers.items())
            self.send_response(receiver.answer())
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server: HTTPServer = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hooks/odoo/secret/"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Stage:
    """A simulator with one rule on transfers, and who listens to it."""

    odoo: SimulatedOdoo
    receiver: Receiver
    url: str
    picking: int
    rule: int

    def ask(self, model: str, method: str, *args: Any, key: str = INTEGRATION, **named: Any) -> Any:
        return speaking.legacy(self.url, model, method, *args, key=key, **named)


@contextmanager
def stage(version: int, **rule: Any) -> Iterator[Stage]:
    world = small.world(version)
    odoo = SimulatedOdoo(world)
    with listening() as receiver, odoo.running() as url:
        picking = world.late_receipts(speaking.NOW)[0]
        made = Stage(odoo, receiver, url, picking, 0)
        made.rule = provision(made, **rule)
        yield made


def provision(on: Stage, **rule: Any) -> int:
    def ask(model: str, method: str, *args: Any) -> Any:
        return on.ask(model, method, *args, key=ADMIN)

    model = ask("ir.model", "search", [["model", "=", "stock.picking"]])[0]
    known = ask("ir.model.fields", "search_read", [["model", "=", "stock.picking"]], ["name"])
    ids = {row["name"]: row["id"] for row in known}
    hook = {
        "name": "Tower hook",
        "model_id": model,
        "state": "webhook",
        "webhook_url": on.receiver.url,
        "webhook_field_ids": [[6, 0, [ids[name] for name in FIELDS]]],
    }
    watched = [ids[name] for name in ("state", "scheduled_date", "priority")]
    values = {
        "name": "Tower",
        "model_id": model,
        "trigger": "on_create_or_write",
        "trigger_field_ids": [[6, 0, watched]],
        "action_server_ids": [[0, 0, hook]],
        **rule,
    }
    return int(ask("base.automation", "create", values))


def test_the_body_is_what_odoo_was_seen_to_post() -> None:
    with stage(19) as on:
        on.ask("stock.picking", "write", [on.picking], {"priority": "1"})
        row = on.odoo.world.tables["stock.picking"].rows[on.picking]
        action = next(iter(on.odoo.world.tables["ir.actions.server"].rows))
        assert on.receiver.bodies == [
            {
                "_action": f"Tower hook(#{action})",
                "_id": on.picking,
                "_model": "stock.picking",
                "id": on.picking,
                "move_ids": on.odoo.world.tables["stock.move"].where("picking_id", on.picking),
                "partner_id": row["partner_id"],
                "priority": "1",
                "scheduled_date": row["scheduled_date"],
                "state": "assigned",
                "write_date": row["write_date"],
                "write_uid": UIDS[INTEGRATION],
            }
        ]
        assert len(row["write_date"]) == len("2026-11-23 04:26:06.554516")


@recordings.needed
def test_the_headers_are_those_of_the_recording() -> None:
    sample = recordings.dump(19, "_webhook_samples")[0]
    with stage(19) as on:
        on.ask("stock.picking", "write", [on.picking], {"priority": "1"})
        changing = {"Host", "Content-Length"}
        sent = [pair for pair in on.receiver.headers[0] if pair[0] not in changing]
        assert sent == [tuple(p) for p in sample["headers"] if p[0] not in changing]


def test_17_renames_the_action() -> None:
    with stage(17) as on:
        on.ask("stock.picking", "write", [on.picking], {"priority": "1"})
        action = next(iter(on.odoo.world.tables["ir.actions.server"].rows))
        assert on.receiver.bodies[0]["_action"] == f"Send Webhook Notification(#{action})"


def test_one_post_a_record_in_sequence() -> None:
    with stage(19) as on:
        pickings = on.odoo.world.late_receipts(speaking.NOW)[:3]
        on.ask("stock.picking", "write", pickings, {"priority": "1"})
        assert [body["_id"] for body in on.receiver.bodies] == pickings


def test_the_same_value_or_an_unwatched_field_posts_nothing() -> None:
    with stage(19) as on:
        on.ask("stock.picking", "write", [on.picking], {"priority": "0"})
        on.ask("stock.picking", "write", [on.picking], {"note": "seen"})
        assert on.receiver.bodies == []


def test_the_filter_decides() -> None:
    with stage(19, filter_domain="[('picking_type_code','=','outgoing')]") as on:
        delivery = on.odoo.world.late_deliveries(speaking.NOW)[0]
        on.ask("stock.picking", "write", [on.picking, delivery], {"priority": "1"})
        assert [body["_id"] for body in on.receiver.bodies] == [delivery]


def test_deleting_posts_the_last_values() -> None:
    with stage(19, trigger="on_unlink") as on:
        draft = on.ask("stock.picking", "create", {"picking_type_id": 1})
        on.ask("stock.picking", "unlink", [draft])
        assert [body["_id"] for body in on.receiver.bodies] == [draft]


@pytest.mark.parametrize(("version", "seen"), [(17, "0"), (19, "1")])
def test_what_reading_back_from_the_hook_shows(version: int, seen: str) -> None:
    """17 posts before it commits: whoever reads back at once sees the old value."""
    with stage(version) as on:
        shown: list[str] = []

        def look() -> int:
            read = on.ask("stock.picking", "read", [on.picking], fields=["priority"])
            shown.append(read[0]["priority"])
            return 200

        on.receiver.answer = look
        on.ask("stock.picking", "write", [on.picking], {"priority": "1"})
        after = on.ask("stock.picking", "read", [on.picking], fields=["priority"])
        assert (shown, after[0]["priority"]) == ([seen], "1")


@pytest.mark.parametrize(("version", "posts"), [(17, 1), (19, 0)])
def test_a_write_that_fails_after_all_is_a_phantom_on_17(version: int, posts: int) -> None:
    with stage(version) as on:
        on.odoo.faults.add("late_failure", times=1, method="write")
        with pytest.raises(Failed):
            on.ask("stock.picking", "write", [on.picking], {"priority": "1"})
        assert len(on.receiver.bodies) == posts


def test_a_failing_receiver_is_not_asked_again_and_the_user_sees_nothing() -> None:
    with stage(19) as on:
        on.receiver.answer = lambda: 500
        assert on.ask("stock.picking", "write", [on.picking], {"priority": "1"}) is True
        outcomes = [(each.status, each.error) for each in on.odoo.webhooks.outcomes]
        assert (len(on.receiver.bodies), outcomes) == (1, [(500, "")])


def test_a_slow_receiver_holds_the_user_for_a_second() -> None:
    with stage(19) as on:

        def slowly() -> int:
            time.sleep(1.6)
            return 200

        on.receiver.answer = slowly
        started = time.monotonic()
        assert on.ask("stock.picking", "write", [on.picking], {"priority": "1"}) is True
        assert 1.0 <= time.monotonic() - started < 1.6
        assert [each.status for each in on.odoo.webhooks.outcomes] == [0]


@pytest.mark.parametrize(("fault", "posts"), [("drop_webhook", 0), ("duplicate_webhook", 2)])
def test_posts_can_be_dropped_or_doubled(fault: str, posts: int) -> None:
    with stage(19) as on:
        on.odoo.faults.add(fault, times=1)
        on.ask("stock.picking", "write", [on.picking], {"priority": "1"})
        assert len(on.receiver.bodies) == posts


def test_a_deleted_rule_takes_its_action_along() -> None:
    with stage(19) as on:
        on.ask("base.automation", "unlink", [on.rule], key=ADMIN)
        on.ask("stock.picking", "write", [on.picking], {"priority": "1"})
        assert on.odoo.world.tables["ir.actions.server"].rows == {}
        assert on.receiver.bodies == []
