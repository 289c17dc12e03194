"""A decision is carried out once those have said yes whom the matrix asks, and only then."""

from datetime import datetime

import pytest
from django.db import IntegrityError, InternalError, transaction

from exceptions import approvals, audit, intake, lifecycle, matrices, voting
from exceptions.lifecycle import Refused
from exceptions.matrix import Level, Matrix, Row
from exceptions.models import Case, Decision, MatrixVersion, OutboxMessage, User, Vote
from exceptions.vocabulary import Move, Need, Outcome, Role, Voters
from tests.exceptions.asking import HOUR, Asking, approver, asking, executive
from tests.exceptions.cases import member
from tests.making import Tower


@pytest.fixture
def asked(tower: Tower, at: datetime) -> Asking:
    return asking(tower, at)


def in_force(*levels: Level, **groups: tuple[int, ...]) -> None:
    """A matrix that asks these levels about everything."""
    settings = Matrix(bounds={}, rows=(Row(bands=(levels,)),), groups=groups)
    MatrixVersion.objects.create(
        version=1, published_at="2026-01-01T00:00Z", settings=matrices.to_json(settings)
    )


# Asking --------------------------------------------------------------------------------------


def test_what_costs_little_is_sent_at_once(asked: Asking) -> None:
    asked.propose(kind="chase")
    decision = Decision.objects.get()

    assert (decision.state, decision.approved_by) == ("approved", "policy")
    assert asked.sent() == ["activity", "note"]


def test_what_costs_more_waits_and_nothing_is_sent(asked: Asking) -> None:
    """The approver is told, who proposed it is not asked."""
    approver(asked.tower)
    request = asked.ask()
    event = asked.case.events.latest("number")

    assert (request.state, request.decision.state) == ("pending", "proposed")
    assert [(lv.number, lv.voters, lv.state) for lv in request.levels.all()] == [
        (1, "approver", "open")
    ]
    assert asked.sent() == []
    assert asked.told() == [("approver", "approval_asked")]
    assert (event.move, event.data["asked"]) == ("propose", ["any one of the approvers"])


def test_one_decision_waits_at_a_time(asked: Asking) -> None:
    approver(asked.tower)
    asked.propose()

    with pytest.raises(Refused, match="waits for approval already"):
        asked.propose("900")
    asked.propose(kind="chase")  # what needs no approval is not held up
    assert Decision.objects.count() == 2


def test_who_is_missing_is_replaced_by_the_next_role_at_once(asked: Asking) -> None:
    """There is no approver in Rotterdam: its supervisor is asked."""
    level = asked.ask().levels.get()

    assert (level.reach, asked.told()) == (1, [("lead.rtm", "approval_asked")])


# Voting --------------------------------------------------------------------------------------


def test_a_yes_sends_it_and_names_who_said_so(asked: Asking) -> None:
    pieter = approver(asked.tower)
    asked.propose()
    request = asked.vote(pieter)
    note = OutboxMessage.objects.get(verb="note", decision=request.decision)

    assert (request.state, asked.decision.state, asked.decision.approved_by) == (
        "approved",
        "approved",
        "approver",
    )
    assert asked.sent() == ["note", "priority"]
    assert "approved by approver" in note.parameters["text"]
    assert (asked.owner.name, "approval_decided") in asked.told()
    happened = asked.case.events.order_by("number").values_list("happening", flat=True)
    assert list(happened)[-2:] == ["voted", "approved"]
    assert list(audit.verify(Case.objects.get(pk=asked.case.pk))) == []


def test_a_no_rejects_it_and_says_why(asked: Asking) -> None:
    pieter = approver(asked.tower)
    asked.propose()
    with pytest.raises(Refused, match="Say in a sentence why not"):
        asked.vote(pieter, "no", reason=" ")
    request = asked.vote(pieter, "no", reason="Ask for a new date first.")

    assert (request.state, asked.decision.state) == ("rejected", "rejected")
    assert request.why_ended == "Ask for a new date first."
    assert asked.sent() == []


def test_a_no_is_noted_in_the_source(asked: Asking) -> None:
    """What people said yes to brings a note of its own; a no is a decision, too."""
    asked.ask()
    asked.vote(approver(asked.tower), "no", reason="Too dear.")
    note = OutboxMessage.objects.get(verb="note", decision=None)

    assert note.key == f"C-{asked.case.pk}:a{asked.request.pk}:note"
    assert note.parameters["text"] == (
        "Proposed by procurement.rtm: Expedite freight. Why: The line stands still. Cost: €1,200."
        " In the control tower: rejected, by approver. Too dear."
    )


