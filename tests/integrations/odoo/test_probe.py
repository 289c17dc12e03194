"""The look over a connection: against recorded servers, and against doors that stay closed."""

import json
import socket
from datetime import UTC, datetime
from typing import Any

import pytest
import urllib3

from integrations.odoo.client import Access, Secret
from integrations.odoo.probe import ATTRIBUTES, Need, ProbeReport, probe
from tests import recordings
from tests.integrations.odoo.raw import RawServer, response, says
from tests.integrations.odoo.replay import GOOD_KEY, Replay

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
QUICK: dict[str, Any] = {
    "timeout": urllib3.Timeout(connect=1, read=1),
    "sleep": lambda _seconds: None,
}
ADMIN = {
    "id": 2,
    "name": "Mitchell Admin",
    "login": "admin",
    "email": "admin@example.com",
    "lang": "en_US",
    "tz": "Europe/Brussels",
}
MESSAGE = "You are not allowed to access these records."


def access(url: str, version: int, **changes: str) -> Access:
    given = {"database": f"tower{version}", "login": "admin", "key": GOOD_KEY, **changes}
    return Access(url, given["database"], given["login"], Secret(given["key"]))


def told(version: int, model: str, method: str, arguments: dict[str, Any], answer: Any):
    """An exchange beside the recorded ones, in their form; an exception's name is an error."""
    refusal = isinstance(answer, str)
    error = {"name": answer, "message": MESSAGE, "debug": "Traceback (most recent call last)"}
    ids = arguments.pop("ids", None)
    if version == 19:
        body = arguments if ids is None else {**arguments, "ids": ids}
        headers = {"Authorization": "bearer <API-KEY>", "X-Odoo-Database": "tower19"}
        path, status, content = f"/json/2/{model}/{method}", 403 if refusal else 200, answer
        answer = error if refusal else content
    else:
        positional = [] if ids is None else [ids]
        rpc = ["tower17", 2, "<API-KEY>", model, method, positional, arguments]
        params = {"service": "object", "method": "execute_kw", "args": rpc}
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        headers, path, status = {}, "/jsonrpc", 200
        answer = {"error": {"data": error}} if refusal else {"result": answer}
    return recordings.Exchange(
        f"told {model} {method}", "POST", path, headers, body, status, {}, answer
    )


def user(version: int, **changes: Any):
    fields = ["name", "login", "email", "lang", "tz"]
    found = [{**ADMIN, **changes}]
    return told(version, "res.users", "read", {"ids": [2], "fields": fields}, found)


def search(model: str, domain: list[Any], fields: list[str], order: str, limit: int):
    return {"domain": domain, "fields": fields, "order": order, "limit": limit}


def modules(version: int, answer: Any):
    installed = [["state", "=", "installed"]]
    asked = search("ir.module.module", installed, ["name"], "name", 5000)
    return told(version, "ir.module.module", "search_read", asked, answer)


def keys(version: int, *ends: str | bool):
    asked = search("", [["user_id", "=", 2]], ["name", "expiration_date"], "id", 200)
    found = [{"id": i, "name": "tower", "expiration_date": end} for i, end in enumerate(ends)]
    return told(version, "res.users.apikeys", "search_read", asked, found)


def hooks(version: int, answer: Any):
    return told(version, "base.automation", "fields_get", {"attributes": ["type"]}, answer)


def allowed(version: int, model: str, operation: str, answer: Any):
    if version == 19:
        return told(version, model, "has_access", {"operation": operation}, answer)
    asked = {"operation": operation, "raise_exception": False}
    return told(version, model, "check_access_rights", asked, answer)


def first(version: int, model: str, fields: list[str], answer: Any):
    return told(version, model, "search_read", search(model, [], fields, "id", 1), answer)


def usual(version: int) -> list[recordings.Exchange]:
    return [
        user(version),
        modules(version, [{"id": 1, "name": "stock"}, {"id": 2, "name": "purchase"}]),
        keys(version, False, "2027-02-21 00:00:00"),
        hooks(version, {"name": {"type": "char"}}),
        allowed(version, "ir.cron", "read", True),
        allowed(version, "stock.picking", "read", True),
        first(version, "stock.picking", ["name", "scheduled_date"], [{"id": 1}]),
    ]


def look(version: int, needs: list[Need], *told_first: recordings.Exchange) -> ProbeReport:
    """What is told comes before the recordings and the usual answers."""
    known = [*told_first, *usual(version), *recordings.exchanges(version)]
    with Replay(known) as odoo:
        report = probe(access(odoo.url, version), needs, at=AT, **QUICK)
        assert odoo.unknown == []
    return report


