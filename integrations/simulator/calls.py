"""One remote call: who calls what, inside which transaction; and the register of public methods."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from integrations.simulator import errors, rights
from integrations.simulator.schema import Model
from integrations.simulator.transactions import Transaction
from integrations.simulator.world import World

Scope = Literal["model", "records"]
ANY = "*"
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(slots=True)
class Call:
    """What every public method gets as its first argument."""

    world: World
    tx: Transaction
    login: rights.Login
    model: str
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def description(self) -> Model:
        return self.world.models[self.model]

    @property
    def version(self) -> int:
        return self.world.version

    def may(self, operation: str, model: str = "") -> None:
        """Raises AccessError in Odoo's words if the caller may not."""
        name = model or self.model
        rights.check(self.login, name, self.world.models[name].title, operation)

    def existing(self, ids: list[int]) -> list[int]:
        """The ids; MissingError for the first that is gone."""
        for each in ids:
            if each not in self.world.tables[self.model].rows:
                raise errors.missing(self.model, each, self.login.uid)
        return ids


@dataclass(frozen=True, slots=True)
class Records:
    """A recordset as a result: each version and protocol writes it in its own way."""

    model: str
    ids: list[int]
    single: bool = False
    """A 17 that is asked over ``/jsonrpc`` answers with the bare id."""
    as_text: bool = False
    """A 17 that is asked over ``/jsonrpc`` answers with Python's representation."""


@dataclass(frozen=True, slots=True)
class Method:
    function: Callable[..., Any]
    scope: Scope
    loose: bool
    """Takes what it does not know and trips over it later, with a TypeError."""
    since: int = 0
    until: int = 99
    """The versions that have it, both included."""


METHODS: dict[tuple[str, str], Method] = {}


def public(
    name: str,
    *models: str,
    scope: Scope = "records",
    loose: bool = False,
    since: int = 0,
    until: int = 99,
) -> Callable[[Function], Function]:
    """Register a function as a remote method of some models (of all, when none is named)."""

    def register(function: Function) -> Function:
        for model in models or (ANY,):
            METHODS[model, name] = Method(function, scope, loose, since, until)
        return function

    return register


def find(version: int, model: str, name: str) -> Method | None:
    found = METHODS.get((model, name)) or METHODS.get((ANY, name))
    return found if found and found.since <= version <= found.until else None


def fits(method: Method, args: list[Any], kwargs: dict[str, Any]) -> str:
    """Why these arguments cannot be bound; empty when they can."""
    try:
        inspect.signature(method.function).bind(None, *args, **kwargs)
    except TypeError as error:
        return str(error)
    return ""
