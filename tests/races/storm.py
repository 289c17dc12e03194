"""Everything at once: people, machines, the source and the clock act on a few cases at random."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from exceptions import escalate, intake, lifecycle, proofs
from exceptions.actors import person
from exceptions.facts import Receipt
from exceptions.lifecycle import Refused
from exceptions.models import Case, Document, OutboxMessage, User
from exceptions.vocabulary import Move
from integrations import outbox

STEP = timedelta(minutes=7)


@dataclass
class Weather:
    """One process's part of the storm; the same seed does the same things."""

    rng: random.Random
    people: Sequence[str]
    receipts: Sequence[Receipt]
    at: datetime

    def blow(self) -> str:
        """One deed; what it was, or "refused"."""
        self.at += STEP * self.rng.random()
        deeds = [self.press, self.read, self.sweep, self.send, self.delete]
        deed = self.rng.choices(deeds, weights=(60, 8, 10, 20, 2))[0]
        try:
            deed()
        except Refused:
            return "refused"
        return deed.__name__

    def press(self) -> None:
        """Somebody presses a button: mostly one that the page has just offered them."""
        actor = person(User.objects.get(username=self.rng.choice(self.people)))
        case = self.rng.choice(list(Case.objects.all()))
        offered = [w for w, not_now in lifecycle.legal_moves(case, actor).items() if not not_now]
        which = self.rng.choice(offered if offered and self.rng.random() < 0.9 else list(Move))
        lifecycle.move(case.pk, which, actor, at=self.at, data=self._data(case, which))

    def _data(self, case: Case, which: Move) -> dict[str, Any]:
        """What people fill in, for whatever move, on what they see."""
        tomorrow = (self.at + timedelta(days=1)).isoformat()
        decision = {"decision": self.rng.choice(["new_date", "chase"]), "date": tomorrow}
        outcome = "false_positive" if which == Move.DISMISS else "fixed"
        owner = User.objects.get(username=self.rng.choice(self.people))
        return decision | {
            "substance": case.document.substance,
            "reason": "Because of the weather",
            "outcome": outcome,
            "severity": self.rng.randint(0, 100),
            "root_cause": "weather",
            "owner": owner,
        }

    def read(self) -> None:
        """A batch of records is read, some late, some re-dated, some done."""
        batch = self.rng.sample(self.receipts, self.rng.randint(1, 8))
        intake.take_in([self._said(receipt) for receipt in batch], at=self.at)

    def _said(self, receipt: Receipt) -> Receipt:
        shift = timedelta(days=self.rng.choice([-9, -3, -2, -1, 2]))
        planned = self.at + shift
        return replace(
            receipt,
            read_at=self.at,
            promised_at=planned,
            planned_at=planned,
            open=self.rng.random() < 0.95,
        )

    def sweep(self) -> None:
        """Time does its work."""
        sweeps: list[Callable[[], object]] = [
            lambda: intake.recheck_due(at=self.at),
            lambda: escalate.sweep_clocks(at=self.at),
            lambda: escalate.close_quiet_cases(at=self.at),
            lambda: escalate.find_owners(at=self.at),
        ]
        for sweep in self.rng.sample(sweeps, 2):
            sweep()

    def send(self) -> None:
        """A message is claimed and ends in one of its ways, without a source to ask."""
        message = outbox.claim(self.at)
        if message is not None:
            self._end(message)

    def _end(self, message: OutboxMessage) -> None:
        chance = self.rng.random()
        if chance < 0.6:
            proofs.confirm(message, at=self.at, after={"id": 1})
        elif chance < 0.75:
            proofs.fail(message, at=self.at, words="No.")
        elif chance < 0.9:
            proofs.doubt(message, at=self.at, until=self.at + STEP, words="Who knows.")
        else:
            proofs.postpone(message, until=self.at + STEP, words="Later.")

    def delete(self) -> None:
        """A record disappears from the source."""
        number = self.rng.choice(self.receipts).record_id
        intake.mark_gone(Document.objects.filter(record_id=number), at=self.at)


def rage(
    seed: int, people: Sequence[str], receipts: Sequence[Receipt], at: datetime, deeds: int
) -> Counter[str]:
    """That many deeds; how many of which."""
    weather = Weather(random.Random(seed), people, receipts, at)
    return Counter(weather.blow() for _ in range(deeds))
