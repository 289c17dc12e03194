"""Decisions that are asked about in Odoo's Approvals, too: answered there, and ended there.

Approvals is Enterprise: what stands in for it follows its public descriptions.
"""

import pytest

from exceptions import lifecycle, voting
from exceptions.actors import Actor, person
from exceptions.models import (
    ApprovalRequest,
    Connection,
    HeardAnswer,
    Membership,
    OutboxMessage,
    User,
    Vote,
)
from exceptions.vocabulary import Move, Role
from integrations import rounds
from tests.integrations.linked import INTEGRATION, Linked
from tests.integrations.odoo import approvals as odoo_approvals
from tests.integrations.odoo.approvals import answer, requests


@pytest.fixture
def pieter(linked: Linked) -> Actor:
    """An approver of the tower who has an Odoo user with the same address."""
    return _approver(linked, "pieter", them(linked)[0])


def them(linked: Linked) -> list[int]:
    """Odoo users with an address, but our own."""
    users = linked.world.tables["res.users"].rows
    return [i for i in sorted(users) if users[i].get("email") and i != INTEGRATION]


def _approver(linked: Linked, name: str, odoo_user: int) -> Actor:
    email = linked.world.tables["res.users"].rows[odoo_user]["email"]
    made = User.objects.create_user(name, email=email.upper())
    Membership.objects.create(user=made, role=Role.APPROVER)
    return person(made)


