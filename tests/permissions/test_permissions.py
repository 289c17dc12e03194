"""Every address and method, asked by every role, here and elsewhere, does what the table says."""

from typing import Any

import pytest
from django.urls import get_resolver
from django.utils import timezone

from exceptions import tokens
from tests.making import Tower
from tests.permissions.addresses import routes
from tests.permissions.asking import IN, OUT, REFUSED, SIGN_IN, ask, given_away, outcome
from tests.permissions.table import RULES, Row
from tests.permissions.world import COMPANY_WIDE, ROLES, World, build

pytestmark = pytest.mark.slow

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SCOPES = dict(zip("rmcf", tokens.SCOPES, strict=True))


def test_every_address_has_a_rule() -> None:
    """One that was added without a row in the table fails here; so does a row for none."""
    assert {route for route, _ in RULES} == set(routes(get_resolver().url_patterns))


def expected(letters: str, who: str) -> str:
    if who in letters:
        return IN
    return REFUSED if who.lower() in letters else OUT


def told(wrong: dict[str, Any]) -> str:
    return "\n".join(f"{asked}: {found}" for asked, found in sorted(wrong.items()))


@pytest.fixture
def world(tower: Tower) -> World:
    return build(tower)


@pytest.mark.parametrize("who", ROLES)
def test_people_do_what_the_table_says(world: World, who: str) -> None:
    wrong, leaks = {}, {}
    for row in RULES.values():
        for name, place, letters in (
            ("here", world.here, row.own),
            ("elsewhere", world.elsewhere, row.elsewhere),
        ):
            if letters == "=":
                continue
            answer = ask(world, row, who, place)
            asked = f"{row.method} {row.route} {name} by {who}"
            found = outcome(answer)
            # A site that is not theirs is answered like one that is none.
            if name == "elsewhere" and answer.status_code in (400, 422):
                found = OUT
            if found != expected(letters, who):
                wrong[asked] = found
            if row.route not in COMPANY_WIDE and (names := given_away(answer)):
                leaks[asked] = names

    assert (wrong, leaks) == ({}, {}), told(wrong | leaks)


def test_who_is_not_signed_in_comes_no_further(world: World) -> None:
    found = {
        key: "shut" if outcome(ask(world, row, " ", world.here)) == SIGN_IN else "open"
        for key, row in RULES.items()
    }

    assert found == {key: row.anonymous for key, row in RULES.items()}


def test_tokens_do_what_their_scopes_say(world: World) -> None:
    at = timezone.now()
    keys = {
        letter: tokens.issue(world.people["S"], name=scope, scopes=[scope], at=at)
        for letter, scope in SCOPES.items()
    }
    machines = [row for row in RULES.values() if row.scopes != "-"]
    found = {
        (row.route, row.method): "".join(
            letter
            for letter, key in keys.items()
            if outcome(ask(world, row, " ", world.here, key)) == IN
        )
        or "."
        for row in machines
    }

    assert found == {(row.route, row.method): row.scopes for row in machines}


def test_no_token_opens_a_page(world: World) -> None:
    at, lead = timezone.now(), world.people["S"]
    key = tokens.issue(lead, name="everything", scopes=tokens.SCOPES, at=at)
    shut = [row for row in RULES.values() if row.scopes == "-" and row.anonymous == "shut"]
    found = {row: outcome(ask(world, row, " ", world.here, key)) for row in shut}

    assert set(found.values()) == {SIGN_IN}


def test_other_methods_are_answered_by_nobody(world: World) -> None:
    """Asked by a supervisor and by nobody: no address does something by a method without a row."""
    answered = {}
    for route in {route for route, _ in RULES}:
        for method in METHODS:
            if (route, method) in RULES:
                continue
            row = Row(route, method, "", "", "", "")
            for who in ("S", " "):
                if (found := outcome(ask(world, row, who, world.here))) not in (OUT, SIGN_IN):
                    answered[f"{method} {route} by {who}"] = found

    assert answered == {}, told(answered)
