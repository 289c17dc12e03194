"""Celery tasks: each takes no argument and does what is due."""

from celery import shared_task
from django.utils import timezone

from exceptions import forgetting
from exceptions.lateness import reckoning
from integrations import canaries, events, inbox, ledger, outbox, post, rounds, scans, watching
from integrations.discovery import scan


@shared_task(ignore_result=True)
def work_inbox() -> None:
    """Read back what webhooks have hinted at."""
    inbox.work_due(timezone.now)


@shared_task(ignore_result=True)
def work_events() -> None:
    """Take in what carriers and other sources have sent."""
    events.work_due(timezone.now)


@shared_task(ignore_result=True)
def match_parcels() -> None:
    """Look again for the transfers of parcels that nobody knew."""
    scans.match_waiting(at=timezone.now())


@shared_task(ignore_result=True)
def deliver_outbox() -> None:
    """Send what waits, and prove it."""
    outbox.deliver_due(timezone.now)


@shared_task(ignore_result=True)
def send_notices() -> None:
    """Tell people by e-mail what they want to be told so."""
    post.send_due(timezone.now)


@shared_task(ignore_result=True)
def sync_connections() -> None:
    """Read what has changed."""
    rounds.sync_all(timezone.now)


@shared_task(ignore_result=True)
def read_duty() -> None:
    """Read who works when and who is away, where it is due."""
    rounds.read_duty(timezone.now)


@shared_task(ignore_result=True)
def read_answers() -> None:
    """Read what people answered in Odoo to requests for approval."""
    rounds.read_answers(timezone.now)


@shared_task(ignore_result=True)
def read_actions() -> None:
    """Read how Odoo's own scheduled actions are doing, where it is due."""
    rounds.read_actions(timezone.now)


@shared_task(ignore_result=True)
def count_throughput() -> None:
    """Count what sites completed, where it is due."""
    rounds.count_throughput(timezone.now)


@shared_task(ignore_result=True)
def read_transits() -> None:
    """Read what was promised and when it came, where it is due."""
    rounds.read_transits(timezone.now)


@shared_task(ignore_result=True)
def watch_integrations() -> None:
    """Open cases of integrations that do not work, and end them when they do."""
    watching.watch(at=timezone.now())


@shared_task(ignore_result=True)
def reconcile_connections() -> None:
    """Compare both sides."""
    rounds.reconcile_all(timezone.now)


@shared_task(ignore_result=True)
def reconcile_asked() -> None:
    """Compare both sides where somebody has asked for it."""
    rounds.reconcile_asked(timezone.now)


@shared_task(ignore_result=True)
def look_at_sent() -> None:
    """Look whether what was sent still stands there."""
    rounds.look_at_sent(timezone.now)


@shared_task(ignore_result=True)
def walk_canaries() -> None:
    """Send canaries that are due, and go on with those under way."""
    canaries.walk_all(timezone.now)


@shared_task(ignore_result=True)
def mirror_files() -> None:
    """Take over files of records with open cases."""
    rounds.mirror_files(timezone.now)


@shared_task(ignore_result=True)
def forget_what_is_old() -> None:
    """Remove calls, deliveries, scans, gaps, notifications, transits that nobody asks for."""
    rounds.forget_old_calls(timezone.now)
    inbox.forget_done(timezone.now)
    ledger.forget(timezone.now)
    canaries.forget(timezone.now)
    scans.forget(at=timezone.now())
    forgetting.forget_notices(at=timezone.now())
    reckoning.forget(at=timezone.now())


@shared_task(ignore_result=True)
def discover() -> None:
    """Look over the Odoos for which somebody asked for it."""
    scan.discover_due(timezone.now)
