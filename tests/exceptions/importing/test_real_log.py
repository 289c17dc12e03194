"""A real incident log (BPI Challenge 2013), and every figure against a recount of its file.

The recount reads the file by itself: it shares no code with the import.
"""

import csv
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from exceptions import audit
from exceptions.actors import Actor
from exceptions.importing import jobs, mapping
from exceptions.models import Case, ImportJob
from exceptions.queries import aging, backlog, ended, spans, volume
from exceptions.queries.scope import Scope
from exceptions.rollups import keeping
from exceptions.vocabulary import ImportState, State, Via
from tests.exceptions.kpis import by_chance
from tests.exceptions.kpis.exported import Given
from tests.exceptions.queries.world import nearest_rank
from tests.making import Tower

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT.parent / "shared" / "eventlogs" / "bpic2013_incidents.csv"
MAPPING = ROOT / "docs" / "mappings" / "bpic2013.toml"
ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2012, 5, 25, 12, tzinfo=UTC)  # a few days after its last event
TIERS = {"Major": "critical", "High": "high", "Medium": "medium", "Low": "low"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not FILE.is_file(), reason="the event log is not beside this checkout"),
]


@dataclass
class Incident:
    events: list[tuple[str, datetime]] = field(default_factory=list)
    tier: str = ""

    @property
    def detected(self) -> datetime:
        return self.events[0][1]

    @property
    def is_ended(self) -> bool:
        return self.events[-1][0].startswith("Completed/")

    @property
    def last_run(self) -> list[tuple[str, datetime]]:
        """The completing events at the end, without one in between that is none."""
        run: list[tuple[str, datetime]] = []
        for event in reversed(self.events):
            if not event[0].startswith("Completed/"):
                break
            run.insert(0, event)
        return run

    @property
    def resolved(self) -> datetime | None:
        return next((at for what, at in self.last_run if what != "Completed/Closed"), None)

    @property
    def ended(self) -> datetime | None:
        return self.resolved or (self.last_run[0][1] if self.is_ended else None)

    @property
    def reopened(self) -> int:
        done = [what.startswith("Completed/") for what, _ in self.events]
        return sum(a and not b for a, b in pairwise(done))


def local(at: datetime) -> date:
    return at.astimezone(ZONE).date()


@pytest.fixture(scope="module")
def incidents() -> dict[str, Incident]:
    found: dict[str, Incident] = {}
    with FILE.open(newline="") as file:
        for row in csv.DictReader(file):
            one = found.setdefault(row["case:concept:name"], Incident())
            what = f"{row['concept:name']}/{row['lifecycle:transition']}"
            one.events.append((what, datetime.fromisoformat(row["time:timestamp"])))
            one.tier = TIERS[row["impact"]]
    return found


def imported() -> ImportJob:
    with FILE.open("rb") as file:
        job = jobs.receive(
            iter(lambda: file.read(jobs.PART), b""),
            source="BPI 2013",
            file_name=FILE.name,
            actor=Actor(name="command line", via=Via.COMMAND),
            sites=None,
            at=NOW,
        )
    jobs.set_mapping(job, mapping.from_toml(MAPPING.read_text()))
    jobs.begin(job.pk, ImportState.IMPORTING, at=NOW)
    jobs.work_due(lambda: NOW)
    job.refresh_from_db()
    return job


def scope(tower: Tower, first: date, last: date) -> Scope:
    return Scope(at=NOW, first_day=first, last_day=last, sites=(tower.site.pk,))


def test_the_log_comes_in_and_every_figure_equals_a_recount_of_its_file(
    tower: Tower, incidents: dict[str, Incident]
) -> None:
    job = imported()
    assert (job.state, job.position, job.inserted, job.wrong) == ("done", 7554, 7554, 0)
    whole = scope(tower, date(2010, 3, 1), date(2012, 5, 25))
    assert keeping.freshen(NOW, batches=1_000) == NOW
    for way in (whole, replace(whole, rolled=True)):
        figures(way, incidents)
    how_cases_stand(incidents)
    for case in Case.objects.order_by("?")[:200]:
        assert list(audit.verify(case)) == []
    given = by_chance.fetched(date(2011, 5, 26), date(2012, 5, 25))
    for seed in range(by_chance.FILTERS):
        the_files_say_the_same(given, seed)
    a_second_import_changes_nothing()


def the_files_say_the_same(given: Given, seed: int) -> None:
    """Every KPI under a filter of chance, recomputed from what the tower gives out again."""
    for rolled in (False, True):
        scope, asked = by_chance.filters(seed, NOW, back=360, rolled=rolled)
        assert (seed, by_chance.differences(given, scope, asked)) == (seed, {})


def figures(whole: Scope, incidents: dict[str, Incident]) -> None:
    """Read from the cases, or from the rollups."""
    assert Counter({(v.day, v.tier): v.n for v in volume.by_day(whole)}) == Counter(
        (local(i.detected), i.tier) for i in incidents.values()
    )
    recount = {
        day: sum(
            local(i.detected) <= day and (i.ended is None or local(i.ended) > day)
            for i in incidents.values()
        )
        for day in (date(2010, 4, 1), date(2011, 12, 31), date(2012, 5, 1), whole.last_day)
    }
    shown = {b.day: b.n for b in backlog.by_day(whole)}
    assert {day: shown[day] for day in recount} == recount

    ages = Counter(
        sum(NOW - i.detected >= cut for cut in aging.CUTS)
        for i in incidents.values()
        if not i.is_ended
    )
    counted: Counter[int] = Counter()
    for aged in aging.by_bucket(whole):
        counted[aged.bucket] += aged.n
    assert counted == ages
    done = sum(i.is_ended for i in incidents.values())
    assert ended.by_outcome(whole) == {"fixed": done}
    time_to_resolve(whole, incidents)


def time_to_resolve(whole: Scope, incidents: dict[str, Incident]) -> None:
    seconds = [
        (i.resolved - i.detected) / timedelta(seconds=1) for i in incidents.values() if i.resolved
    ]
    shown = spans.RESOLUTION.whole(whole)
    assert (shown.n, shown.median) == (len(seconds), nearest_rank(seconds, 50))
    assert shown.p90 == nearest_rank(seconds, 90)


def how_cases_stand(incidents: dict[str, Incident]) -> None:
    """As their last event says."""
    open_here = set(
        Case.objects.exclude(state__in=["resolved", "closed"]).values_list("external_id", flat=True)
    )
    assert open_here == {number for number, i in incidents.items() if not i.is_ended}
    assert Case.objects.filter(state=State.CLASSIFIED).count() == 0  # routing found owners
    reopened = dict(Case.objects.values_list("external_id", "reopen_count"))
    assert reopened == {number: i.reopened for number, i in incidents.items()}


def a_second_import_changes_nothing() -> None:
    events = _count("exceptions_caseevent")
    second = imported()
    assert (second.inserted, second.updated, second.unchanged, second.wrong) == (0, 0, 7554, 0)
    assert _count("exceptions_caseevent") == events


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])
