"""Sending: every verb once in effect, whatever happens on the way, and proved by reading back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from exceptions import lifecycle, proofs
from exceptions.models import Case, Decision, OutboxMessage
from exceptions.proofs import CASE_HAD_ENDED, FACTS_MOVED, STEP_BEFORE_FAILED
from exceptions.vocabulary import (
    UNFINISHED,
    DecisionState,
    Happening,
    Move,
    OutboxState,
    Outcome,
    State,
    Verb,
)
from integrations import outbox, vault
from integrations.odoo import push
from integrations.simulator.flows import purchasing, transfers
from tests.integrations import linked as linking
from tests.integrations.linked import ADMIN, CUSTOMER, Linked, open_cases

LOOK = outbox.LOOK_AFTER + timedelta(seconds=1)
LEASE = outbox.LEASE + timedelta(seconds=1)
# What a decision does first, how it is done in Odoo, and what it needs to be told.
FIRST_STEPS: dict[str, tuple[str, str, dict[str, object]]] = {
    Verb.NEW_DATE: ("new_date", "write", {}),
    Verb.PRIORITY: ("expedite", "write", {"cost": "120.50"}),
    Verb.ACTIVITY: ("chase", "activity_schedule", {}),
}
VERBS = [*FIRST_STEPS, Verb.NOTE]


class KilledError(BaseException):
    """The sender is gone: nothing catches this."""


@dataclass
class Sending:
    """A late receipt whose playbook has been sent, and a decision about it that waits."""

    linked: Linked
    transfer: int
    case: Case
    message: OutboxMessage
    method: str

    def deliver(self, **after: float) -> str:
        """The message's state after all that is due then has been delivered."""
        if after:
            self.linked.later(**after)
        self.linked.deliver()
        self.message.refresh_from_db()
        return self.message.state

    def tries(self) -> int:
        """How often Odoo was asked to do it."""
        return len(self.linked.seen.of("stock.picking", self.method))

    def done(self) -> int:
        """How often it stands in Odoo."""
        row = self.linked.picking(self.transfer)
        match self.message.verb:
            case Verb.PRIORITY:
                return int(row["priority"] == "1")
            case Verb.NEW_DATE:
                return int(row["scheduled_date"][:19] == new_date(self.linked)[:19])
        return len(self.linked.effects(self.message.key))

    def fault(self, kind: str, **options: Any) -> None:
        model = "stock.picking"
        options = {"times": 1, **options}
        self.linked.odoo.faults.add(kind, model=model, method=self.method, **options)

    def rest(self) -> list[str]:
        """States of the steps after it."""
        assert self.message.decision is not None
        after = self.message.decision.outbox.filter(pk__gt=self.message.pk)
        return list(after.order_by("pk").values_list("state", flat=True))

    def told(self) -> list[str]:
        """What the case's history says of it, its words included."""
        events = self.case.events.filter(data__key=self.message.key).order_by("number")
        return [f"{e.happening} {e.data.get('words', '')}".strip() for e in events]


def new_date(linked: Linked) -> str:
    return "2026-11-25 09:30:00"


def propose(linked: Linked, case: Case, decision: str, **data: object) -> Decision:
    """By its owner, who acknowledged it before."""
    case.refresh_from_db()
    owner = linked.owner(case)
    if case.state == State.ASSIGNED:
        lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=linked.at)
    seen = case.document.substance
    told = {"decision": decision, "substance": seen, "reason": "The supplier called.", **data}
    if decision == "new_date":
        told["date"] = "2026-11-25T10:30:00+01:00"
    lifecycle.move(case.pk, Move.PROPOSE, owner, at=linked.at, data=told)
    return Decision.objects.latest("id")


def waiting(linked: Linked, verb: str) -> Sending:
    transfer = linked.receipt()
    linked.sync()
    linked.deliver()
    case = linked.case("stock.picking", transfer)
    decision, method, data = FIRST_STEPS.get(verb, ("chase", "message_post", {}))
    propose(linked, case, decision, **data)
    message = OutboxMessage.objects.get(decision__isnull=False, verb=verb)
    if verb == Verb.NOTE:  # the last step: the one before it first
        first = outbox.claim(linked.at)
        assert first is not None
        outbox.deliver(first, linked.now)
    linked.seen.forget()
    return Sending(linked, transfer, case, message, method)


@pytest.fixture(params=VERBS)
def sending(request: pytest.FixtureRequest, linked: Linked) -> Sending:
    return waiting(linked, str(request.param))


@pytest.fixture
def redating(linked: Linked) -> Sending:
    return waiting(linked, Verb.NEW_DATE)


