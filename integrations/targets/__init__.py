"""Targets: where messages of the outbox go, and the one way in which all of them are gone.

The outbox claims, leases, waits and proves; a target knows how to do one message, how to find it
done, and what went wrong. Each has a module here with a function `opened`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from exceptions.models import OutboxMessage

Values = dict[str, Any]
Now = Callable[[], datetime]


class Way(Protocol):
    """The way of one message.

    `find` is asked before anything is sent a second time, and returns what proves that it is done;
    a target that nobody can look into raises Undelivered instead of letting it go out twice.
    `still_holds` tells whether it is still right to send it, `before` what stands there now. `do`
    returns the proof where the answer is one; else it is looked for.
    """

    def find(self) -> Values | None: ...
    def still_holds(self, at: datetime) -> bool: ...
    def before(self) -> Values | None: ...
    def do(self, at: datetime) -> Values | None: ...


class Opened(Protocol):
    """Opens the way of a message for the time that it is sent."""

    def __call__(self, message: OutboxMessage, now: Now) -> AbstractContextManager[Way]: ...


class Undelivered(Exception):
    """It did not arrive, for good; the subclasses tell otherwise. `in_full` is for people."""

    retry_safe = False  # certainly not done, and may well succeed later
    ambiguous = False  # may have been done
    silence = False  # nobody answered: nothing else is sent there in this run

    def __init__(self, words: str, *, silence: bool = False) -> None:
        super().__init__(words)
        self.in_full = words
        self.silence = silence


class NotNow(Undelivered):
    retry_safe = True


class Doubtful(Undelivered):
    ambiguous = True


class NotConnected(Undelivered):
    """There is nowhere to send it, and nothing is wrong with it: it is withdrawn."""
