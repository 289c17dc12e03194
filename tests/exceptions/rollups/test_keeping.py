"""The rollups follow the cases, whatever changes them; whoever doubts it can compare."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from pytest_django import DjangoDbBlocker

from exceptions import intake, lifecycle
from exceptions.models import Case, CaseShare, Clock, Rollup, RollupState, Site, StaleCase
from exceptions.rollups import keeping
from exceptions.vocabulary import Figure, Grain, Move, Outcome, Tier
from tests.conftest import build_tower
from tests.exceptions.queries.world import NOW, Past, team

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def past(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Past]:
    """A past that each test finds as it was, rolled back when all are done."""
    with django_db_blocker.unblock(), transaction.atomic():
        lived = Past(build_tower(), random.Random(11))
        lived.live(25)
        assert keeping.freshen(NOW, batches=100) == NOW
        yield lived
        transaction.set_rollback(True)


def total(
    figure: Figure, grain: Grain = Grain.MONTH, *, whole: bool = True, place: int | None = None
) -> int:
    rows = Rollup.objects.filter(figure=figure, grain=grain, whole=whole)
    if place is not None:
        rows = rows.filter(place=place)
    return sum(rows.values_list("n", flat=True))


def test_every_grain_and_level_adds_up_to_the_same(past: Past) -> None:
    for figure in Figure:
        sums = {total(figure, g, whole=w) for g in Grain for w in (True, False)}
        assert len(sums) == 1, figure
    assert total(Figure.DETECTED) == Case.objects.count()
    assert total(Figure.OPEN) == sum(case.is_open for case in Case.objects.all())
    assert list(keeping.faults()) == []


def live_more(past: Past) -> None:
    for record_id in range(100, 110):
        Past(past.tower, random.Random(record_id))._life(record_id)


def merge(past: Past) -> None:
    site = past.tower.site
    pair = Case.objects.filter(state__in=("assigned", "acknowledged"), site=site).order_by("pk")
    into = {"outcome": Outcome.DUPLICATE, "reason": "The same.", "merged_into": pair[0].pk}
    lifecycle.move(pair[1].pk, Move.DISMISS, past.tower.supervisor, at=NOW, data=into)


def reopen(past: Past) -> None:
    case = Case.objects.filter(state="resolved", site=past.tower.site).order_by("pk")[0]
    why = {"reason": "Not over."}
    lifecycle.move(case.pk, Move.REOPEN, past.tower.supervisor, at=NOW, data=why)


CHANGES: dict[str, Callable[[Past], object]] = {
    "more lives": live_more,
    "merged": merge,
    "reopened": reopen,
    "another zone": lambda _: Site.objects.filter(code="RTM").update(time_zone="Asia/Tokyo"),
    "re-filed": lambda past: Case.objects.filter(site=past.tower.site).update(
        site=past.tower.other_site
    ),
    "another team": lambda _: Case.objects.update(team=team("warehouse")),
    "graver": lambda _: Case.objects.exclude(tier="").update(tier=Tier.CRITICAL),
    "late news": lambda _: Case.objects.exclude(resolved_at=None).update(
        resolved_at=F("resolved_at") - timedelta(hours=30)
    ),
    "another subject": lambda _: Case.objects.update(subject_key="one"),
    "another due time": lambda _: Clock.objects.update(due_at=F("due_at") + timedelta(days=1)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_is_counted_anew(past: Past, change: str) -> None:
    before = set(Rollup.objects.exclude(n=0).values_list("figure", "start", "what", "place", "n"))
    CHANGES[change](past)
    keeping.freshen(NOW, batches=100)
    after = set(Rollup.objects.exclude(n=0).values_list("figure", "start", "what", "place", "n"))
    assert after != before or change in ("re-filed", "another team")  # which is not among these
    assert list(keeping.faults()) == []
    kept = set(Rollup.objects.exclude(n=0).values_list(*COLUMNS))
    assert keeping.rebuild(NOW) >= Case.objects.count()
    assert set(Rollup.objects.exclude(n=0).values_list(*COLUMNS)) == kept


COLUMNS = (
    *("whole", "grain", "figure", "start", "site_id", "kind", "tier", "team_id"),
    *("what", "place", "n"),
)


def test_what_is_wrong_is_found(past: Past) -> None:
    row = Rollup.objects.filter(figure=Figure.DETECTED, grain=Grain.DAY, whole=True).order_by("pk")[
        0
    ]
    Rollup.objects.filter(pk=row.pk).update(n=row.n + 7)
    said = [(fault.kept, fault.true) for fault in keeping.faults()]
    assert said == [(row.n + 7, row.n)]
    Rollup.objects.filter(pk=row.pk).update(n=row.n)

    case = Case.objects.earliest("pk")
    StaleCase.objects.all().delete()
    Case.objects.filter(pk=case.pk).update(tier=Tier.CRITICAL if case.tier == "low" else Tier.LOW)
    assert list(keeping.faults()) == []  # it waits to be counted: that is no fault
    StaleCase.objects.all().delete()  # lost
    assert [fault.where for fault in keeping.faults()] == [f"C-{case.pk}"]


def test_a_change_that_no_figure_counts_is_not_noted(past: Past) -> None:
    Case.objects.update(title="Another title", event_count=F("event_count"))
    assert StaleCase.objects.count() == 0


def test_more_than_a_page_waits_for_is_left_to_the_tick(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    Case.objects.update(team=None)
    monkeypatch.setattr(keeping, "AT_ONCE", 10)
    assert keeping.freshen(NOW + DAY, batches=1) == NOW
    assert StaleCase.objects.count() == 15
    assert keeping.freshen(NOW + DAY, batches=2) == NOW + DAY


def test_other_figures_are_built_anew_and_not_shown_before(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 10)
    monkeypatch.setattr(keeping, "VERSION", 99)
    assert keeping.freshen(NOW, batches=1) is None
    assert RollupState.objects.count() == 0
    assert keeping.freshen(NOW, batches=100) == NOW
    assert (RollupState.objects.get().version, CaseShare.objects.count()) == (99, 25)


def test_a_subject_recurs_when_another_case_of_it_was_resolved_in_the_30_days_before(
    past: Past,
) -> None:
    """Day 0 to 2; day 32, 30 days later: it recurs; day 63: the second is open, it does not."""
    tower, lead, before = past.tower, past.tower.supervisor, total(Figure.RECURRING, place=1)
    for record, detected, resolved in ((101, 0, 2), (102, 32, None), (103, 63, None)):
        at = NOW - 70 * DAY + detected * DAY
        intake.take_in([tower.receipt(record, at=at)], at=at)
        case = Case.objects.get(document__record_id=record)
        Case.objects.filter(pk=case.pk).update(subject_key="acme")
        if resolved is not None:
            lifecycle.move(case.pk, Move.ACKNOWLEDGE, lead, at=at)
            done = {"outcome": Outcome.FIXED, "reason": "Done."}
            end = at + (resolved - detected) * DAY
            lifecycle.move(case.pk, Move.RESOLVE, lead, at=end, data=done)
    keeping.freshen(NOW)
    assert total(Figure.RECURRING, place=1) == before + 1
    first = Case.objects.get(document__record_id=101)
    lifecycle.move(first.pk, Move.REOPEN, lead, at=NOW, data={"reason": "Not over."})
    keeping.freshen(NOW)
    assert total(Figure.RECURRING, place=1) == before
    assert list(keeping.faults()) == []


def test_the_command_compares_and_builds_anew(past: Past) -> None:
    out = StringIO()
    call_command("rebuild_rollups", stdout=out)
    assert out.getvalue().splitlines() == [
        "0 differences between the rollups and the cases.",
        "Built anew from 25 cases.",
        "0 differences between the rollups and the cases.",
    ]
    Rollup.objects.filter(figure=Figure.OPEN).delete()
    with pytest.raises(SystemExit):
        call_command("rebuild_rollups", check=True, stdout=out)
