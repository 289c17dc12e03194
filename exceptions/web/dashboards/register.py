"""The dashboards, in the order of their tabs."""

from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from exceptions.web.dashboards import (
    approvals,
    decisions,
    impact,
    operations,
    people,
    process,
    recurrence,
    sla,
)
from exceptions.web.dashboards.shell import Dashboard

FIRST = operations.DASHBOARD  # what `/dashboards/` shows
DASHBOARDS: tuple[Dashboard, ...] = (
    FIRST,
    sla.DASHBOARD,
    recurrence.DASHBOARD,
    impact.DASHBOARD,
    decisions.DASHBOARD,
    approvals.DASHBOARD,
    process.DASHBOARD,
    people.DASHBOARD,
)


@cache
def dashboards() -> tuple[Dashboard, ...]:
    """Those of this package, and those of adapters (settings.MORE_DASHBOARDS, dotted paths)."""
    more: Iterable[Dashboard] = map(import_string, settings.MORE_DASHBOARDS)
    return (*DASHBOARDS, *more)
