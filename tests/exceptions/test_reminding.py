"""Requests in time: the clock to approve, reminders that end, deputies, expiry, delegations."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from exceptions import audit, delegating, escalate, reminding, voting
from exceptions.actors import Actor
from exceptions.delegating import Lent
from exceptions.lifecycle import Refused
from exceptions.models import Case, Delegation, Vote
from exceptions.vocabulary import Role
from tests.exceptions.asking import HOUR, Asking, approver, asking, executive
from tests.exceptions.cases import member
from tests.making import Tower

DAY = timedelta(days=1)


@pytest.fixture
def asked(tower: Tower, at: datetime) -> Asking:
    return asking(tower, at)


def clock(asked: Asking) -> tuple[str, datetime | None]:
    found = asked.case.clocks.filter(kind="approve").latest("pk")
    return found.state, found.stopped_at


def lend(who: Actor, to_whom: Actor, asked: Asking, **more: object) -> Delegation:
    said = {"to": to_whom.user, "starts_at": None, "ends_at": asked.at + 5 * DAY} | more
    return delegating.lend(Lent(**said), who, at=asked.at)  # type: ignore[arg-type]


# The clock -----------------------------------------------------------------------------------


def test_the_clock_to_approve_runs_from_the_request_to_the_last_vote(asked: Asking) -> None:
    """A case of tier high: two hours."""
    pieter = approver(asked.tower)
    asked.propose()
    running = asked.case.clocks.get(kind="approve")
    assert (asked.case.tier, running.state) == ("high", "running")
    assert running.due_at == asked.at + 2 * HOUR
    assert Case.objects.get(pk=asked.case.pk).next_due_at == running.due_at
    asked.vote(pieter, at=asked.at + HOUR)

    assert clock(asked) == ("met", asked.at + HOUR)


def test_a_late_vote_breaches_it_and_taking_back_cancels_it(asked: Asking) -> None:
    pieter = approver(asked.tower)
    asked.propose()
    escalate.sweep_clocks(at=asked.at + 3 * HOUR)
    asked.vote(pieter, at=asked.at + 4 * HOUR)
    assert clock(asked) == ("breached", asked.at + 4 * HOUR)
    asked.propose()
    voting.withdraw(asked.request.pk, asked.owner, at=asked.at + HOUR)
    assert clock(asked) == ("cancelled", asked.at + HOUR)


def test_what_needs_no_approval_starts_no_clock(asked: Asking) -> None:
    asked.propose(kind="chase")

    assert not asked.case.clocks.filter(kind="approve").exists()


# Silence -------------------------------------------------------------------------------------


def test_reminders_end_and_others_are_asked(asked: Asking) -> None:
    """Every two hours: two reminders, then the next role; in Rotterdam nobody is above the lead
    but executives.
    """
    approver(asked.tower)
    executive(asked.tower)
    asked.propose()
    told = []
    for hour in range(0, 40, 2):
        while reminding.remind(at=asked.at + hour * HOUR):
            pass
        level = asked.request.levels.get()
        told.append((level.reach, level.reminded))

    assert told[:10] == [
        *((0, 0), (0, 1), (0, 2)),
        *((1, 0), (1, 1), (1, 2)),
        *((2, 0), (2, 1), (2, 2)),
        (3, 0),
    ]
    assert (told[12:], asked.request.levels.get().remind_at) == ([(3, 2)] * 8, None)
    counts = asked.case.notifications.filter(what="approval_asked")
    assert sorted(counts.values_list("person__username", flat=True)) == [
        *["approver"] * 12,
        *["executive"] * 3,
        *["lead.rtm"] * 9,
    ]


def test_the_deputy_decides_once_asked_and_not_before(asked: Asking) -> None:
    approver(asked.tower)
    asked.propose()
    lead = asked.tower.supervisor
    with pytest.raises(Refused, match="for others"):
        asked.vote(lead)
    for hour in (2, 4, 6):
        reminding.remind(at=asked.at + hour * HOUR)

    assert asked.vote(lead, at=asked.at + 7 * HOUR).state == "approved"


def test_what_nobody_decides_expires(asked: Asking) -> None:
    pieter = approver(asked.tower)
    request = asked.ask()
    assert request.expires_at == asked.at + 3 * DAY
    done = [reminding.expire(at=asked.at + when) for when in (3 * DAY - HOUR, 3 * DAY, 4 * DAY)]

    assert (done, asked.request.state, asked.decision.state) == ([0, 1, 0], "expired", "expired")
    assert clock(asked)[0] == "breached"
    assert asked.sent() == []
    assert ("approver", "approval_ended") in asked.told()
    with pytest.raises(Refused, match="no longer open: it is expired"):
        asked.vote(pieter)
    assert list(audit.verify(Case.objects.get(pk=asked.case.pk))) == []


# Delegations ---------------------------------------------------------------------------------


def test_a_delegate_votes_and_both_names_stand_there(asked: Asking) -> None:
    pieter, adam = approver(asked.tower), member("adam", Role.AUDITOR)
    lend(pieter, adam, asked)
    asked.propose()
    assert [who for who, _ in asked.told()] == ["adam", "approver"]
    asked.vote(adam)
    vote = Vote.objects.get()

    assert (str(vote.voter), str(vote.cast_by)) == ("approver", "adam")
    assert asked.decision.approved_by == "adam for approver"
    event = asked.case.events.get(happening="voted")
    assert (event.actor_name, event.data["for"]) == ("adam", "approver")


def test_neither_votes_again(asked: Asking) -> None:
    pieter, adam, esther = (
        approver(asked.tower),
        member("adam", Role.AUDITOR),
        executive(asked.tower),
    )
    lend(pieter, adam, asked)
    lend(esther, adam, asked)
    lend(esther, pieter, asked)
    asked.propose("30000")
    asked.vote(adam)

    for who in (pieter, adam):
        with pytest.raises(Refused, match="You have voted on this already"):
            asked.vote(who)
    assert asked.vote(esther).state == "approved"


@pytest.mark.parametrize(
    ("lent", "cost", "may"),
    [
        ({}, "1200", True),
        ({"most": Decimal(1200), "currency": "EUR"}, "1200", True),
        ({"most": Decimal(1199), "currency": "EUR"}, "1200", False),
        ({"most": Decimal(99999), "currency": "USD"}, "1200", False),
        ({"starts_at": "tomorrow"}, "1200", False),
        ({"sites": "here"}, "1200", True),
        ({"sites": "elsewhere"}, "1200", False),
    ],
)
def test_a_delegation_has_its_time_amount_and_sites(
    asked: Asking, lent: dict[str, object], cost: str, may: bool
) -> None:
    tower = asked.tower
    named = {"here": (tower.site,), "elsewhere": (tower.other_site,), "tomorrow": asked.at + DAY}
    pieter, adam = approver(tower), member("adam", Role.AUDITOR)
    lend(pieter, adam, asked, **{k: named.get(str(v), v) for k, v in lent.items()})
    asked.propose(cost)

    if may:
        assert asked.vote(adam).state == "approved"
    else:
        with pytest.raises(Refused, match="for others"):
            asked.vote(adam)


def test_it_is_not_handed_on_and_ends_when_taken_back(asked: Asking) -> None:
    pieter, lead, adam = approver(asked.tower), asked.tower.supervisor, member("adam", Role.AUDITOR)
    made = lend(pieter, lead, asked)
    lend(lead, adam, asked)
    asked.propose()
    with pytest.raises(Refused, match="for others"):
        asked.vote(adam)
    delegating.take_back(made.pk, pieter, at=asked.at)
    with pytest.raises(Refused, match="for others"):
        asked.vote(lead)


def test_who_proposed_it_votes_for_nobody(asked: Asking) -> None:
    pieter = approver(asked.tower)
    lend(pieter, asked.owner, asked)
    asked.propose()

    with pytest.raises(Refused, match="You proposed this"):
        asked.vote(asked.owner)
    assert (asked.owner.name, "approval_asked") not in asked.told()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"to": None}, "Choose who shall vote for you"),
        ({"ends_at": None}, "Say until when"),
        ({"most": Decimal(0), "currency": "EUR"}, "above 0"),
        ({"most": Decimal(5)}, "with its currency"),
    ],
)
def test_a_delegation_is_refused_in_a_sentence(
    asked: Asking, more: dict[str, object], says: str
) -> None:
    with pytest.raises(Refused, match=says):
        lend(approver(asked.tower), member("adam", Role.AUDITOR), asked, **more)


def test_only_who_is_asked_lends_and_only_to_readers(asked: Asking) -> None:
    pieter = approver(asked.tower)
    with pytest.raises(Refused, match="Only who may be asked"):
        lend(asked.owner, pieter, asked)
    for other in (
        pieter,
        member("stranger", None),
        member("far", Role.APPROVER, site=asked.tower.other_site),
    ):
        with pytest.raises(Refused):
            lend(pieter, other, asked)