# Each verb ---------------------------------------------------------------------------------------


def test_it_is_sent_once_read_back_and_confirmed(sending: Sending) -> None:
    assert sending.deliver() == OutboxState.CONFIRMED

    message = sending.message
    assert (sending.tries(), sending.done()) == (1, 1)
    assert (message.sent_at, message.read_back_at) == (sending.linked.at, sending.linked.at)
    assert (message.attempts, message.error, message.lease_until) == (1, "", None)
    assert sending.told() == ["confirmed"]


def test_a_value_is_proved_by_what_stood_there_before_and_after(linked: Linked) -> None:
    sending = waiting(linked, Verb.PRIORITY)
    sending.deliver()

    name = linked.picking(sending.transfer)["name"]
    assert (sending.message.before, sending.message.after) == ({name: "0"}, {name: "1"})


def test_what_is_confirmed_is_never_sent_again(sending: Sending) -> None:
    sending.deliver()

    assert sending.deliver(hours=9) == OutboxState.CONFIRMED
    assert (sending.tries(), sending.done()) == (1, 1)


# A time-out is ambiguous until looked up ---------------------------------------------------------


def test_an_answer_lost_after_the_work_was_done_is_looked_up_and_not_repeated(
    sending: Sending,
) -> None:
    sending.fault("lost_reply")

    assert (sending.deliver(), sending.done()) == (OutboxState.AMBIGUOUS, 1)
    assert sending.deliver(seconds=LOOK.total_seconds()) == OutboxState.CONFIRMED
    assert (sending.tries(), sending.done()) == (1, 1)
    doubt, certainty = sending.told()
    assert doubt.startswith("ambiguous Odoo at 127.0.0.1 did not answer to the end")
    assert certainty == "confirmed"


@pytest.mark.parametrize("fault", ["reset", "bad_gateway"])
def test_an_answer_lost_before_the_work_was_done_sends_it_exactly_once_later(
    sending: Sending, fault: str
) -> None:
    sending.fault(fault)

    assert (sending.deliver(), sending.done()) == (OutboxState.AMBIGUOUS, 0)
    assert sending.deliver(seconds=60) == OutboxState.AMBIGUOUS  # Odoo may still be at it
    assert sending.deliver(seconds=LOOK.total_seconds()) == OutboxState.CONFIRMED
    assert (sending.tries(), sending.done()) == (2, 1)


def test_a_doubt_that_lasts_is_told_once(redating: Sending) -> None:
    redating.fault("reset", times=4)

    states = [redating.deliver(seconds=LOOK.total_seconds()) for _ in range(5)]

    assert states == [OutboxState.AMBIGUOUS] * 4 + [OutboxState.CONFIRMED]
    assert [told.split()[0] for told in redating.told()] == ["ambiguous", "confirmed"]


def test_an_activity_done_before_anybody_looked_is_found_done(linked: Linked) -> None:
    """17 deletes the row of a done activity; its text lives on in a message."""
    sending = waiting(linked, Verb.ACTIVITY)
    sending.fault("lost_reply")
    sending.deliver()
    ((_, activity),) = linked.effects(sending.message.key)
    with linked.client() as odoo:
        odoo.call("mail.activity", "action_feedback", ids=[activity], feedback="Called them.")

    assert sending.deliver(seconds=LOOK.total_seconds()) == OutboxState.CONFIRMED
    assert sending.tries() == 1


# Certainly not done: tried again -----------------------------------------------------------------


def test_lost_serialization_is_tried_again(sending: Sending) -> None:
    sending.fault("serialization")

    assert (sending.deliver(), sending.done()) == (OutboxState.PENDING, 0)
    assert sending.message.error.startswith("Odoo is busy at the moment.")
    assert sending.deliver(seconds=30) == OutboxState.CONFIRMED
    assert (sending.tries(), sending.done()) == (2, 1)


def test_waits_grow_from_seconds_to_a_quarter_of_an_hour() -> None:
    waits = [outbox.backoff(attempts).total_seconds() for attempts in (1, 4, 12, 400)]

    assert 7.5 <= waits[0] <= 12.5
    assert 60 <= waits[1] <= 100
    assert 675 <= waits[2] <= 1125
    assert 675 <= waits[3] <= 1125


def test_a_refused_key_waits_for_the_administrator(redating: Sending) -> None:
    row = redating.linked.row
    row.sealed_key = vault.seal("revoked")
    row.save()

    assert (redating.deliver(), redating.told()) == (OutboxState.PENDING, [])
    assert "did not accept the login or the API key" in redating.message.error

    row.sealed_key = vault.seal(linking.KEY)
    row.save()
    assert redating.deliver(minutes=20) == OutboxState.CONFIRMED


