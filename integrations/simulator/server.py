"""The HTTP server: routes to the protocols, with keep-alive, on 127.0.0.1 only."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from integrations.simulator import dispatch, errors, inbound, instants, json2, jsonrpc, pages
from integrations.simulator.company import watch
from integrations.simulator.faults import Faults
from integrations.simulator.webhooks import Webhooks
from integrations.simulator.world import World

HOST = "127.0.0.1"
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
LARGEST_BODY = 128 * 1024 * 1024


class SimulatedOdoo:
    """An Odoo server over one world.

    In tests::

        odoo = SimulatedOdoo(World.build(now, version=19))
        with odoo.running() as url:
            ...

    ``faults`` and ``world`` may be used while it runs; ``webhooks.outcomes`` tells what was sent.
    """

    def __init__(self, world: World, databases: tuple[str, ...] = ("tower",)) -> None:
        self.world = world
        self.databases = list(databases)
        self.faults = Faults(world.seed)
        self.webhooks = Webhooks(world, self.faults)
        self.calls = 0
        world.announcer = self.webhooks

    def listen(self, port: int = 0) -> ThreadingHTTPServer:
        """A bound server that is not yet serving; port 0 picks a free one."""
        handler = type("BoundHandler", (Handler,), {"odoo": self})
        return Server((HOST, port), handler)

    @contextmanager
    def running(self, port: int = 0) -> Iterator[str]:
        """Serve in a thread; yields the base URL, stops when the block is left."""
        server = self.listen(port)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128


class Handler(BaseHTTPRequestHandler):
    """One connection; ``odoo`` is bound by ``SimulatedOdoo.listen``."""

    odoo: SimulatedOdoo
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave in one piece

    def do_GET(self) -> None:
        self._answer(b"")

    def do_DELETE(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            self._send(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, pages.TOO_LARGE, HTML)
            return
        self._answer(self.rfile.read(length))

    def _answer(self, raw: bytes) -> None:
        self.odoo.calls += 1
        try:
            self._route(urlsplit(self.path).path, raw)
        except dispatch.Cut:
            self.close_connection = True
        except dispatch.BadGateway:
            self._send(HTTPStatus.BAD_GATEWAY, pages.BAD_GATEWAY, "text/html")
        except errors.OdooError as error:
            self._send_json(error.status, error.body(), error.headers)

    def _route(self, path: str, raw: bytes) -> None:
        if path.startswith("/json/2/") and self.odoo.world.version >= 19:
            self._json2(path.removeprefix("/json/2/"), raw)
        elif path == "/jsonrpc" and self.command == "POST":
            self._jsonrpc(raw)
        elif path.startswith("/web/hook/"):
            self._webhook(path.removeprefix("/web/hook/"), raw)
        elif path.startswith("/simulator/"):
            self._simulator(path.removeprefix("/simulator/"), raw)
        else:
            self._web(path)

    # Odoo's own routes ------------------------------------------------------------------------

    def _json2(self, rest: str, raw: bytes) -> None:
        model, _, method = rest.partition("/")
        wanted = self.headers.get("X-Odoo-Database", "")
        if (wanted or len(self.odoo.databases) > 1) and wanted not in self.odoo.databases:
            self._send(HTTPStatus.NOT_FOUND, pages.NO_DATABASE, HTML)
            return
        if self.command != "POST":
            raise errors.not_found(
                f"Did you mean POST /json/2/{model or '<model>'}/{method or '<method>'}?"
            )
        authorization = self.headers.get("Authorization", "")
        result = json2.answer(self.odoo.world, self.odoo.faults, model, method, authorization, raw)
        self._send_json(HTTPStatus.OK, result)

    def _jsonrpc(self, raw: bytes) -> None:
        try:
            envelope = json.loads(raw)
        except ValueError:
            raise errors.bad_request("Invalid JSON data") from None
        reply = jsonrpc.answer(self.odoo.world, self.odoo.faults, self.odoo.databases, envelope)
        self._send_json(HTTPStatus.OK, reply)

    def _webhook(self, uuid: str, raw: bytes) -> None:
        status = inbound.answer(self.odoo.world, self.odoo.faults, uuid, raw)
        said = "ok" if status == HTTPStatus.OK else "error"
        self._send_json(status, {"status": said})

    def _web(self, path: str) -> None:
        version = self.odoo.world.version
        info = jsonrpc.version_info(version)
        short = {"version_info": info["server_version_info"], "version": info["server_serie"]}
        if path == "/web/health":
            self._send(HTTPStatus.OK, '{"status": "pass"}', "application/json")
        elif path == "/web/webclient/version_info":
            self._send_json(HTTPStatus.OK, {"jsonrpc": "2.0", "id": None, "result": info})
        elif path in {"/web/version", "/json/version"} and version >= 19:
            self._send_json(HTTPStatus.OK, short)
        elif self.command == "GET" and (page := pages.record(self.odoo.world, path)):
            self._send(HTTPStatus.OK, page, HTML)
        else:
            self._send(HTTPStatus.NOT_FOUND, pages.not_found(version), "text/html;charset=utf-8")

    # The simulator's own routes ---------------------------------------------------------------

    def _simulator(self, what: str, raw: bytes) -> None:
        try:
            result = self._command(what, json.loads(raw or b"{}"))
        except (ValueError, TypeError, KeyError) as error:
            self._send_json(HTTPStatus.BAD_REQUEST, {"error": str(error)})
            return
        status = HTTPStatus.OK if result is not None else HTTPStatus.NOT_FOUND
        self._send_json(status, result)

    def _command(self, what: str, body: Any) -> Any:
        odoo = self.odoo
        if what == "faults":
            if self.command == "POST":
                odoo.faults.add_all(body)
            elif self.command == "DELETE":
                odoo.faults.clear()
            return odoo.faults.describe()
        if what == "advance" and self.command == "POST":
            return {"happened": odoo.world.advance(datetime.fromisoformat(body["until"]))}
        if what == "transfers" and self.command == "POST":
            odoo.world.add_bulk_transfers(int(body["amount"]))
            return {"added": int(body["amount"])}
        return _state(odoo) if what == "state" else None

    # Writing ----------------------------------------------------------------------------------

    def _send_json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(body), JSON, headers)

    def _send(
        self, status: int, body: str, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The `Date` of every answer: by the world's clock, for that is the server's clock."""
        at = self.odoo.world.clock.now().timestamp() if timestamp is None else timestamp
        return formatdate(at, usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Silent: requests carry keys, and the demo's log is for people."""


def _state(odoo: SimulatedOdoo) -> dict[str, Any]:
    """A glance at the world, for people and for scripts."""
    world = odoo.world
    with world.lock:
        at = world.clock.now()
        standing = watch.open_exceptions(world, at)
        return {
            "version": world.version,
            "databases": odoo.databases,
            "now": instants.text(at),
            "calls": odoo.calls,
            "open": {kind: len(ids) for kind, ids in standing.items()},
            "records": {name: len(t.rows) for name, t in world.tables.items() if t.rows},
        }
