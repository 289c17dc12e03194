"""The operations dashboard: who sees it, what it says of little, and what its address says."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from exceptions.models import Membership, User
from exceptions.vocabulary import Role
from exceptions.web.dashboards import asked as filters
from tests.exceptions.queries.world import executive_of
from tests.making import Tower

DASH = "\N{EN DASH}"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_without_any_case_the_page_says_so(tower: Tower) -> None:
    html = signed_in(executive_of(None)).get("/dashboards/").content.decode()
    assert html.count("Nothing to count here") == 1


def test_one_case(tower: Tower) -> None:
    case = tower.late_case(at=timezone.now() - timedelta(hours=5), value=Decimal(48_200))
    page = signed_in(executive_of(None)).get("/dashboards/").context

    told = {tile.name: [value.text for value in tile.values] for tile in page["tiles"]}
    assert told == {
        "Volume": ["1"],
        "Backlog": ["1"],
        "First response": [DASH],
        "Resolution time": [DASH],
        "SLA breach rate": ["100.0 %"] if case.tier in ("critical", "high") else [DASH],
        "Self-healed": [DASH],
        "Open for 3 days or more": ["0"],
        "Exposed": ["€48,200"],
    }


def test_too_few_decisions_are_not_called_none(tower: Tower) -> None:
    tower.late_case(at=timezone.now() - timedelta(hours=5))
    page = signed_in(executive_of(None)).get("/dashboards/decisions/").content.decode()
    assert page.count("Too few decisions to compare") == 2


def test_who_runs_integrations_only_sees_no_figures(tower: Tower) -> None:
    user = User.objects.create_user("integrations")
    Membership.objects.create(user=user, role=Role.INTEGRATION_ADMIN)
    answers = [signed_in(user).get(path).status_code for path in ("/dashboards/", CLOCKS)]
    assert answers == [403, 403]


CLOCKS = "/dashboards/clocks/"
TODAY = date(2026, 11, 17)


def test_nobody_looks_without_signing_in(tower: Tower) -> None:
    answer = Client().get("/dashboards/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/dashboards/")


@pytest.mark.parametrize(
    ("query", "first", "unread"),
    [
        ("", date(2026, 10, 19), ()),
        ("days=7", date(2026, 11, 11), ()),
        ("days=8", date(2026, 10, 19), ("days=8",)),
        ("from=2026-11-01&to=2026-11-05", date(2026, 11, 1), ()),
        ("from=2026-11-05&to=2026-11-01", date(2026, 10, 19), 1),
        ("from=2026-13-01&to=x", date(2026, 10, 19), 1),
        ("from=0001-01-01&to=0001-01-01", date(2026, 10, 19), 1),
        ("from=2020-01-01&to=2026-11-05", date(2025, 11, 5), ("more than 366 days",)),
        ("tier=huge", date(2026, 10, 19), ("tier=huge",)),
    ],
)
def test_the_address_says_the_range(query: str, first: date, unread: Any) -> None:
    asked = filters.read(QueryDict(query), TODAY)
    assert asked.first_day == first
    assert (len(asked.unread) if isinstance(unread, int) else asked.unread) == unread


@pytest.mark.parametrize(
    "query", ["", "site=3&tier=low&days=7", "kind=late_inbound&from=2026-11-01&to=2026-11-05"]
)
def test_the_address_comes_back(query: str) -> None:
    asked = filters.read(QueryDict(query), TODAY)
    again = filters.read(QueryDict(asked.to_query()), TODAY)
    assert again == asked


def test_a_range_ends_today_at_the_latest() -> None:
    asked = filters.read(QueryDict("from=2026-11-10&to=2027-01-01"), TODAY)
    assert asked.last_day == TODAY


def test_who_comes_back_finds_the_filters_that_they_left(tower: Tower) -> None:
    client = signed_in(executive_of(None))
    client.get("/dashboards/sla/?days=7&tier=high")

    answer = client.get("/dashboards/")
    assert (answer.status_code, answer["Location"]) == (302, "/dashboards/?tier=high&days=7")
    client.get("/dashboards/?days=30")
    assert client.get("/dashboards/sla/")["Location"] == "/dashboards/sla/?days=30"


def test_tabs_and_filters_take_the_others_along(tower: Tower) -> None:
    page = signed_in(executive_of(None)).get("/dashboards/sla/?days=7&tier=high").context
    assert {board.key: url for board, url in page["tabs"]}["operations"] == (
        "/dashboards/operations/?tier=high&days=7"
    )
    (tiers,) = [menu for menu in page["menus"] if menu.name == "tier"]
    assert [(o.says, o.url, o.on) for o in tiers.options][:2] == [
        ("Critical", "/dashboards/sla/?days=7&tier=high&tier=critical", False),
        ("High", "/dashboards/sla/?days=7", True),
    ]


def test_what_is_no_dashboard_is_not_found(tower: Tower) -> None:
    assert signed_in(executive_of(None)).get("/dashboards/nothing/").status_code == 404
