"""What happens between the moves of people: the tower reads, sends, and time passes."""

from datetime import datetime, timedelta

from django.utils import timezone

from exceptions import audit, escalate
from exceptions.models import Case, OutboxMessage
from integrations import outbox, rounds

QUIET = timedelta(hours=48, minutes=1)


def read() -> dict[str, int]:
    """One round of sync: how many cases changed in which way."""
    reads = rounds.sync_all(timezone.now)
    assert [read.error for read in reads if read.error] == []
    return {str(change): n for read in reads for change, n in read.changes.items()}


def send() -> list[tuple[str, str]]:
    """Deliver what waits; verb and state of each message there is."""
    outbox.deliver_due(timezone.now)
    return list(OutboxMessage.objects.order_by("id").values_list("verb", "state"))


def quiet_period_passes() -> int:
    """Two days later; how many cases closed by themselves."""
    return escalate.close_quiet_cases(at=timezone.now() + QUIET)


def history(case: Case) -> list[tuple[str, str]]:
    """What happened and who did it, in order; the chain must hold."""
    assert list(audit.verify(case)) == []
    return [(e.move or e.happening, e.actor_name) for e in case.events.order_by("number")]


def odoo_text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
