"""One round of all due work, without Celery: for cron, for trying things, for a dead broker."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from exceptions import escalate, intake
from integrations import inbox, outbox, rounds
from integrations.management.tables import print_table


class Command(BaseCommand):
    help = __doc__

    def handle(self, **_options: Any) -> None:
        deliveries = inbox.work_due(timezone.now)
        reads = rounds.sync_all(timezone.now)
        due, changes = intake.recheck_due(at=timezone.now(), limit=100_000)
        breached = escalate.sweep_clocks(at=timezone.now(), limit=100_000)
        closed = escalate.close_quiet_cases(at=timezone.now(), limit=100_000)
        sent = outbox.deliver_due(timezone.now, limit=100_000)
        told = [(f"read {r.source}", r.rows, _in_words(r.changes)) for r in reads]
        told += [
            ("inbox", deliveries, "deliveries worked through"),
            ("re-check", due, _in_words(changes)),
            ("clocks", breached, "breached"),
            ("closing", closed, "closed after the quiet period"),
            ("outbox", sent, "attempted"),
        ]
        print_table(self.stdout, told)


def _in_words(changes: dict[Any, int]) -> str:
    return ", ".join(f"{count} {change}" for change, count in changes.items()) or "nothing new"
