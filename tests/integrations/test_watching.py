"""The watch: what does not work opens one case for each thing and cause, and ends it again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions import intake, lifecycle, policies
from exceptions.kinds import KINDS
from exceptions.models import Case, CaseEvent, Connection, Document, OutboxMessage, Site
from exceptions.vocabulary import (
    Happening,
    KindCode,
    Move,
    OutboxState,
    Outcome,
    Rollout,
    State,
    TeamCode,
    Verb,
    Via,
)
from integrations import watching
from integrations.models import (
    ActionState,
    DeliveryState,
    Expected,
    Gap,
    GapKind,
    InboxDelivery,
    OdooAccess,
    OdooRules,
    ScheduledAction,
    SeenFault,
    SyncCursor,
)
from tests.integrations.test_health import reached
from tests.making import Tower

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KIND = KindCode.INTEGRATION_FAILURE


@pytest.fixture
def access(tower: Tower) -> OdooAccess:
    return reached(tower.connection)


def look(at: datetime, *, minutes: int = 0, every: int = 5) -> None:
    """Watch from `at` on for so many minutes, as the ticks of a worker do."""
    for n in range(0, minutes + 1, every):
        watching.watch(at=at + n * MINUTE)
        intake.recheck_due(at=at + n * MINUTE)


def cases() -> list[tuple[str, str, str]]:
    found = Case.objects.filter(kind=KIND).order_by("pk")
    return [(case.title, case.state, case.outcome) for case in found]


def falls_silent(access: OdooAccess, times: int = 1) -> None:
    OdooAccess.objects.filter(pk=access.pk).update(silences=times)


def test_an_odoo_that_does_not_answer_for_a_quarter_of_an_hour_is_a_case(
    access: OdooAccess, at: datetime
) -> None:
    look(at)
    falls_silent(access)
    look(at + MINUTE, minutes=14)
    before = cases()
    look(at + 16 * MINUTE)

    assert (before, cases()) == ([], [("Odoo: does not answer", State.ASSIGNED, "")])


def test_its_case_has_team_owner_clocks_and_an_e_mail(
    access: OdooAccess, tower: Tower, at: datetime
) -> None:
    falls_silent(access)
    look(at, minutes=15)
    case = Case.objects.get()

    assert (case.site, case.team and case.team.code) == (tower.site, TeamCode.INTEGRATIONS)
    assert str(case.owner) == "integrations.rtm"
    assert set(case.clocks.values_list("kind", flat=True)) == {"acknowledge", "resolve"}
    assert list(case.outbox.values_list("verb", flat=True)) == [Verb.EMAIL]
    says = case.outbox.get().parameters["text"]
    assert "See whether it runs and whether the tower can reach its address." in says
    assert case.document.url.endswith(f"/integrations/connections/{tower.connection.pk}/")


def test_it_ends_by_itself_once_it_has_been_well_for_half_an_hour(
    access: OdooAccess, at: datetime
) -> None:
    falls_silent(access)
    look(at, minutes=20)
    falls_silent(access, 0)
    look(at + 21 * MINUTE, minutes=29)
    before = cases()
    look(at + 51 * MINUTE)

    assert before == [("Odoo: does not answer", State.ASSIGNED, "")]
    assert cases() == [("Odoo: does not answer", State.RESOLVED, Outcome.SELF_HEALED)]
    assert CaseEvent.objects.filter(via=Via.WATCH, move=Move.RESOLVE).count() == 1


def test_a_short_outage_is_none(access: OdooAccess, at: datetime) -> None:
    falls_silent(access)
    look(at, minutes=10)
    falls_silent(access, 0)
    look(at + 11 * MINUTE, minutes=60)

    assert cases() == []


def test_one_that_comes_and_goes_is_one_case_and_its_history_stays_short(
    access: OdooAccess, at: datetime
) -> None:
    for minute in range(60):
        falls_silent(access, minute % 2)
        look(at + minute * MINUTE)

    assert cases() == [("Odoo: does not answer", State.ASSIGNED, "")]
    changed = CaseEvent.objects.filter(happening=Happening.FACTS_CHANGED)
    assert changed.count() == 0


def test_two_causes_are_two_cases(access: OdooAccess, tower: Tower, at: datetime) -> None:
    refused_message(tower, at)
    access.key_expires_at = at + 3 * DAY
    access.save()
    look(at, minutes=15)

    assert cases() == [
        ("Odoo: its API key ends", State.ASSIGNED, ""),
        ("Odoo: messages to it were refused", State.ASSIGNED, ""),
    ]


def set_aside(tower: Tower, at: datetime, number: int, **said: Any) -> InboxDelivery:
    return InboxDelivery(
        connection=tower.connection,
        key=f"k{number}",
        received_at=at,
        body=b"{}",
        state=DeliveryState.SET_ASIDE,
        next_attempt_at=at,
        outcome="No JSON.",
        **said,
    )


def test_a_thousand_failures_are_one_case(access: OdooAccess, tower: Tower, at: datetime) -> None:
    for minute in range(20):
        InboxDelivery.objects.bulk_create(
            set_aside(tower, at + minute * MINUTE, 50 * minute + n) for n in range(50)
        )
        look(at + minute * MINUTE)

    assert InboxDelivery.objects.count() == 1000
    assert cases() == [("Odoo: what it sent cannot be understood", State.ASSIGNED, "")]
    assert SeenFault.objects.count() == 1
    case = Case.objects.get()
    assert (case.reopen_count, case.outbox.count()) == (0, 1)


def test_what_is_left_undone_heals_when_somebody_deals_with_it(
    access: OdooAccess, tower: Tower, at: datetime
) -> None:
    set_aside(tower, at - HOUR, 1).save()
    look(at)
    InboxDelivery.objects.update(state=DeliveryState.WAITING)
    look(at + MINUTE, minutes=31)

    assert cases() == [
        ("Odoo: what it sent cannot be understood", State.RESOLVED, Outcome.SELF_HEALED)
    ]


def test_one_that_comes_back_within_a_week_reopens_its_case(
    access: OdooAccess, at: datetime
) -> None:
    for day in range(2):
        falls_silent(access)
        look(at + day * DAY, minutes=20)
        falls_silent(access, 0)
        look(at + day * DAY + 21 * MINUTE, minutes=31)
    again = Case.objects.get()
    falls_silent(access)
    look(at + 30 * DAY, minutes=20)

    assert (again.state, again.reopen_count) == (State.RESOLVED, 1)
    assert [state for _title, state, _outcome in cases()] == [State.RESOLVED, State.ASSIGNED]


def test_what_people_have_accepted_stays_so_until_there_is_news(
    access: OdooAccess, tower: Tower, at: datetime
) -> None:
    """A delivery that nobody can mend: people dismiss it, and only another one is a case."""
    set_aside(tower, at - HOUR, 1).save()
    look(at)
    data = {"outcome": Outcome.ACCEPTED, "reason": "An old machine; it is replaced on Friday."}
    lifecycle.move(Case.objects.get().pk, Move.DISMISS, tower.supervisor, at=at, data=data)
    look(at + MINUTE, minutes=60, every=10)
    before = cases()
    set_aside(tower, at + DAY, 2).save()
    look(at + DAY + MINUTE)

    assert [state for _title, state, _outcome in before] == [State.CLOSED]
    assert [state for _title, state, _outcome in cases()] == [State.ASSIGNED]
    assert Case.objects.get().reopen_count == 1


def refused_message(tower: Tower, at: datetime, **said: Any) -> OutboxMessage:
    case = tower.late_case(at=at) if not Case.objects.exists() else Case.objects.latest("pk")
    message = OutboxMessage.objects.filter(case=case).earliest("pk")
    message.state, message.created_at = OutboxState.FAILED, at - HOUR
    message.save()
    return message


def test_the_e_mail_about_a_fault_does_not_keep_it_alive(
    access: OdooAccess, tower: Tower, at: datetime
) -> None:
    falls_silent(access)
    look(at, minutes=15)
    refused_message(tower, at)
    look(at + 16 * MINUTE, minutes=30, every=5)

    assert [title for title, _state, _outcome in cases()] == ["Odoo: does not answer"]


def a_gap(tower: Tower, at: datetime) -> None:
    Gap.objects.create(
        connection=tower.connection,
        source="receipts",
        model="stock.picking",
        record_id=1,
        what=GapKind.MISSED,
        expected_by=Expected.POLLING,
        since=at - DAY,
        found_at=at - HOUR,
        seen_at=at,
        reason="No right to read it.",
    )


def an_action(tower: Tower, at: datetime) -> None:
    for number, state in enumerate([ActionState.FINE, ActionState.LATE, ActionState.NEVER_ON]):
        ScheduledAction.objects.create(
            connection=tower.connection,
            cron_id=number,
            name=f"Action {number}",
            state=state,
            since=at - DAY,
            seen_at=at,
        )


def a_lost_event(tower: Tower, at: datetime) -> None:
    OdooRules.objects.create(
        access=tower.connection.odoo,
        mark="m",
        provisioned_at=at - DAY,
        asked_at=at - HOUR,
        answered_at=at - HOUR,
        arrived_at=at - DAY,
    )


def an_error(tower: Tower, at: datetime) -> None:
    SyncCursor.objects.create(connection=tower.connection, source="counts", error="Access denied.")


def a_standstill(tower: Tower, at: datetime) -> None:
    tower.connection.read_at = at - 16 * MINUTE
    tower.connection.save()


@pytest.mark.parametrize(
    ("breaks", "title", "said"),
    [
        (a_gap, "Odoo: gaps cannot be repaired", ""),
        (an_action, "Odoo: its own scheduled actions do not run", "Action 1"),
        (
            a_lost_event,
            "Odoo: its events do not arrive",
            "The event that was tried has not arrived.",
        ),
        (an_error, "Odoo: cannot be read", "Access denied."),
        (a_standstill, "Odoo: cannot be read", ""),
    ],
)
def test_whatever_is_broken_is_seen(
    access: OdooAccess,
    tower: Tower,
    at: datetime,
    breaks: Callable[[Tower, datetime], None],
    title: str,
    said: str,
) -> None:
    breaks(tower, at)
    look(at, minutes=15)

    assert cases() == [(title, State.ASSIGNED, "")]
    assert Document.objects.get().facts["said"] == said


def test_what_is_switched_off_has_no_faults(access: OdooAccess, tower: Tower, at: datetime) -> None:
    falls_silent(access)
    look(at, minutes=15)
    tower.connection.enabled = False
    tower.connection.save()
    look(at + 16 * MINUTE, minutes=31)

    assert [state for _title, state, _outcome in cases()] == [State.RESOLVED]


def test_patience_is_the_policys(access: OdooAccess, tower: Tower, at: datetime) -> None:
    usual = KINDS[KIND].default_policy
    values = usual.thresholds | {"after_minutes": Decimal(60), "calm_minutes": Decimal(5)}
    policies.publish(KIND, replace(usual, thresholds=values), at=at - DAY)
    falls_silent(access)
    look(at, minutes=59)
    early = cases()
    look(at + HOUR)
    falls_silent(access, 0)
    look(at + HOUR + MINUTE, minutes=5)

    assert (early, [state for _title, state, _outcome in cases()]) == ([], [State.RESOLVED])


def test_where_the_kind_is_off_there_is_no_case(
    access: OdooAccess, tower: Tower, at: datetime
) -> None:
    usual = KINDS[KIND].default_policy
    off = replace(usual, rollout_at={tower.site.pk: Rollout.OFF})
    policies.publish(KIND, off, at=at - DAY)
    falls_silent(access)
    look(at, minutes=20)

    assert cases() == []


def test_a_tower_without_a_policy_for_such_cases_gets_the_usual_one(db: None, at: datetime) -> None:
    connection = Connection.objects.create(name="Odoo")
    Site.objects.create(connection=connection, external_id=1, code="A", name="Aachen")
    falls_silent(reached(connection))
    look(at, minutes=15)

    assert [title for title, _state, _outcome in cases()] == ["Odoo: does not answer"]


def test_looking_costs_the_same_however_much_has_failed(
    access: OdooAccess,
    tower: Tower,
    at: datetime,
    django_assert_max_num_queries: Any,
) -> None:
    set_aside(tower, at, 0).save()
    look(at, minutes=16)
    InboxDelivery.objects.bulk_create(set_aside(tower, at, n) for n in range(1, 2_000))
    with django_assert_max_num_queries(25):
        watching.watch(at=at + 17 * MINUTE)