def outcomes(report: ProbeReport) -> list[tuple[str, str]]:
    return [(what, outcome) for what, outcome, _ in report.rows()]


def sentence(report: ProbeReport, name: str) -> str:
    return " / ".join(text for what, _, text in report.rows() if what == name)


TRANSFERS = Need("stock.picking", ("name", "scheduled_date"), ("read", "write"), "late receipts")


@recordings.needed
@pytest.mark.parametrize(("version", "protocol"), [(17, "JSON-RPC"), (19, "JSON-2")])
def test_a_connection_with_everything_is_ok_in_every_step(version, protocol):
    report = look(version, [TRANSFERS])
    assert outcomes(report) == [
        ("Server", "ok"),
        ("Version", "ok"),
        ("Database", "ok"),
        ("API key", "ok"),
        ("User", "ok"),
        ("Modules", "ok"),
        ("Key expiry", "ok"),
        ("Webhooks", "ok"),
        ("Scheduled actions", "ok"),
        ("stock.picking (late receipts)", "ok"),
        ("stock.picking: read (late receipts)", "ok"),
        ("stock.picking: write (late receipts)", "ok"),
    ]
    assert (report.usable, report.version, report.protocol, report.uid, report.modules) == (
        True,
        (version, 0),
        protocol,
        2,
        frozenset({"stock", "purchase"}),
    )


@recordings.needed
def test_the_end_of_the_key_is_known_on_19_and_there_is_none_on_17():
    assert look(19, []).key_expires_at == datetime(2027, 2, 21, tzinfo=UTC)
    assert look(17, []).key_expires_at is None
    assert sentence(look(19, []), "Key expiry") == (
        "The user's next key to expire ends on 2027-02-21 00:00 UTC (days left: 89)."
    )


@recordings.needed
def test_a_key_that_ends_soon_is_something_to_put_right():
    report = look(19, [], keys(19, "2026-11-30 12:00:00"))
    assert ("Key expiry", "missing") in outcomes(report)
    assert sentence(report, "Key expiry") == (
        "The user's next key to expire ends on 2026-11-30 12:00 UTC (days left: 7)."
        " Create a new one in Odoo and enter it here."
    )


@recordings.needed
@pytest.mark.parametrize("version", recordings.VERSIONS)
def test_a_missing_right_names_the_group_that_gives_it(version):
    report = look(version, [TRANSFERS], allowed(version, "stock.picking", "write", False))
    assert sentence(report, "stock.picking: write (late receipts)") == (
        "Not allowed. Add the integration user to the group"
        " Inventory / User (stock.group_stock_user) in Odoo."
    )
    assert report.usable is True


@recordings.needed
@pytest.mark.parametrize("version", recordings.VERSIONS)
def test_a_right_refused_by_a_record_rule_shows_in_odoos_words(version):
    refused = first(
        version, "stock.picking", ["name", "scheduled_date"], "odoo.exceptions.AccessError"
    )
    report = look(version, [TRANSFERS], refused)
    assert sentence(report, "stock.picking: read (late receipts)") == (
        "Allowed. / The integration user has no right to do this in Odoo (search_read on"
        " stock.picking). Ask an Odoo administrator to add the group that gives it."
        " You are not allowed to access these records."
    )


@recordings.needed
@pytest.mark.parametrize("version", recordings.VERSIONS)
def test_fields_that_are_absent_or_computed_are_named(version):
    wanted = ("name", "scheduled_date", "products_availability", "no_such_field")
    report = look(version, [Need("stock.picking", wanted)])
    assert sentence(report, "stock.picking") == (
        "These fields do not exist: no_such_field. / "
        "These fields are computed, too slow to read for many records: products_availability."
    )


@recordings.needed
@pytest.mark.parametrize(
    ("version", "error"),
    [(17, {"name": "odoo.exceptions.UserError"}), (19, {"name": "werkzeug.exceptions.NotFound"})],
)
def test_a_model_that_is_not_installed_is_missing_and_the_rest_goes_on(version, error):
    absent = told(version, "quality.check", "fields_get", {"attributes": list(ATTRIBUTES)}, "x")
    words = {
        17: "Object quality.check doesn't exist",
        19: "the model 'quality.check' does not exist",
    }[version]
    content = {**error, "message": words}
    answer = content if version == 19 else {"error": {"data": content}}
    absent = recordings.Exchange(**{**vars(absent), "answer": answer})
    report = look(version, [Need("quality.check"), TRANSFERS], absent)
    assert sentence(report, "quality.check") == (
        "This Odoo has no quality.check. Install the module that brings it,"
        " or switch off what needs it."
    )
    assert outcomes(report)[-1] == ("stock.picking: write (late receipts)", "ok")


