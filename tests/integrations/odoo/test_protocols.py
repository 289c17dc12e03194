"""Every exchange that was recorded with a real Odoo, made again by the client."""

import json
from typing import Any

import pytest

from integrations.odoo import answers, errors, protocols
from integrations.odoo.client import Access, Odoo, Secret, find_version
from integrations.odoo.line import Line
from integrations.odoo.protocols import Json2, JsonRpc
from integrations.odoo.transport import Answer
from tests import recordings
from tests.integrations.odoo.replay import GOOD_KEY, Replay

pytestmark = recordings.needed

# Recorded, but nothing that the client sends.
NOT_SENT = {
    "version_info": "tells the same as /web/version and common.version, which are asked",
    "json_version": "the same page as /web/version under another name",
    "no_key": "an empty key is refused before anything is sent",
    "not_json": "what the client sends comes out of json.dumps",
}
PAGES = {"web_version", "web_health"}
SIGN_INS = {"rpc_version", "rpc_authenticate", "rpc_authenticate_bad_password", "rpc_bad_database"}

REFUSED: dict[str, type[errors.OdooError]] = {
    "bad_database": errors.WrongDatabase,
    "bad_key": errors.Unauthorised,
    "no_such_model": errors.UnknownModel,
    "no_such_method": errors.UnknownMethod,
    "private_method": errors.AccessRefused,
    "bad_field": errors.CallerMistake,
    "bad_domain": errors.CallerMistake,
    "write_missing_id": errors.MissingRecord,
    "bad_value": errors.CallerMistake,
    "write_iso_datetime": errors.CallerMistake,
    "user_error_cancel_done": errors.UserRefused,
    "user_error_unlink_done": errors.UserRefused,
    "raise_validation": errors.UserRefused,
}
REFUSED_BY_19 = {**REFUSED, "unsearchable_domain": errors.CallerMistake}

# Where the versions answer in different shapes, the client answers in one.
MADE_ALIKE = {
    (17, "create_activity"): [43],
    (17, "activity_schedule"): [44],
    (19, "message_post"): 1597,
    (19, "message_post_html"): 1600,
}


def access(odoo: Replay, database: str, key: str = GOOD_KEY) -> Access:
    return Access(odoo.url, database, "admin", Secret(key.replace(recordings.KEY, GOOD_KEY)))


def calls(version: int) -> list[Any]:
    apart = {*NOT_SENT, *PAGES, *SIGN_INS}
    return [
        pytest.param(exchange, id=f"{version}-{exchange.name}")
        for exchange in recordings.exchanges(version)
        if exchange.name not in apart
    ]


@pytest.fixture(scope="module")
def odoo17():
    with Replay(recordings.exchanges(17)) as server:
        yield server


@pytest.fixture(scope="module")
def odoo19():
    with Replay(recordings.exchanges(19)) as server:
        yield server


def over_json2(odoo: Replay, exchange: recordings.Exchange) -> Any:
    _, _, _, model, method = exchange.path.split("/")
    arguments = dict(exchange.body)
    ids, context = arguments.pop("ids", None), arguments.pop("context", None)
    key = exchange.headers["Authorization"].removeprefix("bearer ")
    where = access(odoo, exchange.headers["X-Odoo-Database"], key)
    with Odoo(where, Json2(where, (19, 0))) as client:
        return client.call(model, method, ids=ids, context=context, **arguments)


def over_jsonrpc(odoo: Replay, exchange: recordings.Exchange) -> Any:
    database, uid, key, model, method, positional, named = exchange.body["params"]["args"]
    arguments, left = dict(named), list(positional)
    context = arguments.pop("context", None)
    if method in {"create", "write"}:
        arguments["vals_list" if method == "create" else "vals"] = left.pop()
    ids = left.pop() if left else None
    where = access(odoo, database, key)
    with Odoo(where, JsonRpc(where, (17, 0)), uid=uid) as client:
        return client.call(model, method, ids=ids, context=context, **arguments)


