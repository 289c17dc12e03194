"""The two languages of Odoo: how a call is written down, and how its answer is read.

JSON-2 from 19 on; /jsonrpc for 16 to 18 (19 logs a warning for each legacy call).
"""

import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

from django.utils.translation import gettext_noop as _

from integrations.odoo import answers, errors
from integrations.odoo.access import Access
from integrations.odoo.transport import Answer, Request

Version = tuple[int, int]
FIRST_JSON2: Version = (19, 0)
OLDEST: Version = (16, 0)
JSON = {"Content-Type": "application/json"}

READS = frozenset({
    "authenticate", "check_access_rights", "context_get", "default_get", "fields_get",
    "formatted_read_group", "has_access", "has_group", "health", "name_search", "read",
    "read_group", "search", "search_count", "search_fetch", "search_read", "version", "web_read",
    "web_search_read",
})  # fmt: skip

RECORDSET = re.compile(r"[a-z][\w.]*\(((\d+, ?)*(\d+)?)\)")


@dataclass(frozen=True)
class Call:
    """Named arguments only; `ids` None means a method of the model, not of records."""

    model: str
    method: str
    ids: Sequence[int] | None = None
    context: Mapping[str, Any] | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Exchange:
    """One request and the way to read its answer (`read` raises an OdooError)."""

    model: str
    method: str
    request: Request
    read: Callable[[Answer], Any] = field(repr=False)

    @property
    def harmless(self) -> bool:
        """Changes nothing in Odoo, so it may always be repeated."""
        return self.method in READS


class Speaker(Protocol):
    """What a protocol can do. `name` is for people: "JSON-2", "JSON-RPC"."""

    name: str
    version: Version

    def sign_in(self) -> Exchange: ...  # its result is the uid, or Unauthorised

    def exchange(self, call: Call, who: Callable[[], int], /) -> Exchange: ...  # who: the uid


def speaker(access: Access, version: Version) -> Speaker:
    """Raises UnsupportedVersion below 16."""
    if version < OLDEST:
        raise errors.UnsupportedVersion(reason=".".join(map(str, version)), host=access.host)
    return Json2(access, version) if version >= FIRST_JSON2 else JsonRpc(access, version)


class Json2:
    name = "JSON-2"

    def __init__(self, access: Access, version: Version = FIRST_JSON2) -> None:
        self._access = access
        self.version = version

    def sign_in(self) -> Exchange:
        call = Call("res.users", "context_get")
        return Exchange(
            call.model, call.method, self._request(call), lambda answer: self._uid(call, answer)
        )

    def exchange(self, call: Call, _who: Callable[[], int], /) -> Exchange:
        """The key alone says who calls."""
        return Exchange(
            call.model, call.method, self._request(call), lambda answer: self._result(call, answer)
        )

    def _request(self, call: Call) -> Request:
        named: dict[str, Any] = dict(call.arguments)
        if call.context is not None:
            named["context"] = dict(call.context)
        if call.ids is not None:
            named["ids"] = list(call.ids)
        path = f"/json/2/{quote(call.model, safe='')}/{quote(call.method, safe='')}"
        return Request("POST", path, self._headers(), _written(named))

    def _headers(self) -> dict[str, str]:
        key = self._access.api_key.reveal()
        database = self._access.database
        return {**JSON, "Authorization": f"bearer {key}", "X-Odoo-Database": database}

    def _result(self, call: Call, answer: Answer) -> Any:
        facts = _facts(self._access, call)
        if answer.status == 200:
            return plain(call.method, answers.loaded(answer, **facts))
        raise _json2_error(answer, self._access, facts)

    def _uid(self, call: Call, answer: Answer) -> int:
        context = self._result(call, answer)
        return _checked_uid(context.get("uid") if isinstance(context, dict) else None, self._access)


class JsonRpc:
    name = "JSON-RPC"

    def __init__(self, access: Access, version: Version = OLDEST) -> None:
        self._access = access
        self.version = version
        self._numbers = itertools.count(1)

    def sign_in(self) -> Exchange:
        """About 400 ms on the server (it hashes the key): once per connection, not per call."""
        access = self._access
        arguments = [access.database, access.login, access.api_key.reveal(), {}]
        call = Call("common", "authenticate")
        exchange = self._rpc(call, "common", "authenticate", arguments)
        return Exchange(
            call.model,
            call.method,
            exchange.request,
            lambda answer: _checked_uid(exchange.read(answer) or None, access),
        )

    def version_call(self) -> Exchange:
        """Needs neither database nor key; answered by every version so far."""
        call = Call("common", "version")
        exchange = self._rpc(call, "common", "version", [])
        return Exchange(
            call.model,
            call.method,
            exchange.request,
            lambda answer: parsed_version(exchange.read(answer), self._access),
        )

    def exchange(self, call: Call, who: Callable[[], int], /) -> Exchange:
        access = self._access
        positional, named = _legacy_arguments(call)
        caller = [access.database, who(), access.api_key.reveal()]
        arguments = [*caller, call.model, call.method, positional, named]
        return self._rpc(call, "object", "execute_kw", arguments)

    def _rpc(self, call: Call, service: str, method: str, arguments: list[Any]) -> Exchange:
        number = next(self._numbers)
        params = {"service": service, "method": method, "args": arguments}
        envelope = {"jsonrpc": "2.0", "method": "call", "id": number, "params": params}
        request = Request("POST", "/jsonrpc", dict(JSON), _written(envelope))
        return Exchange(
            call.model, call.method, request, lambda answer: self._result(call, answer, number)
        )

    def _result(self, call: Call, answer: Answer, number: int) -> Any:
        facts = _facts(self._access, call)
        if answer.status != 200:
            raise _hushed(answers.by_status(answer, **facts), self._access)
        envelope = answers.loaded(answer, **facts)
        if isinstance(envelope, dict) and isinstance(envelope.get("error"), dict):
            raise _rpc_error(envelope["error"], self._access, facts)
        if not isinstance(envelope, dict) or envelope.get("id") != number:
            raise errors.BadAnswer(reason=_("it is not the answer to our question"), **facts)
        return plain(call.method, envelope.get("result"))


