"""Exception rate: how many cases there were for what the sites completed."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum

from exceptions.models import Site, Throughput
from exceptions.queries.scope import Scope


@dataclass(frozen=True, slots=True)
class Completed:
    """`n` transfers were completed in the range. Of `missing` days of sites nobody knows (yet)."""

    n: int
    missing: int


def completed(scope: Scope) -> Completed:
    """What the sites of the scope completed; kinds, tiers and people do not matter here."""
    kept = Throughput.objects.filter(
        site__in=scope.sites, day__range=(scope.first_day, scope.last_day)
    ).aggregate(n=Sum("n", default=0), days=Count("pk"))
    zones = Site.objects.filter(pk__in=scope.sites).values_list("time_zone", flat=True)
    expected = sum(_days(scope, today(zone, scope.at)) for zone in zones)
    return Completed(kept["n"], max(expected - kept["days"], 0))


def today(zone: str, at: datetime) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _days(scope: Scope, until: date) -> int:
    """Days of the range that have begun at a site where it is `until`."""
    return max((min(scope.last_day, until) - scope.first_day).days + 1, 0)