def expected(version: int, exchange: recordings.Exchange) -> Any:
    return MADE_ALIKE.get((version, exchange.name), exchange.result)


@pytest.mark.parametrize("exchange", calls(19))
def test_every_json2_exchange_gives_its_result_or_its_error(odoo19, exchange):
    if exchange.name in REFUSED_BY_19:
        with pytest.raises(REFUSED_BY_19[exchange.name]) as raised:
            over_json2(odoo19, exchange)
        assert type(raised.value) is REFUSED_BY_19[exchange.name]
    else:
        assert over_json2(odoo19, exchange) == expected(19, exchange)
    assert odoo19.unknown == []


@pytest.mark.parametrize("exchange", calls(17))
def test_every_jsonrpc_exchange_gives_its_result_or_its_error(odoo17, exchange):
    if exchange.name in REFUSED:
        with pytest.raises(REFUSED[exchange.name]) as raised:
            over_jsonrpc(odoo17, exchange)
        assert type(raised.value) is REFUSED[exchange.name]
    else:
        assert over_jsonrpc(odoo17, exchange) == expected(17, exchange)
    assert odoo17.unknown == []


@pytest.mark.parametrize("version", recordings.VERSIONS)
def test_no_recorded_refusal_is_forgotten(version):
    refused = {
        exchange.name
        for exchange in recordings.exchanges(version)
        if (isinstance(exchange.answer, dict) and "error" in exchange.answer)
        or (isinstance(exchange.answer, dict) and "debug" in exchange.answer)
        or (exchange.status >= 400 and exchange.name not in {"json_version", "web_version"})
    }
    table = REFUSED_BY_19 if version == 19 else REFUSED
    assert refused - {"no_key", "not_json", "rpc_bad_database"} <= set(table)


@pytest.mark.parametrize(("version", "number"), [(17, (17, 0)), (19, (19, 0))])
def test_the_version_is_found_without_key_or_database(version, number):
    with Replay(recordings.exchanges(version)) as odoo:
        assert find_version(access(odoo, "any"), Line(access(odoo, "any"))) == number
    asked = ["web_version"] if version == 19 else ["web_version", "rpc_version"]
    assert sorted(odoo.served) == sorted(asked)


@pytest.mark.parametrize("version", recordings.VERSIONS)
def test_the_health_page_is_understood(version):
    with Replay(recordings.exchanges(version)) as odoo:
        where = access(odoo, "any")
        assert Line(where).run(protocols.health_page(where)) is True


@pytest.mark.parametrize(("version", "name"), [(17, "JSON-RPC"), (19, "JSON-2")])
def test_connect_picks_the_protocol_and_signs_in(version, name):
    with Replay(recordings.exchanges(version)) as odoo:
        client = Odoo.connect(access(odoo, f"tower{version}"))
    assert (client.version, client.protocol.name, client.uid) == ((version, 0), name, 2)


def test_sign_in_over_jsonrpc_with_a_wrong_password_is_unauthorised(odoo17):
    where = access(odoo17, "tower17", "wrong")
    with pytest.raises(errors.Unauthorised):
        Odoo(where, JsonRpc(where, (17, 0))).sign_in()


def test_sign_in_over_jsonrpc_to_an_unknown_database_says_so(odoo17):
    where = access(odoo17, "nosuchdb")
    with pytest.raises(errors.WrongDatabase) as raised:
        Odoo(where, JsonRpc(where, (17, 0))).sign_in()
    assert raised.value.user_message == (
        "The server 127.0.0.1 has no database named “nosuchdb”."
        " Check the name of the database in the connection."
    )


@pytest.mark.parametrize(
    ("name", "error"), [("no_key", errors.Unauthorised), ("not_json", errors.CallerMistake)]
)
def test_answers_to_what_the_client_never_sends_are_understood_all_the_same(name, error):
    found = recordings.exchange(19, name).answer
    assert type(answers.by_name(found["name"], found["message"])) is error


