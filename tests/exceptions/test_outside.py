"""Approvals taken outside: whose yes counts, what shows it, and what an objection still stops."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from exceptions import approvals, audit, outside, voting
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import Decision, Evidence, OutboxMessage, OutsideVote, Vote
from exceptions.outside import Outside
from exceptions.vocabulary import (
    ApprovalState,
    Ballot,
    DecisionState,
    Happening,
    OutboxState,
    Role,
)
from tests.exceptions.asking import Asking, approver, asking, executive
from tests.exceptions.cases import member
from tests.making import Tower

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def asked(tower: Tower, at: datetime) -> Asking:
    """Asked an hour ago, by the owner; one level, of approvers."""
    found = asking(tower, at)
    approver(tower, "pieter")
    found.ask()
    return found


@pytest.fixture
def paper(asked: Asking) -> Evidence:
    return Evidence.objects.create(
        case=asked.case,
        name="signed.pdf",
        file_type="application/pdf",
        size=9,
        sha256="ab" * 32,
        source="web",
        added_by_name="Marta",
        added_at=asked.at,
    )


def said(asked: Asking, paper: Evidence, who: str = "pieter", **more: Any) -> Outside:
    whole = Outside(
        voter=asked.tower.actor(who).user.pk,  # type: ignore[union-attr] # a person of the test
        given_at=asked.at + HOUR,
        evidence=paper.pk,
        digest=asked.request.digest,
        reason="Go.",
    )
    return replace(whole, **more)


def record(asked: Asking, told: Outside, by: Actor | None = None) -> None:
    lead = by or asked.tower.supervisor
    outside.record(asked.request.pk, told, lead, at=asked.at + 2 * HOUR)


def refusal(attempt: Callable[..., object], *given: Any, **named: Any) -> str:
    with pytest.raises(Refused) as refused:
        attempt(*given, **named)
    return str(refused.value)


def test_it_counts_as_the_vote_of_who_said_yes(asked: Asking, paper: Evidence) -> None:
    record(asked, said(asked, paper))

    vote = Vote.objects.get()
    assert (vote.voter.username, vote.cast_by, vote.ballot) == (
        "pieter",
        asked.tower.supervisor.user,
        Ballot.YES,
    )
    assert (vote.outside.evidence, vote.outside.given_at) == (paper, asked.at + HOUR)
    assert asked.request.state == ApprovalState.APPROVED
    assert asked.decision.approved_by == (
        f"pieter (outside, recorded by {asked.tower.supervisor.name})"
    )
    assert approvals.stands(Decision.objects.get())
    assert asked.sent() != []


def test_the_history_marks_it_and_names_the_file(asked: Asking, paper: Evidence) -> None:
    record(asked, said(asked, paper))

    event = asked.case.events.get(happening=Happening.VOTED)
    assert event.actor == asked.tower.supervisor.user
    told = {name: event.data[name] for name in ("override", "outside", "for", "file", "sha256")}
    assert told == {
        "override": True,
        "outside": True,
        "for": "pieter",
        "file": "signed.pdf",
        "sha256": paper.sha256,
    }
    asked.case.refresh_from_db()
    assert list(audit.verify(asked.case)) == []


def test_the_one_named_is_told(asked: Asking, paper: Evidence) -> None:
    record(asked, said(asked, paper))

    told = asked.case.notifications.get(what="voted_for_me")
    assert (told.person.username, told.by_name, told.reach) == (
        "pieter",
        asked.tower.supervisor.name,
        "mail",
    )


def test_only_supervisors_who_did_not_propose_it(
    tower: Tower, asked: Asking, paper: Evidence, at: datetime
) -> None:
    told = said(asked, paper)
    says = "Only a supervisor of Rotterdam can do this."
    for who in (asked.owner, tower.actor("lead.chi"), tower.actor("pieter")):
        assert refusal(record, asked, told, who) == says
    boss = member("boss", Role.SUPERVISOR)
    asked.case.approvals.update(proposed_by=boss.user)
    assert refusal(record, asked, told, boss) == (
        "You proposed this, so another supervisor records who said yes."
    )


@pytest.mark.parametrize("who", ["procurement.rtm", "lead.rtm", "esther"])
def test_only_those_who_are_asked_now_can_have_said_yes(
    tower: Tower, asked: Asking, paper: Evidence, who: str
) -> None:
    """Not the proposer, not the recorder, not somebody of a later level."""
    executive(tower, "esther")

    assert refusal(record, asked, said(asked, paper, who)).startswith("Choose who said yes, of")
    assert not Vote.objects.exists()


def test_a_file_of_this_case_must_show_it(asked: Asking, paper: Evidence, tower: Tower) -> None:
    says = "Choose the file of this case that shows it; add it under Evidence first."
    other = tower.late_case(2, at=asked.at)
    told = said(asked, paper)

    Evidence.objects.filter(pk=paper.pk).update(withdrawn_at=asked.at, withdrawn_by_id=None)
    assert refusal(record, asked, told) == says
    assert refusal(record, asked, replace(told, evidence=0)) == says
    assert other.evidence.count() == 0


@pytest.mark.parametrize("hours", [-1, 3])
def test_it_was_given_after_it_was_asked_and_not_in_the_future(
    asked: Asking, paper: Evidence, hours: int
) -> None:
    told = said(asked, paper, given_at=asked.at + hours * HOUR)

    assert refusal(record, asked, told).startswith("Say when it was given")


def test_what_was_not_seen_is_not_approved(asked: Asking, paper: Evidence) -> None:
    told = said(asked, paper, digest="0" * 64)

    assert "This is not what you have seen." in refusal(record, asked, told)


def test_an_objection_voids_what_is_not_sent(asked: Asking, paper: Evidence) -> None:
    record(asked, said(asked, paper))
    vote, pieter = Vote.objects.get(), asked.tower.actor("pieter")
    stopped = outside.object_to(vote.pk, pieter, reason="Never.", at=asked.at + 3 * HOUR)

    assert stopped
    assert asked.request.state == ApprovalState.VOID
    assert asked.decision.state == DecisionState.VOID
    assert not approvals.stands(asked.decision)
    states = OutboxMessage.objects.exclude(decision=None).values_list("state", flat=True)
    assert set(states) == {OutboxState.WITHDRAWN}
    told = asked.case.notifications.filter(what="objected")
    assert asked.owner.user in {each.person for each in told}
    asked.case.refresh_from_db()
    assert list(audit.verify(asked.case)) == []


def test_an_objection_to_what_still_waits_voids_the_request(
    tower: Tower, at: datetime, asked: Asking, paper: Evidence
) -> None:
    """A second level has not answered yet."""
    executive(tower, "esther")
    voting.withdraw(asked.request.pk, asked.owner, at=asked.at, reason="Dearer.")
    asked.ask("30000")
    record(asked, said(asked, paper))
    waits = asked.request.state
    stopped = outside.object_to(
        Vote.objects.get().pk, tower.actor("pieter"), reason="No.", at=asked.at + 3 * HOUR
    )

    assert (waits, stopped) == (ApprovalState.PENDING, True)
    assert asked.request.state == ApprovalState.VOID


def test_an_objection_after_it_was_sent_is_flagged(asked: Asking, paper: Evidence) -> None:
    record(asked, said(asked, paper))
    OutboxMessage.objects.exclude(decision=None).update(state=OutboxState.CONFIRMED, attempts=1)
    Decision.objects.update(state=DecisionState.CONFIRMED)
    vote, pieter = Vote.objects.get(), asked.tower.actor("pieter")
    stopped = outside.object_to(vote.pk, pieter, reason="Never.", at=asked.at + 3 * HOUR)

    assert not stopped
    assert asked.decision.state == DecisionState.CONFIRMED
    flagged = OutsideVote.objects.get()
    assert (flagged.objection, flagged.stopped) == ("Never.", False)
    assert asked.case.events.filter(happening=Happening.OBJECTED).count() == 1


def test_only_whose_yes_it_is_objects_once_within_a_day(asked: Asking, paper: Evidence) -> None:
    record(asked, said(asked, paper))
    vote, pieter = Vote.objects.get().pk, asked.tower.actor("pieter")
    soon, late = asked.at + 3 * HOUR, asked.at + 2 * HOUR + DAY
    attempt = outside.object_to

    assert refusal(attempt, vote, asked.tower.supervisor, reason="No.", at=soon) == (
        "Only pieter, whose yes it is, can object."
    )
    assert refusal(attempt, vote, pieter, reason=" ", at=soon).startswith("Say in a sentence")
    assert "is over" in refusal(attempt, vote, pieter, reason="No.", at=late)
    outside.object_to(vote, pieter, reason="No.", at=soon)
    assert refusal(attempt, vote, pieter, reason="No.", at=soon) == "You have objected already."


def test_what_was_recorded_stays_as_it_is(asked: Asking, paper: Evidence) -> None:
    record(asked, said(asked, paper))
    rows = OutsideVote.objects.all()

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        rows.update(given_at=asked.at)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        rows.delete()
