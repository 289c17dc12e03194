"""Celery tasks: each takes no argument and does what is due."""

from celery import shared_task
from django.utils import timezone

from exceptions import (
    anchoring,
    answers,
    calendars,
    escalate,
    intake,
    kpi_alerts,
    outlook,
    promises,
    reminding,
    verifying,
)
from exceptions.evidence import retention
from exceptions.importing import jobs
from exceptions.lateness import reckoning
from exceptions.rollups import keeping
from exceptions.triage import learning

SWEEP = 500


@shared_task(ignore_result=True)
def recheck_documents() -> None:
    """Look again at documents whose time has come, and at cases that nobody owns yet."""
    seen = SWEEP
    while seen == SWEEP:
        seen, _ = intake.recheck_due(at=timezone.now(), limit=SWEEP)
    escalate.find_owners(at=timezone.now(), limit=SWEEP)


@shared_task(ignore_result=True)
def sweep_clocks() -> None:
    """Let pauses end, warn of what runs out, and mark what is past due; in this order, so that a
    pause that is over counts.
    """
    for sweep in escalate.SWEEPS:
        while sweep(at=timezone.now(), limit=SWEEP) == SWEEP:
            pass


@shared_task(ignore_result=True)
def look_after_approvals() -> None:
    """Let requests expire that nobody decided in time, remind of the others."""
    for sweep in (reminding.expire, reminding.remind):
        while sweep(at=timezone.now(), limit=SWEEP) == SWEEP:
            pass


@shared_task(ignore_result=True)
def look_ahead_at_approvals() -> None:
    """Look which cells of the approval matrix nobody can answer in the days to come."""
    outlook.look(at=timezone.now())


@shared_task(ignore_result=True)
def close_quiet_cases() -> None:
    """Close what has been quiet for long enough, and forget answers that nobody asks for again."""
    while escalate.close_quiet_cases(at=timezone.now(), limit=SWEEP) >= SWEEP:
        pass
    answers.forget(at=timezone.now())
    calendars.extend(at=timezone.now())


@shared_task(ignore_result=True)
def work_imports() -> None:
    """Check or bring in the files that wait."""
    jobs.work_due(timezone.now)


@shared_task(ignore_result=True)
def remind_of_promises() -> None:
    """Remind of what was promised until now."""
    while promises.remind_of_due(at=timezone.now(), limit=SWEEP) == SWEEP:
        pass


@shared_task(ignore_result=True)
def look_after_history() -> None:
    """Drop the anchor of yesterday, and verify all history nightly and when somebody asks."""
    anchoring.drop(at=timezone.now())
    verifying.work_due(timezone.now)


@shared_task(ignore_result=True)
def erase_evidence() -> None:
    """Erase files whose time is over, and what never became a file of a case."""
    while retention.erase_due(at=timezone.now()) >= retention.BATCH:
        pass
    retention.tidy(at=timezone.now())


@shared_task(ignore_result=True)
def keep_rollups() -> None:
    """Count anew, for the dashboards, what has changed."""
    keeping.freshen(timezone.now(), batches=200)


@shared_task(ignore_result=True)
def look_at_numbers() -> None:
    """Look whether numbers are beyond the thresholds of their alerts."""
    kpi_alerts.look(at=timezone.now())


@shared_task(ignore_result=True)
def foresee_lateness() -> None:
    """Reckon how likely open transits are late: new ones, and all again each day; and judge."""
    reckoning.reckon_due(at=timezone.now())
    reckoning.look_back(at=timezone.now())


@shared_task(ignore_result=True)
def learn_from_messages() -> None:
    """Train the first model of messages, or the next once people have said enough."""
    learning.learn(at=timezone.now())
