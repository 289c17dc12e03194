"""What sites complete: done transfers counted in Odoo, one question a site and day.

`search_count` is the same in all versions and costs Odoo one query by an index; `read_group` went
with 19. A transfer may be validated late or taken back, so the last days are counted again, and a
day counts as final only once it was counted some days after its end.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exceptions.models import Site, Throughput
from integrations.models import OdooAccess
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import to_odoo

MODEL = "stock.picking"
EVERY = timedelta(hours=1)  # as long as a day may still change
SETTLES = timedelta(days=3)  # after its end, a day does not change any more
BACK = timedelta(days=400)  # the longest range of dashboards, and the one before a month
AT_ONCE = 60  # questions

Wanted = tuple[Site, date]


def read(row: OdooAccess, odoo: Odoo, *, at: datetime) -> int:
    """Count what is due, the latest days first; how many days were counted."""
    found = wanted(row, at=at)[:AT_ONCE]
    for site, day in found:
        n = odoo.search_count(MODEL, domain(site, day))
        Throughput.objects.update_or_create(site=site, day=day, defaults={"n": n, "counted_at": at})
    return len(found)


def wanted(row: OdooAccess, *, at: datetime) -> list[Wanted]:
    """Days of sites that were never counted, or may have changed since."""
    sites = list(row.connection.sites.all())
    kept = Throughput.objects.filter(site__in=sites).values_list("site_id", "day", "counted_at")
    counted = {(site, day): then for site, day, then in kept}
    due = [w for site in sites for w in _due(site, counted, at)]
    return sorted(due, key=lambda one: (one[1], one[0].pk), reverse=True)


def domain(site: Site, day: date) -> list[list[object]]:
    """Done transfers of the warehouse on that day of its zone."""
    starts, ends = bounds(site, day)
    return [
        ["state", "=", "done"],
        ["picking_type_id.warehouse_id", "=", site.external_id],
        ["date_done", ">=", to_odoo(starts)],
        ["date_done", "<", to_odoo(ends)],
    ]


def bounds(site: Site, day: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(site.time_zone)
    midnights = [datetime.combine(d, time.min, zone) for d in (day, day + timedelta(days=1))]
    return midnights[0].astimezone(UTC), midnights[1].astimezone(UTC)


def _due(site: Site, counted: dict[tuple[int, date], datetime], at: datetime) -> Iterator[Wanted]:
    today = at.astimezone(ZoneInfo(site.time_zone)).date()
    for back in range(BACK.days + 1):
        day = today - timedelta(days=back)
        then = counted.get((site.pk, day))
        settled = then is not None and then >= bounds(site, day)[1] + SETTLES
        if then is None or not (settled or then > at - EVERY):
            yield site, day
