"""The door for events on a real web server: what is cut off, or drips, takes nothing down."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.db import connection
from django.utils import timezone

from controltower.launcher import ports
from integrations import event_sources
from integrations.carriers import ADAPTERS
from integrations.models import InboxDelivery, Refusal
from tests.integrations.carriers.saying import TABLES
from tests.integrations.carriers.signing import Signer
from tests.making import Tower

Address = tuple[str, int]
THREADS = 4
BODY = b'{"data": {"number": "1"}}'


@pytest.fixture
def address(arena: Tower) -> Iterator[Address]:
    """The whole tower, as the launcher starts it, on the database of the test."""
    address = ports.HOST, ports.choose()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--workers", "1"]
    command += ["--host", address[0], "--port", str(address[1])]
    command += ["--blocking-threads", str(THREADS), "controltower.wsgi:application"]
    own = {"DATABASE_URL": _database(), "TOWER_WEB_THREADS": str(THREADS)}
    with subprocess.Popen(command, env=os.environ | own) as server:
        try:
            _wait_for(address)
            yield address
        finally:
            server.terminate()
            server.wait()


def _database() -> str:
    told = connection.settings_dict
    return (
        f"postgres://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"
    )


def _wait_for(address: Address) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError):
            socket.create_connection(address, timeout=1).close()
            return
        time.sleep(0.1)
    raise AssertionError("the web server does not come up")


class Carrier:
    """One source of events at the door, over a line of its own each time."""

    def __init__(self, key: str, tower: Tower, address: Address) -> None:
        self.signer, self.address = Signer(key), address
        said = event_sources.Settings(name=key, site=tower.site, per_minute=1_000)
        self.source, _secret = event_sources.add(
            said, key, self.signer.secret, None, at=timezone.now()
        )
        told = event_sources.address(self.source)
        self.path = told[told.index("/hooks/") :]

    def head(self, body: bytes, length: int) -> bytes:
        plain = {
            "Host": "localhost",
            "Content-Type": "application/json",
            "Content-Length": str(length),
            "Connection": "close",
        }
        headers = plain | self.signer.headers(body, timezone.now())
        lines = [f"POST {self.path} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode()

    def begins(self, body: bytes, length: int) -> socket.socket:
        line = socket.create_connection(self.address, timeout=20)
        line.sendall(self.head(body, length))
        return line

    def sends(self, body: bytes, length: int) -> int | None:
        """The status; None where the server hung up without a word."""
        with self.begins(body, length) as line:
            line.sendall(body)
            if len(body) < length:
                line.shutdown(socket.SHUT_WR)  # the rest will not come
            said = line.recv(65_536)
        return int(said.split(b" ")[1]) if said else None


def test_what_is_cut_off_is_stored_by_no_carrier(arena: Tower, address: Address) -> None:
    carriers = [Carrier(key, arena, address) for key in ADAPTERS]
    cut_off = {each.signer.carrier: each.sends(BODY, len(BODY) + 10) for each in carriers}

    assert {status for status in cut_off.values() if status is not None} <= {400}
    assert InboxDelivery.objects.count() == 0
    assert set(Refusal.objects.values_list("reason", flat=True)) <= {"cut_off"}
    assert {each.sends(BODY, len(BODY)) for each in carriers} == {202}
    assert InboxDelivery.objects.count() == len(ADAPTERS) == len(TABLES)


def test_who_drips_keeps_nobody_out(arena: Tower, address: Address) -> None:
    slow, quick = Carrier("easypost", arena, address), Carrier("sendcloud", arena, address)
    with ExitStack() as lines:
        for _sender in range(5 * THREADS):
            line = lines.enter_context(slow.begins(BODY, len(BODY)))
            with contextlib.suppress(OSError):  # who found no place was sent away
                line.sendall(BODY[:3])
        assert quick.sends(b"", 0) == 202  # nothing to wait for: heard at once

    statuses = []
    for _time in range(50):  # sent again when told so, as carriers do
        statuses.append(quick.sends(BODY, len(BODY)))
        if statuses[-1] == 202:
            break
        time.sleep(0.2)
    assert statuses[-1] == 202
    assert set(statuses[:-1]) <= {503}
    assert InboxDelivery.objects.filter(source=slow.source).count() == 0
