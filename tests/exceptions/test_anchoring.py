"""Anchors: what they cover cannot be taken away or made anew unseen."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from exceptions import anchoring, audit
from exceptions.models import Anchor, Case, CaseEvent, SettingChange
from exceptions.vocabulary import State
from tests.exceptions.cases import case_in
from tests.making import Tower

DAY = timedelta(days=1)


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    """A closed case with a history of six lines."""
    return case_in(State.CLOSED, tower, at=at)


@contextmanager
def as_an_intruder() -> Iterator[None]:
    """Somebody who owns the database and switches the triggers off."""
    tables = ("caseevent", "settingchange", "anchor")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE exceptions_{table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE exceptions_{table} ENABLE TRIGGER USER")


def faults() -> list[tuple[date, str]]:
    return [(slipped.anchor.day, slipped.says) for slipped in anchoring.verify()]


def dropped(at: datetime) -> Anchor:
    anchor = anchoring.drop(at=at)
    assert anchor is not None
    return anchor


def test_an_anchor_covers_what_stands(case: Case, at: datetime) -> None:
    anchor = dropped(at)

    rows = CaseEvent.objects.order_by("pk").values_list("pk", "hash")
    by_hand = hashlib.sha256("".join(f"{pk} {sealed}\n" for pk, sealed in rows).encode())
    assert (anchor.day, anchor.events) == ((at - DAY).date(), len(rows))
    assert anchor.hash == anchoring.digest(anchor, by_hand.hexdigest())
    assert faults() == []


def test_a_day_has_one_anchor(case: Case, at: datetime) -> None:
    dropped(at)

    assert anchoring.drop(at=at + timedelta(hours=2)) is None
    assert Anchor.objects.count() == 1


def test_the_next_covers_what_came_since(case: Case, tower: Tower, at: datetime) -> None:
    first = dropped(at)
    tower.late_case(2, at=at)
    came = CaseEvent.objects.filter(pk__gt=first.up_to).count()

    second = dropped(at + DAY)

    assert (second.events, second.previous_hash) == (came, first.hash)
    assert came > 0
    assert faults() == []


def test_a_history_made_anew_is_found(case: Case, at: datetime) -> None:
    """Every hash of the case is made anew, so its chain is whole; the anchor is not fooled."""
    day = dropped(at).day
    with as_an_intruder():
        _rewrite(case)

    assert list(audit.verify(Case.objects.get(pk=case.pk))) == []
    assert faults() == [(day, "what it covers was changed")]


def _rewrite(case: Case) -> None:
    previous = ""
    for event in case.events.order_by("number"):
        event.actor_name, event.previous_hash = "Somebody else", previous
        event.hash = previous = audit.digest(event)
        event.save()
    Case.objects.filter(pk=case.pk).update(last_hash=previous)


def test_a_case_that_vanished_whole_is_found(case: Case, at: datetime) -> None:
    anchor = dropped(at)
    with as_an_intruder():
        CaseEvent.objects.filter(case=case).delete()

    left = anchor.events - 6
    assert faults() == [(anchor.day, f"covered {anchor.events} events, of which {left} are left")]


def test_a_settings_history_cut_short_is_found(case: Case, at: datetime) -> None:
    anchor = dropped(at)
    with as_an_intruder():
        SettingChange.objects.filter(number=anchor.setting_number).delete()

    assert faults() == [(anchor.day, "the settings history up to it is another")]


def test_an_anchor_that_is_gone_is_found(case: Case, at: datetime) -> None:
    dropped(at)
    second = dropped(at + DAY)
    with as_an_intruder():
        Anchor.objects.exclude(pk=second.pk).delete()

    assert [day for day, _ in faults()] == [second.day]


def test_it_is_given_out(
    case: Case,
    at: datetime,
    tmp_path: Path,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.TOWER_ANCHOR_FILE = str(tmp_path / "anchors")
    caplog.set_level(logging.INFO, logger="exceptions.anchoring")

    anchors = [dropped(at), dropped(at + DAY)]

    lines = [f"{anchor.day} {anchor.hash}" for anchor in anchors]
    assert (tmp_path / "anchors").read_text() == "".join(f"{line}\n" for line in lines)
    assert [record.getMessage() for record in caplog.records] == [
        f"audit anchor {line}" for line in lines
    ]


def test_a_file_that_cannot_be_written_is_said(
    case: Case,
    at: datetime,
    tmp_path: Path,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.TOWER_ANCHOR_FILE = str(tmp_path)

    dropped(at)

    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage() for record in errors] == [
        "the audit anchor could not be written to its file: Is a directory"
    ]
