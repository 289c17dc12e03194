"""Votes at the same instant: whoever is second sees what the first has done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from exceptions import (
    audit,
    delegating,
    intake,
    lifecycle,
    matrices,
    reminding,
    vote_links,
    voting,
)
from exceptions.actors import person
from exceptions.delegating import Lent
from exceptions.facts import Facts
from exceptions.lifecycle import Refused
from exceptions.matrix import Level, Matrix, Row
from exceptions.models import (
    ApprovalRequest,
    Case,
    Decision,
    MatrixVersion,
    OutboxMessage,
    User,
    Vote,
    VoteLink,
)
from exceptions.vocabulary import Move, Need, Role, Voters
from tests.exceptions.asking import approver
from tests.exceptions.cases import member
from tests.exceptions.fairness import unapproved, unfair
from tests.making import Tower
from tests.races import team as processes
from tests.races.conftest import WORKERS

CASES = 12
HOUR = timedelta(hours=1)
ANY = Level(voters=Voters.APPROVER)
TWO = Level(voters=Voters.APPROVER, need=Need.SOME, count=2)


@dataclass(frozen=True)
class Wish:
    """What one process tries on every request, one after the other."""

    what: str
    who: str = ""
    reads: tuple[Facts, ...] = ()


def asked(arena: Tower, at: datetime, *levels: Level) -> list[ApprovalRequest]:
    """As many requests as cases, by a matrix that asks these levels about everything."""
    whole = Matrix(bounds={}, rows=(Row(bands=(levels,)),))
    MatrixVersion.objects.create(version=1, published_at=at, settings=matrices.to_json(whole))
    intake.take_in([arena.receipt(n, at=at) for n in range(1, CASES + 1)], at=at)
    for case in Case.objects.select_related("document"):
        owner = arena.owner_of(case)
        lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=at)
        seen = case.document.substance
        data = {"decision": "expedite", "substance": seen, "reason": "So.", "cost": "1200"}
        lifecycle.move(case.pk, Move.PROPOSE, owner, at=at, data=data)
    return list(ApprovalRequest.objects.order_by("pk"))


def approvers(arena: Tower) -> list[str]:
    names = [f"approver.{n}" for n in range(WORKERS)]
    for name in names:
        approver(arena, name)
    return names


def run(
    team: processes.Team, wishes: Sequence[Wish], requests: Sequence[ApprovalRequest], at: datetime
) -> list[Counter[str]]:
    """What became of each one's wishes: how many came true, and the words of the others."""
    ids = [request.pk for request in requests]
    found = team.run(_try, [(wish, ids, at) for wish in wishes])
    assert (unfair(), unapproved()) == ([], [])
    assert [fault for case in Case.objects.all() for fault in audit.verify(case)] == []
    return found


def states() -> Counter[str]:
    return Counter(ApprovalRequest.objects.values_list("state", flat=True))


def test_two_of_eight_give_the_last_votes(arena: Tower, at: datetime, team: processes.Team) -> None:
    """Nobody's yes comes after the one that was enough, and it is sent once."""
    names = approvers(arena)
    requests = asked(arena, at, TWO)
    done = run(team, [Wish("yes", name) for name in names], requests, at)

    assert states() == {"approved": CASES}
    assert sum(each[""] for each in done) == Vote.objects.count() == 2 * CASES
    sent = Counter(OutboxMessage.objects.exclude(decision=None).values_list("decision", "verb"))
    assert set(sent.values()) == {1}
    assert len({decision for decision, _verb in sent}) == CASES


def test_yes_and_no_at_once_is_one_of_them(
    arena: Tower, at: datetime, team: processes.Team
) -> None:
    names = approvers(arena)
    requests = asked(arena, at, ANY)
    wishes = [Wish("no" if n % 2 else "yes", name) for n, name in enumerate(names)]
    run(team, wishes, requests, at)

    assert Vote.objects.count() == CASES
    said = Counter(Vote.objects.values_list("ballot", "request__state"))
    assert set(said) <= {("yes", "approved"), ("no", "rejected")}


