"""Cases read over the API."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone

from exceptions import intake, lifecycle
from exceptions.models import Case, Membership, User
from exceptions.queries.changed import OVERLAP
from exceptions.vocabulary import Move, Role
from tests.exceptions.api.calling import CASES, Program, problem, program, wrong_fields
from tests.making import Tower


def ids(answer: Any) -> list[int]:
    return [case["id"] for case in answer.json()["results"]]


def many(tower: Tower, at: datetime, numbers: range) -> None:
    intake.take_in([tower.receipt(n, at=at) for n in numbers], at=at)


def test_a_case_in_the_list(lead: Program, case: Case, at: datetime) -> None:
    answer: Any = lead.get(CASES)
    (told,) = answer.json()["results"]

    assert (told["id"], told["reference"], told["state"]) == (case.pk, f"C-{case.pk}", "assigned")
    assert (told["value_at_risk"], told["currency"]) == ("10000.00", "EUR")
    assert (told["detected_at"], told["closed_at"]) == ("2026-11-17T12:00:00Z", None)
    assert told["site"] == {
        "id": case.site_id,
        "code": "RTM",
        "name": "Rotterdam",
        "time_zone": "Europe/Amsterdam",
    }
    assert told["owner"]["username"] == "procurement.rtm"
    assert told["document"]["reference"] == "RTM/IN/00001"


def test_a_case_with_all_that_belongs_to_it(
    lead: Program, case: Case, tower: Tower, at: datetime
) -> None:
    owner = tower.owner_of(case)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=at)
    data = {
        "decision": "expedite",
        "substance": case.document.substance,
        "reason": "Air freight.",
        "cost": Decimal(200),
    }
    lifecycle.move(case.pk, Move.PROPOSE, owner, at=at, data=data)
    answer: Any = lead.get(f"{CASES}{case.pk}/")
    told = answer.json()

    assert sum(c["points"] for c in told["contributions"]) == told["score"] == 56
    assert told["thresholds"] == {
        "version": 1,
        "values": [{"name": "grace_minutes", "value": "0", "origin": "everywhere"}],
    }
    assert [(c["kind"], c["state"]) for c in told["clocks"]] == [
        ("resolve", "running"),
        ("acknowledge", "met"),
    ]
    assert [e["move"] or e["happening"] for e in told["events"]] == [
        "detected",
        "classify",
        "assign",
        "acknowledge",
        "propose",
    ]
    assert [(d["kind"], d["cost"], d["proposed_by"]) for d in told["decisions"]] == [
        ("expedite", "200.00", "procurement.rtm")
    ]
    verbs = {"activity", "priority", "email", "n8n_event", "note"}
    assert {o["verb"] for o in told["outbox"]} == verbs
    assert told["facts"]["value"] == "10000"
    assert {m["move"]: m["why_not_now"] for m in told["legal_moves"]}["resolve"] == ""


def test_instants_are_utc_whatever_zone_the_reader_lives_in(
    case: Case, client: Any, at: datetime
) -> None:
    User.objects.filter(username="lead.rtm").update(time_zone="Asia/Tokyo")
    client.force_login(User.objects.get(username="lead.rtm"))

    told = client.get(f"{CASES}{case.pk}/").json()
    assert told["events"][0]["at"] == "2026-11-17T12:00:00Z"


# -- Rows that one may see ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "here", "sees"),
    [
        (Role.OPERATOR, True, True),
        (Role.SUPERVISOR, True, True),
        (Role.EXECUTIVE, True, True),
        (Role.APPROVER, True, True),
        (Role.AUDITOR, None, True),
        (Role.EXECUTIVE, False, False),
        (Role.SUPERVISOR, False, False),
        (Role.INTEGRATION_ADMIN, None, False),
    ],
)
def test_one_sees_the_cases_of_ones_sites(
    tower: Tower, case: Case, role: Role, here: bool | None, sees: bool
) -> None:
    site = None if here is None else tower.site if here else tower.other_site
    Membership.objects.create(user=User.objects.create_user("reader"), role=role, site=site)
    caller = program("reader")
    acknowledge = caller.move(case.pk, {"move": "acknowledge"})

    assert ids(caller.get(CASES)) == ([case.pk] if sees else [])
    assert caller.get(f"{CASES}{case.pk}/").status_code == (200 if sees else 404)
    assert acknowledge.status_code == (404 if not sees else 200 if role == Role.SUPERVISOR else 409)


@pytest.mark.parametrize("number", ["0", "404", "9" * 30])
def test_what_is_not_there_is_a_problem(lead: Program, case: Case, number: str) -> None:
    nothing = (404, "There is nothing here that you may see.")

    assert problem(lead.get(f"{CASES}{number}/")) == nothing
    assert problem(lead.send(f"{CASES}{number}/moves/", {"move": "acknowledge"})) == nothing
    assert problem(lead.get("/api/v2/cases/")) == nothing


def test_what_one_may_not_see_is_told_as_what_is_not_there(case: Case) -> None:
    elsewhere = program("lead.chi")

    assert problem(elsewhere.get(f"{CASES}{case.pk}/")) == problem(elsewhere.get(f"{CASES}404/"))


# -- Filters -----------------------------------------------------------------------------------


def test_open_cases_are_the_default_and_filters_narrow(
    lead: Program, tower: Tower, at: datetime
) -> None:
    many(tower, at, range(1, 4))
    first, second, third = Case.objects.order_by("id")
    data = {"outcome": "false_positive", "reason": "A typo."}
    lifecycle.move(first.pk, Move.DISMISS, tower.supervisor, at=at, data=data)

    assert ids(lead.get(CASES)) == [third.pk, second.pk]
    assert ids(lead.get(CASES, state="all")) == [third.pk, second.pk, first.pk]
    assert ids(lead.get(CASES, state=["closed", "resolved"])) == [first.pk]
    assert ids(lead.get(CASES, q=f"C-{second.pk}")) == [second.pk]
    assert ids(lead.get(CASES, owner="me")) == []
    assert ids(lead.get(CASES, detected_to="2026-11-16")) == []
    assert ids(lead.get(CASES, detected_from="2026-11-17T11:59:00Z")) == [third.pk, second.pk]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"state": "sleeping"}, "state"),
        ({"site": "Rotterdam"}, "site"),
        ({"detected_from": "yesterday"}, "detected_from"),
        ({"open_on": "2026-02-30"}, "open_on"),
        ({"colour": "red"}, "colour"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "٣"}, "limit"),
        ({"changed_since": "yesterday"}, "changed_since"),
        ({"changed_since": "2026-11-17T12:00:00"}, "changed_since"),
        ({"changed_since": "2026-02-30T12:00:00Z"}, "changed_since"),
        ({"cursor": "%%%"}, "cursor"),
        ({"cursor": "cD1hYmM="}, "cursor"),
        ({"cursor": "bz0tMQ=="}, "cursor"),
    ],
)
def test_a_filter_that_cannot_be_read_is_named(
    lead: Program, case: Case, query: dict[str, str], field: str
) -> None:
    assert wrong_fields(lead.get(CASES, **query)) == (400, [field])


@pytest.mark.parametrize("text", ["\x00", "\ud800", "' OR 1=1 --", "%", "\\", "é" * 500])
def test_any_text_may_be_searched_for(lead: Program, case: Case, text: str) -> None:
    answer = lead.client.get(CASES, QUERY_STRING="q=" + _quoted(text), headers=lead.headers())

    assert answer.status_code in (200, 400)
    assert answer.headers["Content-Type"] in ("application/json", "application/problem+json")


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


# -- Pages -------------------------------------------------------------------------------------


def test_every_row_comes_once_while_others_come_and_go(
    lead: Program, tower: Tower, at: datetime
) -> None:
    many(tower, at, range(1, 24))
    there = set(Case.objects.values_list("pk", flat=True))
    seen: list[int] = []
    address, new = f"{CASES}?limit=5", 100
    while address:
        answer: Any = lead.get(address)
        seen += ids(answer)
        address = answer.json()["next"]
        many(tower, at + timedelta(minutes=new), range(new, new + 3))
        new += 3

    assert len(seen) == len(set(seen)) == 23
    assert set(seen) == there
    assert seen == sorted(seen, reverse=True)


def test_a_copy_that_is_loaded_bit_by_bit_misses_nothing(lead: Program, tower: Tower) -> None:
    """Cases come, are worked on and end while the copy is made; the second load brings the rest."""
    begun = timezone.now() - timedelta(days=3)
    many(tower, begun, range(1, 24))
    copy: dict[int, dict[str, Any]] = {}

    first = _load(lead, copy, f"{CASES}?state=all&limit=5", lambda page: _live(tower, page))
    assert copy != _truth(lead)
    _load(lead, copy, f"{CASES}?state=all&limit=5&changed_since={quote(first)}", lambda page: None)

    assert copy == _truth(lead)
    assert len(copy) == 23 + 3 * 5
    far = lead.get(CASES, state="all", changed_since=(timezone.now() + OVERLAP).isoformat())
    assert ids(far) == []


def _load(lead: Program, copy: Any, address: str, meanwhile: Callable[[int], None]) -> str:
    """Into the copy, page after page; as of when the first page was."""
    instants, page = [], 0
    while address:
        answer: Any = lead.get(address)
        told = answer.json()
        copy.update({case["id"]: case for case in told["results"]})
        instants.append(told["as_of"])
        meanwhile(page := page + 1)
        address = told["next"]
    return str(instants[0])


def _live(tower: Tower, page: int) -> None:
    """Three cases come, one that is on a page still to come changes, and one that was on one."""
    at = timezone.now()
    many(tower, at, range(100 * page, 100 * page + 3))
    open_cases = Case.objects.filter(state="assigned").order_by("pk")
    for case in (open_cases[0], open_cases.reverse()[5]):
        lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.owner_of(case), at=at)


def _truth(lead: Program) -> dict[int, dict[str, Any]]:
    answer: Any = lead.get(CASES, state="all", limit=1000)
    return {case["id"]: case for case in answer.json()["results"]}


def test_a_page_keeps_the_filter_and_leads_back(lead: Program, tower: Tower, at: datetime) -> None:
    many(tower, at, range(1, 6))
    first: Any = lead.get(CASES, limit=2, kind="late_inbound")
    second: Any = lead.get(first.json()["next"])
    back: Any = lead.get(second.json()["previous"])

    assert "kind=late_inbound" in first.json()["next"]
    assert (first.json()["previous"], ids(back)) == (None, ids(first))


def test_the_list_costs_the_same_however_many_rows(
    lead: Program, tower: Tower, at: datetime, django_assert_num_queries: Any
) -> None:
    many(tower, at, range(1, 31))
    lead.get(CASES)  # notes the use of the token
    with django_assert_num_queries(3):  # the token, its memberships, the page
        assert len(ids(lead.get(CASES))) == 30


def test_a_case_tells_how_often_its_subject_recurred(
    lead: Program, tower: Tower, at: datetime
) -> None:
    many(tower, at, range(1, 2))
    many(tower, at + timedelta(hours=1), range(2, 3))
    case = Case.objects.latest("id")
    answer: Any = lead.get(f"{CASES}{case.pk}/")
    listed: Any = lead.get(CASES, state="all", recurs_with=case.pk)

    assert answer.json()["recurrence"] == {
        "times": 2,
        "days": 30,
        "subject": "Kempten Bearings",
        "last": None,
        "says": "2nd time in 30 days for Kempten Bearings at Rotterdam.",
    }
    assert len(ids(listed)) == 2


def test_a_case_tells_what_is_connected_with_it(lead: Program, case: Case, tower: Tower) -> None:
    at = case.detected_at
    intake.take_in([tower.order_line(1, at=at)], at=at)
    other = Case.objects.get(kind="partial_receipt")
    answer: Any = lead.get(f"{CASES}{case.pk}/")

    assert answer.json()["connected"] == [
        {
            "id": other.pk,
            "reference": other.reference,
            "kind": "partial_receipt",
            "title": other.title,
            "path": ["receipt RTM/IN/00001", "PO P00001"],
        }
    ]


@pytest.mark.parametrize("rest", ["v1/nothing/", "v1/cases/a%0Ab/", "%0A"])
def test_what_leads_nowhere_is_a_problem_too(lead: Program, rest: str) -> None:
    assert problem(lead.get(f"/api/{rest}")) == (404, "There is nothing here that you may see.")