def test_odoos_own_words_reach_the_user_and_its_traceback_does_not(odoo19):
    with pytest.raises(errors.UserRefused) as raised:
        over_json2(odoo19, recordings.exchange(19, "user_error_cancel_done"))
    assert raised.value.user_message == (
        "Odoo did not accept this: You cannot cancel a stock move that has been set to 'Done'."
        " Create a return in order to reverse the moves which took place."
    )
    assert "Traceback" not in str(raised.value)


@pytest.mark.parametrize(
    ("info", "version"),
    [
        ({"version_info": [19, 0, 0, "final", 0, ""]}, (19, 0)),
        ({"server_version_info": [16, 0, 0, "final", 0, "e"]}, (16, 0)),
        ({"server_version_info": ["saas~18", 2, 0, "final", 0, "e"]}, (18, 2)),
    ],
)
def test_versions_of_odoo_online_and_enterprise_are_read(info, version):
    where = Access("https://odoo.test", "db", "admin", Secret("k"))
    assert protocols.parsed_version(info, where) == version


@pytest.mark.parametrize("info", [None, [], {}, {"version_info": []}, {"version_info": ["x", 0]}])
def test_what_tells_no_version_is_no_odoo(info):
    where = Access("https://odoo.test", "db", "admin", Secret("k"))
    with pytest.raises(errors.BadAnswer):
        protocols.parsed_version(info, where)


def test_odoo_15_is_too_old():
    where = Access("https://odoo.test", "db", "admin", Secret("k"))
    with pytest.raises(errors.UnsupportedVersion) as raised:
        protocols.speaker(where, (15, 0))
    assert raised.value.user_message == "This server runs Odoo 15.0. Odoo 16 or later is needed."


def test_an_rpc_answer_to_another_question_is_not_taken_for_ours():
    where = Access("https://odoo.test", "db", "admin", Secret("k"))
    exchange = JsonRpc(where).exchange(protocols.Call("res.partner", "search"), lambda: 2)
    with pytest.raises(errors.BadAnswer) as raised:
        exchange.read(Answer(200, b'{"jsonrpc": "2.0", "id": 4711, "result": [1]}'))
    assert raised.value.ambiguous is True


@pytest.mark.parametrize(
    ("call", "sent"),
    [
        (protocols.Call("stock.picking", "search"), [[], {}]),
        (
            protocols.Call("stock.picking", "has_access", [], None, {"operation": "read"}),
            [[[]], {"operation": "read"}],
        ),
        (
            protocols.Call("stock.picking", "write", [7], {"lang": "de_DE"}, {"vals": {"a": 1}}),
            [[[7], {"a": 1}], {"context": {"lang": "de_DE"}}],
        ),
        (
            protocols.Call("mail.activity", "create", None, None, {"vals_list": [{"a": 1}]}),
            [[[{"a": 1}]], {}],
        ),
    ],
)
def test_records_and_values_stand_where_execute_kw_wants_them(call, sent):
    where = Access("https://odoo.test", "db", "admin", Secret("k"))
    body = JsonRpc(where).exchange(call, lambda: 2).request.body
    assert body is not None
    assert json.loads(body)["params"]["args"][5:] == sent


@pytest.mark.parametrize(
    ("method", "result", "alike"),
    [
        ("create", 43, [43]),
        ("create", [18, 19], [18, 19]),
        ("activity_schedule", "mail.activity(44,)", [44]),
        ("activity_schedule", "mail.activity(44, 45)", [44, 45]),
        ("activity_schedule", "mail.activity()", []),
        ("message_post", [1597], 1597),
        ("message_post", 716, 716),
        ("action_feedback", 715, 715),
        ("search", [3], [3]),
        ("name_get", "Desk (black)", "Desk (black)"),
    ],
)
def test_results_have_one_shape_in_every_version(method, result, alike):
    assert protocols.plain(method, result) == alike