def test_levels_are_asked_one_after_the_other(asked: Asking) -> None:
    pieter, esther = approver(asked.tower), executive(asked.tower)
    asked.propose("30000")
    assert [who for who, _ in asked.told()] == ["approver"]
    with pytest.raises(Refused, match="for others to decide: any one of the approvers"):
        asked.vote(esther)
    asked.vote(pieter)
    assert (asked.sent(), [who for who, _ in asked.told()]) == ([], ["approver", "executive"])
    asked.vote(esther)

    assert asked.decision.approved_by == "approver, executive"
    assert asked.sent() == ["note", "priority"]


def test_nobody_votes_twice_whatever_else_they_are(asked: Asking) -> None:
    """An approver who is an executive, too, counts at one level; somebody else at the other."""
    both = member("both", Role.APPROVER, site=asked.tower.site)
    assert both.user is not None
    both.user.memberships.create(role=Role.EXECUTIVE, site=asked.tower.site)
    both = asked.tower.actor("both")
    other = executive(asked.tower)
    asked.propose("30000")
    asked.vote(both)

    with pytest.raises(Refused, match="You have voted on this already"):
        asked.vote(both)
    assert asked.vote(other).state == "approved"


def test_nobody_votes_on_what_they_proposed(asked: Asking) -> None:
    assert asked.owner.user is not None
    asked.owner.user.memberships.create(role=Role.APPROVER, site=asked.tower.site)
    asked.owner = asked.tower.actor(asked.owner.name)
    other = approver(asked.tower)
    asked.propose()

    with pytest.raises(Refused, match="You proposed this, so others decide"):
        asked.vote(asked.owner)
    assert asked.vote(other).state == "approved"


def test_others_have_no_vote(asked: Asking) -> None:
    approver(asked.tower)
    elsewhere = member("elsewhere", Role.APPROVER, site=asked.tower.other_site)
    asked.propose()

    for stranger in (elsewhere, asked.tower.supervisor, member("auditor", Role.AUDITOR)):
        with pytest.raises(Refused, match="for others to decide"):
            asked.vote(stranger)


@pytest.mark.parametrize(
    ("need", "count", "votes"),
    [(Need.ANY, 1, 1), (Need.SOME, 2, 2), (Need.SOME, 3, 3), (Need.ALL, 1, 3)],
)
def test_any_some_or_all_of_a_group(asked: Asking, need: Need, count: int, votes: int) -> None:
    people = [approver(asked.tower, f"board{n}") for n in range(3)]
    ids = tuple(person.user.pk for person in people if person.user)
    in_force(Level(voters=Voters.GROUP, group="Board", need=need, count=count), Board=ids)
    asked.propose()
    states = [asked.vote(person).state for person in people[:votes]]

    assert states == ["pending"] * (votes - 1) + ["approved"]


def test_all_does_not_wait_for_the_proposer(asked: Asking) -> None:
    people = [asked.owner, approver(asked.tower, "a"), approver(asked.tower, "b")]
    ids = tuple(person.user.pk for person in people if person.user)
    in_force(Level(voters=Voters.GROUP, group="Board", need=Need.ALL), Board=ids)
    asked.propose()

    assert [asked.vote(person).state for person in people[1:]] == ["pending", "approved"]


def test_another_decision_than_the_one_that_was_seen_is_not_voted_on(asked: Asking) -> None:
    pieter = approver(asked.tower)
    request = asked.ask()

    with pytest.raises(Refused, match="not what you have seen"):
        asked.vote(pieter, digest="0" * 64)
    Decision.objects.filter(pk=request.decision_id).update(cost=1)
    with pytest.raises(Refused, match="not what you have seen"):
        asked.vote(pieter)


def test_what_is_over_is_voted_on_no_more(asked: Asking) -> None:
    pieter, other = approver(asked.tower), approver(asked.tower, "other")
    request = asked.ask()
    with pytest.raises(Refused, match="The time to decide is over"):
        asked.vote(pieter, at=request.expires_at)
    asked.vote(pieter, "no")
    with pytest.raises(Refused, match=r"no longer open: it is rejected. Because."):
        asked.vote(other)


# Void and withdrawn --------------------------------------------------------------------------


def test_facts_that_change_make_it_void(asked: Asking) -> None:
    pieter = approver(asked.tower)
    asked.propose()
    changed = asked.tower.receipt(at=asked.at + HOUR, order_reference="P77777")
    intake.take_in([changed], at=asked.at + HOUR)

    assert (asked.request.state, asked.decision.state) == ("void", "void")
    with pytest.raises(Refused, match=r"it is void. The facts changed"):
        asked.vote(pieter, at=asked.at + 2 * HOUR)
    assert ("approver", "approval_ended") in asked.told()
    assert (asked.owner.name, "approval_ended") in asked.told()
    assert list(audit.verify(Case.objects.get(pk=asked.case.pk))) == []


