"""Decisions that wait for approval, and the people who are asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exceptions import lifecycle, voting
from exceptions.actors import Actor
from exceptions.models import ApprovalRequest, Case, Decision, OutboxMessage
from exceptions.vocabulary import Move, Role
from tests.exceptions.cases import member
from tests.making import Tower

HOUR = timedelta(hours=1)


@dataclass
class Asking:
    """A late receipt whose owner asks for air freight."""

    tower: Tower
    case: Case
    owner: Actor
    at: datetime

    @property
    def request(self) -> ApprovalRequest:
        return ApprovalRequest.objects.select_related("decision").latest("pk")

    @property
    def decision(self) -> Decision:
        return Decision.objects.latest("pk")

    def ask(self, cost: str = "1200", **more: Any) -> ApprovalRequest:
        self.propose(cost, **more)
        return self.request

    def propose(self, cost: str = "1200", kind: str = "expedite", **more: Any) -> None:
        data = {
            "decision": kind,
            "substance": self.case.document.substance,
            "reason": "The line stands still.",
            "cost": cost,
        }
        lifecycle.move(self.case.pk, Move.PROPOSE, self.owner, at=self.at, data=data | more)

    def vote(self, who: Actor, ballot: str = "yes", **more: Any) -> ApprovalRequest:
        request = self.request
        said: dict[str, Any] = {"digest": request.digest, "reason": "Because."}
        said["at"] = self.at + HOUR
        return voting.vote(request.pk, ballot, who, **said | more)

    def sent(self) -> list[str]:
        """What was written for the outbox because of a decision."""
        messages = OutboxMessage.objects.filter(decision__isnull=False)
        return list(messages.order_by("verb").values_list("verb", flat=True))

    def told(self) -> list[tuple[str, str]]:
        """Who was told what of approvals."""
        notices = self.case.notifications.filter(what__startswith="approval")
        return sorted(notices.values_list("person__username", "what"))


def asking(tower: Tower, at: datetime) -> Asking:
    case = tower.late_case(at=at)
    owner = tower.owner_of(case)
    case = lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=at)
    return Asking(tower, case, owner, at)


def approver(tower: Tower, name: str = "approver") -> Actor:
    return member(name, Role.APPROVER, site=tower.site)


def executive(tower: Tower, name: str = "executive") -> Actor:
    return member(name, Role.EXECUTIVE, site=tower.site)
