"""Random requests for approval, asked and answered through the real doors."""

import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exceptions import intake, lifecycle, reminding, voting
from exceptions.actors import Actor, person
from exceptions.lifecycle import Refused
from exceptions.models import ApprovalLevel, ApprovalRequest, Case, Decision, Site
from exceptions.vocabulary import TAKEN, ApprovalState, DecisionKind, LevelState, Move, Role
from tests.exceptions.cases import member
from tests.exceptions.queries.world import NOW
from tests.making import Tower

COSTS = ("1200", "1200", "40000")  # one level; the last: an executive's, too
ENDS = ("answer", "answer", "answer", "answer", "withdraw", "facts", "silence", "wait")


@dataclass
class Asked:
    """Proposes on late receipts of both sites over 16 days until `now`."""

    tower: Tower
    rng: random.Random
    now: datetime = NOW

    def live(self, cases: int, first: int = 1) -> None:
        sites = [self.tower.site, self.tower.other_site]
        self.voters = {
            site.pk: [member(f"approver{i}.{site.code}", Role.APPROVER, site=site) for i in (1, 2)]
            for site in sites
        }
        self.executive = member("executive.high", Role.EXECUTIVE)
        for record_id in range(first, first + cases):
            self._life(record_id, self.rng.choice(sites))
        reminding.expire(at=self.now - timedelta(hours=2))

    def _life(self, record_id: int, site: Site) -> None:
        at = self._instant(site)
        case = self.tower.late_case(record_id, at=at, site_id=site.pk)
        assert case.owner
        owner, at = person(case.owner), at + timedelta(minutes=self.rng.randrange(90))
        lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=at)
        said = {
            "decision": "expedite",
            "substance": case.document.substance,
            "reason": "The line stands still.",
            "cost": self.rng.choice(COSTS),
        }
        lifecycle.move(case.pk, Move.PROPOSE, owner, at=at, data=said)
        request = ApprovalRequest.objects.get(case=case)
        with suppress(Refused):  # it may be over by then
            getattr(self, f"_{self.rng.choice(ENDS)}")(request, case, owner, at)

    def _instant(self, site: Site) -> datetime:
        day = self.now.date() - timedelta(days=self.rng.randrange(1, 16))
        midnight = datetime.combine(day, time.min, ZoneInfo(site.time_zone)).astimezone(UTC)
        spread = self.rng.choice([90 * 60, 12 * 3600])
        return midnight + timedelta(seconds=self.rng.randrange(-spread, spread))

    def _later(self, at: datetime) -> datetime:
        return at + timedelta(seconds=self.rng.choice([40, 900, 8000, 60_000]) + self.rng.random())

    def _answer(self, request: ApprovalRequest, case: Case, owner: Actor, at: datetime) -> None:
        """Level by level, mostly looked at before; now and then a no."""
        while request.state == ApprovalState.PENDING:
            level = ApprovalLevel.objects.get(request=request, state=LevelState.OPEN)
            at = self._later(at)
            if self.rng.random() < 0.7:
                ApprovalLevel.objects.filter(pk=level.pk).update(first_seen_at=at)
                at = self._later(at)
            voters = [self.executive] if level.number == 2 else self.voters[case.site_id]
            ballot = "no" if self.rng.random() < 0.25 else "yes"
            voter, digest = self.rng.choice(voters), request.digest
            request = voting.vote(
                request.pk, ballot, voter, digest=digest, reason="Because.", at=at
            )
            if self.rng.random() < 0.1:
                return  # the next level never answers

    def _withdraw(self, request: ApprovalRequest, case: Case, owner: Actor, at: datetime) -> None:
        voting.withdraw(request.pk, owner, at=self._later(at), reason="Not any more.")

    def _facts(self, request: ApprovalRequest, case: Case, owner: Actor, at: datetime) -> None:
        later, record_id = self._later(at), case.document.record_id
        again = self.tower.receipt(record_id, at=later, site_id=case.site_id, order_reference="P9")
        intake.take_in([again], at=later)

    def _silence(self, request: ApprovalRequest, case: Case, owner: Actor, at: datetime) -> None:
        """Nobody answers, so that it expires if there is time enough."""

    def _wait(self, request: ApprovalRequest, case: Case, owner: Actor, at: datetime) -> None:
        """It was put to them lately."""
        asked = self.now - timedelta(minutes=self.rng.choice([5, 130, 300, 700, 2000]))
        ApprovalRequest.objects.filter(pk=request.pk).update(
            asked_at=asked, expires_at=self.now + timedelta(days=1)
        )
        ApprovalLevel.objects.filter(request=request, number=1).update(opened_at=asked)


def take_some_back() -> None:
    """Of some cases the decision was undone, and of some another came after it."""
    taken = list(Decision.objects.filter(state__in=TAKEN).order_by("pk"))
    for number, decision in enumerate(taken):
        if number % 5 == 0:
            _another(decision, kind=DecisionKind.UNDO, undoes=decision)
        elif number % 7 == 0:
            _another(decision, kind=DecisionKind.CANCEL)


def _another(decision: Decision, **said: object) -> None:
    again = Decision.objects.get(pk=decision.pk)
    again.pk = None
    for name, value in said.items():
        setattr(again, name, value)
    again.save(force_insert=True)
