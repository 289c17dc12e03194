"""One round of all due work, without Celery: for cron, for trying things, for a dead broker.

Exits with 1 if something could not be read; what was wrong is printed, and stored.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from exceptions import answers, calendars, escalate, forgetting, intake, promises, reminding
from exceptions.evidence import retention
from exceptions.lateness import reckoning
from exceptions.triage import learning
from integrations import inbox, ledger, outbox, post, rounds, watching
from integrations.management.tables import print_table
from integrations.models import ReconcileRun
from integrations.odoo.sync import Read

ALL = 100_000


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reconcile",
            action="store_true",
            help="Also compare both sides record by record; without Celery, do this once an hour",
        )

    def handle(self, **options: Any) -> None:
        deliveries = inbox.work_due(timezone.now)
        reads = rounds.sync_to_the_end(timezone.now)
        runs = rounds.reconcile_all(timezone.now) if options["reconcile"] else []
        told = [
            (f"{r.connection}: {r.source}", r.rows, r.error or _in_words(r.changes)) for r in reads
        ]
        told += [(f"{r.connection}: {r.source}", r.compared, r.error or _found(r)) for r in runs]
        told.append(("inbox", deliveries, "deliveries worked through"))
        told.append(("transits", rounds.read_transits(timezone.now), "read"))
        watched = watching.watch(at=timezone.now())
        told += [("watch", watched.total(), _in_words(watched)), *self._what_time_does()]
        if options["reconcile"]:
            told.append(("sent", rounds.look_at_sent(timezone.now), "looked at again"))
        told.append(("outbox", outbox.deliver_due(timezone.now, limit=ALL), "attempted"))
        told.append(("e-mails", post.send_due(timezone.now, limit=ALL), "attempted"))
        rounds.forget_old_calls(timezone.now)
        inbox.forget_done(timezone.now)
        ledger.forget(timezone.now)
        forgetting.forget_notices(at=timezone.now())
        reckoning.forget(at=timezone.now())
        print_table(self.stdout, told)
        if _failed(reads, runs):
            sys.exit(1)

    def _what_time_does(self) -> list[tuple[str, int, str]]:
        due, changes = intake.recheck_due(at=timezone.now(), limit=ALL)
        owned = escalate.find_owners(at=timezone.now(), limit=ALL)
        swept = sum(sweep(at=timezone.now(), limit=ALL) for sweep in escalate.SWEEPS)
        promised = promises.remind_of_due(at=timezone.now(), limit=ALL)
        expired = reminding.expire(at=timezone.now(), limit=ALL)
        reminded = reminding.remind(at=timezone.now(), limit=ALL)
        closed = escalate.close_quiet_cases(at=timezone.now(), limit=ALL)
        retention.erase_due(at=timezone.now())
        answers.forget(at=timezone.now())
        calendars.extend(at=timezone.now())
        learning.learn(at=timezone.now())
        return [
            ("re-check", due, _in_words(changes)),
            ("owners", owned, "found"),
            ("clocks", swept, "swept"),
            ("promises", promised, "fell due"),
            ("approvals", expired, f"expired, {reminded} reminded of"),
            ("lateness", reckoning.reckon_due(at=timezone.now()), "foreseen"),
            ("closing", closed, "closed after the quiet period"),
        ]


def _failed(reads: Sequence[Read], runs: Sequence[ReconcileRun]) -> bool:
    return any(read.error for read in reads) or any(run.error for run in runs)


def _in_words(changes: dict[Any, int]) -> str:
    return ", ".join(f"{count} {change}" for change, count in changes.items()) or "nothing new"


def _found(run: ReconcileRun) -> str:
    return f"compared: {run.missed} missed, {run.diverged} changed unseen, {run.deleted} deleted"
