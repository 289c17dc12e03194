"""Nudges: "there is work in a table", said to the broker after commit.

They make work prompt, not certain: the periodic tick does the same work without them. A broker that
is down must therefore neither fail nor slow whoever nudges, so after a failure nothing is tried for
a while.
"""

import logging
import time

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

REST_AFTER_FAILURE = 10.0  # seconds
_silent_until = 0.0


def outbox() -> None:
    """Something waits in the outbox."""
    after_commit(settings.TOWER_OUTBOX_TASK)


def after_commit(task: str) -> None:
    """Nudge `task` once this transaction has committed, once however often it is asked."""
    pending = transaction.get_connection().run_on_commit
    if any(getattr(entry[1], "task", None) == task for entry in pending):
        return
    transaction.on_commit(_Nudge(task), robust=True)


class _Nudge:
    def __init__(self, task: str) -> None:
        self.task = task

    def __call__(self) -> None:
        global _silent_until  # noqa: PLW0603 - one circuit breaker a process
        if time.monotonic() < _silent_until:
            return
        try:
            current_app.send_task(self.task, ignore_result=True, expires=60)
        except (OperationalError, OSError) as error:
            _silent_until = time.monotonic() + REST_AFTER_FAILURE
            logger.warning("No nudge for %s: %s. The next tick does it.", self.task, error)