@pytest.fixture
def installed(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks two users."""
    odoo_approvals.install(linked, monkeypatch, them(linked)[:2])
    Connection.objects.update(asks_there=True)


def ask(linked: Linked, cost: str = "1200") -> ApprovalRequest:
    """Air freight for a late receipt; what is to be sent is sent."""
    receipt = linked.receipt()
    linked.sync()
    case = linked.case("stock.picking", receipt)
    owner = linked.owner(case)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=linked.at)
    seen = case.document.substance
    data = {"decision": "expedite", "substance": seen, "reason": "The line stops.", "cost": cost}
    lifecycle.move(case.pk, Move.PROPOSE, owner, at=linked.at, data=data)
    linked.deliver()
    return ApprovalRequest.objects.get(case=case)


def there(linked: Linked) -> tuple[int, str]:
    """The one request in Odoo, and where it stands."""
    (found,) = [r for r in requests(linked) if ":ask]" in r["reason"]]
    return found["id"], found["request_status"]


def hear(linked: Linked) -> int:
    linked.later(minutes=1)
    return rounds.read_answers(linked.now)


@pytest.mark.usefixtures("installed", "pieter")
def test_it_is_asked_in_odoo_once_with_what_is_decided(linked: Linked) -> None:
    request = ask(linked)
    linked.deliver()
    (asked,) = requests(linked)

    assert there(linked)[1] == "pending"
    assert "Why: The line stops. Cost: €1,200." in asked["reason"]
    assert f"[ct:C-{request.case_id}:a{request.pk}:ask]" in asked["reason"]


@pytest.mark.usefixtures("installed")
def test_a_yes_in_odoo_is_that_person_s_vote(linked: Linked, pieter: Actor) -> None:
    request = ask(linked)
    answer(linked, there(linked)[0], them(linked)[0], "approved")
    heard = [hear(linked), hear(linked)]
    linked.deliver()
    vote = Vote.objects.get()

    assert heard == [1, 0]
    assert (vote.voter, vote.via, vote.ballot) == (pieter.user, "odoo", "yes")
    assert vote.reason == f"Answered in approval.request {there(linked)[0]}."
    request.refresh_from_db()
    assert request.state == "approved"
    assert set(OutboxMessage.objects.exclude(decision=None).values_list("state", flat=True)) == {
        "confirmed"
    }


@pytest.mark.usefixtures("installed", "pieter")
def test_a_no_in_odoo_rejects_it(linked: Linked) -> None:
    request = ask(linked)
    answer(linked, there(linked)[0], them(linked)[0], "refused")
    hear(linked)

    request.refresh_from_db()
    assert request.state == "rejected"
    assert OutboxMessage.objects.exclude(decision=None).count() == 0


@pytest.mark.usefixtures("installed", "pieter")
def test_who_may_not_decide_here_is_shown_and_counts_for_nothing(linked: Linked) -> None:
    """One whom nobody knows here, and one who works here in another role."""
    stranger, auditor = them(linked)[1], them(linked)[2]
    rows = linked.world.tables["res.users"].rows
    made = User.objects.create_user("auditor", email=rows[auditor]["email"])
    Membership.objects.create(user=made, role=Role.AUDITOR)
    request = ask(linked)
    answer(linked, there(linked)[0], stranger, "approved")
    with linked.world.acting_as(2) as tx:
        said = {"request_id": there(linked)[0], "user_id": auditor, "status": "approved"}
        tx.create("approval.approver", said)
    heard = [hear(linked), hear(linked)]

    assert heard == [2, 0]
    assert Vote.objects.count() == 0
    assert list(HeardAnswer.objects.values_list("says", flat=True)) == [
        f"{rows[stranger]['name']} is nobody who is known here by their address.",
        "This is for others to decide: any one of the approvers.",
    ]
    told = request.case.events.filter(happening="answered_elsewhere")
    assert [event.actor_name for event in told] == [rows[i]["name"] for i in (stranger, auditor)]
    request.refresh_from_db()
    assert request.state == "pending"


@pytest.mark.usefixtures("installed")
def test_the_proposer_s_own_yes_is_none(linked: Linked, pieter: Actor) -> None:
    request = ask(linked)
    User.objects.filter(pk=request.proposed_by_id).update(email=pieter.user.email)  # type: ignore[union-attr]
    User.objects.filter(pk=pieter.user.pk).update(email="")  # type: ignore[union-attr]
    answer(linked, there(linked)[0], them(linked)[0], "approved")
    hear(linked)

    assert Vote.objects.count() == 0
    assert HeardAnswer.objects.get().says == "You proposed this, so others decide about it."


@pytest.mark.usefixtures("installed")
def test_who_voted_here_already_votes_no_second_time_there(linked: Linked, pieter: Actor) -> None:
    request = ask(linked, cost="30000")
    voting.vote(request.pk, "yes", pieter, digest=request.digest, at=linked.at)
    answer(linked, there(linked)[0], them(linked)[0], "approved")
    hear(linked)

    assert Vote.objects.count() == 1
    assert HeardAnswer.objects.get().says == "You have voted on this already."


@pytest.mark.usefixtures("installed")
def test_who_answers_there_before_their_level_is_asked_votes_once_it_is(
    linked: Linked, pieter: Actor
) -> None:
    email = linked.world.tables["res.users"].rows[them(linked)[1]]["email"]
    esther = User.objects.create_user("esther", email=email)
    Membership.objects.create(user=esther, role=Role.EXECUTIVE)
    request = ask(linked, cost="30000")
    answer(linked, there(linked)[0], them(linked)[1], "approved")
    early = [hear(linked), hear(linked), Vote.objects.count()]
    voting.vote(request.pk, "yes", pieter, digest=request.digest, at=linked.at)
    late = [hear(linked), hear(linked), Vote.objects.count()]

    assert (early, late) == ([1, 0, 0], [1, 0, 2])
    assert HeardAnswer.objects.get().says == ""
    request.refresh_from_db()
    assert request.state == "approved"


# What the tower decided, in Odoo ---------------------------------------------------------------


def notes(linked: Linked) -> list[str]:
    return [
        m["body"]
        for m in linked.world.tables["mail.message"].rows.values()
        if ":answer]" in str(m["body"])
    ]


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("ballot", "ours", "stands"),
    [("yes", True, "approved"), ("no", True, "refused"), ("yes", False, "cancel")],
)
def test_it_ends_there_as_it_ended_here(
    linked: Linked,
    pieter: Actor,
    monkeypatch: pytest.MonkeyPatch,
    ballot: str,
    ours: bool,
    stands: str,
) -> None:
    """By our own user's answer, where Odoo asks them; else it is cancelled. A note says who."""
    odoo_approvals.install(linked, monkeypatch, [INTEGRATION] if ours else them(linked)[1:2])
    request = ask(linked)
    voting.vote(request.pk, ballot, pieter, digest=request.digest, at=linked.at, reason="Too late.")
    for _ in range(2):
        linked.deliver()
        hear(linked)
    (note,) = notes(linked)

    assert there(linked)[1] == stands
    assert "by pieter" in note
    assert HeardAnswer.objects.count() == 0  # what we told Odoo is no answer


@pytest.mark.usefixtures("installed", "pieter")
def test_what_was_taken_back_is_cancelled_there(linked: Linked) -> None:
    request = ask(linked)
    voting.withdraw(request.pk, person(request.proposed_by), at=linked.at, reason="A typo.")
    linked.deliver()

    assert there(linked)[1] == "cancel"
    assert "withdrawn" in notes(linked)[0]


@pytest.mark.usefixtures("installed", "pieter")
def test_an_answer_after_the_end_is_not_heard(linked: Linked) -> None:
    request = ask(linked)
    odoo_request = there(linked)[0]
    voting.withdraw(request.pk, person(request.proposed_by), at=linked.at)
    answer(linked, odoo_request, them(linked)[0], "approved")

    assert (hear(linked), HeardAnswer.objects.count()) == (0, 0)


@pytest.mark.usefixtures("installed")
def test_killed_between_the_answer_and_the_note_it_is_answered_once(
    linked: Linked, pieter: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    odoo_approvals.install(linked, monkeypatch, [INTEGRATION])
    request = ask(linked)
    voting.vote(request.pk, "no", pieter, digest=request.digest, at=linked.at, reason="No.")
    linked.odoo.faults.add("serialization", model="stock.picking", method="message_post", times=9)
    linked.deliver()
    linked.odoo.faults.clear()
    before = (there(linked)[1], notes(linked))
    linked.later(minutes=30)
    linked.deliver()

    assert before == ("refused", [])
    assert (there(linked)[1], len(notes(linked))) == ("refused", 1)
    assert len(linked.seen.of("approval.request", "action_refuse")) == 1


@pytest.mark.usefixtures("pieter")
def test_without_approvals_ours_is_the_record_and_notes_stand_there(linked: Linked) -> None:
    """Set up for it, and the module was removed since."""
    Connection.objects.update(asks_there=True)
    request = ask(linked)
    pieter = person(User.objects.get(username="pieter"))
    voting.vote(request.pk, "no", pieter, digest=request.digest, at=linked.at, reason="Too late.")
    linked.deliver()
    heard = hear(linked)
    bodies = [
        str(m["body"])
        for m in linked.world.tables["mail.message"].rows.values()
        if f":a{request.pk}:" in str(m["body"])
    ]

    assert heard == 0
    assert len(bodies) == 2
    assert "Approval is asked for in the control tower." in bodies[0]
    assert "In the control tower: rejected, by pieter. Too late." in bodies[1]


@pytest.mark.usefixtures("pieter")
def test_where_it_is_not_set_up_nothing_is_asked_there(linked: Linked) -> None:
    ask(linked)

    assert not OutboxMessage.objects.filter(verb__in=["ask", "answer"]).exists()
