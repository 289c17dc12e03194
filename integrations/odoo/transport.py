"""HTTP to one Odoo server: what was certainly not sent is told apart from what may have arrived."""

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import urllib3
from django.utils.translation import gettext_noop as _
from urllib3 import connection, connectionpool, exceptions

from integrations.odoo import access, errors

# Odoo repeats a lost serialization inside the call for up to half a minute, so we wait longer.
TIMEOUT = urllib3.Timeout(connect=10, read=75)
LARGEST_ANSWER = 64 * 1024 * 1024  # 20,000 transfers with every field are 13 MB
LARGEST_ERROR = 1024 * 1024
CHUNK = 64 * 1024
WHOLE = 4  # an answer that trickles in may take this many read time-outs in all
USER_AGENT = "odoo-logistics-control-tower"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict, repr=False)  # hold the key
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = field(repr=False)
    content_type: str = ""
    location: str = ""
    retry_after: float | None = None
    sent_at: datetime | None = None  # by the server's own clock, to the second


class NotSentError(Exception):
    """The connection was never made."""


class TooLargeError(Exception):
    """The answer passed its limit and was dropped."""


class Transport:
    """A pool of one connection (at most two: Odoo's workers are its users' workers).

    No redirect is followed, nothing is repeated, certificates are checked, and no proxy is taken
    from the environment.
    """

    def __init__(
        self,
        where: access.Access,
        *,
        timeout: urllib3.Timeout = TIMEOUT,
        connections: int = 1,
        largest_answer: int = LARGEST_ANSWER,
    ) -> None:
        if not 1 <= connections <= 2:
            raise ValueError("One connection to Odoo, or two")
        self.host = where.host
        self._largest = largest_answer
        self._timeout = timeout
        self._pool = _pool(where, connections)

    def send(self, request: Request) -> Answer:
        """Raises Unreachable, AmbiguousOutcome or BadAnswer; any status is an Answer."""
        failure: errors.OdooError
        try:
            return self._exchange(request)
        except NotSentError as error:
            failure = errors.Unreachable(host=self.host, reason=str(error))
        except TooLargeError:
            failure = errors.BadAnswer(host=self.host, reason=_("it is far too large"))
        except exceptions.DecodeError:
            failure = errors.BadAnswer(host=self.host, reason=_("it cannot be unpacked"))
        except (exceptions.HTTPError, OSError) as error:
            failure = errors.AmbiguousOutcome(host=self.host, reason=_lost(error))
        # Raised out here, it carries no context whose frames would hold headers and body.
        raise failure

    def close(self) -> None:
        self._pool.close()

    def _exchange(self, request: Request) -> Answer:
        response = self._pool.urlopen(
            request.method,
            request.path,
            body=request.body,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **request.headers},
            timeout=self._timeout,
            retries=False,
            redirect=False,
            preload_content=False,
        )
        try:
            return _answer(response, self._read(response))
        except BaseException:
            response.close()
            raise
        finally:
            response.release_conn()

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        limit = min(self._largest, LARGEST_ERROR) if response.status >= 400 else self._largest
        give_up = time.monotonic() + WHOLE * float(self._timeout.read_timeout or 0)
        body = bytearray()
        while chunk := response.read1(CHUNK, decode_content=True):
            body += chunk
            if len(body) > limit:
                raise TooLargeError
            if time.monotonic() > give_up:
                raise TimeoutError
        return bytes(body)


def _answer(response: urllib3.BaseHTTPResponse, body: bytes) -> Answer:
    wait = response.headers.get("Retry-After", "")
    return Answer(
        status=response.status,
        body=body,
        content_type=response.headers.get("Content-Type", ""),
        location=response.headers.get("Location", ""),
        retry_after=float(wait) if wait.isdecimal() and wait.isascii() else None,
        sent_at=_instant(response.headers.get("Date", "")),
    )


def _instant(text: str) -> datetime | None:
    """An HTTP date; None without a usable one."""
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


@contextmanager
def _not_sent() -> Iterator[None]:
    """Whatever fails while connecting was certainly not sent."""
    try:
        yield
    except (exceptions.HTTPError, OSError) as error:
        raise NotSentError(_not_connected(error)) from None


class _PlainConnection(connection.HTTPConnection):
    def connect(self) -> None:
        with _not_sent():
            super().connect()


class _TlsConnection(connection.HTTPSConnection):
    def connect(self) -> None:
        with _not_sent():
            super().connect()


class _PlainPool(connectionpool.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(connectionpool.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def _pool(where: access.Access, connections: int) -> connectionpool.HTTPConnectionPool:
    make: Callable[..., connectionpool.HTTPConnectionPool]
    make = _TlsPool if where.encrypted else _PlainPool
    return make(where.host, port=where.port, maxsize=connections, block=True)


def _not_connected(error: Exception) -> str:
    match error:
        case exceptions.NameResolutionError():
            return _("its name is not known")
        case exceptions.NewConnectionError():  # a kind of ConnectTimeoutError to urllib3
            return _("it takes no connection")
        case exceptions.ConnectTimeoutError() | TimeoutError():
            return _("it does not answer")
        case exceptions.SSLError() | ssl.SSLError():
            return _("its certificate or encryption is not acceptable")
        case _:
            return _("the connection breaks off at once")


def _lost(error: Exception) -> str:
    match error:
        case exceptions.ReadTimeoutError() | TimeoutError():
            return errors.TOOK_TOO_LONG
        case _:
            return _("the connection broke")
