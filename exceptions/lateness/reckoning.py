"""Risks of open transits, reckoned when they are new and again each day of their site.

What is stored is what pages show, so that they cost no more with more history. The first risk that
was foreseen of each is kept beside the latest: by it the rule is judged (`judged`).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db.models import Q, QuerySet

from exceptions.facts import Transit
from exceptions.lateness.past import WINDOW, Past
from exceptions.lateness.rule import Risk, foresee
from exceptions.models import KeptTransit, Site
from exceptions.vocabulary import Direction

COLUMNS = ("share", "risk", "reckoned_on", "first_share", "first_on")
BATCH = 1_000
BACK = timedelta(days=180)  # how far back the rule is judged where nothing was foreseen at the time
ENDED = Q(open=True) | Q(done_on__isnull=False)  # all but what was cancelled


def reckon_due(*, at: datetime) -> int:
    """Reckon what is new, and what was last reckoned on another day; of how many."""
    if not settings.TOWER_LATENESS:
        return 0
    pasts: dict[tuple[int, date], Past] = {}
    done = 0
    for site in Site.objects.filter(transits__open=True).distinct().order_by("id"):
        on = at.astimezone(ZoneInfo(site.time_zone)).date()
        if due := list(_due(site, on)):
            key = (site.connection_id, on)
            past = pasts.get(key) or pasts.setdefault(key, past_of(site.connection_id, on))
            for one in due:
                _reckon(one, past)
            KeptTransit.objects.bulk_update(due, COLUMNS, batch_size=BATCH)
            done += len(due)
    return done


def _due(site: Site, on: date) -> QuerySet[KeptTransit]:
    again = Q(reckoned_on=None) | Q(reckoned_on__lt=on)
    return KeptTransit.objects.filter(again, site=site, open=True)


def past_of(connection_id: int, on: date) -> Past:
    """The promises of the year before `on`, of all sites of the connection."""
    return Past.before(on, _transits(connection_id, on))


def _transits(connection_id: int, on: date) -> Iterator[Transit]:
    rows = KeptTransit.objects.filter(
        ENDED,
        connection=connection_id,
        promised_on__gte=on - WINDOW,
        promised_on__lt=on,
    )
    columns = rows.values_list("direction", "by", "lane", "promised_on", "done_on")
    for direction, by, lane, promised_on, done_on in columns.iterator(chunk_size=5_000):
        yield Transit(
            direction=Direction(direction),
            by=by,
            lane=lane,
            promised_on=promised_on,
            done_on=done_on,
        )


def _reckon(one: KeptTransit, past: Past) -> None:
    """What is past its promise is late already: it keeps what the past says, but has no share."""
    risk = foresee(transit_of(one), past)
    is_ahead = one.promised_on >= past.on
    one.reckoned_on = past.on
    one.share = risk.share if risk and is_ahead else None
    one.risk = msgspec.to_builtins(risk) if risk else None
    if risk and is_ahead and one.first_on is None:
        one.first_share, one.first_on = risk.share, past.on


def look_back(*, at: datetime, days: int = 7) -> int:
    """Foresee ended transits of which no risk was kept, on their promised day and by what was known
    on it; some days at a time, the latest first. So the rule can be judged from the first day on.
    """
    if not settings.TOWER_LATENESS:
        return 0
    ended = KeptTransit.objects.filter(
        first_on=None, done_on__isnull=False, promised_on__gte=(at - BACK).date()
    )
    dated = ended.filter(promised_on__lt=at.date()).order_by("-promised_on", "connection")
    found = dated.values_list("connection", "promised_on").distinct()[:days]
    return sum(_look_back(ended, connection, on) for connection, on in list(found))


def _look_back(ended: QuerySet[KeptTransit], connection_id: int, on: date) -> int:
    past = past_of(connection_id, on)
    rows = list(ended.filter(connection=connection_id, promised_on=on))
    for one in rows:
        risk = foresee(transit_of(one), past)
        one.first_on, one.first_share = on, risk.share if risk else None
    KeptTransit.objects.bulk_update(rows, ("first_on", "first_share"), batch_size=BATCH)
    return len(rows)


def transit_of(one: KeptTransit) -> Transit:
    return Transit(
        direction=Direction(one.direction),
        by=one.by,
        lane=one.lane,
        promised_on=one.promised_on,
        done_on=one.done_on,
    )


def risk_of(one: KeptTransit) -> Risk | None:
    """As last reckoned."""
    return None if one.risk is None else msgspec.convert(one.risk, Risk, strict=False)


KEEP = WINDOW + timedelta(days=400)  # the window, and as long again as dashboards look back


def forget(*, at: datetime) -> int:
    """Remove what ended so long ago that no rule and no scorecard looks at it."""
    old = KeptTransit.objects.filter(open=False, promised_on__lt=(at - KEEP).date())
    return old.delete()[0]
