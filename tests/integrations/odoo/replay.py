"""An HTTP server that answers what a real Odoo answered, and nothing else."""

import json
import threading
from collections import Counter
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests import recordings

GOOD_KEY = "the-key-of-the-replay-2f6b9d"
UNKNOWN = 418  # no status of Odoo or of any proxy


class Replay:
    """`with Replay(exchanges) as odoo: … odoo.url`. `served` counts exchanges by name, `unknown`
    lists the requests that were never recorded, `seen` every request's (method, path)."""

    def __init__(self, exchanges: Iterable[recordings.Exchange]) -> None:
        self._known: dict[str, recordings.Exchange] = {}
        for exchange in exchanges:
            self._known.setdefault(_question(exchange), exchange)
        self.served: Counter[str] = Counter()
        self.unknown: list[str] = []
        self.seen: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        self.seen.append((method, path))
        sent = _with_placeholder(body.decode())
        asked = _key(method, path, headers, json.loads(sent) if sent else None)
        exchange = self._known.get(asked)
        if exchange is None:
            self.unknown.append(asked)
            return UNKNOWN, {}, b""
        self.served[exchange.name] += 1
        return exchange.status, exchange.answer_headers, _answer(exchange, sent)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _question(exchange: recordings.Exchange) -> str:
    return _key(exchange.method, exchange.path, exchange.headers, exchange.body)


def _key(method: str, path: str, headers: dict[str, str], body: Any) -> str:
    """What tells one recorded request from another; the number of an RPC call does not."""
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name != "id"}
    lower = {name.lower(): value for name, value in headers.items()}
    who = [lower.get("authorization", ""), lower.get("x-odoo-database", "")]
    text = json.dumps([method, path, *who, body], sort_keys=True)
    return _with_placeholder(text)


def _with_placeholder(text: str) -> str:
    return text.replace(GOOD_KEY, recordings.KEY)


def _answer(exchange: recordings.Exchange, sent: str) -> bytes:
    answer = exchange.answer
    if isinstance(answer, str):
        return answer.encode()
    if exchange.path == "/jsonrpc":
        answer = {**answer, "id": json.loads(sent).get("id")}
    return json.dumps(answer).encode()


def _handler(replay: Replay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, answer = replay.answer(
                self.command, self.path, dict(self.headers.items()), body
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = reply  # noqa: N815 (the names http.server calls)
        do_POST = reply  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    return Handler