def test_a_key_that_cannot_be_opened_waits_too(redating: Sending) -> None:
    row = redating.linked.row
    row.sealed_key = "sealed with a key that is gone"
    row.save()

    assert redating.deliver() == OutboxState.PENDING
    assert "TOWER_ENCRYPTION_KEYS" in redating.message.error


def test_a_connection_that_does_not_answer_costs_one_message_a_run(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    for _ in range(3):
        linked.receipt()
    linked.sync()
    linked.row.url = "http://127.0.0.1:9"
    linked.row.save()
    with linking.linked(linked.at, version, monkeypatch, name="Other") as other:
        other.receipt()
        other.sync()

        attempted = linked.deliver()

        states = OutboxMessage.objects.order_by("connection_id", "id")
        assert attempted == 2
        assert list(states.values_list("state", "attempts")) == [
            (OutboxState.PENDING, 1),
            (OutboxState.PENDING, 0),
            (OutboxState.PENDING, 0),
            (OutboxState.CONFIRMED, 1),
        ]


# Odoo says no ------------------------------------------------------------------------------------


def test_odoo_s_own_words_stand_on_the_row_and_in_the_history(sending: Sending) -> None:
    sending.fault("user_error", message="You cannot do this on a locked transfer.")

    assert (sending.deliver(), sending.done()) == (OutboxState.FAILED, 0)
    words = "Odoo did not accept this: You cannot do this on a locked transfer."
    assert (sending.message.error, sending.told()) == (words, [f"failed {words}"])
    assert sending.message.decision is not None
    assert Decision.objects.get().state == DecisionState.FAILED
    assert sending.deliver(hours=9) == OutboxState.FAILED
    assert sending.tries() == 1


def test_a_failed_first_step_stops_the_rest(redating: Sending) -> None:
    redating.fault("user_error")
    redating.deliver()

    assert redating.rest() == [OutboxState.FAILED]
    assert OutboxMessage.objects.latest("id").error == STEP_BEFORE_FAILED
    assert redating.linked.seen.of("stock.picking", "message_post") == []
    assert redating.case.state != State.RESOLVED


def test_a_right_that_is_missing_is_named(redating: Sending) -> None:
    """The integration user may read transfers and no longer write them."""
    world = redating.linked.world
    (index,) = [i for i, login in enumerate(world.logins) if login.login == linking.LOGIN]
    few = frozenset({"base.group_user", "sales_team.group_sale_salesman_all_leads"})
    world.logins[index] = type(world.logins[index])(5, linking.LOGIN, linking.KEY, "", few | PO)

    assert redating.deliver() == OutboxState.FAILED
    assert "has no right to do this in Odoo (write on stock.picking)" in redating.message.error


PO = frozenset({"purchase.group_purchase_user", "project.group_project_user"})


def test_a_record_that_is_gone_voids_the_decision_and_clears_the_case(redating: Sending) -> None:
    redating.linked.delete("stock.picking", redating.transfer)

    assert redating.deliver() == OutboxState.FAILED
    assert (redating.message.error, redating.tries()) == (FACTS_MOVED, 0)
    case = redating.linked.case("stock.picking", redating.transfer)
    assert (case.state, Decision.objects.get().state) == (State.RESOLVED, DecisionState.VOID)


def test_a_playbook_step_for_a_record_that_is_gone_fails_in_plain_words(linked: Linked) -> None:
    late = linked.receipt()
    linked.sync()
    linked.delete("stock.picking", late)
    linked.deliver()

    message = OutboxMessage.objects.get()
    assert (message.state, message.error.startswith("The record is not in Odoo any more")) == (
        OutboxState.FAILED,
        True,
    )


# The facts moved ---------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", FIRST_STEPS)
def test_facts_that_moved_since_the_decision_void_it_and_nothing_is_written(
    linked: Linked, verb: str
) -> None:
    sending = waiting(linked, verb)
    with linked.world.acting_as(ADMIN) as tx:
        purchasing.redate(tx, linked.order_of(sending.transfer), linked.wire(hours=-30))

    assert (sending.deliver(), sending.tries()) == (OutboxState.FAILED, 0)
    assert sending.told() == [f"failed {FACTS_MOVED}"]
    assert Decision.objects.get().state == DecisionState.VOID
    assert sending.rest() == [OutboxState.FAILED]
    assert open_cases() == [("late_inbound", sending.transfer)]  # people decide anew


def test_facts_that_move_while_it_is_being_retried_void_it_too(redating: Sending) -> None:
    redating.fault("serialization")
    assert redating.deliver() == OutboxState.PENDING
    linked = redating.linked
    with linked.world.acting_as(ADMIN) as tx:
        purchasing.redate(tx, linked.order_of(redating.transfer), linked.wire(hours=-30))

    assert (redating.deliver(seconds=30), redating.done()) == (OutboxState.FAILED, 0)
    assert Decision.objects.get().state == DecisionState.VOID


def test_what_the_tower_itself_has_written_moves_no_facts(linked: Linked) -> None:
    """The flag of the first decision must not void the second."""
    sending = waiting(linked, Verb.PRIORITY)
    propose(linked, sending.case, "chase")

    linked.deliver()

    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {OutboxState.CONFIRMED}
    assert set(Decision.objects.values_list("state", flat=True)) == {DecisionState.CONFIRMED}


# Order, leases, switches -------------------------------------------------------------------------


def test_rows_for_one_record_keep_their_order_under_retry(redating: Sending) -> None:
    redating.fault("serialization")
    propose(redating.linked, redating.case, "expedite", cost="0")

    redating.deliver()
    none_yet = redating.linked.seen.of("stock.picking", "message_post")
    redating.deliver(seconds=30)

    done = redating.linked.seen.of("stock.picking", "write", "message_post")
    assert none_yet == []
    assert [r.method for r in done] == ["write", "write", "message_post"]
    # The one behind it was decided on the old date, which the first has just replaced.
    states = [DecisionState.CONFIRMED, DecisionState.VOID]
    assert list(Decision.objects.order_by("id").values_list("state", flat=True)) == states


@pytest.mark.parametrize(
    "dies_in",
    [
        pytest.param("find", id="between call and read-back"),
        pytest.param("do", id="before the call"),
    ],
)
def test_a_sender_that_dies_loses_and_doubles_nothing(
    sending: Sending, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    pusher = type(push.PUSHERS[sending.message.verb])
    with monkeypatch.context() as dying:
        dying.setattr(pusher, dies_in, raising(KilledError))
        with pytest.raises(KilledError):
            sending.linked.deliver()

    assert sending.deliver(minutes=1) == OutboxState.SENDING  # leased to the dead
    assert sending.deliver(seconds=LEASE.total_seconds()) == OutboxState.CONFIRMED
    assert (sending.tries(), sending.done()) == (1, 1)


def raising(error: type[BaseException]) -> Callable[..., Any]:
    def fall(*_args: object, **_kwargs: object) -> None:
        raise error

    return fall


@pytest.mark.parametrize("switch", ["enabled", "sending"])
def test_a_switch_that_is_off_keeps_everything_waiting(sending: Sending, switch: str) -> None:
    connection = sending.linked.row.connection
    setattr(connection, switch, False)
    connection.save()

    assert (sending.deliver(), sending.tries()) == (OutboxState.PENDING, 0)

    setattr(connection, switch, True)
    connection.save()
    assert (sending.deliver(), sending.done()) == (OutboxState.CONFIRMED, 1)


def test_a_mistake_of_our_own_costs_one_message_and_is_given_up_in_the_end(
    linked: Linked,
) -> None:
    first, second = linked.receipt(), linked.receipt()
    linked.sync()
    OutboxMessage.objects.filter(record_id=first).update(verb="teleport")

    linked.deliver()
    broken = OutboxMessage.objects.get(record_id=first)
    fine = OutboxMessage.objects.get(record_id=second)
    assert (broken.state, fine.state) == (OutboxState.SENDING, OutboxState.CONFIRMED)

    for _ in range(outbox.MOST_MISTAKES):
        linked.later(seconds=LEASE.total_seconds())
        linked.deliver()
    broken.refresh_from_db()
    assert (broken.state, broken.attempts) == (OutboxState.FAILED, outbox.MOST_MISTAKES)
    assert "by a mistake of its own" in broken.error


def test_an_outage_is_no_mistake_of_our_own(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that has waited for hours is not given up at the first mistake after it."""
    linked.receipt()
    linked.sync()
    monkeypatch.setattr(push.Activity, "find", lambda *_args: 1 / 0)
    OutboxMessage.objects.update(attempts=outbox.MOST_MISTAKES + 20)

    told = []
    for _ in range(outbox.MOST_MISTAKES):
        linked.deliver()
        message = OutboxMessage.objects.get()
        told.append((message.state, message.mistakes))
        linked.later(seconds=LEASE.total_seconds())

    waits = [(OutboxState.SENDING, n) for n in range(1, outbox.MOST_MISTAKES)]
    assert told == [*waits, (OutboxState.FAILED, outbox.MOST_MISTAKES)]


def test_sent_again_by_a_person_it_has_all_its_tries_anew(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked.receipt()
    linked.sync()
    message = OutboxMessage.objects.get()
    OutboxMessage.objects.update(
        state=OutboxState.FAILED, mistakes=outbox.MOST_MISTAKES, attempts=5
    )
    owner = linked.owner(message.case)
    monkeypatch.setattr(push.Activity, "find", lambda *_args: 1 / 0)

    proofs.try_again(message.pk, owner, at=linked.at)
    linked.deliver()

    message.refresh_from_db()
    assert (message.state, message.mistakes) == (OutboxState.SENDING, 1)


# What becomes of the case ------------------------------------------------------------------------


def test_a_decision_that_resolves_ends_its_case_once_all_of_it_is_proved(
    redating: Sending,
) -> None:
    case = redating.linked.case("stock.picking", redating.transfer)
    assert case.state == State.ACKNOWLEDGED

    redating.deliver()

    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.RESOLVED, Outcome.FIXED)
    assert Decision.objects.get().state == DecisionState.CONFIRMED
    redating.linked.later(minutes=1)
    redating.linked.sync()
    case.refresh_from_db()
    assert (case.state, case.reopen_count, open_cases()) == (State.RESOLVED, 0, [])


def test_a_decision_that_only_asks_leaves_its_case_open(linked: Linked) -> None:
    sending = waiting(linked, Verb.ACTIVITY)
    sending.deliver()

    assert Decision.objects.get().state == DecisionState.CONFIRMED
    assert open_cases() == [("late_inbound", sending.transfer)]


def test_the_playbook_of_a_case_that_has_healed_is_withdrawn(linked: Linked) -> None:
    """An activity about what is over would be noise."""
    late = linked.receipt()
    linked.sync()
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, late)
    linked.sync()

    linked.deliver()

    message = OutboxMessage.objects.get()
    assert (message.state, message.error) == (OutboxState.WITHDRAWN, CASE_HAD_ENDED)
    assert linked.seen.of("stock.picking", "activity_schedule") == []
    case = linked.case("stock.picking", late)
    assert case.events.latest("number").happening == Happening.WITHDRAWN


def test_a_doubtful_playbook_step_of_a_healed_case_is_looked_up_before_it_is_withdrawn(
    linked: Linked,
) -> None:
    late = linked.receipt()
    linked.sync()
    linked.odoo.faults.add("lost_reply", model="stock.picking", method="activity_schedule", times=1)
    linked.deliver()
    with linked.world.acting_as(ADMIN) as tx:
        transfers.validate(tx, late)
    linked.sync()
    linked.later(seconds=LOOK.total_seconds())

    linked.deliver()

    assert OutboxMessage.objects.get().state == OutboxState.CONFIRMED


# Orders and counts -------------------------------------------------------------------------------


def test_a_flag_on_an_order_reaches_every_open_transfer_of_it(linked: Linked) -> None:
    first = linked.delivery()
    order = linked.order_of(first)
    with linked.world.acting_as(ADMIN) as tx:
        kind = tx.row("stock.warehouse", 1)["out_type_id"]
        line, day = transfers.Line(1, 1.0, {}), linked.wire(days=-1)
        values = {"sale_id": order, "partner_id": CUSTOMER, "date_deadline": day}
        second = transfers.create(tx, kind, [line], day, values)
    linked.sync()
    linked.deliver()
    propose(linked, linked.case("sale.order", order), "prioritise")

    linked.deliver()

    flags = [linked.picking(each)["priority"] for each in (first, second)]
    assert (flags, OutboxMessage.objects.filter(state__in=UNFINISHED).count()) == (["1", "1"], 0)
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {OutboxState.CONFIRMED}


def test_about_a_count_there_is_one_to_do_and_its_notes(linked: Linked) -> None:
    quant = linked.miscount()
    linked.sync()
    linked.deliver()
    case = linked.case("stock.quant", quant)
    propose(linked, case, "investigate")

    linked.deliver()

    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {OutboxState.CONFIRMED}
    tasks = linked.world.tables["project.task"].rows
    notes = [
        row
        for row in linked.world.tables["mail.message"].rows.values()
        if row["model"] == "project.task" and f"[ct:{case.reference}:" in row["body"]
    ]
    assert (len(tasks), [row["res_id"] for row in notes]) == (1, list(tasks))
