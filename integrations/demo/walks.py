"""The canary of the demo: its last hours, and the rules in Odoo that let it walk on from now."""

import random
from datetime import datetime, timedelta

from exceptions.vocabulary import Via
from integrations import canaries, provisioning
from integrations.connections import FROM_COMMAND
from integrations.models import CanaryRun, Hop, OdooAccess
from integrations.odoo.access import Secret

EVERY = 5  # minutes
WALKS = 36
STOPPED = {19: (Hop.WEBHOOK, "Nothing arrived in 120 s."), 18: (Hop.ODOO, "Odoo did not answer.")}
# How long each hop takes, at least and at most, in seconds.
SECONDS = {
    Hop.ODOO: (0.1, 0.3),
    Hop.WEBHOOK: (0.02, 0.1),
    Hop.INBOX: (5.0, 7.0),
    Hop.CASE: (0.2, 1.9),
    Hop.PUSH: (0.1, 0.3),
    Hop.READ_BACK: (0.05, 0.1),
    Hop.CLEAN_UP: (0.1, 0.2),
}


def walk(row: OdooAccess, login: str, key: str, *, at: datetime) -> None:
    """Walks of the past, two of which stopped; the next one is due now."""
    with provisioning.administering(row, login, Secret(key)) as admin:
        planned = provisioning.plan(row, admin)
        provisioning.carry_out(row, admin, planned, by=FROM_COMMAND, at=at)
    rng = random.Random(7)
    for ago in range(WALKS, 0, -1):
        _walked(row, at - timedelta(minutes=EVERY * ago), ago, rng)
    canaries.switch(row, on=True, minutes=EVERY, by=None, via=Via.COMMAND, at=at)


def _walked(row: OdooAccess, began: datetime, ago: int, rng: random.Random) -> None:
    run = CanaryRun(access=row, started_at=began)
    run.broken_at, run.reason = STOPPED.get(ago, ("", ""))
    at = began
    for hop in Hop:
        if hop == run.broken_at:
            at += canaries.PATIENCE if hop == Hop.WEBHOOK else timedelta(seconds=20)
            break
        at += timedelta(seconds=rng.uniform(*SECONDS[hop]))
        setattr(run, f"{hop}_at", at)
        if hop == Hop.CASE:
            run.case_title = "A canary is late"
    run.ended_at = at
    run.save()
