"""Facts in, cases out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exceptions import escalate, intake, lifecycle, policies
from exceptions.casework import Change
from exceptions.facts import Receipt
from exceptions.kinds import KINDS
from exceptions.models import Case, CaseEvent, Document
from exceptions.vocabulary import OPEN_STATES, KindCode, Move, Outcome, State, Via
from tests.making import Tower


def test_a_late_receipt_opens_one_case_that_somebody_owns(tower: Tower, at: datetime) -> None:
    changes = intake.take_in([tower.receipt(at=at)], at=at)

    case = Case.objects.get()
    assert changes == {Change.OPENED: 1}
    assert (case.state, case.title) == (State.ASSIGNED, "P00001 from Kempten Bearings is late")
    assert (case.score, case.tier) == (56, "high")
    assert str(case.owner) == "procurement.rtm"
    assert [e.move or e.happening for e in case.events.all()] == ["detected", "classify", "assign"]


def test_the_same_facts_again_change_nothing(tower: Tower, at: datetime) -> None:
    intake.take_in([tower.receipt(at=at)], at=at)
    changes = intake.take_in([tower.receipt(at=at)], at=at + timedelta(minutes=1))

    assert changes == {}
    assert Case.objects.get().events.count() == 3


def test_a_new_date_in_the_source_clears_the_case(tower: Tower, at: datetime) -> None:
    intake.take_in([tower.receipt(at=at)], at=at)
    later = at + timedelta(hours=1)
    new_date = tower.receipt(at=later, planned_at=later + timedelta(days=3))
    changes = intake.take_in([new_date], at=later)

    case = Case.objects.get()
    assert changes == {Change.CLEARED: 1}
    assert (case.state, case.outcome, case.resolved_at) == (
        State.RESOLVED,
        Outcome.SELF_HEALED,
        later,
    )
    assert {c.kind: c.state for c in case.clocks.all()} == {
        "acknowledge": "cancelled",
        "resolve": "cancelled",
    }


def test_time_alone_opens_a_case_when_the_promise_passes(tower: Tower, at: datetime) -> None:
    promise = at + timedelta(hours=5)
    intake.take_in([tower.receipt(at=at, promised_at=promise, planned_at=promise)], at=at)
    assert intake.recheck_due(at=promise) == (0, {})
    seen, changes = intake.recheck_due(at=promise + timedelta(seconds=1))

    assert (seen, changes) == (1, {Change.OPENED: 1})


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_readings_the_later_one_is_right(
    tower: Tower, at: datetime, order: tuple[int, int]
) -> None:
    early = tower.receipt(at=at)
    late = tower.receipt(at=at + timedelta(seconds=5), open=False)
    for i in order:
        intake.take_in([(early, late)[i]], at=at + timedelta(seconds=10))

    assert Document.objects.get().facts["open"] is False
    assert Case.objects.filter(state=State.ASSIGNED).count() == 0


def test_what_comes_back_reopens_the_same_case(tower: Tower, at: datetime) -> None:
    intake.take_in([tower.receipt(at=at)], at=at)
    second, third = at + timedelta(hours=1), at + timedelta(hours=2)
    intake.take_in([tower.receipt(at=second, planned_at=second + timedelta(days=1))], at=second)
    changes = intake.take_in([tower.receipt(at=third, value=Decimal(11_000))], at=third)

    case = Case.objects.get()
    assert changes == {Change.REOPENED: 1}
    assert (case.state, case.reopen_count, case.outcome) == (State.ASSIGNED, 1, "")


def test_the_first_promise_is_kept(tower: Tower, at: datetime) -> None:
    first = at + timedelta(days=1)
    intake.take_in([tower.receipt(at=at, promised_at=first)], at=at)
    later = at + timedelta(hours=1)
    intake.take_in([tower.receipt(at=later, promised_at=first + timedelta(days=9))], at=later)

    assert Document.objects.get().first_promised_at == first


# -- What people have settled ------------------------------------------------------------------

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def said(tower: Tower, at: datetime, **more: Any) -> Receipt:
    """A receipt that was promised on 1 November, read at `at`."""
    promised = datetime(2026, 11, 1, tzinfo=UTC)
    base = {"promised_at": promised, "planned_at": promised, "written_at": at}
    return tower.receipt(**(base | more | {"at": at}))


def dismiss(tower: Tower, case: Case, at: datetime, outcome: Outcome) -> None:
    data = {"outcome": outcome, "reason": "We know."}
    lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=at, data=data)


@pytest.mark.parametrize("outcome", ["false_positive", "duplicate", "accepted"])
def test_what_was_dismissed_stays_dismissed_while_the_facts_are_the_same(
    tower: Tower, at: datetime, outcome: Outcome
) -> None:
    intake.take_in([said(tower, at)], at=at)
    dismiss(tower, Case.objects.get(), at + HOUR, outcome)
    again = intake.take_in([said(tower, at + DAY)], at=at + DAY)
    Document.objects.update(recheck_at=at + DAY)
    swept = intake.recheck_due(at=at + DAY)

    assert (again, swept) == ({}, (1, {Change.SUPPRESSED: 1}))
    assert Case.objects.get().state == State.CLOSED


def test_other_facts_make_it_a_case_again(tower: Tower, at: datetime) -> None:
    intake.take_in([said(tower, at)], at=at)
    dismiss(tower, Case.objects.get(), at + HOUR, Outcome.ACCEPTED)
    changes = intake.take_in([said(tower, at + DAY, value=Decimal(90_000))], at=at + DAY)

    case = Case.objects.get()
    assert changes == {Change.REOPENED: 1}
    assert (case.state, case.value_at_risk, case.reopen_count) == (
        State.ASSIGNED,
        Decimal(90_000),
        1,
    )


def test_what_comes_back_after_the_window_is_a_new_case(tower: Tower, at: datetime) -> None:
    intake.take_in([said(tower, at)], at=at)
    intake.take_in([said(tower, at + HOUR, planned_at=at + DAY)], at=at + HOUR)
    escalate.close_quiet_cases(at=at + 3 * DAY)
    later = at + 11 * DAY
    changes = intake.take_in([said(tower, later)], at=later)

    old, new = Case.objects.order_by("id")
    assert changes == {Change.OPENED: 1}
    assert (old.state, new.state, new.reopen_count) == (State.CLOSED, State.ASSIGNED, 0)


def test_what_people_fixed_in_the_source_may_come_back(tower: Tower, at: datetime) -> None:
    """They decided, the source followed, and then it was undone there: the old facts are news."""
    intake.take_in([said(tower, at)], at=at)
    case = Case.objects.get()
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=at)
    data = {
        "decision": "chase",
        "substance": case.document.substance,
        "reason": "No answer.",
    }
    lifecycle.move(case.pk, Move.PROPOSE, tower.supervisor, at=at, data=data)
    cleared = intake.take_in([said(tower, at + HOUR, planned_at=at + DAY)], at=at + HOUR)
    fixed = Case.objects.get().outcome
    back = intake.take_in([said(tower, at + 2 * HOUR)], at=at + 2 * HOUR)

    assert (cleared, fixed) == ({Change.CLEARED: 1}, Outcome.FIXED)
    assert back == {Change.REOPENED: 1}


def test_what_people_resolved_stays_so_while_the_source_says_the_same(
    tower: Tower, at: datetime
) -> None:
    intake.take_in([said(tower, at)], at=at)
    case = Case.objects.get()
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=at)
    data = {"outcome": Outcome.FIXED, "reason": "They are in the yard."}
    lifecycle.move(case.pk, Move.RESOLVE, tower.supervisor, at=at + HOUR, data=data)
    Document.objects.update(recheck_at=at + 2 * HOUR)

    assert intake.recheck_due(at=at + 2 * HOUR) == (1, {Change.SUPPRESSED: 1})
    assert Case.objects.get().state == State.RESOLVED


# -- What changes while it is open -------------------------------------------------------------


def test_other_facts_are_told_and_scored(tower: Tower, at: datetime) -> None:
    intake.take_in([said(tower, at)], at=at)
    changes = intake.take_in([said(tower, at + HOUR, value=Decimal(60_000))], at=at + HOUR)

    case = Case.objects.get()
    told = [e.move or e.happening for e in case.events.all()][3:]
    assert changes == {Change.REFRESHED: 1}
    assert (case.value_at_risk, case.score, case.tier) == (Decimal(60_000), 75, "critical")
    assert told == ["facts_changed", "reclassify"]


def test_time_alone_raises_the_score(tower: Tower, at: datetime) -> None:
    promise = at - HOUR
    intake.take_in([said(tower, at, promised_at=promise, planned_at=promise)], at=at)
    before = Case.objects.get().score
    due = Document.objects.get().recheck_at
    swept = intake.recheck_due(at=promise + DAY)

    assert (before, due, Case.objects.get().score) == (51, promise + DAY, 56)
    assert swept == (1, {Change.REFRESHED: 1})


def test_a_supervisors_judgement_stays_while_the_facts_move(tower: Tower, at: datetime) -> None:
    intake.take_in([said(tower, at)], at=at)
    case = Case.objects.get()
    data = {"severity": 90, "reason": "The line stands."}
    lifecycle.move(case.pk, Move.RECLASSIFY, tower.supervisor, at=at, data=data)
    intake.take_in([said(tower, at + HOUR, value=Decimal(25_000))], at=at + HOUR)

    case.refresh_from_db()
    assert (case.score, case.contributions[-1]["because"]) == (96, "lead.rtm: The line stands.")


def test_a_document_that_is_not_due_is_not_looked_at(tower: Tower, at: datetime) -> None:
    far = at + 30 * DAY
    intake.take_in([said(tower, at, record_id=n, planned_at=far) for n in range(1, 6)], at=at)

    assert intake.recheck_due(at=far) == (0, {})
    assert intake.recheck_due(at=far + HOUR, limit=2) == (2, {Change.OPENED: 2})
    assert intake.recheck_due(at=far + HOUR, limit=2) == (2, {Change.OPENED: 2})
    assert intake.recheck_due(at=far + HOUR, limit=2) == (1, {Change.OPENED: 1})


def test_a_new_policy_makes_the_documents_of_its_kind_due(tower: Tower, at: datetime) -> None:
    intake.take_in([said(tower, at), tower.delivery(at=at)], at=at)
    mild = replace(
        KINDS[KindCode.LATE_INBOUND].default_policy,
        thresholds={"grace_minutes": Decimal(60 * 24 * 60)},
    )
    later = at + timedelta(minutes=1)
    policies.publish(KindCode.LATE_INBOUND, mild, at=later)
    swept = intake.recheck_due(at=later)

    assert swept == (1, {Change.CLEARED: 1})
    assert {c.kind: c.state for c in Case.objects.all()} == {
        "late_inbound": State.RESOLVED,
        "delivery_delay": State.ASSIGNED,
    }
    last = CaseEvent.objects.filter(case__kind="late_inbound").latest("number")
    assert (last.move, last.via, last.data["reason"]) == (
        Move.RESOLVE,
        Via.POLICY,
        "Under the policy now in force this is no exception.",
    )


@pytest.mark.parametrize("road", [Via.ODOO, Via.CARRIER, Via.N8N, Via.API, Via.WATCH])
def test_what_came_by_a_road_is_cleared_by_the_same_road(
    tower: Tower, at: datetime, road: Via
) -> None:
    intake.take_in([said(tower, at)], at=at, via=road)
    intake.take_in([said(tower, at + HOUR, open=False)], at=at + HOUR, via=road)

    case = Case.objects.get()
    resolved = case.events.get(move=Move.RESOLVE)
    assert (case.state, resolved.via, resolved.data["reason"]) == (
        State.RESOLVED,
        road,
        "The source no longer shows the exception.",
    )


def test_recurrence_counts_earlier_cases_of_the_same_partner(tower: Tower, at: datetime) -> None:
    """Each of another record, and within the window of the policy."""
    days = [-31, -29, -10, 0]
    for number, day in enumerate(days, start=1):
        moment = at + day * DAY
        intake.take_in([tower.receipt(number, at=moment)], at=moment)
    told = {
        case.document.record_id: said["because"]
        for case in Case.objects.all()
        for said in case.contributions
        if said["factor"] == "recurrence"
    }

    assert told == {
        1: "first time in the window",
        2: "happened once before",
        3: "happened 2 times before",
        4: "happened 2 times before",
    }


def test_one_record_may_have_a_case_of_each_kind_and_site_keeps_them_apart(
    tower: Tower, at: datetime
) -> None:
    batch = [
        tower.receipt(1, at=at),
        tower.receipt(2, at=at, site_id=tower.other_site.pk),
        tower.delivery(1, at=at),
        tower.count(1, at=at),
    ]
    changes = intake.take_in(batch, at=at)
    owners = {(c.kind, c.site.code): str(c.owner) for c in Case.objects.all()}

    assert changes == {Change.OPENED: 4}
    assert owners == {
        ("late_inbound", "RTM"): "procurement.rtm",
        ("late_inbound", "CHI"): "procurement.chi",
        ("delivery_delay", "RTM"): "customer_service.rtm",
        ("inventory_discrepancy", "RTM"): "warehouse.rtm",
    }


# -- Any feed ----------------------------------------------------------------------------------

STORY = st.lists(
    st.tuples(
        st.integers(1, 3),  # record
        st.sampled_from(["late", "later", "in time", "done"]),
    ),
    min_size=1,
    max_size=12,
)
SAID: dict[str, dict[str, Any]] = {
    "late": {},
    "later": {"value": Decimal(30_000)},
    "in time": {"planned_at": datetime(2027, 1, 1, tzinfo=UTC)},
    "done": {"open": False},
}


def end_of(feed: list[list[Receipt]], at: datetime) -> dict[int, tuple[Any, ...]]:
    """What stands at the end of a feed, by record; leaves no trace."""
    with transaction.atomic():
        for batch in feed:
            intake.take_in(batch, at=at)
        intake.recheck_due(at=at)
        end = {
            d.record_id: (d.facts, d.substance, d.read_at, _live(d)) for d in Document.objects.all()
        }
        transaction.set_rollback(True)
    return end


def _live(document: Document) -> list[tuple[Any, ...]]:
    live = document.cases.filter(state__in=OPEN_STATES)
    return [(c.kind, c.title, c.state, c.value_at_risk, c.substance) for c in live]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story=STORY, data=st.data())
def test_a_shuffled_and_doubled_feed_ends_as_a_clean_one(
    tower: Tower, at: datetime, story: list[tuple[int, str]], data: st.DataObject
) -> None:
    readings = [
        said(tower, at + number * HOUR, record_id=record, **SAID[word])
        for number, (record, word) in enumerate(story)
    ]
    doubled = data.draw(st.permutations(readings + readings[::2]))
    cut = data.draw(st.integers(0, len(doubled)))
    end = at + 24 * HOUR

    assert end_of([doubled[:cut], doubled[cut:]], end) == end_of([[r] for r in readings], end)


def test_one_document_that_cannot_be_read_does_not_stop_the_sweep(
    tower: Tower, at: datetime
) -> None:
    promise = at + timedelta(hours=1)
    for record in (1, 2):
        intake.take_in(
            [tower.receipt(record, at=at, promised_at=promise, planned_at=promise)], at=at
        )
    Document.objects.filter(record_id=1).update(facts={"open": "perhaps"})
    later = promise + timedelta(minutes=1)

    assert intake.recheck_due(at=later) == (2, {Change.OPENED: 1})
    assert Document.objects.get(record_id=1).recheck_at is None


def test_a_case_that_becomes_more_severe_gets_what_its_tier_asks_for(
    tower: Tower, at: datetime
) -> None:
    case = tower.late_case(at=at, value=Decimal(100))
    before = [m.verb for m in case.outbox.order_by("id")]
    later = at + timedelta(hours=1)
    intake.take_in([tower.receipt(at=later, value=Decimal(60_000))], at=later)

    case.refresh_from_db()
    assert (before, case.tier) == (["activity"], "high")
    verbs = ["activity", "priority", "email", "n8n_event"]
    assert [m.verb for m in case.outbox.order_by("id")] == verbs
