"""What comes back, against a plain recount of a random past whose subjects differ, by equality.

What is listed for a figure is recounted by the same words: the filter that its link asks for.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import F
from django.http import QueryDict
from pytest_django import DjangoDbBlocker

from exceptions.models import Case, Site
from exceptions.queries import recurred, standing, subjects, volume
from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.recurred import Fixes, Recurrence, Reopened
from exceptions.queries.scope import Scope
from exceptions.queries.subjects import Subject, Subjects
from exceptions.rollups import keeping
from exceptions.vocabulary import ENDED_STATES, OPEN_STATES, Outcome, State
from tests.conftest import build_tower
from tests.exceptions.queries.world import NOW, Past, day_of, detected_in, in_scope, scope_of
from tests.making import Tower

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)
FIRST, LAST = date(2026, 8, 20), date(2026, 11, 5)
SHIFTED = ("detected_at", "classified_at", "assigned_at", "acknowledged_at", "resolved_at")


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """19 days of cases, half of them moved up to 70 days back, about nine subjects; some merged."""
    with django_db_blocker.unblock(), transaction.atomic():
        tower = build_tower()
        Site.objects.filter(pk=tower.other_site.pk).update(time_zone="Pacific/Kiritimati")
        rng = random.Random(8)
        Past(tower, rng).live(80)
        keeping.freshen(NOW, batches=100)
        for case in Case.objects.order_by("pk"):
            _unlike_the_others(case, rng)
        assert keeping.freshen(NOW, batches=100) == NOW
        assert list(keeping.faults()) == []
        yield tower
        transaction.set_rollback(True)


def _unlike_the_others(case: Case, rng: random.Random) -> None:
    said: dict[str, Any] = {"subject_key": f"{case.kind}:{case.site_id}:partner:{rng.randrange(9)}"}
    if case.reopen_count == 0 and rng.random() < 0.5:
        back = timedelta(seconds=rng.randrange(70 * 86_400))
        said |= {name: F(name) - back for name in (*SHIFTED, "first_response_at", "closed_at")}
    if case.state == State.CLOSED and case.resolved_at is None and rng.random() < 0.7:
        into = Case.objects.exclude(pk=case.pk).earliest("pk")
        said |= {"outcome": Outcome.DUPLICATE, "merged_into": into}
    Case.objects.filter(pk=case.pk).update(**said)


@pytest.fixture(params=["cases", "rollups"])
def rolled(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "rollups")


@pytest.fixture(params=["everything", "one site", "one kind", "one tier", "9 days"])
def counted(request: pytest.FixtureRequest, past: Tower, rolled: bool) -> Scope:
    whole = replace(scope_of(past, FIRST, LAST), rolled=rolled)
    return {
        "everything": whole,
        "one site": replace(whole, sites=(past.other_site.pk,)),
        "one kind": replace(whole, kinds=("delivery_delay",)),
        "one tier": replace(whole, tiers=("high",)),
        "9 days": replace(whole, first_day=date(2026, 10, 24), last_day=date(2026, 11, 1)),
    }[request.param]


def others(case: Case) -> list[Case]:
    """The other cases of its subject that count."""
    same = Case.objects.filter(subject_key=case.subject_key, merged_into=None)
    return list(same.exclude(pk=case.pk))


def recurs(case: Case) -> bool:
    return any(
        other.detected_at < case.detected_at
        and other.resolved_at is not None
        and timedelta() < case.detected_at - other.resolved_at <= MONTH
        for other in others(case)
    )


def came_back(case: Case) -> bool:
    assert case.resolved_at
    return any(timedelta() < o.detected_at - case.resolved_at <= MONTH for o in others(case))


def counting(scope: Scope) -> list[Case]:
    return [case for case in detected_in(scope) if case.merged_into_id is None]


def fixed_in(scope: Scope) -> list[Case]:
    return [
        case
        for case in in_scope(scope)
        if case.outcome == Outcome.FIXED
        and case.resolved_at
        and scope.first_day <= day_of(case.resolved_at, case) <= scope.last_day
    ]


def listed(scope: Scope, query: str) -> int:
    """How many cases the address finds, of those that the scope may count."""
    tiers = "".join(f"&tier={tier}" for tier in scope.tiers)
    kinds = "".join(f"&kind={kind}" for kind in scope.kinds)
    sites = "".join(f"&site={site}" for site in scope.sites)
    asked = CaseFilter.from_query(QueryDict(f"state=all&{query}{tiers}{kinds}{sites}"))
    assert asked.unread == ()
    return asked.apply(Case.objects.all(), at=NOW).count()


def days(name: str, scope: Scope) -> str:
    return f"{name}_from={scope.first_day}&{name}_to={scope.last_day}"


def test_the_past_has_both_of_everything(past: Tower) -> None:
    whole = scope_of(past, FIRST, LAST)
    assert {recurs(case) for case in counting(whole)} == {True, False}
    assert {came_back(case) for case in fixed_in(whole)} == {True, False}
    assert Case.objects.exclude(merged_into=None).exists() is True
    held = [row for row in recurred.fixes(whole) if row.held]
    assert {row.day > recurred.told_until(whole) for row in held} == {True, False}


def test_recurrence(counted: Scope) -> None:
    n, again = Counter[tuple[date, str]](), Counter[tuple[date, str]]()
    for case in counting(counted):
        key = day_of(case.detected_at, case), case.kind
        n[key] += 1
        again[key] += recurs(case)
    told = [Recurrence(*key, n[key], again[key]) for key in sorted(n)]
    assert recurred.recurrence(counted) == told

    detected = days("detected", counted)
    found = [listed(counted, f"{detected}&recurs={word}") for word in ("either", "yes", "no")]
    assert found == [n.total(), again.total(), n.total() - again.total()]


def test_fixes(counted: Scope) -> None:
    n, back = Counter[tuple[date, str]](), Counter[tuple[date, str]]()
    for case in fixed_in(counted):
        assert case.resolved_at
        key = day_of(case.resolved_at, case), case.kind
        n[key] += 1
        back[key] += came_back(case)
    found = recurred.fixes(counted)
    assert found == [Fixes(*key, n[key], back[key]) for key in sorted(n)]

    resolved = f"outcome=fixed&{days('resolved', counted)}"
    lists = [listed(counted, f"{resolved}&came_back={word}") for word in ("yes", "no")]
    assert lists == [back.total(), n.total() - back.total()]
    waiting = [
        case
        for case in fixed_in(counted)
        if not came_back(case) and case.resolved_at and NOW - case.resolved_at <= MONTH
    ]
    assert recurred.open_to_be_told(found, counted) == len(waiting)


def test_a_fix_is_told_no_sooner_than_30_days_later(past: Tower) -> None:
    """The last instant of that day, in the zone furthest west, is 30 days ago."""
    last = recurred.told_until(scope_of(past))
    west = day_of(NOW - MONTH, Case(site=Site(time_zone="Etc/GMT+12")))
    assert last < west


def test_subjects(counted: Scope) -> None:
    n, again = Counter[str](), Counter[str]()
    for case in counting(counted):
        n[case.subject_key] += 1
        again[case.subject_key] += recurs(case)
    ranked = sorted(n, key=lambda key: (-again[key], -n[key], key))
    told = [Subject(key, n[key], again[key]) for key in ranked]
    recurring = sum(again[key] > 0 for key in n)
    assert subjects.subjects(counted, limit=5) == Subjects(told[:5], len(told), recurring)
    assert subjects.subjects(counted, limit=5, offset=3).top == told[3:8]
    for subject in told[:3]:
        asked = f"{days('detected', counted)}&recurs=either&subject={subject.key}"
        assert listed(counted, asked) == subject.n


def test_subjects_are_named_by_their_newest_case(past: Tower) -> None:
    case = Case.objects.latest("detected_at")
    known = subjects.names([case.subject_key, "nobody"], scope_of(past))
    assert set(known) == {case.subject_key}
    elsewhere = replace(scope_of(past), sites=(-1,))
    assert subjects.names([case.subject_key], elsewhere) == {}


def test_reopened_and_resolved(counted: Scope) -> None:
    last_time = {
        case.pk: max((e for e in case.events.all() if _reopens(e)), key=lambda e: e.number).at
        for case in in_scope(counted)
        if case.reopen_count
    }
    again = sum(
        counted.first_day <= day_of(last_time[case.pk], case) <= counted.last_day
        for case in in_scope(counted)
        if case.pk in last_time
    )
    resolved = sum(
        counted.first_day <= day_of(case.resolved_at, case) <= counted.last_day
        for case in in_scope(counted)
        if case.resolved_at
    )
    assert recurred.reopened(counted) == Reopened(again, resolved)
    assert listed(counted, days("reopened", counted)) == again
    assert listed(counted, days("resolved", counted)) == resolved


def _reopens(event: object) -> bool:
    was, now = getattr(event, "from_state", ""), getattr(event, "to_state", "")
    return was in ENDED_STATES and now in OPEN_STATES


def test_states_entered(counted: Scope) -> None:
    told = Counter(
        state
        for case in in_scope(counted)
        for state in State.values
        if (at := getattr(case, f"{state}_at"))
        and counted.first_day <= day_of(at, case) <= counted.last_day
    )
    found = recurred.entered(counted)
    assert found == sorted(told.items(), key=lambda item: (-item[1], item[0]))
    for state, n in found:
        assert listed(counted, f"entered={state}&{days('entered', counted)}") == n


def test_open_by_state(counted: Scope) -> None:
    told = Counter(case.state for case in in_scope(counted) if case.is_open)
    assert standing.by_state(counted) == dict(told)


def test_hours_of_the_week(counted: Scope) -> None:
    told = Counter(_hour_of(case) for case in detected_in(counted))
    assert volume.by_hour(counted) == dict(told)
    hour, n = told.most_common(1)[0]
    assert listed(counted, f"hour={hour}&{days('detected', counted)}") == n


def _hour_of(case: Case) -> int:
    there = case.detected_at.astimezone(ZoneInfo(case.site.time_zone))
    return there.weekday() * 24 + there.hour
