"""The operations dashboard: whoever looks, every number lists exactly what it counts."""

import random
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from exceptions.models import Case, Membership, User
from exceptions.vocabulary import Role
from exceptions.web import dashboard_filter
from tests.exceptions.queries.world import Past, executive_of
from tests.making import Tower

DASH = "\N{EN DASH}"


@pytest.fixture
def past(tower: Tower) -> Tower:
    Past(tower, random.Random(11), now=timezone.now().replace(microsecond=0)).live(45)
    return tower


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class Rows:
    """Follows a link as a person would, page after page, and counts the rows."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.known: dict[str, int] = {}

    def at(self, href: str) -> int:
        if href not in self.known:
            self.known[href] = self._count(href)
        return self.known[href]

    def _count(self, href: str) -> int:
        found, page = 0, href
        for _number in range(50):
            html = self.client.get(page).content.decode()
            found += len(re.findall(r"<tr [^>]*data-(?:case|clock)=", html))
            more = MORE.search(html)
            if more is None:
                return found
            page = href.split("?", maxsplit=1)[0] + unescape(more[1])
        raise AssertionError(f"no end of pages: {href}")


MORE = re.compile(
    r'<a(?: class="btn")? href="(\?[^"]*)"[^>]*>(?:<svg.*?</svg>)?(?:More|Next page)<'
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "query"),
    [
        ("executive of all", ""),
        ("executive of one site", "?days=7&tier=high&tier=medium"),
        ("supervisor", "?days=90&kind=late_inbound&owner=nobody&owner=me"),
        ("executive of all", "?from={six}&to={two}&site={site}&team={team}"),
    ],
)
def test_every_number_lists_what_it_counts(past: Tower, who: str, query: str) -> None:
    client = signed_in(
        {
            "executive of all": lambda: executive_of(None),
            "executive of one site": lambda: executive_of(past.other_site),
            "supervisor": lambda: User.objects.get(username="lead.rtm"),
        }[who]()
    )
    today = timezone.now().date()
    words = {
        "six": today - timedelta(days=6),
        "two": today - timedelta(days=2),
        "site": past.other_site.pk,
        "team": Case.objects.values_list("team_id", flat=True)[0],
    }
    page = client.get("/dashboards/" + query.format(**words)).context
    rows = Rows(client)

    for tile in page["tiles"]:
        counted = {value.href: value.n for value in tile.values}
        assert (tile.name, counted) == (tile.name, {href: rows.at(href) for href in counted})
    for card in page["cards"]:
        points = [p for series in card.chart.series for p in series.points if p.href]
        assert (card.key, [p.n for p in points]) == (card.key, [rows.at(p.href) for p in points])
        assert (card.key, card.link.split()[0]) == (card.key, str(rows.at(card.href)))


@pytest.mark.slow
def test_a_tile_with_a_part_also_lists_the_whole(past: Tower) -> None:
    client = signed_in(executive_of(None))
    tiles = {tile.name: tile for tile in client.get("/dashboards/").context["tiles"]}
    rows = Rows(client)

    wholes = {
        name: int(tiles[name].n.split(" of ")[1].split()[0])
        for name in ("SLA breach rate", "Self-healed", "Open for 3 days or more")
    }
    assert wholes == {name: rows.at(tiles[name].n_href) for name in wholes}


def test_the_figure_draws_what_the_table_says(past: Tower) -> None:
    page = signed_in(executive_of(None)).get("/dashboards/").context
    shown = [card for card in page["cards"] if not card.empty]
    assert {card.key for card in shown} == set(page["figures"])
    for card in shown:
        drawn = [t for t in page["figures"][card.key]["data"] if t.get("mode") != "text"]
        links = {href for trace in drawn for href in trace["customdata"]}
        assert links == {href for _, cells in card.chart.rows for _, href in cells}


def test_the_page_shows_its_filters_and_links(past: Tower) -> None:
    html = signed_in(executive_of(None)).get("/dashboards/?days=7&tier=high").content.decode()

    assert re.findall(r'<summary class="chip on">\s*([^<]+?): <b>([^<]+)</b>', html)[1:] == [
        ("tier", "High")
    ]
    assert escape("/?state=all&tier=high&detected_from=") in html
    assert 'http-equiv="Content-Security-Policy"' not in html


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
    asked = dashboard_filter.read(QueryDict(query), TODAY)
    assert asked.first_day == first
    assert (len(asked.unread) if isinstance(unread, int) else asked.unread) == unread


@pytest.mark.parametrize(
    "query", ["", "site=3&tier=low&days=7", "kind=late_inbound&from=2026-11-01&to=2026-11-05"]
)
def test_the_address_comes_back(query: str) -> None:
    asked = dashboard_filter.read(QueryDict(query), TODAY)
    again = dashboard_filter.read(QueryDict(asked.to_query()), TODAY)
    assert again == asked


def test_a_range_ends_today_at_the_latest() -> None:
    asked = dashboard_filter.read(QueryDict("from=2026-11-10&to=2027-01-01"), TODAY)
    assert asked.last_day == TODAY
