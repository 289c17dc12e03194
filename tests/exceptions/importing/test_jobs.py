"""Files into cases: what comes in, what is left out and why, and that nothing comes in twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions import audit, escalate, intake, lifecycle, policies
from exceptions.actors import Actor, person
from exceptions.importing import jobs, mapping
from exceptions.models import Case, Clock, Document, ImportJob, OutboxMessage, User
from exceptions.queries import backlog, breach
from exceptions.queries.breach import Breaches
from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.scope import Scope
from exceptions.vocabulary import ImportState, Move, Via
from tests.making import Tower

pytestmark = pytest.mark.django_db

HEADER = (
    "id,type,site,title,detected,assigned,acknowledged,resolved,closed,owner,tier,score,outcome"
)
HEADER += ",value,currency,reopened,sla met,due,root cause"
COLUMNS = mapping.guess(HEADER.split(","))
NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
DONE = "A1,late,RTM,Bearings are late,2024-01-10 09:00,,2024-01-10 10:00,2024-01-11 09:00,"
DONE += "2024-01-12 09:00,Old Hand,,80,fixed,1200.50,eur,0,yes,,capacity"
OPEN = "A2,late,RTM,Still open,2026-11-01 09:00,,,,,,high,,,,,0,,,"


def receive(text: str, **said: Any) -> ImportJob:
    job = jobs.receive(
        [text.encode()],
        source="Legacy",
        file_name="past.csv",
        actor=Actor(name="command line", via=Via.COMMAND),
        sites=None,
        at=NOW,
    )
    plain = {"source": "Legacy", "columns": COLUMNS, "values": {"kind": {"late": "late_inbound"}}}
    jobs.set_mapping(job, mapping.from_plain(plain | said))
    return job


def bring(*rows: str, phase: ImportState = ImportState.IMPORTING, **said: Any) -> ImportJob:
    job = receive("\n".join([HEADER, *rows]), **said)
    jobs.begin(job.pk, phase, at=NOW)
    jobs.work_due(lambda: NOW)
    job.refresh_from_db()
    return job


def counts(job: ImportJob) -> tuple[str, int, int, int, int]:
    return (job.state, job.inserted, job.updated, job.unchanged, job.wrong)


def told(job: ImportJob) -> list[tuple[int, str, bool]]:
    return list(job.issues.values_list("row", "column", "is_error"))


def test_the_columns_are_guessed_from_their_names() -> None:
    assert COLUMNS == {
        "external_id": "id",
        "kind": "type",
        "site": "site",
        "title": "title",
        "detected_at": "detected",
        "assigned_at": "assigned",
        "acknowledged_at": "acknowledged",
        "resolved_at": "resolved",
        "closed_at": "closed",
        "owner": "owner",
        "tier": "tier",
        "score": "score",
        "outcome": "outcome",
        "value": "value",
        "currency": "currency",
        "reopen_count": "reopened",
        "sla_met": "sla met",
        "sla_due_at": "due",
        "root_cause": "root cause",
    }


def test_what_was_avoided_and_lost_comes_in_where_the_file_says_it(tower: Tower) -> None:
    columns = COLUMNS | {"avoided": "saved", "lost": "loss"}
    rows = [f"{DONE},1000,", f"{DONE.replace('A1', 'A3')},,-5", f"{OPEN},7,"]
    job = receive("\n".join([f"{HEADER},saved,loss", *rows]), columns=columns)
    jobs.begin(job.pk, ImportState.IMPORTING, at=NOW)
    jobs.work_due(lambda: NOW)
    case = Case.objects.get(external_id="A1")
    assert (case.avoided, case.lost, case.amounts_currency) == (Decimal(1000), None, "EUR")
    assert told(job) == [(3, "loss", True), (4, "saved", True)]  # below nothing; in no currency


def test_an_ended_case_comes_in_as_it_ended_with_one_event(tower: Tower) -> None:
    job = bring(DONE)
    assert counts(job) == ("done", 1, 0, 0, 0)
    case = Case.objects.get()
    assert (case.state, case.outcome, case.root_cause) == ("closed", "fixed", "capacity")
    assert (case.score, case.tier, case.owner) == (80, "critical", None)
    assert (case.value_at_risk, case.currency) == (Decimal("1200.50"), "EUR")
    # Rotterdam in January is an hour ahead of UTC.
    assert case.detected_at == datetime(2024, 1, 10, 8, tzinfo=UTC)
    assert case.first_response_at == datetime(2024, 1, 10, 9, tzinfo=UTC)
    assert case.resolved_at == datetime(2024, 1, 11, 8, tzinfo=UTC)
    assert case.closed_at == datetime(2024, 1, 12, 8, tzinfo=UTC)
    assert (case.imported_from, case.external_id) == ("Legacy", "A1")
    event = case.events.get()
    assert (event.happening, event.to_state, event.actor_name) == (
        "imported",
        "closed",
        "command line",
    )
    assert (event.data["file"], event.data["row"], event.data["sha256"]) == (
        "past.csv",
        2,
        job.sha256,
    )
    assert list(audit.verify(case)) == []
    clock = case.clocks.get()
    assert (clock.state, clock.stopped_at, clock.target_minutes) == ("met", case.resolved_at, 1440)
    document = Document.objects.get()
    assert (document.model, document.facts_type, document.reference) == (
        "import.legacy",
        "Report",
        "A1",
    )
    assert OutboxMessage.objects.count() == 0
    assert job.parts.count() == 0


def test_an_open_case_is_ranked_and_gets_an_owner(tower: Tower) -> None:
    bring(OPEN)
    case = Case.objects.get()
    assert (case.state, case.tier, case.score) == ("assigned", "high", 50)
    assert case.owner == User.objects.get(username="procurement.rtm")
    assert [e.happening or e.move for e in case.events.all()] == ["imported", "assign"]
    assert list(audit.verify(case)) == []
    assert case.clocks.filter(kind="resolve").count() == 0
    assert OutboxMessage.objects.count() == 0


def test_an_acknowledged_case_keeps_its_owner_where_they_work_here(tower: Tower) -> None:
    acknowledged = "A3,late,RTM,Seen,2026-11-01 09:00,,2026-11-01 10:00,,,warehouse.rtm"
    bring(acknowledged, acknowledged.replace("A3", "A4").replace("warehouse.rtm", "warehouse.chi"))
    seen, elsewhere = Case.objects.order_by("external_id")
    assert (seen.state, str(seen.owner)) == ("acknowledged", "warehouse.rtm")
    assert (elsewhere.state, str(elsewhere.owner)) == ("assigned", "procurement.rtm")
    assert elsewhere.first_response_at == datetime(2026, 11, 1, 9, tzinfo=UTC)


WRONG = [
    ("A1,fire,RTM,T,2024-01-10", "type"),
    ("A1,late,XXX,T,2024-01-10", "site"),
    ("A1,late,RTM,,2024-01-10", "title"),
    (",late,RTM,T,2024-01-10", "id"),
    ("A1,late,RTM,T,", "detected"),
    ("A1,late,RTM,T,soon", "detected"),
    ("A1,late,RTM,T,2027-01-10", "detected"),
    ("A1,late,RTM,T,2024-01-10,,,2024-01-09", "resolved"),
    ("A1,late,RTM,T,2024-01-10,,,,,,urgent", "tier"),
    ("A1,late,RTM,T,2024-01-10,,,,,,,101", "score"),
    ("A1,late,RTM,T,2024-01-10,,,2024-01-11,,,,,eaten", "outcome"),
    ("A1,late,RTM,T,2024-01-10,,,,,,,,,much", "value"),
    ("A1,late,RTM,T,2024-01-10,,,,,,,,,1,euros", "currency"),
    ("A1,late,RTM,T,2024-01-10,,,,,,,,,,,-1", "reopened"),
    ("A1,late,RTM,T,2024-01-10,,,,,,,,,,,,perhaps", "sla met"),
]


@pytest.mark.parametrize(("row", "column"), WRONG)
def test_a_wrong_cell_is_named_by_row_and_column(tower: Tower, row: str, column: str) -> None:
    job = bring(row, DONE.replace("A1", "B1"))
    assert (counts(job), told(job)) == (("done", 1, 0, 0, 1), [(2, column, True)])
    assert Case.objects.get().external_id == "B1"


def test_unknown_values_say_what_is_known(tower: Tower) -> None:
    job = bring("A1,late,XXX,T,2024-01-10")
    assert job.issues.get().says == "“XXX” is not known here. Map it to one of: CHI, RTM."


def test_a_number_that_comes_twice_counts_once(tower: Tower) -> None:
    job = bring(DONE, DONE.replace("Bearings", "Other bearings"))
    assert counts(job) == ("done", 1, 0, 0, 1)
    assert job.issues.get().says == "The same number stands in row 2. Only that row counts."
    assert Case.objects.get().title == "Bearings are late"


def test_a_dry_run_tells_the_same_and_stores_no_case(tower: Tower) -> None:
    bring(DONE)
    rows = (DONE, OPEN, "A9,fire,RTM,T,2024-01-10", OPEN)
    dry = bring(*rows, phase=ImportState.CHECKING)
    assert counts(dry) == ("checked", 1, 0, 1, 2)
    assert Case.objects.count() == 1
    assert jobs.begin(dry.pk, ImportState.IMPORTING, at=NOW)
    jobs.work_due(lambda: NOW)
    dry.refresh_from_db()
    assert counts(dry) == ("done", 1, 0, 1, 2)


def test_the_same_file_again_does_nothing(tower: Tower) -> None:
    bring(DONE, OPEN)
    before = list(Case.objects.order_by("pk").values("pk", "event_count", "import_job"))
    assert counts(bring(DONE, OPEN)) == ("done", 0, 0, 2, 0)
    assert list(Case.objects.order_by("pk").values("pk", "event_count", "import_job")) == before


def test_a_changed_row_changes_only_what_its_mapping_gives(tower: Tower) -> None:
    bring(DONE)
    columns = {k: v for k, v in COLUMNS.items() if k not in ("root_cause", "value", "currency")}
    changed = bring(DONE.replace("Bearings", "All bearings"), columns=columns)
    assert counts(changed) == ("done", 0, 1, 0, 0)
    case = Case.objects.get()
    assert (case.title, case.root_cause, case.value_at_risk) == (
        "All bearings are late",
        "capacity",
        Decimal("1200.50"),
    )
    assert [e.data.get("changed") for e in case.events.all()] == [None, ["title"]]
    assert list(audit.verify(case)) == []
    assert CaseFilter(states=("all",), imports=(changed.pk,)).apply(
        Case.objects.all(), at=NOW
    ).get() == (case)


def test_an_open_case_that_has_ended_since_is_moved_through_the_door(tower: Tower) -> None:
    bring(OPEN)
    ended = OPEN.replace("09:00,,,,", "09:00,,,2026-11-05 09:00,2026-11-06 09:00")
    assert counts(bring(ended)) == ("done", 0, 1, 0, 0)
    case = Case.objects.get()
    assert (case.state, case.outcome, case.resolved_at) == (
        "closed",
        "fixed",
        datetime(2026, 11, 5, 8, tzinfo=UTC),
    )
    moves = [e.happening or e.move for e in case.events.all()]
    assert moves == ["imported", "assign", "resolve", "close", "imported"]
    assert list(audit.verify(case)) == []
    assert counts(bring(ended)) == ("done", 0, 0, 1, 0)
    assert counts(bring(OPEN))[4] == 1  # what has ended does not open again by a file


def test_what_people_have_moved_here_is_theirs(tower: Tower) -> None:
    bring(OPEN)
    case = Case.objects.get()
    assert case.owner is not None
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, person(case.owner), at=NOW)
    job = bring(OPEN.replace("Still open", "Renamed"))
    assert counts(job) == ("done", 0, 0, 0, 1)
    assert "was moved here since its import" in job.issues.get().says
    assert Case.objects.get().title == "Still open"


@pytest.mark.parametrize("killed_after", [0, 1, 2])
def test_a_killed_run_goes_on_where_it_stood(
    tower: Tower, monkeypatch: pytest.MonkeyPatch, killed_after: int
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 2)
    rows = [DONE.replace("A1", f"K{n}") for n in range(7)]
    job = receive("\n".join([HEADER, *rows]))
    jobs.begin(job.pk, ImportState.IMPORTING, at=NOW)
    seen = _dying(killed_after)
    with pytest.raises(KeyboardInterrupt):
        jobs.work_due(_now(killed_after), seen)
    jobs.work_due(lambda: NOW)
    job.refresh_from_db()
    assert counts(job) == ("done", 7, 0, 0, 0)
    assert sorted(Case.objects.values_list("external_id", flat=True)) == [f"K{n}" for n in range(7)]


def _now(killed_after: int) -> Any:
    def now() -> datetime:
        if not killed_after:
            raise KeyboardInterrupt
        return NOW

    return now


def _dying(killed_after: int) -> Any:
    left: Iterator[int] = iter(range(killed_after - 1, -1, -1))

    def seen(job: ImportJob) -> None:
        if next(left) == 0:
            raise KeyboardInterrupt

    return seen


def test_a_reopened_past_case_is_in_the_backlog_until_it_ended(tower: Tower) -> None:
    fields = DONE.split(",")
    fields[15] = "2"
    bring(",".join(fields))
    first, last = datetime(2024, 1, 9).date(), datetime(2024, 1, 12).date()  # noqa: DTZ001
    scope = Scope(at=NOW, first_day=first, last_day=last, sites=(tower.site.pk,))
    assert [day.n for day in backlog.by_day(scope)] == [0, 1, 0, 0]
    listed = [
        CaseFilter(states=("all",), open_on=day).apply(Case.objects.all(), at=NOW).count()
        for day in scope.days
    ]
    assert listed == [0, 1, 0, 0]


def test_the_breach_rate_counts_what_the_file_says_was_met_or_missed(tower: Tower) -> None:
    fields = DONE.split(",")
    rows = []
    for number, (met, due) in enumerate(
        [
            ("yes", ""),
            ("no", ""),
            ("no", "2024-01-11 08:00"),
            ("", "2024-01-11 09:00"),
            ("", "2024-01-11 08:59"),
            ("", ""),
        ]
    ):
        fields[0], fields[16], fields[17] = f"S{number}", met, due
        rows.append(",".join(fields))
    bring(*rows)
    states = Clock.objects.order_by("case__external_id").values_list("state", flat=True)
    assert list(states) == ["met", "breached", "breached", "met", "breached"]
    day = datetime(2024, 1, 11).date()  # noqa: DTZ001
    scope = Scope(at=NOW, first_day=day, last_day=day, sites=(tower.site.pk,))
    assert breach.by_clock(scope) == [Breaches("resolve", 5, 3)]


def test_what_was_imported_as_resolved_is_left_so_by_the_quiet_period(tower: Tower) -> None:
    resolved = "R1,late,RTM,Old,2024-01-10 09:00,,,2024-01-11 09:00"
    bring(resolved)
    assert escalate.close_quiet_cases(at=NOW + timedelta(days=400)) == 0
    assert Case.objects.get().state == "resolved"


def test_only_sites_of_the_import_may_be_written(tower: Tower) -> None:
    job = receive("\n".join([HEADER, DONE, DONE.replace("RTM", "CHI").replace("A1", "C1")]))
    ImportJob.objects.filter(pk=job.pk).update(sites=[tower.site.pk])
    jobs.begin(job.pk, ImportState.IMPORTING, at=NOW)
    jobs.work_due(lambda: NOW)
    job.refresh_from_db()
    assert (counts(job), told(job)) == (("done", 1, 0, 0, 1), [(3, "site", True)])


def test_a_new_policy_finds_no_exception_in_what_was_over_when_it_came_in(tower: Tower) -> None:
    bring(DONE.replace("fixed", "self_healed"), OPEN)
    before = list(Case.objects.order_by("pk").values_list("external_id", "state", "score"))
    policies.publish("late_inbound", policies.in_force()["late_inbound"].settings, at=NOW)
    assert intake.recheck_due(at=NOW)[0] == 1  # the open one
    after = list(Case.objects.order_by("pk").values_list("external_id", "state", "score"))
    assert after == before
