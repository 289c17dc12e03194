"""Probes: does the process live, and can it work."""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from exceptions.queries import uncovered, unowned

PATIENCE = 0.5  # seconds to wait for the broker
OK, DEGRADED, UNREADY = "ok", "degraded", "unready"


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The process lives. Asks nobody."""
    return JsonResponse({"status": OK})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """503 without a database, or with one that waits for migrations.

    Without the broker the tower works on: work waits in tables, and the tick does it. That is told
    as `degraded`, and so are open cases that nobody owns who may work on them. `approvals` says
    whether decisions would find somebody who can answer: if not, those of the next role are asked,
    so that alone degrades nothing.
    """
    database, broker = _database(), _broker()
    checks = {"database": database, "broker": broker}
    if database == OK:
        checks["owners"] = _owners()
    well = all(check == OK for check in checks.values())
    status = UNREADY if database != OK else OK if well else DEGRADED
    said = {"status": status, **checks}
    if database == OK:
        said["approvals"] = _approvals()
    return JsonResponse(said, status=503 if status == UNREADY else 200)


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return "unreachable"
    return "waits for migrations" if waiting else OK


def _owners() -> str:
    """Whether every open case has one; how many have not, and nothing else about them."""
    n = unowned.count()
    return f"{n} without" if n else OK


def _approvals() -> str:
    n = uncovered.standing().count()
    return f"{n} cells without anybody" if n else OK


def _broker() -> str:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
        ) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return "unreachable"
    return OK