def test_a_vote_and_facts_that_move(arena: Tower, at: datetime, team: processes.Team) -> None:
    names = approvers(arena)[:4]
    requests = asked(arena, at, ANY)
    news = tuple(
        arena.receipt(n, at=at + HOUR, order_reference=f"P9{n:04}") for n in range(1, CASES + 1)
    )
    wishes = [*(Wish("yes", name) for name in names), Wish("read", reads=news)]
    run(team, wishes, requests, at)

    assert sum(states().values()) == CASES
    assert set(states()) <= {"approved", "void"}
    assert Vote.objects.count() == states()["approved"]
    void = Decision.objects.filter(approval__state="void")
    assert set(void.values_list("state", flat=True)) <= {"void"}


def test_a_vote_and_the_end_of_its_time(arena: Tower, at: datetime, team: processes.Team) -> None:
    names = approvers(arena)[:4]
    requests = asked(arena, at, ANY)
    wishes = [*(Wish("yes", name) for name in names), Wish("expire"), Wish("expire")]
    done = run(team, wishes, requests, at)

    assert set(states()) <= {"approved", "expired"}
    assert Vote.objects.count() == states()["approved"]
    assert sum(each["expired"] for each in done) == states()["expired"]


def test_a_vote_and_a_withdrawal(arena: Tower, at: datetime, team: processes.Team) -> None:
    names = approvers(arena)[:4]
    requests = asked(arena, at, ANY)
    wishes = [*(Wish("yes", name) for name in names), *[Wish("withdraw", "lead.rtm")] * 2]
    done = run(team, wishes, requests, at)

    assert set(states()) <= {"approved", "withdrawn"}
    assert Vote.objects.count() == states()["approved"]
    assert done[4][""] + done[5][""] == states()["withdrawn"]


def test_a_delegate_and_who_asked_them(arena: Tower, at: datetime, team: processes.Team) -> None:
    """One vote of the two, though the level would take more."""
    whose = approver(arena, "pieter")
    anna = member("anna", Role.AUDITOR, site=arena.site)
    lent = Lent(to=anna.user, starts_at=None, ends_at=at + 9 * HOUR)
    delegating.lend(lent, whose, at=at)
    approver(arena, "second")
    requests = asked(arena, at, TWO)
    done = run(team, [Wish("yes", "pieter"), Wish("yes", "anna")] * 4, requests, at)

    assert states() == {"pending": CASES}
    assert sum(each[""] for each in done) == Vote.objects.count() == CASES
    assert set(Vote.objects.values_list("voter__username", flat=True)) == {"pieter"}


def test_a_button_that_is_pressed_eight_times(
    arena: Tower, at: datetime, team: processes.Team
) -> None:
    names = approvers(arena)
    requests = asked(arena, at, TWO)
    done = run(team, [Wish("yes", names[0])] * WORKERS, requests, at)

    assert sum(each[""] for each in done) == Vote.objects.count() == CASES


def test_a_link_that_is_pressed_eight_times(
    arena: Tower, at: datetime, team: processes.Team
) -> None:
    names = approvers(arena)
    requests = asked(arena, at, TWO)
    whose = User.objects.get(username=names[0])
    for request in requests:
        vote_links.made(request.levels.get(), whose, at)
    done = run(team, [Wish("link")] * WORKERS, requests, at)

    assert sum(each[""] for each in done) == Vote.objects.filter(via="mail").count() == CASES
    assert VoteLink.objects.exclude(vote=None).count() == CASES


# In the other process ---------------------------------------------------------------------------


def _try(wish: Wish, requests: list[int], at: datetime) -> Counter[str]:
    found: Counter[str] = Counter()
    if wish.what == "expire":
        found["expired"] = reminding.expire(at=at + 90 * 24 * HOUR, limit=len(requests))
        return found
    if wish.what == "read":
        for facts in wish.reads:
            intake.take_in([facts], at=at + HOUR)
        return found
    for request_id in requests:
        try:
            _vote(wish, request_id, at)
            found[""] += 1
        except Refused as refused:
            found[str(refused)] += 1
    return found


def _vote(wish: Wish, request_id: int, at: datetime) -> None:
    if wish.what == "link":
        link = VoteLink.objects.get(level__request=request_id)
        vote_links.vote(link.pk, "yes", at=at)
        return
    actor = person(User.objects.get(username=wish.who))
    if wish.what == "withdraw":
        voting.withdraw(request_id, actor, at=at)
        return
    digest = ApprovalRequest.objects.get(pk=request_id).digest
    voting.vote(request_id, wish.what, actor, digest=digest, at=at, reason="So.")
