"""``/jsonrpc``, the protocol of 16 to 18 (and, deprecated, of 19): always HTTP 200."""

from collections.abc import Mapping
from typing import Any

from integrations.simulator import calls, dispatch, errors, rights
from integrations.simulator.faults import Faults
from integrations.simulator.world import World

SERVER_VERSIONS = {17: "17.0-20240709", 19: "19.0"}


def version_info(version: int) -> dict[str, Any]:
    return {
        "server_version": SERVER_VERSIONS[version],
        "server_version_info": [version, 0, 0, "final", 0, ""],
        "server_serie": f"{version}.0",
        "protocol_version": 1,
    }


def answer(world: World, faults: Faults, databases: list[str], envelope: Any) -> dict[str, Any]:
    """The whole reply, error or result, for one request."""
    request_id = envelope.get("id") if isinstance(envelope, Mapping) else None
    reply = {"jsonrpc": "2.0", "id": request_id}
    try:
        params = envelope.get("params", {}) if isinstance(envelope, Mapping) else {}
        return {**reply, "result": _serve(world, faults, databases, params)}
    except errors.OdooError as error:
        return {**reply, "error": _error(world.version, error)}


def _error(version: int, error: errors.OdooError) -> dict[str, Any]:
    code = 0 if version >= 19 else 200
    return {"code": code, "message": "Odoo Server Error", "data": error.body()}


def _serve(world: World, faults: Faults, databases: list[str], params: Mapping[str, Any]) -> Any:
    service, method = params.get("service"), params.get("method")
    args = list(params.get("args") or [])
    if service == "common":
        return _common(world, databases, str(method), args)
    if service == "object" and method in {"execute_kw", "execute"}:
        return _execute(world, faults, databases, args, named=method == "execute_kw")
    if service == "db" and method == "list":
        return databases
    raise errors.OdooError("builtins.KeyError", str(service), 500)


def _common(world: World, databases: list[str], method: str, args: list[Any]) -> Any:
    if method == "version":
        return version_info(world.version)
    if method in {"authenticate", "login"} and len(args) >= 3:
        _check_database(databases, args[0])
        found = next((e for e in world.logins if e.login == args[1] and _opens(e, args[2])), None)
        return found.uid if found else False
    raise errors.OdooError("builtins.KeyError", method, 500)


def _opens(login: rights.Login, secret: object) -> bool:
    return secret in {login.key, login.password}


def _check_database(databases: list[str], name: object) -> None:
    if name not in databases:
        message = (
            f'connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "{name}" '
            "does not exist\n"
        )
        raise errors.OdooError("psycopg2.OperationalError", message, 500)


def _execute(
    world: World, faults: Faults, databases: list[str], args: list[Any], *, named: bool
) -> Any:
    if len(args) < 5:
        raise errors.type_("execute_kw() missing required positional arguments")
    database, uid, secret, model, method = args[:5]
    _check_database(databases, database)
    login = next((each for each in world.logins if each.uid == uid and _opens(each, secret)), None)
    if login is None:
        raise errors.denied()
    positional = list(args[5]) if named and len(args) > 5 else args[5:]
    keywords = dict(args[6]) if named and len(args) > 6 and args[6] else {}
    found = _method(world, str(model), str(method))
    context = keywords.pop("context", None) or {}
    request = _request(found, str(model), str(method), positional, keywords, context)
    return plain(world.version, dispatch.run(world, faults, login, request), str(method))


def _method(world: World, model: str, method: str) -> calls.Method:
    if model not in world.models:
        raise errors.user(f"Object {model} doesn't exist")
    if method.startswith("_"):
        shown = method if world.version < 19 else f"'{model}.{method}'"
        raise errors.access(f"Private methods (such as {shown}) cannot be called remotely.")
    found = calls.find(world.version, model, method)
    if found is None:
        raise errors.attribute(f"The method '{method}' does not exist on the model '{model}'")
    return found


def _request(
    found: calls.Method,
    model: str,
    method: str,
    positional: list[Any],
    keywords: dict[str, Any],
    context: dict[str, Any],
) -> dispatch.Request:
    if found.scope == "records":
        ids = positional[0] if positional else keywords.pop("ids", [])
        positional = [[ids] if isinstance(ids, int) else list(ids or []), *positional[1:]]
    problem = calls.fits(found, positional, keywords)
    if problem:
        raise errors.type_(f"{method}() {problem}")
    return dispatch.Request(model, method, positional, keywords, context)


def plain(version: int, result: Any, method: str) -> Any:
    """A recordset goes out as a list, a bare id or a text: that is how old clients know it."""
    if not isinstance(result, calls.Records):
        return result
    if version < 19 and result.as_text:
        inner = ", ".join(map(str, result.ids)) + ("," if len(result.ids) == 1 else "")
        return f"{result.model}({inner})"
    if result.single and (version < 19 or method == "create"):
        return result.ids[0]
    return result.ids
