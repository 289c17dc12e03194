"""Where a model differs from the plain case: who sees which rows, how rows come and go."""

from collections.abc import Callable, Sequence
from typing import Any

from integrations.simulator import rights, writing
from integrations.simulator.calls import Call

Creator = Callable[[Call, dict[str, Any]], int]
Destroyer = Callable[[Call, int], None]
_CREATORS: dict[str, Creator] = {}
_DESTROYERS: dict[str, Destroyer] = {}


def creates(model: str) -> Callable[[Creator], Creator]:
    """Register how records of a model are created."""

    def register(function: Creator) -> Creator:
        _CREATORS[model] = function
        return function

    return register


def destroys(model: str) -> Callable[[Destroyer], Destroyer]:
    """Register what happens when a record of a model is deleted."""

    def register(function: Destroyer) -> Destroyer:
        _DESTROYERS[model] = function
        return function

    return register


def creator(model: str) -> Creator:
    return _CREATORS.get(model, lambda call, values: writing.create(call, call.model, values))


def destroyer(model: str) -> Destroyer:
    return _DESTROYERS.get(model, lambda call, record_id: call.tx.unlink(call.model, record_id))


def scoped(call: Call, domain: Sequence[Any] | None) -> list[Any]:
    """The domain with the record rules of the caller: users see their own keys only."""
    terms = list(domain or [])
    if call.model == "res.users.apikeys" and rights.SYSTEM not in call.login.groups:
        return [["user_id", "=", call.login.uid], *terms]
    return terms
