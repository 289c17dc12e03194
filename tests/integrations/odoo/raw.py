"""A server that answers bytes, whatever they are: for what no well-behaved server would send."""

import socket
import struct
import threading
from collections.abc import Callable
from typing import Self

Script = Callable[[socket.socket, bytes], None]


class RawServer:
    """Runs `script(connection, request)` for each connection, the request read to its end.

    `requests` holds what arrived, whole.
    """

    def __init__(self, *scripts: Script, unread: bool = False) -> None:
        """One script a connection, in order; the last serves the rest. `unread`: they run when the
        request has arrived, before anything of it is read."""
        self._unread = unread
        self._scripts = list(scripts)
        self._open: list[socket.socket] = []
        self.requests: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            script = self._scripts[0] if len(self._scripts) == 1 else self._scripts.pop(0)
            threading.Thread(target=self._talk, args=(connection, script), daemon=True).start()

    def _talk(self, connection: socket.socket, script: Script) -> None:
        try:
            request = unread(connection) if self._unread else read_request(connection)
            self.requests.append(request)
            script(connection, request)
        except OSError:
            pass


def unread(connection: socket.socket) -> bytes:
    """Waits until something has arrived, and leaves it there."""
    connection.recv(1, socket.MSG_PEEK)
    return b""


def read_request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    while len(body) < length:
        body += _some(connection)
    return head + b"\r\n\r\n" + body


def _some(connection: socket.socket) -> bytes:
    part = connection.recv(65536)
    if not part:
        raise OSError("closed")
    return part


def response(
    body: bytes, *, status: str = "200 OK", kind: str = "application/json", **headers: str
) -> bytes:
    """A whole HTTP response that closes the connection; header names with _ for -."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close"]
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    given.setdefault("Content-Length", str(len(body)))
    lines += [f"{name}: {value}" for name, value in given.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def says(content: bytes) -> Script:
    def script(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(content)
        connection.close()

    return script


def hangs(connection: socket.socket, _request: bytes) -> None:
    """Never answers; the connection stays open until the server ends."""


def resets(connection: socket.socket, _request: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
