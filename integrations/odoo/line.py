"""The line to one server: sends exchanges, times each, and repeats only what is safe to repeat."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypedDict

import urllib3

from integrations.odoo import errors, transport
from integrations.odoo.access import Access
from integrations.odoo.protocols import Exchange
from integrations.odoo.transport import Transport

logger = logging.getLogger(__name__)

TRIES = 3
FIRST_WAIT = 0.5  # seconds; doubled each time
LONGEST_WAIT = 10.0
ENOUGH = 20.0  # seconds, after which nothing is repeated: who waits has other things to do

MAYBE_LATER = (errors.RetryLater, errors.Unreachable, errors.AmbiguousOutcome)


@dataclass(frozen=True)
class CallRecord:
    """One attempt, for the call metrics. `outcome` is "ok" or an error's `word`; `rows` is the
    number of records in the result; `bytes` the size of the answer's body, 0 without one."""

    model: str
    method: str
    started_at: datetime  # aware, UTC
    seconds: float
    outcome: str
    rows: int
    bytes: int
    attempt: int


class LineOptions(TypedDict, total=False):
    on_call: Callable[[CallRecord], None] | None
    timeout: urllib3.Timeout
    connections: int
    largest_answer: int
    tries: int
    sleep: Callable[[float], None]


class Line:
    def __init__(
        self,
        access: Access,
        *,
        on_call: Callable[[CallRecord], None] | None = None,
        timeout: urllib3.Timeout = transport.TIMEOUT,
        connections: int = 1,
        largest_answer: int = transport.LARGEST_ANSWER,
        tries: int = TRIES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = Transport(
            access, timeout=timeout, connections=connections, largest_answer=largest_answer
        )
        self._on_call = on_call
        self._tries = tries
        self._sleep = sleep
        self.server_clock: datetime | None = None  # as the last answer told it

    def run(self, exchange: Exchange) -> Any:
        """The result of the call; raises an OdooError after the last try."""
        attempt, begun = 1, time.monotonic()
        while True:
            try:
                return self._attempt(exchange, attempt)
            except MAYBE_LATER as error:
                tired = attempt >= self._tries or time.monotonic() - begun > ENOUGH
                if tired or not _repeatable(exchange, error):
                    raise
                wait = _wait(attempt, error)
            logger.info("%s on %s again", exchange.method, exchange.model)
            self._sleep(wait)
            attempt += 1

    def close(self) -> None:
        self._transport.close()

    def _attempt(self, exchange: Exchange, attempt: int) -> Any:
        started_at, began = datetime.now(UTC), time.perf_counter()
        result, size, failure = self._talk(exchange)
        self._record(
            CallRecord(
                model=exchange.model,
                method=exchange.method,
                started_at=started_at,
                seconds=time.perf_counter() - began,
                outcome="ok" if failure is None else failure.word,
                rows=_rows(result),
                bytes=size,
                attempt=attempt,
            )
        )
        if failure is not None:
            raise failure
        return result

    def _talk(self, exchange: Exchange) -> tuple[Any, int, errors.OdooError | None]:
        """(result, bytes received, what went wrong)."""
        size = 0
        failure: errors.OdooError
        try:
            answer = self._transport.send(exchange.request)
            size = len(answer.body)
            self.server_clock = answer.sent_at or self.server_clock
            return exchange.read(answer), size, None
        except errors.AmbiguousOutcome as error:
            failure = errors.Unanswered(**error.facts) if exchange.harmless else error
        except errors.OdooError as error:
            failure = error
        return None, size, failure

    def _record(self, record: CallRecord) -> None:
        logger.debug("%s", record)
        if self._on_call is None:
            return
        try:
            self._on_call(record)
        except Exception:  # a metric that cannot be kept must not make a done call look failed
            logger.exception("A call to Odoo could not be recorded")


def _repeatable(exchange: Exchange, error: errors.OdooError) -> bool:
    """A read always; anything else only if it was certainly never sent."""
    return exchange.harmless or isinstance(error, errors.Unreachable)


def _wait(attempt: int, error: errors.OdooError) -> float:
    """Seconds: what the server asked for, else doubling; jittered so that clients spread out."""
    wait = error.wait_seconds or FIRST_WAIT * 2 ** (attempt - 1)
    return min(wait, LONGEST_WAIT) * random.uniform(0.75, 1.25)  # noqa: S311 (no secret)


def _rows(result: Any) -> int:
    if isinstance(result, dict) and isinstance(result.get("records"), list):
        return len(result["records"])
    return len(result) if isinstance(result, list) else 0
