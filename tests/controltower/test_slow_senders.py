"""Senders that take their time do not keep the others waiting: alone, and on a real web server."""

import contextlib
import io
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from controltower.launcher import ports
from controltower.slow_senders import SMALL, Patience
from tests.controltower.counting_app import answer


class Stalled(io.BytesIO):
    """Nothing of the body comes before `goes_on`."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.asked, self.goes_on = threading.Event(), threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        self.asked.set()
        assert self.goes_on.wait(20)
        return super().read(size)


def post(application: Patience, stream: io.BytesIO, length: int) -> tuple[str, bytes]:
    """The status, and what was answered."""
    said: list[str] = []
    environ: dict[str, Any] = {"wsgi.input": stream, "CONTENT_LENGTH": str(length)}
    told = b"".join(application(environ, lambda status, _headers: said.append(status)))
    return said[0], told


@contextlib.contextmanager
def stalled(application: Patience, n: int, length: int) -> Iterator[None]:
    """So many senders have promised a body and say nothing."""
    streams = [Stalled(b"x" * length) for _ in range(n)]
    threads = [
        threading.Thread(target=post, args=(application, stream, length)) for stream in streams
    ]
    for thread in threads:
        thread.start()
    assert all(stream.asked.wait(10) for stream in streams)
    try:
        yield
    finally:
        for stream in streams:
            stream.goes_on.set()
        for thread in threads:
            thread.join()


def test_a_body_arrives_whole_though_it_comes_in_pieces() -> None:
    class Pieces(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 7))

    assert post(Patience(answer, threads=4), Pieces(b"x" * 100), 100) == ("200 OK", b"100")


def test_who_hangs_up_early_has_said_less_than_promised() -> None:
    assert post(Patience(answer, threads=4), io.BytesIO(b"x" * 40), 100) == ("200 OK", b"40")


def test_half_of_the_threads_wait_and_the_next_is_told_to_come_again() -> None:
    application = Patience(answer, threads=4)
    with stalled(application, 2, 10):
        status, told = post(application, io.BytesIO(b"late"), 4)
        assert status == "503 Service Unavailable"
        assert b"Send it again in a second." in told
        assert post(application, io.BytesIO(b""), 0) == ("200 OK", b"0")  # a page has no body

    assert post(application, io.BytesIO(b"late"), 4) == ("200 OK", b"4")


def test_large_bodies_have_places_of_their_own() -> None:
    application, large = Patience(answer, threads=4), SMALL + 1
    with stalled(application, 1, large):
        assert post(application, io.BytesIO(b"x" * large), large)[0] == "503 Service Unavailable"
        assert post(application, io.BytesIO(b"small"), 5) == ("200 OK", b"5")

    assert post(application, io.BytesIO(b"x" * large), large) == ("200 OK", str(large).encode())


@pytest.mark.parametrize(("told", "n"), [("nonsense", b"0"), ("-1", b"0"), ("", b"0")])
def test_a_length_that_is_none_is_passed_on(told: str, n: bytes) -> None:
    def careful(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"0"]

    said: list[str] = []
    environ = {"wsgi.input": io.BytesIO(b"x"), "CONTENT_LENGTH": told}
    body = Patience(careful, threads=4)(environ, lambda status, _headers: said.append(status))
    assert (said, list(body)) == (["200 OK"], [n])


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """A real web server with four threads, as the launcher starts it."""
    port = ports.choose()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--workers", "1"]
    command += ["--host", ports.HOST, "--port", str(port), "--blocking-threads", "4"]
    with subprocess.Popen([*command, "tests.controltower.counting_app:application"]) as server:
        try:
            for _ in range(300):
                with contextlib.suppress(OSError):
                    socket.create_connection((ports.HOST, port), timeout=1).close()
                    break
                time.sleep(0.1)
            yield ports.HOST, port
        finally:
            server.terminate()


def drip(address: tuple[str, int], head: bytes) -> socket.socket:
    sender = socket.create_connection(address, timeout=10)
    sender.sendall(head)
    return sender


@pytest.mark.slow
@pytest.mark.parametrize("length", [1_000, SMALL + 1])
def test_twenty_who_drip_do_not_take_the_server_down(address: tuple[str, int], length: int) -> None:
    url = f"http://{address[0]}:{address[1]}/"
    head = b"POST / HTTP/1.1\r\nHost: tower\r\nContent-Length: %d\r\n\r\n" % length
    dripping = [drip(address, head) for _ in range(20)]
    try:
        for _time in range(5):
            for sender in dripping:
                with contextlib.suppress(OSError):  # who found no place was sent away
                    sender.sendall(b"x")
            with urllib.request.urlopen(url, timeout=10) as page:
                assert (page.status, page.read()) == (200, b"0")
    finally:
        for sender in dripping:
            sender.close()

    assert posted(url, b"honest") == b"6"


def posted(url: str, body: bytes) -> bytes:
    """Tried again when it is told so, as senders of events do."""
    for _time in range(50):
        with (
            contextlib.suppress(urllib.error.HTTPError),
            urllib.request.urlopen(url, data=body, timeout=10) as said,
        ):
            return bytes(said.read())
        time.sleep(0.2)
    raise AssertionError("the places are never given back")
