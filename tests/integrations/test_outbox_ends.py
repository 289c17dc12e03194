"""How a message ends: refused, void, withdrawn or proved, and what that means for its case."""

import pytest

from exceptions.models import Decision, OutboxMessage
from exceptions.proofs import CASE_HAD_ENDED, FACTS_MOVED, STEP_BEFORE_FAILED
from exceptions.vocabulary import (
    UNFINISHED,
    DecisionState,
    Happening,
    OutboxState,
    Outcome,
    State,
    Verb,
)
from integrations.simulator.flows import purchasing, transfers
from tests.integrations import linked as linking
from tests.integrations.linked import ADMIN, CUSTOMER, Linked, open_cases
from tests.integrations.sending import FIRST_STEPS, LOOK, VERBS, Sending, propose, waiting


@pytest.fixture(params=VERBS)
def sending(request: pytest.FixtureRequest, linked: Linked) -> Sending:
    return waiting(linked, str(request.param))


@pytest.fixture
def redating(linked: Linked) -> Sending:
    return waiting(linked, Verb.NEW_DATE)


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


def test_a_stamp_that_moved_alone_is_told_and_voids_nothing(linked: Linked) -> None:
    sending = waiting(linked, "priority")
    linked.later(minutes=1)
    linked.tell("stock.picking", sending.transfer, note="Ramp 4")

    sending.deliver()

    assert (Decision.objects.get().state, sending.done()) == (DecisionState.CONFIRMED, 1)
    noted = sending.case.events.filter(happening="noted").values_list("data__text", flat=True)
    (text,) = noted
    assert text.endswith(
        f" changed {sending.case.document.reference} after this was proposed."
        " What it rests on is the same."
    )


def test_what_we_wrote_ourselves_is_not_told(linked: Linked) -> None:
    """A step of the playbook came in between."""
    sending = waiting(linked, "new_date")
    linked.later(minutes=1)
    with linked.client() as odoo:
        odoo.write("stock.picking", [sending.transfer], {"priority": "1"})

    sending.deliver()

    assert Decision.objects.get().state == DecisionState.CONFIRMED
    assert not sending.case.events.filter(happening="noted").exists()
