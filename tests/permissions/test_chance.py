"""Requests of chance at every address that OpenAPI tells of, held against what it promises there.

`API_CHANCES=400` sends each address more than the suite does.
"""

import os
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any, TypeAlias

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.urls import resolve
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from exceptions import tokens
from tests.making import Tower
from tests.permissions.addresses import arguments_of
from tests.permissions.preparing import PREPARED
from tests.permissions.world import World, build

pytestmark = pytest.mark.slow

CHANCES = int(os.environ.get("API_CHANCES", "4"))
MODES = list(GenerationMode)
# The library's classes have several parameters that nobody here needs to know.
Case: TypeAlias = Any
Operation: TypeAlias = Any
# A schema cannot say which cases exist, or that a move comes too late: what is valid by it may be
# refused all the same. Whether tokens are asked for at all is held by the table of permissions.
NEVER_HELD = [positive_data_acceptance, ignored_auth]
# A body may say 5 where the schema says "5", and is understood: workflows often do.
HELD_WITHOUT_BODY = [negative_data_rejection]


@pytest.fixture
def world(tower: Tower) -> World:
    return build(tower)


@pytest.fixture
def api() -> Iterator[OpenApiSchema]:
    """The tower as a server runs it, in the transaction of the test: its connection is kept."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/schema/", WSGIHandler())
    for signal in signals:
        signal.connect(close_old_connections)


class Caller:
    """Sends requests, and undoes what they change. Every other one is about what exists."""

    def __init__(self, world: World, who: str) -> None:
        self.world, self.headers = world, _headers(world, who)
        self.about_what_exists = cycle([True, False])

    def sends(self, case: Case) -> None:
        """Raises where the answer is not as the schema promises."""
        if next(self.about_what_exists):
            _name_what_exists(case, self.world)
        with transaction.atomic():
            answer = case.call(headers=self.headers)
            transaction.set_rollback(True)
        of_body = HELD_WITHOUT_BODY if case.operation.body else []
        excluded = NEVER_HELD + of_body
        case.validate_response(answer, headers=self.headers, excluded_checks=excluded)


def _headers(world: World, who: str) -> dict[str, str]:
    """A token with every scope, of somebody with that role. ` ` is nobody, `?` a wrong token."""
    if who in " ?":
        return {"Authorization": f"Bearer {tokens.PREFIX}{who}"} if who == "?" else {}
    key = tokens.issue(
        world.people[who], name="chance", scopes=tokens.SCOPES, at=timezone.now(), days=1
    )
    return {"Authorization": f"Bearer {key}"}


def _name_what_exists(case: Case, world: World) -> None:
    """Ids that could be anything become those of what is there."""
    place = world.here
    if isinstance(case.path_parameters.get("id"), int):
        case.path_parameters["id"] = _number_of(case.operation.path, world)
    known = {"site": place.site.pk, "parent": place.parent.pk, "case": place.case.reference}
    if isinstance(case.body, dict):
        for name in known.keys() & case.body.keys():
            if type(case.body[name]) is type(known[name]):
                case.body[name] = known[name]


def _number_of(path: str, world: World) -> int:
    number: int = arguments_of(_route(path), world, world.here)["pk"]
    return number


def _route(path: str) -> str:
    return resolve(path.replace("{id}", "1")).url_name or ""


def _prepare(path: str, world: World) -> None:
    if prepare := PREPARED.get(_route(path)):
        prepare(world, world.here)


def _at_the_edges(api: OpenApiSchema, operation: Operation) -> list[Case]:
    """Requests at the edges of what the schema allows, and just beyond: some of all of them."""
    told = api.config.generation_for(operation=operation)
    every = list(api.iter_coverage_cases(operation, generation_modes=MODES, generation_config=told))
    return list(islice(every, 0, None, max(1, len(every) // CHANCES)))


def _of_chance(operation: Operation, caller: Caller) -> None:
    what = st.one_of([operation.as_strategy(mode) for mode in MODES])
    alike = settings(
        max_examples=CHANCES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    alike(given(what)(caller.sends))()


@pytest.mark.parametrize("who", ["S", "A", " ", "?"])
def test_answers_are_what_the_schema_promises(
    world: World, api: OpenApiSchema, who: str, subtests: pytest.Subtests
) -> None:
    """And no request of chance makes the tower fail."""
    caller = Caller(world, who)
    for operation in (found.ok() for found in api.get_all_operations() if isinstance(found, Ok)):
        with subtests.test(operation.label), transaction.atomic():
            _prepare(operation.path, world)
            for case in _at_the_edges(api, operation):
                caller.sends(case)
            _of_chance(operation, caller)
            transaction.set_rollback(True)
