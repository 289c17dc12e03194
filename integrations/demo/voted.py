"""Approvals of the demo's past: what was asked for that costs money, and how people answered."""

import random
from contextlib import suppress
from datetime import datetime, timedelta

from exceptions import electorate, voting
from exceptions.actors import person
from exceptions.lifecycle import Refused
from exceptions.models import ApprovalLevel, Case
from exceptions.vocabulary import Ballot, KindCode, LevelState

COSTLY = 0.7  # of the proposals on late receipts
COSTS = ("380", "640", "920", "1450", "2200", "6800", "28500")
LOOKED = 0.75  # of the levels; the others are answered from an e-mail
SILENT = 0.08
NO = 0.15
WORDS = {
    Ballot.YES: "The penalty would cost more.",
    Ballot.NO: "The next regular truck is early enough.",
}


class Votes:
    """What is asked and answered, by its own lot: the rest of the past stays as it was."""

    def __init__(self, seed: int = 5) -> None:
        self.lot = random.Random(seed)

    def costly(self, case: Case) -> dict[str, str]:
        """What is proposed in place of a call, if it is to cost money."""
        if case.kind != KindCode.LATE_INBOUND or self.lot.random() > COSTLY:
            return {}
        return {"decision": "expedite", "cost": self.lot.choice(COSTS)}

    def next_at(self, case: Case, at: datetime) -> datetime | None:
        """When somebody looks at what waits, or answers it; None where nobody does."""
        level = _open(case)
        if level is None or self.lot.random() < SILENT:
            return None
        hours = self.lot.lognormvariate(0.4, 0.9) if level.first_seen_at is None else 0.3
        return at + timedelta(hours=hours * self.lot.uniform(0.5, 1.5))

    def act(self, case: Case, at: datetime) -> None:
        """Somebody who may vote looks at it, or votes."""
        level = _open(case)
        if level is None:
            return
        if level.first_seen_at is None and self.lot.random() < LOOKED:
            ApprovalLevel.objects.filter(pk=level.pk).update(first_seen_at=at)
            return
        voters = list(electorate.electors(level, case))
        if not voters:
            return
        ballot = Ballot.NO if self.lot.random() < NO else Ballot.YES
        said = {"digest": level.request.digest, "reason": WORDS[ballot]}
        with suppress(Refused):  # it is over already
            voting.vote(level.request_id, ballot, person(self.lot.choice(voters)), at=at, **said)


def _open(case: Case) -> ApprovalLevel | None:
    waiting = ApprovalLevel.objects.filter(request__case=case, state=LevelState.OPEN)
    return waiting.select_related("request").first()
