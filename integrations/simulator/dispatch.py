"""From a named call to its result: lookup, rights, arguments, faults and the transaction."""

import time
from dataclasses import dataclass
from typing import Any

from integrations.simulator import calls, errors, methods, rights
from integrations.simulator.faults import Faults
from integrations.simulator.world import World

if not methods.__all__:
    raise AssertionError("no public methods are registered")


@dataclass(frozen=True, slots=True)
class Request:
    """One remote call, whatever the protocol; ``args`` start with the ids for record methods."""

    model: str
    method: str
    args: list[Any]
    kwargs: dict[str, Any]
    context: dict[str, Any]


class Cut(Exception):  # not an error of ours: the wire is cut on purpose
    """The connection is to be dropped without an answer."""


class BadGateway(Exception):  # a proxy's answer, not Odoo's
    """A proxy in front of Odoo answers in its stead."""


def run(world: World, faults: Faults, login: rights.Login, request: Request) -> Any:
    """The result of a call, with whatever trouble is in force for it."""
    _trouble_before(faults, request)
    method = calls.find(world.version, request.model, request.method)
    if method is None:
        raise errors.attribute(f"no method {request.method}")
    result = _perform(world, faults, login, request, method)
    if faults.take("lost_reply", request.model, request.method):
        raise Cut
    return result


def _perform(
    world: World, faults: Faults, login: rights.Login, request: Request, method: calls.Method
) -> Any:
    with world.transaction(login.uid) as tx:
        known = world.as_granted(login)
        call = calls.Call(world, tx, known, request.model, request.context)
        result = method.function(call, *request.args, **request.kwargs)
        late = faults.take("late_failure", request.model, request.method)
        if late:
            raise errors.LateFailure("odoo.exceptions.UserError", late.message, 422)
    return result


def _trouble_before(faults: Faults, request: Request) -> None:
    model, method = request.model, request.method
    if fault := faults.take("stall", model, method):
        time.sleep(fault.seconds)
    if faults.take("reset", model, method):
        raise Cut
    if faults.take("bad_gateway", model, method):
        raise BadGateway
    if faults.take("serialization", model, method):
        raise errors.serialization()
    if fault := faults.take("user_error", model, method):
        raise errors.user(fault.message)
    if fault := faults.take("server_error", model, method):
        raise errors.OdooError("builtins.RuntimeError", fault.message, 500)
