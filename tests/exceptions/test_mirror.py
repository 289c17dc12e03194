"""The mirror keeps what was read last, whatever order and however often it comes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.db import IntegrityError

from exceptions import facts, intake, mirror
from exceptions.casework import Change
from exceptions.facts import Receipt
from exceptions.mirror import Reading
from exceptions.models import Case, Document
from exceptions.vocabulary import State
from tests.making import Tower

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def reading(tower: Tower, at: datetime, record: int = 1, value: int = 1, **said: Any) -> Receipt:
    """A reading at `at` of a receipt that was promised long ago, whenever it is read."""
    promised = datetime(2026, 11, 1, tzinfo=UTC)
    base = {"promised_at": promised, "planned_at": promised, "written_at": at}
    return tower.receipt(record, **(base | said | {"at": at, "value": Decimal(value)}))


def store(*said: Any, recheck_at: datetime | None = None) -> list[tuple[str, Any]]:
    """Which records say something new, and what."""
    stored = mirror.store([Reading(f, recheck_at) for f in said])
    news = [s.reading.facts for s in stored]
    return [(f.reference, f.value) for f in news if isinstance(f, Receipt)]


def test_new_and_changed_documents_are_told_unchanged_ones_are_not(
    tower: Tower, at: datetime
) -> None:
    first = store(*(reading(tower, record=n, at=at, value=10) for n in (1, 2)))
    later = at + MINUTE
    second = store(
        reading(tower, record=1, at=later, value=10),
        reading(tower, record=2, at=later, value=20),
        reading(tower, record=3, at=later, value=30),
    )

    assert first == [("RTM/IN/00001", 10), ("RTM/IN/00002", 10)]
    assert second == [("RTM/IN/00002", 20), ("RTM/IN/00003", 30)]


def test_nothing_is_nothing(tower: Tower) -> None:
    assert store() == []


def test_of_a_record_twice_in_a_batch_the_later_reading_counts(tower: Tower, at: datetime) -> None:
    early, late = reading(tower, at=at, value=1), reading(tower, at=at + MINUTE, value=2)

    assert store(late, early, late) == [("RTM/IN/00001", 2)]
    assert Document.objects.get().facts["value"] == "2"


def test_an_older_reading_changes_nothing(tower: Tower, at: datetime) -> None:
    store(reading(tower, at=at, value=2, written_at=at))
    told = store(reading(tower, at=at - MINUTE, value=1, written_at=at - HOUR))
    document = Document.objects.get()

    assert told == []
    assert (document.facts["value"], document.read_at, document.written_at) == ("2", at, at)


def test_an_equal_reading_moves_only_the_stamps(tower: Tower, at: datetime) -> None:
    store(reading(tower, at=at), recheck_at=at + HOUR)
    later = at + MINUTE
    told = store(reading(tower, at=later), recheck_at=at + 9 * HOUR)
    document = Document.objects.get()

    assert told == []
    assert (document.read_at, document.written_at) == (later, later)
    assert document.recheck_at == at + HOUR


def test_a_recheck_that_is_due_is_not_lost_to_a_reading_that_says_the_same(
    tower: Tower, at: datetime
) -> None:
    """The promise passes between two readings: the sweep has yet to look, and must."""
    promise = at + HOUR
    said: dict[str, Any] = {"promised_at": promise, "planned_at": promise}
    intake.take_in([reading(tower, at=at, **said)], at=at)
    late = promise + MINUTE
    intake.take_in([reading(tower, at=late, **said)], at=late)
    seen, changes = intake.recheck_due(at=late)

    assert (seen, changes) == (1, {Change.OPENED: 1})
    assert Case.objects.get().state == State.ASSIGNED


def test_the_first_promise_stays(tower: Tower, at: datetime) -> None:
    for day in (None, 3, 5, 1):
        at += MINUTE
        promised = at + timedelta(days=day) if day else None
        store(reading(tower, at=at, promised_at=promised))
        if day == 3:
            first = promised

    assert Document.objects.get().first_promised_at == first


def test_a_count_has_no_promise(tower: Tower, at: datetime) -> None:
    store(reading(tower, at=at))
    mirror.store([Reading(tower.count(at=at), None)])

    assert Document.objects.get(facts_type="Count").first_promised_at is None


def test_a_record_that_was_gone_comes_back_as_news(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    gone = intake.mark_gone(Document.objects.all(), at=at + MINUTE)
    case.refresh_from_db()
    told = (case.state, case.outcome, Document.objects.get().gone_at)
    changes = intake.take_in([reading(tower, at=at + HOUR)], at=at + HOUR)
    case.refresh_from_db()

    assert (gone, told) == (1, (State.RESOLVED, "self_healed", at + MINUTE))
    assert changes == {Change.REOPENED: 1}
    assert (case.state, Document.objects.get().gone_at) == (State.ASSIGNED, None)


def test_gone_twice_is_gone_once(tower: Tower, at: datetime) -> None:
    tower.late_case(at=at)

    assert [intake.mark_gone(Document.objects.all(), at=at + MINUTE) for _ in range(2)] == [1, 0]


def test_a_stale_reading_does_not_bring_back_what_is_gone(tower: Tower, at: datetime) -> None:
    tower.late_case(at=at)
    intake.mark_gone(Document.objects.all(), at=at + MINUTE)
    changes = intake.take_in([reading(tower, at=at - MINUTE)], at=at + HOUR)

    assert changes == {}
    assert Document.objects.get().gone_at == at + MINUTE


@pytest.mark.parametrize("order", permutations(range(3)))
def test_any_order_of_readings_ends_the_same(
    tower: Tower, at: datetime, order: tuple[int, ...]
) -> None:
    readings = [reading(tower, at=at + n * MINUTE, value=n, open=n != 1) for n in range(3)]
    for n in order:
        store(readings[n])
    document = Document.objects.get()

    assert (document.facts["value"], document.facts["open"]) == ("2", True)
    assert document.read_at == at + 2 * MINUTE


def test_a_document_is_living_as_long_as_its_facts_say_so(tower: Tower, at: datetime) -> None:
    told = []
    for minutes, still_open in enumerate([True, False, True]):
        store(reading(tower, at=at + minutes * MINUTE, open=still_open))
        told.append(Document.objects.get().living)

    assert told == [True, False, True]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://odoo.test/odoo/1", "https://odoo.test/odoo/1"),
        ("HTTP://odoo.test/1", "HTTP://odoo.test/1"),
        ("", ""),
        ("javascript:alert(1)", ""),
        (" javascript:alert(1)//https://odoo.test", ""),
        ("data:text/html,<script>alert(1)</script>", ""),
        ("//odoo.test/1", ""),
        ("https:odoo.test", ""),
    ],
)
def test_only_a_web_address_is_kept_as_a_link(
    tower: Tower, at: datetime, url: str, kept: str
) -> None:
    store(reading(tower, at=at, url=url))
    document = Document.objects.get()

    assert (document.url, document.facts["url"]) == (kept, kept)
    assert facts.from_plain("Receipt", document.facts | {"url": url}).url == kept


def test_the_database_keeps_no_other_link(tower: Tower, at: datetime) -> None:
    store(reading(tower, at=at))
    with pytest.raises(IntegrityError, match="document_url_leads_to_the_web"):
        Document.objects.update(url="javascript:alert(1)")
