"""Slow senders: who sends a body drop by drop, or never to its end, must not hold up the others.

The web server hands a request over once its headers are there, and the thread that takes it waits
for the body, for as long as it takes; it has no limit for that (granian, issue 728). A proxy that
buffers what it passes on keeps such senders away. Where there is none, this does: only some threads
at a time may wait for bodies, so that the others go on serving. Who finds no place is told to come
again (503).
"""

import io
import threading
from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

SMALL = 2 * 1024 * 1024  # bytes; what is larger is not read ahead, but passed on as it comes
WAIT = 0.2  # seconds until there is a place: honest bodies are there at once
BUSY = "503 Service Unavailable"
SAYS = b"Too many requests are on their way in at this moment. Send it again in a second.\n"


class Patience:
    """Reads small bodies before the application is called, so that places are held for moments.

    With `threads` to a process, half of them may wait for small bodies and a quarter for large ones
    (at least one each).
    """

    def __init__(self, application: Application, *, threads: int) -> None:
        self._application = application
        self._small = threading.BoundedSemaphore(max(threads // 2, 1))
        self._large = threading.BoundedSemaphore(max(threads // 4, 1))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        length = _length(environ)
        if length == 0:
            return self._application(environ, start_response)
        if length is not None and length <= SMALL:
            return self._read_ahead(environ, start_response, length)
        return self._pass_on(environ, start_response)

    def _read_ahead(
        self, environ: Environ, start_response: StartResponse, length: int
    ) -> Iterable[bytes]:
        if not self._small.acquire(timeout=WAIT):
            return _busy(start_response)
        try:
            body = _whole(environ["wsgi.input"], length)
        finally:
            self._small.release()
        environ["wsgi.input"] = io.BytesIO(body)
        return self._application(environ, start_response)

    def _pass_on(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The application reads it while it works, so that the place is held until it answers."""
        if not self._large.acquire(timeout=WAIT):
            return _busy(start_response)
        try:
            return self._application(environ, start_response)
        finally:
            self._large.release()


def _whole(stream: Any, length: int) -> bytes:
    """As much as was promised, or as much as came before the sender hung up."""
    parts, missing = [], length
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _length(environ: Environ) -> int | None:
    """How long the body says it is; None where it does not say, or says nonsense."""
    told = environ.get("CONTENT_LENGTH") or ""
    if told.isascii() and told.isdecimal():
        return int(told)
    return 0 if told == "" and "HTTP_TRANSFER_ENCODING" not in environ else None


def _busy(start_response: StartResponse) -> Iterable[bytes]:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(SAYS)))]
    start_response(BUSY, [*headers, ("Retry-After", "1")])
    return [SAYS]
