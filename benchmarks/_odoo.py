"""The other side of the sync benchmark: a simulated Odoo in a process of its own, or a real one."""

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from integrations.odoo.access import Access, Secret

HOST = "127.0.0.1"
KEY, LOGIN, DATABASE = "sim-integration-key", "control.tower", "tower"
STARTS_WITHIN = 60.0  # seconds


@contextmanager
def simulated(transfers: int, *, version: int = 19) -> Iterator[Access]:
    """With a simulator that holds its demo company and that many plain transfers."""
    port = _free_port()
    program = [sys.executable, "-m", "integrations.simulator", "--no-live"]
    options = ["--port", str(port), "--version", str(version)]
    process = subprocess.Popen([*program, *options], stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        _post(port, "/simulator/transfers", {"amount": transfers})
        yield Access(f"http://{HOST}:{port}", DATABASE, LOGIN, Secret(KEY))
    finally:
        process.terminate()
        process.wait()


def real(url: str, database: str, login: str, key_file: Path) -> Access:
    return Access(url, database, login, Secret(key_file.read_text()))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the simulator did not start")


def _post(port: int, path: str, body: Any) -> None:
    connection = http.client.HTTPConnection(HOST, port, timeout=120)
    connection.request("POST", path, json.dumps(body))
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
