"""A past in which there is something to tell of every KPI."""

import random
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from exceptions import calendars, lifecycle, pausing
from exceptions.actors import person
from exceptions.business_time import Opening
from exceptions.calendars import CalendarSettings
from exceptions.lifecycle import Refused
from exceptions.models import Case, FactsSource, Pause, Site, Throughput
from exceptions.vocabulary import Move
from tests.conftest import build_tower
from tests.exceptions.queries.approving import Asked, take_some_back
from tests.exceptions.queries.world import Past
from tests.making import Tower

COUNTED = 40  # days of transfers completed


def lived(now: datetime) -> Tower:
    """At both ends of the world's days; one site keeps office hours, the other never closes."""
    tower = build_tower()
    for site, zone in ((tower.site, "Pacific/Auckland"), (tower.other_site, "Etc/GMT+11")):
        Site.objects.filter(pk=site.pk).update(time_zone=zone)
        site.refresh_from_db()
    _office_hours(tower.site, now - timedelta(days=300))
    _read_last(tower, now - timedelta(days=6))
    Past(tower, random.Random(23), now=now).live(90)
    Asked(tower, random.Random(24), now=now).live(110, first=1_000)
    _decisions(random.Random(27), now)
    take_some_back()
    _answers(random.Random(25), now)
    _completed(tower, random.Random(26), now)
    return tower


def _office_hours(site: Site, at: datetime) -> None:
    halves = (Opening(7 * 60 + 30, 12 * 60), Opening(12 * 60 + 45, 18 * 60 + 20))
    weekly = (halves,) * 5 + ((Opening(8 * 60, 12 * 60),), ())
    said = CalendarSettings(zone=site.time_zone, weekly=weekly)
    site.calendar = calendars.create("Office", said, by=None, at=at)
    site.save()


def _read_last(tower: Tower, at: datetime) -> None:
    """What arrives was last read then: what fell due since is not known to be over."""
    FactsSource.objects.create(connection=tower.connection, facts_type="receipt", read_at=at)


def _answers(rng: random.Random, now: datetime) -> None:
    """Some of those who are waited for have answered."""
    for pause in Pause.objects.filter(ended_at=None).select_related("case__site__lead"):
        lead = pause.case.site.lead
        assert lead is not None
        with suppress(Refused):
            if rng.random() < 0.5:
                pausing.resume(pause.case_id, person(lead), at=now - timedelta(minutes=7))


def _decisions(rng: random.Random, now: datetime) -> None:
    """What people worked on and nobody need approve is decided, not everywhere alike."""
    for case in Case.objects.filter(state="acknowledged", kind="late_inbound"):
        assert case.owner is not None
        choices = ["chase", "chase", "new_date"] if case.site.code == "RTM" else ["chase"]
        at = case.events.latest("number").at + timedelta(minutes=rng.randrange(1, 3000))
        said = {"decision": rng.choice(choices), "reason": "The supplier called."}
        said |= {
            "date": (now + timedelta(days=3)).isoformat(),
            "substance": case.document.substance,
        }
        with suppress(Refused):
            lifecycle.move(case.pk, Move.PROPOSE, person(case.owner), at=min(at, now), data=said)


def _completed(tower: Tower, rng: random.Random, now: datetime) -> None:
    """Of all days but one, which nobody counted."""
    for site in (tower.site, tower.other_site):
        today = now.astimezone(ZoneInfo(site.time_zone)).date()
        for back in range(COUNTED):
            if back != 20:
                day = today - timedelta(days=back)
                n = rng.randrange(400)
                Throughput.objects.create(site=site, day=day, n=n, counted_at=now)