def version_page(access: Access) -> Exchange:
    """`GET /web/version`, from 19 on. Its result is None where there is no such page: before 19,
    and on what is no Odoo at all."""
    request = Request("GET", "/web/version")
    return Exchange("common", "version", request, lambda answer: _version_from_page(answer, access))


def health_page(access: Access) -> Exchange:
    """`GET /web/health`: no login, no database; BadAnswer if it is not `{"status": "pass"}`."""
    request = Request("GET", "/web/health")
    return Exchange("common", "health", request, lambda answer: _healthy(answer, access))


def parsed_version(found: Any, access: Access) -> Version:
    """(19, 0) from version_info `[19, 0, …]`; (18, 2) from Odoo Online's `["saas~18", 2, …]`."""
    info = None
    if isinstance(found, dict):
        info = found.get("version_info") or found.get("server_version_info")
    try:
        major, minor = (int(str(part).rpartition("~")[2]) for part in (info or [])[:2])
    except (ValueError, TypeError):
        major, minor = 0, 0
    if major:
        return major, minor
    raise errors.BadAnswer(host=access.host, reason=_("it does not tell Odoo's version"))


def plain(method: str, result: Any) -> Any:
    """One shape for what differs between versions: `create` and other recordsets are lists of ids
    (17 answers "mail.activity(36,)"), `message_post` is one id."""
    if isinstance(result, str) and (match := RECORDSET.fullmatch(result)):
        result = [int(number) for number in re.findall(r"\d+", match[1])]
    if method == "create" and isinstance(result, int):
        return [result]
    if method == "message_post" and isinstance(result, list) and len(result) == 1:
        return result[0]
    return result


def _legacy_arguments(call: Call) -> tuple[list[Any], dict[str, Any]]:
    """`execute_kw` wants the records first, and the values of create and write by position."""
    named = dict(call.arguments)
    positional: list[Any] = [] if call.ids is None else [list(call.ids)]
    value = {"create": "vals_list", "write": "vals"}.get(call.method)
    if value in named:
        positional.append(named.pop(value))
    if call.context is not None:
        named["context"] = dict(call.context)
    return positional, named


def _version_from_page(answer: Answer, access: Access) -> Version | None:
    try:
        if answer.status == 200:
            return parsed_version(answers.loaded(answer, host=access.host), access)
        failure = answers.by_status(answer, host=access.host, database=access.database)
    except errors.BadAnswer:
        return None
    if isinstance(failure, errors.RetryLater | errors.AmbiguousOutcome):
        raise failure
    return None


def _healthy(answer: Answer, access: Access) -> bool:
    if answer.status != 200:
        raise answers.by_status(answer, host=access.host)
    found = answers.loaded(answer, host=access.host)
    if isinstance(found, dict) and found.get("status") == "pass":
        return True
    raise errors.BadAnswer(host=access.host, reason=_("it does not report good health"))


def _json2_error(answer: Answer, access: Access, facts: dict[str, str]) -> errors.OdooError:
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict) and isinstance(found.get("name"), str):
        return _named(found, access, facts)
    return _hushed(answers.by_status(answer, **facts), access)


def _rpc_error(error: dict[str, Any], access: Access, facts: dict[str, str]) -> errors.OdooError:
    data = error.get("data")
    return _named(data if isinstance(data, dict) else error, access, facts)


def _named(found: Mapping[str, Any], access: Access, facts: dict[str, str]) -> errors.OdooError:
    words = str(found.get("message") or "")
    return _hushed(answers.by_name(str(found.get("name") or ""), words, **facts), access)


def _hushed(error: errors.OdooError, access: Access) -> errors.OdooError:
    """Should a server repeat the key in its message, it ends here."""
    key = access.api_key.reveal()
    error.odoo_words = error.odoo_words.replace(key, "…")
    error.args = tuple(str(argument).replace(key, "…") for argument in error.args)
    return error


def _checked_uid(uid: Any, access: Access) -> int:
    if isinstance(uid, int) and uid:
        return uid
    raise errors.Unauthorised(host=access.host, database=access.database)


def _facts(access: Access, call: Call) -> dict[str, str]:
    where = {"host": access.host, "database": access.database}
    return {**where, "model": call.model, "method": call.method}


def _written(content: Mapping[str, Any]) -> bytes:
    """Raises ValueError or TypeError for what JSON has no word for (a datetime: use to_odoo)."""
    return json.dumps(content, allow_nan=False).encode()
