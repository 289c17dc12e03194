"""A case whose playbook has one step that is done elsewhere than in Odoo, and its message."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from exceptions import intake, policies
from exceptions.kinds import KINDS
from exceptions.models import Case, OutboxMessage, User
from exceptions.verdicts import Step
from exceptions.vocabulary import KindCode, Tier
from integrations import outbox
from tests.making import Tower

LATE = KindCode.LATE_INBOUND


@dataclass
class Sending:
    """`at` is what all clocks say."""

    tower: Tower
    at: datetime

    def now(self) -> datetime:
        return self.at

    def wanted(self, step: Step, record: int = 1) -> OutboxMessage:
        """A late receipt, under a policy with this step alone."""
        settings = replace(KINDS[LATE].default_policy, playbook=dict.fromkeys(Tier, (step,)))
        policies.publish(LATE, settings, at=self.at)
        intake.take_in([self.tower.receipt(record, at=self.at)], at=self.at)
        return OutboxMessage.objects.get(record_id=record)

    def deliver(self, **after: float) -> OutboxMessage:
        """The first message, after all that is due then has been delivered."""
        self.at += timedelta(**after)
        outbox.deliver_due(self.now)
        return OutboxMessage.objects.earliest("id")

    def told(self) -> list[str]:
        """What the history says of it."""
        events = Case.objects.earliest("id").events.filter(data__has_key="key").order_by("number")
        return [f"{e.happening} {e.data.get('words', '')}".strip() for e in events]


def with_address(username: str, address: str) -> None:
    User.objects.filter(username=username).update(email=address)
