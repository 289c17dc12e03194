"""TCP ports on the loopback address."""

from __future__ import annotations

import socket
from collections.abc import Mapping

from controltower.launcher.trouble import Trouble

HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def is_free(port: int) -> bool:
    """Whether nobody listens on `port`; SO_REUSEADDR looks past closed connections that linger."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    # macOS lets us bind beside a listener on 0.0.0.0, so the bind alone proves nothing there.
    return not answers(port)


def answers(port: int) -> bool:
    """Whether a connection to `port` is accepted."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def choose(preferred: int | None = None) -> int:
    """`preferred` when it is free (so that addresses stay the same), otherwise any free port."""
    if preferred is not None and is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def web_port(environment: Mapping[str, str]) -> int:
    """The port of the web server, from PORT.

    Raises Trouble when PORT is no port, may not be opened, or is taken; the text names a free one.
    """
    text = environment.get("PORT") or str(DEFAULT_PORT)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise Trouble(f"PORT={text} is not a port: it must be a number from 1 to 65535.")
    port = int(text)
    if not is_free(port):
        raise Trouble(
            f"Port {port} is in use by another program (or may not be opened by this user).\n"
            f"Stop that program, or choose another port:  PORT={_free_above(port)} make run"
        )
    return port


def _free_above(port: int) -> int:
    candidates = range(max(port + 1, 1024), min(port + 100, 65536))
    return next((candidate for candidate in candidates if is_free(candidate)), choose())
