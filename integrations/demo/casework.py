"""Ninety days of casework: the tower's own code fed with past facts and moved by past hands.

Nothing is written beside the domain: every case, clock, score and line of history comes from
`intake`, `lifecycle` and `escalate`, each called with the instant at which it would have happened.
"""

import heapq
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

from exceptions import claims, escalate, intake, lifecycle, proofs, reminding
from exceptions.actors import Actor, person
from exceptions.facts import Facts, Shipment
from exceptions.lifecycle import Refused
from exceptions.models import Case, OutboxMessage
from exceptions.vocabulary import UNFINISHED, Move, Outcome, State, Tier, Via
from integrations.demo.episodes import Episode
from integrations.demo.voted import Votes

NOT_SENT = "Demo history: made before this Odoo was connected."
# Records that these facts tell of are not in Odoo, or not as they were told.
NOT_AGAIN = ("Count", "Shipment")
CAUSES = ("Supplier capacity", "Carrier delay", "Wrong master data", "Picking error", "Customs")
ACTIONS = (
    "Lead time corrected",
    "Carrier talked to",
    "Cycle count scheduled",
    "Safety stock raised",
)
# Hours in which half of a tier is acknowledged; in which half of what is fixed by hand is fixed.
ACK_MEDIAN = {Tier.CRITICAL: 0.25, Tier.HIGH: 0.4, Tier.MEDIUM: 1.3, Tier.LOW: 3.0}
FIX_MEDIAN = {Tier.CRITICAL: 4.0, Tier.HIGH: 11.0, Tier.MEDIUM: 26.0, Tier.LOW: 40.0}
DECISIONS = {  # else: chase
    "inventory_discrepancy": "recount",
    "invoice_mismatch": "hold_bill",
    "customs_hold": "documents",
    "pod_dispute": "claim",
}
FIXES = (
    "Partial delivery agreed, the rest follows.",
    "Stock moved from another bay; the order can go.",
    "Counted again with a second person: the books were wrong.",
    "Supplier sent it with the next truck.",
)

Step = Callable[[datetime], None]


