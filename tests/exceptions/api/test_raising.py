"""Cases raised by programs."""

from typing import Any

import pytest

from exceptions.models import Case
from exceptions.vocabulary import Role
from tests.exceptions.api.calling import CASES, Program, problem, program, said, wrong_fields
from tests.exceptions.cases import member
from tests.making import Tower


@pytest.fixture
def raiser(tower: Tower) -> Program:
    return program("lead.rtm", "cases:raise")


def body(tower: Tower, **said: Any) -> dict[str, Any]:
    return {
        "kind": "carrier_failure",
        "site": tower.site.pk,
        "summary": "A pallet fell from the truck",
        "subject": "Rhine Haulage",
        "value": "1250.50",
        "currency": "EUR",
        "need_at": "2026-11-20T10:00:00+01:00",
        "partner": {"id": 9, "name": "Rhine Haulage", "tier": "B"},
    } | said


def test_a_case_is_raised_and_told(raiser: Program, tower: Tower) -> None:
    status, told = said(raiser.send(CASES, body(tower)))

    case = Case.objects.get()
    assert (status, told["id"], told["reference"], told["state"]) == (
        201,
        case.pk,
        case.reference,
        "assigned",
    )
    assert (told["value_at_risk"], told["currency"], told["need_at"]) == (
        "1250.50",
        "EUR",
        "2026-11-20T09:00:00Z",
    )
    assert (told["document"]["model"], told["document"]["reference"]) == (
        "tower.report",
        f"R-{case.document.record_id}",
    )
    first = told["events"][0]
    assert (first["happening"], first["actor"], first["via"]) == (
        "detected",
        "lead.rtm (n8n)",
        "api",
    )
    assert told["subject_key"] == f"carrier_failure:{tower.site.pk}:partner:9"


def test_only_what_must_be_said_suffices(raiser: Program, tower: Tower) -> None:
    least = {k: v for k, v in body(tower).items() if k in ("kind", "site", "summary", "subject")}

    status, told = said(raiser.send(CASES, least))

    assert (status, told["value_at_risk"], told["currency"], told["need_at"]) == (
        201,
        None,
        "",
        None,
    )


def test_with_a_key_it_is_raised_once(raiser: Program, tower: Tower) -> None:
    first = raiser.send(CASES, body(tower), **{"Idempotency-Key": "k1"})
    again = raiser.send(CASES, body(tower), **{"Idempotency-Key": "k1"})
    other = raiser.send(CASES, body(tower, summary="Two"), **{"Idempotency-Key": "k1"})

    assert said(first) == said(again)
    assert (again.headers["Idempotency-Replayed"], other.status_code) == ("true", 422)
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"kind": "nonsense"}, ["kind"]),
        ({"site": 2**70}, ["site"]),
        ({"site": 0}, ["site"]),
        ({"summary": " "}, ["summary"]),
        ({"subject": "x" * 101}, ["subject"]),
        ({"value": "-1"}, ["value"]),
        ({"value": "lots"}, ["value"]),
        ({"currency": "eur"}, ["currency"]),
        ({"currency": None}, ["currency"]),
        ({"need_at": "2026-11-20T10:00:00"}, ["need_at"]),
        ({"partner": {"id": 1}}, ["partner.name"]),
        ({"partner": {"id": 1, "name": "X", "tier": "D"}}, ["partner.tier"]),
        ({"owner": "me"}, ["owner"]),
    ],
)
def test_what_cannot_be_read_is_named(
    raiser: Program, tower: Tower, change: dict[str, Any], fields: list[str]
) -> None:
    assert wrong_fields(raiser.send(CASES, body(tower, **change))) == (400, fields)
    assert not Case.objects.exists()


def test_at_a_site_where_one_does_not_work_nothing_is_raised(raiser: Program, tower: Tower) -> None:
    assert wrong_fields(raiser.send(CASES, body(tower, site=tower.other_site.pk))) == (
        400,
        ["site"],
    )


def test_who_only_reads_raises_nothing(tower: Tower) -> None:
    member("auditor", Role.AUDITOR)

    assert problem(program("auditor", "cases:raise").send(CASES, body(tower))) == (
        403,
        "Only who works on cases may raise them.",
    )


def test_it_needs_its_own_scope(tower: Tower) -> None:
    others = program("lead.rtm", "cases:read", "cases:move", "facts:write")

    assert problem(others.send(CASES, body(tower))) == (
        403,
        "The token 'n8n' lacks the scope cases:raise.",
    )
    assert program("lead.rtm", "cases:raise").get(CASES).status_code == 403