@recordings.needed
def test_a_user_without_e_mail_cannot_write_notes():
    report = look(17, [], user(17, email=False))
    assert sentence(report, "User") == (
        "Mitchell Admin has no e-mail address: notes and activities fail without one."
        " Enter one in the user's form in Odoo."
    )


@recordings.needed
def test_a_key_of_somebody_else_is_noticed():
    report = look(19, [], user(19, login="tower_integration"))
    assert sentence(report, "User") == (
        "The key belongs to tower_integration, not to admin. Correct the login."
    )


@recordings.needed
def test_a_user_who_may_not_list_modules_is_all_right():
    report = look(19, [], modules(19, "odoo.exceptions.AccessError"))
    assert (report.modules, dict(outcomes(report))["Modules"]) == (None, "ok")


@recordings.needed
@pytest.mark.parametrize("version", recordings.VERSIONS)
def test_a_wrong_key_stops_at_the_key(version):
    recorded = list(recordings.exchanges(version))
    wrong = {"key": "0" * 40} if version == 19 else {"key": "wrong"}
    with Replay(recorded) as odoo:
        report = probe(access(odoo.url, version, **wrong), [TRANSFERS], at=AT, **QUICK)
    assert outcomes(report)[-2:] == [("Database", "ok"), ("API key", "failed")]
    assert sentence(report, "API key") == (
        "Odoo did not accept the login or the API key. Create a new API key for the integration"
        " user in Odoo (Preferences, Account Security) and enter it in the connection."
    )
    assert report.usable is False


@recordings.needed
@pytest.mark.parametrize("version", recordings.VERSIONS)
def test_a_wrong_database_stops_at_the_database(version):
    with Replay(recordings.exchanges(version)) as odoo:
        report = probe(access(odoo.url, version, database="nosuchdb"), [TRANSFERS], at=AT, **QUICK)
    assert report.rows()[-1] == (
        "Database",
        "failed",
        (
            "The server 127.0.0.1 has no database named “nosuchdb”."
            " Check the name of the database in the connection."
        ),
    )


def test_a_server_that_is_not_there_stops_at_once():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    report = probe(access(f"http://127.0.0.1:{port}", 19), [TRANSFERS], at=AT, **QUICK)
    assert report.rows() == [
        (
            "Server",
            "failed",
            (
                "The server 127.0.0.1 cannot be reached: it takes no connection."
                " Check the address, and whether Odoo is running."
            ),
        )
    ]


def test_another_web_site_is_no_odoo():
    page = says(response(b"<html><title>Welcome</title></html>", kind="text/html"))
    with RawServer(page) as server:
        report = probe(access(server.url, 19), [TRANSFERS], at=AT, **QUICK)
    assert report.rows() == [
        (
            "Server",
            "missing",
            "127.0.0.1 answers, but not as a healthy Odoo does on /web/health.",
        ),
        (
            "Version",
            "failed",
            (
                "The answer from 127.0.0.1 is not one that Odoo gives: it is a web page."
                " Check the address of the connection and any proxy in front of Odoo."
            ),
        ),
    ]
    assert report.usable is False


def test_odoo_15_is_too_old():
    def answers(connection, request):
        found = {"server_version_info": [15, 0, 0, "final", 0, ""]}
        if request.startswith(b"GET"):
            connection.sendall(response(b"", status="404 Not Found"))
        else:
            number = json.loads(request.partition(b"\r\n\r\n")[2])["id"]
            connection.sendall(response(json.dumps({"id": number, "result": found}).encode()))
        connection.close()

    with RawServer(answers) as server:
        report = probe(access(server.url, 15), [TRANSFERS], at=AT, **QUICK)
    assert report.rows()[-1] == (
        "Version",
        "failed",
        "This server runs Odoo 15.0. Odoo 16 or later is needed.",
    )


@recordings.needed
@pytest.mark.parametrize("version", recordings.VERSIONS)
def test_nothing_is_written(version):
    known = [*usual(version), *recordings.exchanges(version)]
    with Replay(known) as odoo:
        probe(access(odoo.url, version), [TRANSFERS], at=AT, **QUICK)
        made = {name.split()[-1].split(":")[0] for name in odoo.served}
    assert made <= {
        "read", "search_read", "fields_get", "has_access", "check_access_rights", "web_health",
        "web_version", "rpc_version", "rpc_authenticate", "whoami", "access_probe",
    }  # fmt: skip
