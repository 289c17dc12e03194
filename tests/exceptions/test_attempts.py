"""Random attempts on decisions: nobody votes on their own, nobody twice, and nothing is sent that
was not approved as it was. `APPROVAL_ATTEMPTS=100000` tries for longer.
"""

import os
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from exceptions import delegating, intake, lifecycle, reminding, voting
from exceptions.actors import Actor, person
from exceptions.delegating import Lent
from exceptions.lifecycle import Refused
from exceptions.models import ApprovalRequest, Case, Decision, OutboxMessage, User, Vote
from exceptions.vocabulary import Move, Outcome, Role
from tests.exceptions.asking import approver, executive
from tests.exceptions.cases import member
from tests.making import Tower

ATTEMPTS = int(os.environ.get("APPROVAL_ATTEMPTS", "2000"))
MINUTE = timedelta(minutes=1)


class Office:
    """People of every role who try whatever comes to mind, on a few cases."""

    def __init__(self, tower: Tower, at: datetime, seed: int) -> None:
        self.lot, self.tower, self.at = random.Random(seed), tower, at
        owner = tower.actor("procurement.rtm").user
        assert owner is not None
        owner.memberships.create(role=Role.APPROVER, site=tower.site)
        for n in range(2):
            approver(tower, f"approver{n}")
        executive(tower)
        member("auditor", Role.AUDITOR)
        self.people = [
            *("procurement.rtm", "lead.rtm", "approver0", "approver1", "executive", "auditor"),
            *("lead.chi", "warehouse.rtm"),
        ]
        self.cases = [self._new(n) for n in range(1, 4)]
        self.refused: Counter[str] = Counter()
        self.done: Counter[str] = Counter()

    def _new(self, record: int) -> int:
        intake.take_in([self.tower.receipt(record, at=self.at)], at=self.at)
        return Case.objects.get(document__record_id=record).pk

    def anybody(self) -> Actor:
        return person(User.objects.get(username=self.lot.choice(self.people)))

    def attempt(self) -> None:
        self.at += self.lot.choice((1, 5, 30, 600)) * MINUTE
        what = self.lot.choices(
            (
                self.propose,
                self.vote,
                self.withdraw,
                self.move_facts,
                self.lend,
                self.wait,
                self.revive,
            ),
            weights=(5, 12, 1, 1, 1, 2, 2),
        )[0]
        try:
            what()
            self.done[what.__name__] += 1
        except Refused:
            self.refused[what.__name__] += 1

    def propose(self) -> None:
        case = Case.objects.select_related("document").get(pk=self.lot.choice(self.cases))
        data = {
            "decision": self.lot.choice(("expedite", "expedite", "cancel")),
            "substance": case.document.substance,
            "reason": "Because.",
            "cost": self.lot.choice(("10", "900", "9000", "90000")),
        }
        lifecycle.move(case.pk, Move.PROPOSE, self.anybody(), at=self.at, data=data)

    def vote(self) -> None:
        ids = list(ApprovalRequest.objects.order_by("-pk").values_list("pk", "digest")[:6])
        if ids:
            pk, digest = self.lot.choice(ids)
            ballot = "no" if self.lot.random() < 0.1 else "yes"
            voting.vote(pk, ballot, self.anybody(), digest=digest, at=self.at, reason="So.")

    def withdraw(self) -> None:
        if request := ApprovalRequest.objects.order_by("?").first():
            voting.withdraw(request.pk, self.anybody(), at=self.at)

    def move_facts(self) -> None:
        said: dict[str, Any] = {"order_reference": f"P{self.lot.randrange(10_000)}"}
        record = self.lot.randrange(1, 4)
        intake.take_in([self.tower.receipt(record, at=self.at, **said)], at=self.at)

    def lend(self) -> None:
        lent = Lent(to=self.anybody().user, starts_at=None, ends_at=self.at + 600 * MINUTE)
        delegating.lend(lent, self.anybody(), at=self.at)

    def wait(self) -> None:
        reminding.expire(at=self.at)
        reminding.remind(at=self.at)

    def revive(self) -> None:
        """Somebody acknowledges it, reassigns it or resolves it."""
        move = self.lot.choice((Move.ACKNOWLEDGE, Move.ACKNOWLEDGE, Move.RESOLVE, Move.REOPEN))
        data = {"outcome": Outcome.ACCEPTED, "reason": "So."}
        lifecycle.move(self.lot.choice(self.cases), move, self.anybody(), at=self.at, data=data)


def test_random_attempts_break_nothing(tower: Tower, at: datetime) -> None:
    office = Office(tower, at, seed=7)
    for _ in range(ATTEMPTS):
        office.attempt()

    assert min(office.done[name] for name in ("propose", "vote", "wait", "move_facts")) > 5
    assert office.refused["vote"] > 20
    assert unfair() == []
    assert unapproved() == []
    assert OutboxMessage.objects.filter(verb="cancel").exists()
    assert alone() == []


def unfair() -> list[str]:
    """Votes by or for the proposer, and people who appear twice on one request."""
    found, seen = [], set()
    for vote in Vote.objects.select_related("request"):
        people = {vote.voter_id, vote.cast_by_id}
        if vote.request.proposed_by_id in people:
            found.append(f"{vote.pk} is about one's own")
        for who in people:
            if (vote.request_id, who) in seen:
                found.append(f"{who} voted twice on {vote.request_id}")
            seen.add((vote.request_id, who))
    return found


def alone() -> list[str]:
    """What cannot be undone, and was sent with one person's hand on it."""
    found = []
    for_good = OutboxMessage.objects.filter(verb__in=["cancel", "apply_count", "scrap"])
    for message in for_good.exclude(decision=None).select_related("decision"):
        proposer = message.decision.proposed_by_id if message.decision else None
        yes = Vote.objects.filter(request__decision=message.decision, ballot="yes")
        if not yes.exclude(voter=proposer).exclude(cast_by=proposer).exists():
            found.append(message.key)
    return found


def unapproved() -> list[str]:
    """Decisions that were sent without a yes for each level, counted from votes alone."""
    found = []
    sent = set(OutboxMessage.objects.exclude(decision=None).values_list("decision_id", flat=True))
    for request in ApprovalRequest.objects.prefetch_related("levels", "votes"):
        yes = {vote.level_id for vote in request.votes.all() if vote.ballot == "yes"}
        no = any(vote.ballot == "no" for vote in request.votes.all())
        whole = yes == {level.pk for level in request.levels.all()} and not no
        if (request.decision_id in sent) != (whole and request.state == "approved"):
            found.append(f"{request.pk} is {request.state}: {len(yes)} levels said yes")
    asked = set(ApprovalRequest.objects.values_list("decision_id", flat=True))
    costly = Decision.objects.filter(cost__gte=250).exclude(pk__in=asked)
    return [*found, *(f"{decision.pk} asked nobody" for decision in costly)]