class Diary:
    """What happens when, worked off in the order of time."""

    def __init__(self, *, until: datetime, seed: int = 11) -> None:
        self.until = until
        self.lot = random.Random(seed)
        self.worth = random.Random(seed)  # apart, so that what is said changes nothing that is done
        self.votes = Votes()
        self._order = count()
        self._entries: list[tuple[datetime, int, Step]] = []

    def play(self, episodes: list[Episode]) -> int:
        """Live through all episodes up to `until`; returns how many cases there are then."""
        for episode in episodes:
            self._at(episode.begins_at, lambda at, e=episode: self._begin(e, at))  # type: ignore[misc] # bound now
        while self._entries:
            at, _, step = heapq.heappop(self._entries)
            escalate.sweep_clocks(at=at)
            reminding.expire(at=at)
            step(at)
        escalate.sweep_clocks(at=self.until)
        escalate.close_quiet_cases(at=self.until, limit=10_000)
        return Case.objects.count()

    def _at(self, at: datetime, step: Step) -> None:
        if at < self.until:
            heapq.heappush(self._entries, (at, next(self._order), step))

    def _begin(self, episode: Episode, at: datetime) -> None:
        intake.take_in([episode.begun], at=at, via=_road(episode.begun))
        case = _case_of(episode)
        if case is None:
            return
        hours = ACK_MEDIAN[Tier(case.tier)] * self.lot.lognormvariate(0, 0.5)
        works = self.lot.random() < (0.9 if episode.ends_at else 0.6)
        if works:
            self._at(at + timedelta(hours=hours), lambda t: self._acknowledge(case.pk, t))
        if episode.ends_at:
            self._at(episode.ends_at, lambda t: self._end(episode, case.pk, t))
            self._withdraw(case, at)

    def _end(self, episode: Episode, case_id: int, at: datetime) -> None:
        assert episode.ended is not None
        intake.take_in([episode.ended], at=at, via=_road(episode.ended))
        close_at = at + timedelta(hours=self.lot.uniform(3, 40))
        self._at(close_at, lambda t: self._close(case_id, t))

    def _acknowledge(self, case_id: int, at: datetime) -> None:
        case = _open(case_id)
        if case is None:
            return
        _move(case_id, Move.ACKNOWLEDGE, _owner(case), at)
        fate = self.lot.random()
        later = at + timedelta(hours=self.lot.lognormvariate(1.0, 0.8))
        if fate < 0.06:
            self._at(later, lambda t: self._dismiss(case_id, t))
        elif fate < 0.3:
            self._at(later, lambda t: self._propose(case_id, t))
        elif fate < 0.8:
            hours = FIX_MEDIAN[Tier(case.tier)] * self.lot.lognormvariate(0, 0.5)
            self._at(at + timedelta(hours=hours), lambda t: self._fix(case_id, t))

    def _fix(self, case_id: int, at: datetime) -> None:
        """Dealt with by hand before the source shows it."""
        case = _open(case_id)
        if case is None:
            return
        data = {"outcome": Outcome.FIXED, "reason": self.lot.choice(FIXES)} | self._amounts(case)
        _move(case_id, Move.RESOLVE, _owner(case), at, data)

    def _amounts(self, case: Case) -> dict[str, str]:
        """What the owner says was avoided and lost; of every third case, nothing."""
        at_risk = case.value_at_risk
        if at_risk is None or not case.currency or self.worth.random() < 0.35:
            return {}
        lost = Decimal(self.worth.choice(("0", "0", "0.02", "0.05", "0.12")))
        return {"avoided": f"{at_risk * (1 - lost):.2f}", "lost": f"{at_risk * lost:.2f}"}

    def _dismiss(self, case_id: int, at: datetime) -> None:
        case = _open(case_id)
        if case and case.site.lead:
            outcome = self.lot.choice([Outcome.FALSE_POSITIVE, Outcome.ACCEPTED])
            data = {"outcome": outcome, "reason": "Agreed with the partner beforehand."}
            _move(case_id, Move.DISMISS, person(case.site.lead), at, data)

    def _propose(self, case_id: int, at: datetime) -> None:
        case = _open(case_id)
        if case is None:
            return
        data = {
            "decision": DECISIONS.get(case.kind, "chase"),
            "substance": case.document.substance,
            "reason": "The plan for tomorrow depends on it.",
        } | self.votes.costly(case)
        _move(case_id, Move.PROPOSE, _owner(case), at, data)
        self._is_past(case, at)
        self._ask(case, at)

    def _ask(self, case: Case, at: datetime) -> None:
        """Whoever is asked looks at it some time later, or answers."""
        later = self.votes.next_at(case, at)
        if later:
            self._at(later, lambda t: self._vote(case, t))

    def _vote(self, case: Case, at: datetime) -> None:
        self.votes.act(case, at)
        self._is_past(case, at)
        self._ask(case, at)

    def _is_past(self, case: Case, at: datetime) -> None:
        """What was decided long ago, or on what is not in Odoo, is not sent now."""
        if case.document.facts_type in NOT_AGAIN or at < self.until - timedelta(days=1):
            self._withdraw(case, at)

    def _close(self, case_id: int, at: datetime) -> None:
        case = Case.objects.select_related("owner").get(pk=case_id)
        if case.state != State.RESOLVED or case.owner is None or self.lot.random() < 0.4:
            return
        self._claim(case, at)
        data = {
            "root_cause": self.lot.choice(CAUSES),
            "corrective_action": self.lot.choice(ACTIONS),
        }
        _move(case_id, Move.CLOSE, _owner(case), at, data)

    def _claim(self, case: Case, at: datetime) -> None:
        """Whoever closes a case says what became of its claim."""
        if claims.open_clock(case) is None:
            return
        if case.pk % 3:
            claims.file(case.pk, f"CLM-{4000 + case.pk}", _owner(case), at=at)
        else:
            claims.waive(case.pk, "The carrier sent it again at its own cost.", _owner(case), at=at)

    def _withdraw(self, case: Case, at: datetime) -> None:
        """What a tower of that time would have sent is not sent now."""
        for message in OutboxMessage.objects.filter(case=case, state__in=UNFINISHED):
            proofs.withdraw(message, at=at, words=NOT_SENT)


def _road(facts: Facts) -> Via:
    return Via.CARRIER if isinstance(facts, Shipment) else Via.ODOO


def _case_of(episode: Episode) -> Case | None:
    facts = episode.begun
    return Case.objects.filter(
        document__connection_id=facts.connection_id,
        document__model=facts.model,
        document__record_id=facts.record_id,
    ).first()


def _open(case_id: int) -> Case | None:
    case = Case.objects.select_related("owner", "site__lead", "document").get(pk=case_id)
    return case if case.is_open and case.owner else None


def _owner(case: Case) -> Actor:
    assert case.owner is not None
    return person(case.owner)


def _move(
    case_id: int, move: Move, actor: Actor, at: datetime, data: dict[str, str] | None = None
) -> None:
    try:
        lifecycle.move(case_id, move, actor, at=at, data=data)
    except Refused:  # somebody or something was faster, as in real life
        return
