"""What was sent, looked at again: there, changed since, or gone; and sent once more."""

from datetime import timedelta

import pytest

from exceptions import lifecycle, proofs
from exceptions.actors import Actor, person
from exceptions.lifecycle import Refused
from exceptions.models import OutboxMessage, User
from exceptions.vocabulary import Move, OutboxState, Verb
from integrations import rounds
from integrations.models import Found, Gap, GapKind, Repair, SentCheck
from integrations.odoo import sent
from tests.integrations.linked import ADMIN, Linked
from tests.integrations.sending import Sending, propose, waiting

HOUR = timedelta(hours=1)


each_that_adds = pytest.mark.parametrize("verb", [Verb.ACTIVITY, Verb.NOTE])
on_any_version = pytest.mark.parametrize("version", [19])


@pytest.fixture
def verb() -> Verb:
    return Verb.NOTE


@pytest.fixture
def added(verb: Verb, linked: Linked) -> Sending:
    """Something of ours that stands in Odoo, looked at once."""
    return stands(linked, verb)


@pytest.fixture
def lead(linked: Linked) -> Actor:
    return person(User.objects.get(username="lead"))


def stands(linked: Linked, verb: str) -> Sending:
    sending = waiting(linked, verb)
    assert sending.deliver() == OutboxState.CONFIRMED
    linked.deliver()
    linked.later(hours=1)
    rounds.look_at_sent(linked.now)
    assert found(sending) == Found.AGREES
    return sending


def found(sending: Sending) -> str:
    return SentCheck.objects.get(message=sending.message).found


def look(linked: Linked) -> int:
    linked.later(hours=7)
    return rounds.look_at_sent(linked.now)


def take_away(linked: Linked, sending: Sending) -> None:
    for model, record in linked.effects(sending.message.key):
        linked.delete(model, record)


def told(sending: Sending) -> list[str]:
    events = sending.case.events.filter(data__key=sending.message.key, data__text__isnull=False)
    return [str(e.data["text"]) for e in events.order_by("number")]


@on_any_version
def test_what_stands_there_is_no_gap(linked: Linked, added: Sending) -> None:
    look(linked)

    check = SentCheck.objects.get(message=added.message)
    assert (check.found, check.looked_at - check.since) == (Found.AGREES, 7 * HOUR)
    assert Gap.objects.count() == 0


@each_that_adds
def test_what_is_gone_is_a_gap_since_it_was_last_seen_and_the_case_says_so(
    linked: Linked, added: Sending
) -> None:
    seen_at = linked.at
    take_away(linked, added)
    look(linked)

    gap = Gap.objects.get()
    assert (gap.what, gap.source, gap.message, gap.case) == (
        GapKind.LOST,
        sent.SOURCE,
        added.message,
        added.case,
    )
    assert (gap.since, gap.found_at, gap.is_open) == (seen_at, linked.at, True)
    assert told(added) == [
        f"Gone from Odoo, where it was proved before: {added.message.get_verb_display()}"
    ]


@on_any_version
def test_a_gap_that_stays_is_told_once(linked: Linked, added: Sending) -> None:
    take_away(linked, added)
    for _ in range(3):
        look(linked)

    gap = Gap.objects.get()
    assert (gap.seen_at - gap.found_at, len(told(added))) == (14 * HOUR, 1)


@each_that_adds
def test_it_is_sent_again_once_however_often_that_is_asked(
    linked: Linked, added: Sending, lead: Actor
) -> None:
    take_away(linked, added)
    look(linked)
    added.linked.seen.forget()
    proofs.send_again(added.message.pk, lead, at=linked.at)
    with pytest.raises(Refused, match="Nothing is to be sent again: it is waiting"):
        proofs.send_again(added.message.pk, lead, at=linked.at)

    assert added.deliver() == OutboxState.CONFIRMED
    assert (added.done(), added.tries()) == (1, 1)
    gap = Gap.objects.get()
    assert (gap.repaired_how, gap.repaired_at, found(added)) == (
        Repair.SENT_AGAIN,
        linked.at,
        Found.AGREES,
    )
    look(linked)
    assert (added.done(), Gap.objects.count()) == (1, 1)


@on_any_version
def test_what_somebody_put_back_meanwhile_is_not_sent_a_second_time(
    linked: Linked, lead: Actor
) -> None:
    added = stands(linked, Verb.NOTE)
    ((model, record),) = linked.effects(added.message.key)
    row = dict(linked.world.tables[model].rows[record])
    take_away(linked, added)
    look(linked)
    proofs.send_again(added.message.pk, lead, at=linked.at)
    with linked.world.transaction(ADMIN) as tx:
        tx.create(model, {k: row[k] for k in ("model", "res_id", "body")})
    added.linked.seen.forget()

    assert added.deliver() == OutboxState.CONFIRMED
    assert (added.done(), added.tries()) == (1, 0)


