"""The client against servers that break off, stall, lie or send garbage."""

import gc
import gzip
import json
import logging
import socket
import time
import traceback

import pytest
import urllib3

from integrations.odoo import errors, line
from integrations.odoo.client import Access, CallRecord, Odoo, Secret
from tests.integrations.odoo.certificate import SelfSigned
from tests.integrations.odoo.raw import RawServer, hangs, resets, response, says

KEY = "f2d0c4-the-secret-key-of-this-test"
QUICK = urllib3.Timeout(connect=1, read=0.4)
RECORDS = [{"id": 7, "name": "WH/IN/00007"}]

FOUND = says(response(json.dumps(RECORDS).encode()))
MADE = says(response(b"[41]"))


def client(url: str, *, version: tuple[int, int] = (19, 0), **options) -> Odoo:
    options = {"timeout": QUICK, "sleep": lambda _seconds: None, **options}
    return Odoo.resume(Access(url, "tower", "admin", Secret(KEY)), version, 2, **options)


def read(odoo: Odoo) -> object:
    return odoo.search_read("stock.picking", [], ["name"], order="id", limit=1)


def make(odoo: Odoo) -> list[int]:
    return odoo.create("mail.activity", [{"summary": "Call the supplier"}])


HTML = b"<html><head><title>Welcome</title></head><body>Sign in here</body></html>"
DEBUG = {"debug": "Traceback (most recent call last): secret server file"}
LOST = {"name": "psycopg2.errors.SerializationFailure", "message": "could not serialize", **DEBUG}

# name: (what the server does, the error of a write, may the write have been carried out?)
GARBAGE = {
    "truncated body": (
        says(response(b'[{"id": 1, "na', Content_Length="900")),
        errors.AmbiguousOutcome,
        True,
    ),
    "body longer than its length": (
        says(response(b'[{"id": 1}]', Content_Length="5")),
        errors.BadAnswer,
        True,
    ),
    "a web page": (says(response(HTML, kind="text/html")), errors.BadAnswer, True),
    "nothing": (says(response(b"")), errors.BadAnswer, True),
    "no JSON": (says(response(b"{'id': 1}")), errors.BadAnswer, True),
    "invalid UTF-8": (says(response(b'["\xff\xfe"]')), errors.BadAnswer, True),
    "a list nested a million deep": (says(response(b"[" * 1_000_000)), errors.BadAnswer, True),
    "broken gzip": (
        says(response(b"not packed", Content_Encoding="gzip")),
        errors.BadAnswer,
        True,
    ),
    "no HTTP": (says(b"SSH-2.0-OpenSSH_9.2\r\n"), errors.AmbiguousOutcome, True),
    "no answer": (hangs, errors.AmbiguousOutcome, True),
    "reset after the request": (resets, errors.AmbiguousOutcome, True),
    "closed after the request": (says(b""), errors.AmbiguousOutcome, True),
    "a page of 10 MB": (
        says(response(b"x" * 10_000_000, status="500 Oops", kind="text/html")),
        errors.BadAnswer,
        True,
    ),
    "an error page": (
        says(response(HTML, status="500 Oops", kind="text/html")),
        errors.BadAnswer,
        True,
    ),
    "gateway time-out": (
        says(response(HTML, status="504 Gateway Time-out")),
        errors.AmbiguousOutcome,
        True,
    ),
    "bad gateway": (says(response(b"", status="502 Bad")), errors.AmbiguousOutcome, True),
    "not found page": (
        says(response(HTML, status="404 Not Found", kind="text/html")),
        errors.TurnedAway,
        False,
    ),
    "redirect": (
        says(response(b"", status="302 Found", Location="http://127.0.0.1:9/")),
        errors.TurnedAway,
        False,
    ),
    "permanent redirect": (
        says(response(b"", status="308 Moved", Location="https://elsewhere.test/")),
        errors.TurnedAway,
        False,
    ),
    "busy": (says(response(b"", status="503 Busy")), errors.RetryLater, False),
    "too many requests": (says(response(b"{}", status="429 Slow")), errors.RetryLater, False),
    "lost serialization": (
        says(response(json.dumps(LOST).encode(), status="500 Oops")),
        errors.RetryLater,
        False,
    ),
}


@pytest.fixture(autouse=True)
def nothing_else_is_collected_midway():
    """Garbage nested very deep is read down to the last frame that there may be. What other tests
    left for the collector must not be finalised just then: it has no frame left to do it in.
    """
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("name", GARBAGE)
def test_a_write_over_garbage_is_made_once_and_says_whether_it_may_have_happened(name):
    script, error, ambiguous = GARBAGE[name]
    with RawServer(script) as server:
        with pytest.raises(error) as raised:
            make(client(server.url))
        sent = len(server.requests)
    assert (type(raised.value), raised.value.ambiguous, sent) == (error, ambiguous, 1)


