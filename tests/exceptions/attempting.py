"""People who try whatever comes to mind with decisions, on a few cases."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from exceptions import delegating, intake, lifecycle, reminding, vote_links, voting
from exceptions.actors import Actor, person
from exceptions.delegating import Lent
from exceptions.lifecycle import Refused
from exceptions.models import ApprovalLevel, ApprovalRequest, Case, User, VoteLink
from exceptions.vocabulary import Move, Outcome, Role
from tests.exceptions.asking import approver, executive
from tests.exceptions.cases import member
from tests.making import Tower

MINUTE = timedelta(minutes=1)
PEOPLE = (
    *("procurement.rtm", "lead.rtm", "approver0", "approver1", "executive", "auditor"),
    *("lead.chi", "warehouse.rtm"),
)


def staff(tower: Tower) -> None:
    """The people; who proposes most may approve, too."""
    owner = tower.actor("procurement.rtm").user
    assert owner is not None
    owner.memberships.create(role=Role.APPROVER, site=tower.site)
    for n in range(2):
        approver(tower, f"approver{n}")
    executive(tower)
    member("auditor", Role.AUDITOR)


def open_cases(tower: Tower, records: Sequence[int], at: datetime) -> None:
    """Late receipts that their owner works on."""
    intake.take_in([tower.receipt(record, at=at) for record in records], at=at)
    for case in Case.objects.filter(document__record_id__in=records):
        lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.owner_of(case), at=at)


class Office:
    """People of every role who try whatever comes to mind, on a few cases."""

    def __init__(self, tower: Tower, records: Sequence[int], at: datetime, seed: int) -> None:
        """`records` are those of late receipts that were taken in (see `open_cases`)."""
        self.lot, self.tower, self.at = random.Random(seed), tower, at
        self.records = records
        about = Case.objects.filter(document__record_id__in=records)
        self.cases = list(about.order_by("pk").values_list("pk", flat=True))
        self.refused: Counter[str] = Counter()
        self.done: Counter[str] = Counter()

    def anybody(self) -> Actor:
        return person(User.objects.get(username=self.lot.choice(PEOPLE)))

    def attempt(self) -> None:
        self.at += self.lot.choice((1, 5, 30, 600)) * MINUTE
        what = self.lot.choices(
            (
                self.propose,
                self.vote,
                self.follow_link,
                self.withdraw,
                self.move_facts,
                self.lend,
                self.wait,
                self.revive,
            ),
            weights=(5, 12, 4, 1, 1, 1, 2, 2),
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
        who = self.anybody() if self.lot.random() < 0.2 else self.worker()
        lifecycle.move(case.pk, Move.PROPOSE, who, at=self.at, data=data)

    def worker(self) -> Actor:
        """Who works on the cases, and so may propose."""
        return person(User.objects.get(username=self.lot.choice(("procurement.rtm", "lead.rtm"))))

    def vote(self) -> None:
        if ids := self.latest():
            pk = self.lot.choice(ids)
            digest = ApprovalRequest.objects.values_list("digest", flat=True).get(pk=pk)
            ballot = "no" if self.lot.random() < 0.1 else "yes"
            voting.vote(pk, ballot, self.anybody(), digest=digest, at=self.at, reason="So.")

    def latest(self) -> list[int]:
        """Requests of late, most of them over."""
        about = ApprovalRequest.objects.filter(case__in=self.cases).order_by("-pk")
        return list(about.values_list("pk", flat=True)[:6])

    def follow_link(self) -> None:
        """Somebody opens a link that was made for somebody, whether or not they were asked."""
        asked = ApprovalLevel.objects.filter(request__in=self.latest()).exclude(opened_at=None)
        if level := asked.select_related("request").order_by("-pk").first():
            whose = self.anybody().user
            assert whose
            vote_links.made(level, whose, self.at)
            ballot = "no" if self.lot.random() < 0.1 else "yes"
            link = VoteLink.objects.latest("pk")
            vote_links.vote(link.pk, ballot, at=self.at, reason="So.")

    def withdraw(self) -> None:
        if ids := self.latest():
            voting.withdraw(self.lot.choice(ids), self.anybody(), at=self.at)

    def move_facts(self) -> None:
        said: dict[str, Any] = {"order_reference": f"P{self.lot.randrange(10_000)}"}
        record = self.lot.choice(self.records)
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