def test_facts_that_are_read_again_leave_it(asked: Asking) -> None:
    approver(asked.tower)
    asked.propose()
    intake.take_in([asked.tower.receipt(at=asked.at)], at=asked.at + HOUR)

    assert asked.request.state == "pending"


def test_a_case_that_ends_takes_its_request_along(asked: Asking) -> None:
    approver(asked.tower)
    asked.propose()
    data = {"outcome": Outcome.ACCEPTED, "reason": "It can wait."}
    lifecycle.move(asked.case.pk, Move.RESOLVE, asked.owner, at=asked.at + HOUR, data=data)

    assert (asked.request.state, asked.decision.state) == ("withdrawn", "withdrawn")
    assert list(audit.verify(Case.objects.get(pk=asked.case.pk))) == []


def test_what_heals_by_itself_was_fixed_by_no_proposal(asked: Asking) -> None:
    approver(asked.tower)
    asked.propose()
    intake.take_in([asked.tower.receipt(at=asked.at, open=False)], at=asked.at + HOUR)

    assert Case.objects.get(pk=asked.case.pk).outcome == Outcome.SELF_HEALED


def test_who_proposed_it_or_a_supervisor_takes_it_back(asked: Asking) -> None:
    pieter = approver(asked.tower)
    asked.propose()
    with pytest.raises(Refused, match="who proposed it, or a supervisor of Rotterdam"):
        voting.withdraw(asked.request.pk, pieter, at=asked.at)
    voting.withdraw(asked.request.pk, asked.owner, at=asked.at, reason="A typo.")
    asked.propose("900")
    voting.withdraw(asked.request.pk, asked.tower.supervisor, at=asked.at)

    assert set(Decision.objects.values_list("state", flat=True)) == {"withdrawn"}


# What the database holds ----------------------------------------------------------------------


def cast(asked: Asking, voter: User | None, by: User | None = None) -> None:
    request = asked.request
    assert voter is not None
    with transaction.atomic():
        Vote.objects.create(
            request=request,
            level=request.levels.get(),
            voter=voter,
            cast_by=by or voter,
            ballot="yes",
            digest=request.digest,
            via="web",
            at=asked.at,
        )


def test_the_database_refuses_unfair_votes(asked: Asking) -> None:
    """Of the proposer, for the proposer, and by or for whom there is a vote already."""
    a, b, c = (approver(asked.tower, name).user for name in "abc")
    owner = asked.owner.user
    asked.propose()
    for voter, by in ((owner, owner), (a, owner), (owner, a)):
        with pytest.raises(IntegrityError, match="nobody votes on what they proposed"):
            cast(asked, voter, by)
    cast(asked, a, b)
    for voter, by in ((a, a), (b, b), (b, a), (a, c), (c, b), (b, c), (c, a)):
        with pytest.raises(IntegrityError, match="a person votes once"):
            cast(asked, voter, by)
    cast(asked, c)


def test_votes_are_never_changed(asked: Asking) -> None:
    pieter = approver(asked.tower)
    asked.propose()
    asked.vote(pieter)

    for change in (lambda: Vote.objects.update(ballot="no"), lambda: Vote.objects.all().delete()):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()


def test_the_database_refuses_to_send_what_waits(asked: Asking) -> None:
    approver(asked.tower)
    asked.propose()
    message = OutboxMessage.objects.filter(case=asked.case).first()
    assert message is not None
    message.pk, message.key, message.decision = None, "sneaked", asked.decision

    with pytest.raises(IntegrityError, match="sent only once it is approved"), transaction.atomic():
        message.save(force_insert=True)


def test_the_database_refuses_to_send_for_good_what_nobody_else_has_confirmed(
    asked: Asking,
) -> None:
    asked.propose("10")  # the matrix asks nobody
    Decision.objects.update(for_good=True)
    message = OutboxMessage.objects.filter(decision=asked.decision).first()
    assert message is not None
    message.pk, message.key = None, "sneaked"

    refused = pytest.raises(IntegrityError, match="once a second person has said yes")
    with refused, transaction.atomic():
        message.save(force_insert=True)


def test_what_is_for_good_is_asked_of_a_second_person(asked: Asking) -> None:
    """Whoever decides at the site may be; its proposer is not, nor who only reads there."""
    mate = member("mate", Role.OPERATOR, site=asked.tower.site)
    auditor = member("auditor", Role.AUDITOR)
    asked.propose(kind="cancel")

    assert (asked.decision.for_good, asked.sent()) == (True, [])
    (level,) = asked.request.levels.all()
    assert approvals.level_in_words(level) == "a second person who may decide at the site"
    for who in (asked.owner, auditor):
        with pytest.raises(Refused):
            asked.vote(who)
    asked.vote(mate)
    assert asked.sent() == ["cancel", "note"]
