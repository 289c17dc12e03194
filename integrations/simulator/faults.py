"""Trouble on request: what the simulator can be told to do wrong, and for how long."""

import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

KINDS = {
    "serialization": "500 psycopg2.errors.SerializationFailure; nothing was done",
    "user_error": "422 UserError with `message`; nothing was done",
    "server_error": "500 builtins.RuntimeError with `message`; nothing was done",
    "bad_gateway": "502 with a proxy's HTML page; nothing was done",
    "reset": "the connection is cut before anything was done",
    "stall": "waits `seconds`, then answers as usual",
    "lost_reply": "does the work, commits, then cuts the connection (an ambiguous time-out)",
    "late_failure": "does the work, then fails and rolls back (17 has sent its webhooks by then)",
    "drop_webhook": "an outgoing webhook is not sent",
    "duplicate_webhook": "an outgoing webhook is sent twice",
}


@dataclass(slots=True)
class Fault:
    """One kind of trouble for matching calls.

    ``times`` counts down to nothing (``None`` lasts until cleared); ``fraction`` is the share of
    matching calls that it hits; an empty ``model`` or ``method`` matches every one.
    """

    kind: str
    times: int | None = None
    fraction: float = 1.0
    seconds: float = 0.0
    model: str = ""
    method: str = ""
    message: str = "The simulator was told to refuse this."
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(KINDS)}")

    def matches(self, model: str, method: str) -> bool:
        return self.times != 0 and self.model in {"", model} and self.method in {"", method, "*"}


class Faults:
    """The faults in force; safe to change while the server runs."""

    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._random = random.Random(seed)

    def add(self, kind: str, **options: Any) -> Fault:
        """Put a fault in force; options are the fields of ``Fault``."""
        fault = Fault(kind, **options)
        with self._lock:
            self._faults.append(fault)
        return fault

    def add_all(self, described: Any) -> None:
        """From the wire: one mapping or a list; raises ``ValueError`` or ``TypeError``."""
        for each in described if isinstance(described, list) else [described]:
            if not isinstance(each, Mapping):
                raise TypeError("a fault is described by an object with a kind")
            self.add(**dict(each))

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, kind: str, model: str, method: str = "") -> Fault | None:
        """The fault of that kind which hits this call, if any; counts it."""
        with self._lock:
            for fault in self._faults:
                if fault.kind == kind and fault.matches(model, method) and self._hits(fault):
                    return fault
        return None

    def _hits(self, fault: Fault) -> bool:
        if fault.fraction < 1.0 and self._random.random() >= fault.fraction:
            return False
        fault.hits += 1
        if fault.times is not None:
            fault.times -= 1
        return True

    def describe(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]
