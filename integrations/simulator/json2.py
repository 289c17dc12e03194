"""JSON-2, the protocol of 19: ``POST /json/2/<model>/<method>`` with named arguments."""

import json
from collections.abc import Mapping
from typing import Any

from integrations.simulator import calls, dispatch, errors, rights
from integrations.simulator.faults import Faults
from integrations.simulator.world import World

NO_KEY = "User not authenticated, use an API Key with a Bearer Authorization header."


def authenticate(world: World, header: str) -> rights.Login:
    """The login of a bearer key; a password is no key."""
    scheme, _, key = header.partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise errors.unauthorised(NO_KEY)
    login = world.login(key.strip())
    if login is None:
        raise errors.unauthorised("Invalid apikey")
    return login


def answer(
    world: World, faults: Faults, model: str, method: str, authorization: str, raw: bytes
) -> Any:
    """The bare result of a call; raises the errors that this protocol words in its own way."""
    login = authenticate(world, authorization)
    body = _body(raw)
    if model not in world.models:
        raise errors.not_found(f"the model '{model}' does not exist")
    found = _method(world, model, method)
    context = body.pop("context", None) or {}
    ids = body.pop("ids", None) or []
    if found.scope == "model" and ids:
        raise errors.unprocessable(f"cannot call {model}.{method} with ids")
    args = [list(ids)] if found.scope == "records" else []
    _bind(found, args, body, method)
    request = dispatch.Request(model, method, args, body, context)
    return plain(dispatch.run(world, faults, login, request))


def _body(raw: bytes) -> dict[str, Any]:
    """The named arguments; a list is ignored, as in Odoo, and the call runs without any."""
    try:
        parsed = json.loads(raw or b"{}")
    except ValueError as error:
        raise errors.bad_request(f"could not parse the body as json: {error}") from None
    return dict(parsed) if isinstance(parsed, Mapping) else {}


def _method(world: World, model: str, method: str) -> calls.Method:
    if method.startswith("_"):
        raise errors.access(
            f"Private methods (such as '{model}.{method}') cannot be called remotely."
        )
    found = calls.find(world.version, model, method)
    if found is None:
        raise errors.not_found(f"The method '{model}.{method}' does not exist")
    return found


def _bind(found: calls.Method, args: list[Any], body: dict[str, Any], method: str) -> None:
    problem = calls.fits(found, args, body)
    if problem and found.loose:
        raise errors.type_(f"{method}() {problem}")
    if problem:
        raise errors.unprocessable(problem)


def plain(result: Any) -> Any:
    """A recordset goes out as its ids, always a list."""
    return result.ids if isinstance(result, calls.Records) else result
