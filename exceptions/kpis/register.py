"""All KPIs, in the order in which they are told."""

from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from exceptions.kpis import (
    approvals,
    caseload,
    consistency,
    deadlines,
    impact,
    promptness,
    rate,
    returning,
    touch,
)
from exceptions.kpis.kpi import Kpi

KPIS: tuple[Kpi, ...] = (
    caseload.VOLUME,
    caseload.BACKLOG,
    caseload.AGING,
    caseload.OLD,
    promptness.FIRST_RESPONSE,
    promptness.RESOLUTION,
    promptness.BREACH_RATE,
    deadlines.SLA_MET,
    deadlines.TIME_LEFT,
    deadlines.OVER,
    deadlines.SOON,
    deadlines.PAUSES,
    deadlines.PAUSE_LENGTH,
    deadlines.PAUSES_SPENT,
    returning.RECURRENCE,
    returning.SUBJECTS,
    returning.REOPENED,
    returning.HELD,
    caseload.ENDED,
    caseload.SELF_HEALED,
    caseload.EXPOSED,
    rate.EXCEPTION_RATE,
    impact.AVOIDED,
    impact.LOST,
    impact.UNSAID,
    consistency.BY_SITE,
    consistency.BY_TEAM,
    consistency.DECIDED,
    approvals.CYCLE,
    approvals.LEVELS,
    approvals.ENDED,
    approvals.LAPSED_SHARE,
    approvals.WAITING,
    touch.STEPS,
    touch.ONE_PERSON,
    touch.REASSIGNMENTS,
    touch.AFTER_HOURS,
    touch.LOAD,
)


@cache
def kpis() -> dict[str, Kpi]:
    """By key: those of this package, and those of adapters (settings.MORE_KPIS, dotted paths)."""
    more: Iterable[Iterable[Kpi]] = map(import_string, settings.MORE_KPIS)
    return {kpi.key: kpi for kpi in (*KPIS, *(kpi for group in more for kpi in group))}