@pytest.mark.parametrize("name", GARBAGE)
def test_a_client_works_again_after_garbage(name):
    """Nothing of the failure stays in the pool, whose single place must be free again."""
    script, error, _ = GARBAGE[name]
    with RawServer(script, MADE) as server:
        odoo = client(server.url)
        with pytest.raises(error):
            make(odoo)
        assert make(odoo) == [41]


@pytest.mark.parametrize(
    "name", ["truncated body", "no answer", "reset after the request", "gateway time-out", "busy"]
)
def test_a_read_is_repeated_until_it_is_answered(name):
    with RawServer(GARBAGE[name][0], GARBAGE[name][0], FOUND) as server:
        records: list[CallRecord] = []
        assert read(client(server.url, on_call=records.append)) == RECORDS
    word = "retry_later" if name == "busy" else "unanswered"
    assert [(one.attempt, one.outcome, one.rows) for one in records] == [
        (1, word, 0),
        (2, word, 0),
        (3, "ok", 1),
    ]


def test_a_read_is_given_up_after_three_tries():
    with RawServer(resets) as server:
        with pytest.raises(errors.Unanswered) as raised:
            read(client(server.url))
        assert (len(server.requests), raised.value.ambiguous) == (3, False)


def test_a_read_that_has_waited_long_is_not_repeated(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(line, "ENOUGH", 0.1)
    hangs = RawServer(lambda _connection, _request: time.sleep(0.5))
    with hangs as server, pytest.raises(errors.Unanswered) as raised:
        read(client(server.url, timeout=urllib3.Timeout(connect=1, read=0.2)))
    assert (len(server.requests), raised.value.silence) == (1, True)


def test_the_wait_grows_and_keeps_to_what_the_server_asks_for():
    waits: list[float] = []
    busy = says(response(b"", status="503 Busy", Retry_After="4"))
    with RawServer(resets, busy, FOUND) as server:
        read(client(server.url, sleep=waits.append))
    assert [0.375 <= waits[0] <= 0.625, 3 <= waits[1] <= 5] == [True, True]


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_write_is_repeated_when_it_was_certainly_not_sent():
    records: list[CallRecord] = []
    with pytest.raises(errors.Unreachable) as raised:
        make(client(f"http://127.0.0.1:{closed_port()}", on_call=records.append))
    assert [one.attempt for one in records] == [1, 2, 3]
    assert (raised.value.retry_safe, raised.value.ambiguous) == (True, False)
    assert raised.value.user_message == (
        "The server 127.0.0.1 cannot be reached: it takes no connection."
        " Check the address, and whether Odoo is running."
    )


def test_an_unknown_host_is_unreachable():
    with pytest.raises(errors.Unreachable) as raised:
        make(client("https://no-such-host.invalid"))
    assert raised.value.facts["reason"] == "its name is not known"


def test_a_host_that_swallows_connections_is_unreachable_in_the_time_allowed():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        odoo = client(
            f"http://127.0.0.1:{full.getsockname()[1]}",
            timeout=urllib3.Timeout(connect=0.2, read=0.2),
            tries=1,
        )
        with pytest.raises(errors.Unreachable) as raised:
            make(odoo)
    assert raised.value.facts["reason"] == "it does not answer"


def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_key_is_sent():
    with SelfSigned() as server:
        with pytest.raises(errors.Unreachable) as raised:
            make(client(server.url))
        assert server.received == b""
    assert raised.value.facts["reason"] == "its certificate or encryption is not acceptable"


def test_a_connection_reset_while_it_is_made_is_unreachable():
    """The encryption is never agreed on, so nothing was sent and a write may be repeated."""
    with RawServer(resets, unread=True) as server:
        with pytest.raises(errors.Unreachable) as raised:
            make(client(server.url.replace("http:", "https:")))
        assert (len(server.requests), raised.value.ambiguous) == (3, False)


def test_a_connection_reset_before_the_request_was_read_may_still_have_carried_it():
    """From here that looks like one reset after the request was read."""
    with RawServer(resets, unread=True) as server, pytest.raises(errors.AmbiguousOutcome):
        make(client(server.url))
    assert len(server.requests) == 1  # counted once the server's threads have ended


def test_the_key_is_not_taken_along_a_redirect():
    with RawServer(MADE) as elsewhere:
        there = says(response(b"", status="307 Moved", Location=elsewhere.url + "/json/2/x/y"))
        with RawServer(there) as server, pytest.raises(errors.TurnedAway):
            read(client(server.url))
        assert elsewhere.requests == []


def test_an_answer_is_limited_unpacked():
    bomb = gzip.compress(b"[" + b" " * 5_000_000 + b"]")
    packed = says(response(bomb, Content_Encoding="gzip"))
    with RawServer(packed) as server, pytest.raises(errors.BadAnswer) as raised:
        read(client(server.url, largest_answer=1_000_000))
    assert raised.value.facts["reason"] == "it is far too large"


def test_a_packed_answer_is_unpacked():
    packed = gzip.compress(json.dumps(RECORDS).encode())
    with RawServer(says(response(packed, Content_Encoding="gzip"))) as server:
        assert read(client(server.url)) == RECORDS


def test_an_answer_that_trickles_is_given_up():
    def trickles(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(response(b"", Content_Length="1000"))
        while True:
            connection.sendall(b" ")
            time.sleep(0.05)

    with RawServer(trickles) as server, pytest.raises(errors.AmbiguousOutcome) as raised:
        make(client(server.url, timeout=urllib3.Timeout(connect=1, read=0.2)))
    assert raised.value.facts["reason"] == "it took too long"


def test_a_json_list_is_no_answer_over_jsonrpc():
    with RawServer(says(response(b"[1, 2]"))) as server, pytest.raises(errors.BadAnswer):
        make(client(server.url, version=(17, 0)))


def test_what_is_no_list_of_records_is_no_answer_to_a_search():
    with RawServer(says(response(b'{"length": 1}'))) as server, pytest.raises(errors.BadAnswer):
        read(client(server.url))


def test_a_lost_sign_in_is_repeated_before_a_write_is_sent():
    signed_in = says(response(b'{"jsonrpc": "2.0", "id": 1, "result": 6}'))
    made = says(response(b'{"jsonrpc": "2.0", "id": 2, "result": 41}'))
    with RawServer(resets, signed_in, made) as server:
        access = Access(server.url, "tower", "admin", Secret(KEY))
        odoo = Odoo.resume(access, (17, 0), 0, timeout=QUICK, sleep=lambda _seconds: None)
        odoo.sign_in()
        assert (make(odoo), odoo.uid, len(server.requests)) == ([41], 6, 3)


def test_every_call_is_recorded_with_its_size_and_time():
    records: list[CallRecord] = []
    with RawServer(FOUND) as server:
        read(client(server.url, on_call=records.append))
    [one] = records
    size = len(json.dumps(RECORDS))
    assert (one.model, one.method, one.outcome, one.rows, one.bytes, one.attempt) == (
        "stock.picking",
        "search_read",
        "ok",
        1,
        size,
        1,
    )
    assert (one.started_at.tzname(), 0 < one.seconds < 1) == ("UTC", True)


def test_a_call_stands_even_if_it_cannot_be_recorded(caplog):
    def full(_record: CallRecord) -> None:
        raise RuntimeError("no room for metrics")

    with RawServer(MADE) as server:
        assert make(client(server.url, on_call=full)) == [41]
    assert "A call to Odoo could not be recorded" in caplog.text


def test_of_an_address_out_of_the_browser_the_server_is_taken():
    with RawServer(MADE) as server:
        make(client(server.url + "/odoo/inventory?debug=1#menu"))
        assert server.requests[0].split(b"\r\n")[0] == b"POST /json/2/mail.activity/create HTTP/1.1"


def test_more_than_two_connections_are_refused():
    with pytest.raises(ValueError, match="One connection to Odoo, or two"):
        client("https://odoo.test", connections=3)


ECHOES = says(
    response(
        json.dumps({"name": "odoo.exceptions.UserError", "message": f"Bad key {KEY}!"}).encode(),
        status="422 No",
    )
)


@pytest.mark.parametrize("version", [(17, 0), (19, 0)])
@pytest.mark.parametrize("name", [*GARBAGE, "echo"])
def test_the_key_shows_nowhere(name, version, caplog):
    caplog.set_level(logging.DEBUG)
    records: list[CallRecord] = []
    script = ECHOES if name == "echo" else GARBAGE[name][0]
    with RawServer(script) as server:
        odoo = client(server.url, version=version, on_call=records.append)
        with pytest.raises(errors.OdooError) as raised:
            read(odoo)
        assert any(KEY.encode() in request for request in server.requests)
    error = raised.value
    frames = traceback.TracebackException.from_exception(error, capture_locals=True)
    shown = [
        caplog.text,
        *frames.format(),
        repr(error),
        str(error),
        error.user_message,
        error.odoo_words,
        repr(error.args),
        repr(odoo),
        repr(vars(odoo)),
        repr(records),
        repr(error.__context__),
        repr(error.__cause__),
    ]
    assert [text for text in shown if KEY in text] == []
    assert "stock.picking" in repr(records)
