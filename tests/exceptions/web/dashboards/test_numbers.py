"""The operations dashboard of a past: whoever looks, every number lists exactly what it counts."""

import csv
import io
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from exceptions.models import Case, ExchangeRate, User
from exceptions.web.dashboards.register import dashboards
from exceptions.web.exports import page as exports
from tests.conftest import build_tower
from tests.exceptions.queries.approving import Asked
from tests.exceptions.queries.world import Past, executive_of
from tests.making import Tower

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A past that all tests of this file read, rolled back when they are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        ExchangeRate.objects.create(
            currency="USD",
            into="EUR",
            rate=Decimal("0.9"),
            day=timezone.now().date() - timedelta(days=60),
            source="ECB",
            said_by=executive_of(tower.site),
            said_at=timezone.now(),
        )
        now = timezone.now().replace(microsecond=0)
        Past(tower, random.Random(11), now=now).live(45)
        Asked(tower, random.Random(12), now=now).live(20, first=1_000)
        yield tower
        transaction.set_rollback(True)


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
            found += len(
                re.findall(
                    r"<tr [^>]*data-(?:case|clock|pause|subject|request|event|delivery|gap)=", html
                )
            )
            more = MORE.search(html)
            if more is None:
                return found
            page = href.split("?", maxsplit=1)[0] + unescape(more[1])
        raise AssertionError(f"no end of pages: {href}")


MOST = 60  # statements of a page
# Which lists the numbers of a dashboard are given out from.
FILES = {
    "operations": {"cases", "clocks"},
    "sla": {"cases", "clocks", "pauses"},
    "recurrence": {"cases", "subjects"},
    "approvals": {"requests", "levels", "votes"},
    "process": {"cases", "steps"},
    "people": {"cases", "moves"},
    "impact": {"cases"},
    "decisions": {"cases"},
}
MORE = re.compile(
    r'<a(?: class="btn(?: tiny)?")? href="(\?[^"]*)"[^>]*>'
    r"(?:<svg.*?</svg>)?(?:More|Next page|Older)<"
)


@pytest.mark.slow
@pytest.mark.parametrize("board", [board.key for board in dashboards()])
@pytest.mark.parametrize(
    ("who", "query"),
    [
        ("executive of all", ""),
        ("executive of one site", "?days=7&tier=high&tier=medium"),
        ("supervisor", "?days=90&kind=late_inbound&owner=nobody&owner=me"),
        ("executive of all", "?from={six}&to={two}&site={site}&team={team}"),
    ],
)
def test_every_number_lists_what_it_counts(past: Tower, board: str, who: str, query: str) -> None:
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
        "team": Case.objects.order_by("pk").values_list("team_id", flat=True)[0],
    }
    page = client.get(f"/dashboards/{board}/" + query.format(**words)).context
    hold_to_lists(page, Rows(client))


def hold_to_lists(page: Any, rows: Rows) -> None:
    """Whatever has a list counts exactly its rows."""
    for tile in page["tiles"]:
        counted = {value.href: value.n for value in tile.values if value.href}
        assert (tile.name, counted) == (tile.name, {href: rows.at(href) for href in counted})
    for card in page["cards"]:
        points = [p for series in card.chart.series for p in series.points if p.href]
        assert (card.key, [p.n for p in points]) == (card.key, [rows.at(p.href) for p in points])
        if not card.href:
            continue
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


@pytest.mark.slow
@pytest.mark.parametrize("board", ["sla", "recurrence"])
def test_every_share_lists_its_whole(past: Tower, board: str) -> None:
    client = signed_in(executive_of(None))
    tiles = client.get(f"/dashboards/{board}/").context["tiles"]
    rows = Rows(client)

    wholes = {
        tile.name: (int(tile.n.split(" of ")[1].split()[0]), tile.n_href)
        for tile in tiles
        if tile.n_href
    }
    assert len(wholes) > 3
    assert {name: n for name, (n, _) in wholes.items()} == {
        name: rows.at(href) for name, (_, href) in wholes.items()
    }


def test_the_figure_draws_what_the_table_says(past: Tower) -> None:
    page = signed_in(executive_of(None)).get("/dashboards/").context
    shown = [card for card in page["cards"] if card.plotted]
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
    linked = {urlsplit(unescape(href)).query for href in re.findall(r'href="(/\?[^"]+)"', html)}
    said = [{name: values[0] for name, values in parse_qs(one).items()} for one in linked]
    detected = {"state": "all", "tier": "high", "snoozed": "any"}
    assert any(detected.items() <= one.items() and "detected_from" in one for one in said), said
    assert 'http-equiv="Content-Security-Policy"' not in html


@pytest.mark.parametrize(("board", "files"), FILES.items())
def test_the_file_of_a_number_has_as_many_rows_as_it_counts(
    past: Tower, board: str, files: set[str]
) -> None:
    client = signed_in(executive_of(None))
    page = client.get(f"/dashboards/{board}/?days=30").context
    bars = [
        (f"{card.key} {point.says}", point.n, point.href)
        for card in page["cards"]
        for series in card.chart.series
        for point in series.points[:3]
        if point.href
    ]
    tiles = [(tile.name, v.n, v.href) for tile in page["tiles"] for v in tile.values]
    given = {name: (n, exports.address(href, "data")) for name, n, href in [*tiles, *bars] if href}
    held = {name: len(rows_in(client, file)) for name, (_n, file) in given.items() if file}
    assert held == {name: given[name][0] for name in held}
    assert {file.split("/")[2] for _n, file in given.values() if file} == files


def rows_in(client: Client, file: str) -> list[list[str]]:
    text = client.get(file).getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[1:]


@pytest.mark.parametrize("board", [board.key for board in dashboards()])
def test_no_page_asks_the_database_a_hundred_times(
    past: Tower, board: str, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(executive_of(None))
    client.get(f"/dashboards/{board}/?days=90")  # what changed is counted by whoever comes first
    with django_assert_max_num_queries(MOST):
        client.get(f"/dashboards/{board}/?days=90")
