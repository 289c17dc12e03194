"""Verification of all history: whole, or each fault in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from exceptions import anchoring, verifying
from exceptions.models import Case, CaseEvent, Policy, SettingChange, Verification
from exceptions.verifying import Tally
from exceptions.vocabulary import KindCode, State
from tests.exceptions.cases import case_in
from tests.making import Tower

TABLES = ("caseevent", "settingchange", "anchor", "policy")


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    """A closed case with a history of six lines; beside it one that is open."""
    closed = case_in(State.CLOSED, tower, at=at)
    tower.late_case(2, at=at)
    return closed


@contextmanager
def as_an_intruder() -> Iterator[None]:
    """Somebody who owns the database and switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE exceptions_{table} DISABLE TRIGGER USER")
        yield
        for table in TABLES:
            cursor.execute(f"ALTER TABLE exceptions_{table} ENABLE TRIGGER USER")


def read() -> tuple[Tally, list[str]]:
    tally = Tally()
    return tally, list(verifying.everything(tally))


def commanded(**options: object) -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out, **options)
    return out.getvalue()


def test_what_nobody_touched_is_whole(case: Case, at: datetime) -> None:
    anchoring.drop(at=at)

    tally, found = read()

    assert found == []
    assert (tally.cases, tally.events) == (Case.objects.count(), CaseEvent.objects.count())
    assert (tally.settings, tally.anchors) == (SettingChange.objects.count(), 1)
    assert commanded() == (
        f"Whole: {tally.events} events of {tally.cases} cases, "
        f"{tally.settings} lines of settings, 1 anchors.\n"
    )


def test_the_command_names_the_row(case: Case) -> None:
    with as_an_intruder():
        CaseEvent.objects.filter(case=case, number=3).update(actor_name="Somebody else")

    assert read()[1] == [f"C-{case.pk}, event 3: was changed"]
    with pytest.raises(CommandError, match="1 faults"):
        commanded()


def test_a_case_without_any_event_is_missed(case: Case) -> None:
    with as_an_intruder():
        CaseEvent.objects.filter(case=case).delete()

    assert read()[1] == [f"C-{case.pk}, event 6: missing"]


def test_settings_that_were_changed_behind_the_tower_are_named(case: Case) -> None:
    policy = Policy.objects.filter(kind=KindCode.LATE_INBOUND).latest("version")
    line = SettingChange.objects.get(data__kind=policy.kind, data__version=policy.version)
    with as_an_intruder():
        Policy.objects.filter(pk=policy.pk).update(settings=policy.settings | {"reopen_days": 1})

    says = f"“Late inbound: version {policy.version} in force” holds other settings now"
    assert read()[1] == [f"Settings history, line {line.number}: {says}"]


def test_only_one_case_can_be_asked_for(case: Case) -> None:
    with as_an_intruder():
        CaseEvent.objects.filter(case=case, number=3).update(via="ai")
    other = Case.objects.exclude(pk=case.pk).get()

    assert commanded(case=other.pk).startswith(f"Whole: {other.event_count} events of 1 cases")
    with pytest.raises(CommandError, match="1 faults"):
        commanded(case=case.pk)
    with pytest.raises(CommandError, match="There is no case C-999999"):
        commanded(case=999999)


def test_anchors_kept_elsewhere_are_compared(case: Case, at: datetime, tmp_path: Path) -> None:
    anchor = anchoring.drop(at=at)
    assert anchor is not None
    kept = tmp_path / "anchors"
    kept.write_text(f"{anchor.day} {anchor.hash}\n")
    assert commanded(anchors=kept).startswith("Whole")

    kept.write_text(f"{anchor.day} {'0' * 64}\n2020-01-01 {anchor.hash}\n")
    out = StringIO()
    with pytest.raises(CommandError, match="2 faults"):
        call_command("verify_audit", anchors=kept, stdout=out)
    assert out.getvalue().splitlines() == [
        f"Anchor of {anchor.day}: another than the one kept elsewhere",
        "Anchor of 2020-01-01: kept elsewhere, missing here",
    ]

    kept.write_text("nonsense\n")
    with pytest.raises(CommandError, match="is no list of anchors"):
        commanded(anchors=kept)
    with pytest.raises(CommandError, match="could not be read"):
        commanded(anchors=tmp_path / "nothing")


def test_it_is_done_nightly_and_when_somebody_asks(case: Case, at: datetime) -> None:
    nightly = verifying.work_due(lambda: at)
    nothing = verifying.work_due(lambda: at + timedelta(hours=1))
    asked = verifying.ask(None, at=at + timedelta(hours=2))
    again = verifying.ask(None, at=at + timedelta(hours=2))
    done = verifying.work_due(lambda: at + timedelta(hours=2))
    next_night = verifying.work_due(lambda: at + timedelta(hours=27))

    assert nightly is not None
    assert (nightly.cases, nightly.faults) == (Case.objects.count(), 0)
    assert (nothing, again, done) == (None, asked, asked)
    assert next_night is not None
    assert Verification.objects.filter(ended_at=None).count() == 0


def test_one_that_a_worker_left_lying_is_begun_anew(case: Case, at: datetime) -> None:
    verifying.ask(None, at=at)
    Verification.objects.update(started_at=at)

    assert verifying.work_due(lambda: at + timedelta(hours=5)) is None
    assert verifying.work_due(lambda: at + timedelta(hours=7)) is not None