@on_any_version
def test_a_gap_that_ends_by_itself_is_closed(linked: Linked) -> None:
    added = stands(linked, Verb.NOTE)
    ((model, record),) = linked.effects(added.message.key)
    table = linked.world.tables[model]
    row = dict(table.rows[record])
    take_away(linked, added)
    look(linked)
    with linked.world.transaction(ADMIN) as tx:
        tx.create(model, {k: row[k] for k in ("model", "res_id", "body")})
    look(linked)

    assert Gap.objects.get().repaired_how == Repair.BY_ITSELF


def test_a_value_that_odoo_has_changed_since_is_its_right(linked: Linked) -> None:
    sending = stands(linked, Verb.PRIORITY)
    linked.tell("stock.picking", sending.transfer, priority="0")
    look(linked)

    check = SentCheck.objects.get(message=sending.message)
    name = linked.picking(sending.transfer)["name"]
    assert (check.found, check.reason, check.since) == (Found.MOVED, f"{name}: 0", linked.at)
    assert Gap.objects.count() == 0


def test_a_value_that_an_older_copy_of_odoo_does_not_know_is_gone(linked: Linked) -> None:
    """A backup was played back: the record says that it was last written before we did."""
    sending = stands(linked, Verb.PRIORITY)
    row = linked.picking(sending.transfer)
    row["priority"], row["write_date"] = "0", linked.wire(days=-1)
    look(linked)

    assert (found(sending), Gap.objects.get().message) == (Found.LOST, sending.message)


@on_any_version
def test_a_record_that_is_deleted_takes_our_note_with_it(linked: Linked, added: Sending) -> None:
    take_away(linked, added)
    linked.delete("stock.picking", added.transfer)
    look(linked)

    assert (found(added), Gap.objects.count()) == (Found.MOVED, 0)


@on_any_version
def test_what_a_later_message_has_replaced_is_not_looked_for(linked: Linked) -> None:
    first = stands(linked, Verb.PRIORITY)
    propose(linked, first.case, "expedite", cost="80")
    linked.deliver()

    stars = OutboxMessage.objects.filter(verb=Verb.PRIORITY).order_by("pk")
    assert [m.state for m in stars] == [OutboxState.CONFIRMED] * 2
    assert list(sent.believed(stars, at=linked.at)) == [stars[1]]


@on_any_version
def test_what_nobody_has_looked_at_for_the_longest_comes_first(
    linked: Linked, added: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent, "AT_A_TIME", 1)
    linked.later(hours=7)
    ids = set(sent.due(linked.row, at=linked.at).values_list("pk", flat=True))

    looked = [rounds.look_at_sent(linked.now) for _ in ids]

    assert looked == [1] * len(ids)
    at = SentCheck.objects.filter(looked_at=linked.at).values_list("message_id", flat=True)
    assert (set(at), rounds.look_at_sent(linked.now)) == (ids, 0)


@on_any_version
def test_a_message_that_cannot_be_read_holds_up_no_other(linked: Linked, added: Sending) -> None:
    linked.odoo.faults.add("user_error", times=1, model="stock.picking", method="search_read")
    linked.odoo.faults.add("user_error", times=1, model="mail.activity", method="search_read")
    looked = look(linked)

    founds = SentCheck.objects.values_list("found", flat=True)
    assert (Found.UNREADABLE in founds, len(founds), Gap.objects.count()) == (True, looked, 0)


@on_any_version
def test_what_is_sent_again_is_not_judged_by_a_look_from_before(
    linked: Linked, added: Sending, lead: Actor
) -> None:
    take_away(linked, added)
    look(linked)
    before = OutboxMessage.objects.select_related("case__document").get(pk=added.message.pk)
    proofs.send_again(added.message.pk, lead, at=linked.at)
    added.deliver()

    sent.keep(before, sent.Looked(Found.LOST), at=linked.at)

    assert (found(added), Gap.objects.get().is_open) == (Found.AGREES, False)


@on_any_version
def test_what_a_case_that_has_ended_wanted_is_not_sent_again(
    linked: Linked, added: Sending, lead: Actor
) -> None:
    take_away(linked, added)
    look(linked)
    data = {"outcome": "accepted", "reason": "Agreed."}
    lifecycle.move(added.case.pk, Move.DISMISS, lead, at=linked.at, data=data)

    with pytest.raises(Refused, match="The case has ended"):
        proofs.send_again(added.message.pk, lead, at=linked.at)


@on_any_version
def test_what_cannot_be_undone_is_not_done_twice(
    linked: Linked, added: Sending, lead: Actor
) -> None:
    OutboxMessage.objects.filter(pk=added.message.pk).update(verb=Verb.SCRAP)

    with pytest.raises(Refused, match="It cannot be undone"):
        proofs.send_again(added.message.pk, lead, at=linked.at)
