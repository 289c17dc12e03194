"""What sites completed, counted in a simulated Odoo day by day of the site."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from exceptions.models import Site, Throughput
from integrations import rounds
from integrations.odoo import connecting, throughput
from tests.integrations.linked import ADMIN, Linked

HOUR = timedelta(hours=1)


@pytest.fixture
def site(linked: Linked) -> Site:
    linked.sync()
    site = Site.objects.get(code="RTM")
    site.time_zone = "Pacific/Kiritimati"  # 14 hours ahead: most of its days are not Odoo's
    site.save()
    for hours in (0, 5, 9, 30, 31):  # of two or three of its days
        linked.later(hours=hours)
        transfer = linked.receipt()
        with linked.world.transaction(ADMIN) as tx:
            linked.arrive(tx, transfer, 1.0)
    return site


def told(linked: Linked, site: Site) -> Counter[date]:
    """Of the tables of the simulator, without asking it anything."""
    tables = linked.world.tables
    types = {
        pk
        for pk, row in tables["stock.picking.type"].rows.items()
        if row["warehouse_id"] == site.external_id
    }
    done = [
        datetime.fromisoformat(str(row["date_done"])).replace(tzinfo=UTC)
        for row in tables["stock.picking"].rows.values()
        if row["state"] == "done" and row["picking_type_id"] in types
    ]
    return Counter(at.astimezone(ZoneInfo(site.time_zone)).date() for at in done)


def kept(site: Site) -> dict[date, int]:
    rows = Throughput.objects.filter(site=site, n__gt=0)
    return dict(rows.values_list("day", "n"))


def count_all(linked: Linked) -> int:
    rounds_made = 0
    while rounds.count_throughput(linked.now):
        rounds_made += 1
        assert rounds_made < 100
    return rounds_made


def test_days_are_those_of_the_site(linked: Linked, site: Site) -> None:
    count_all(linked)
    found = told(linked, site)
    assert (found.total(), len(found)) == (5, 3)
    assert kept(site) == found


def test_every_day_is_counted_once_and_lately_again(linked: Linked, site: Site) -> None:
    count_all(linked)
    assert throughput.wanted(linked.row, at=linked.now()) == []
    again = throughput.wanted(linked.row, at=linked.now() + HOUR)
    sites = linked.row.connection.sites.count()
    assert {(linked.now() + HOUR).date() - day for _site, day in again} <= {
        timedelta(days=days) for days in range(-1, 6)
    }
    assert 4 * sites <= len(again) <= 5 * sites


def test_a_round_asks_only_so_much(linked: Linked, site: Site) -> None:
    with connecting.opened(linked.row) as odoo:
        n = throughput.read(linked.row, odoo, at=linked.now())
    assert (n, Throughput.objects.count()) == (throughput.AT_ONCE, throughput.AT_ONCE)
