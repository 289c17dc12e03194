"""Eight doors take the same news, eight workers work it through."""

import json
import random
from collections import Counter
from datetime import datetime, timedelta
from signal import SIGKILL

from exceptions.models import Case
from integrations import inbox, vault
from integrations.models import DeliveryState, InboxDelivery, OdooAccess
from tests import plant
from tests.controltower.launcher.launching import until
from tests.plant import Plant
from tests.races import jobs
from tests.races.conftest import WORKERS
from tests.races.team import Team, alone, kill

NEWS = 40


def connected(source: Plant, at: datetime) -> str:
    """The secret of the connection's hook."""
    row: OdooAccess = plant.connect(source.url, at=at)
    return vault.unseal(row.sealed_hook_secret)


def bodies(source: Plant, transfers: list[int]) -> list[bytes]:
    """What Odoo's automation rules would post about these transfers."""
    rows = source.world.tables["stock.picking"].rows
    news = [
        {"_action": "Send Webhook Notification(#7)", "_id": t, "_model": "stock.picking", "id": t}
        | {"write_date": rows[t]["write_date"][:19], "write_uid": rows[t]["write_uid"]}
        for t in transfers
    ]
    return [json.dumps(each, sort_keys=True).encode() for each in news]


def test_the_same_delivery_through_eight_doors_is_one_row(
    shared: None, source: Plant, at: datetime, team: Team
) -> None:
    secret = connected(source, at)
    news = bodies(source, source.late_receipts(1))
    stored = team.run(jobs.receive, [(secret, news, at)] * WORKERS)

    assert sorted(stored) == [0] * (WORKERS - 1) + [1]
    assert InboxDelivery.objects.get().duplicates == WORKERS - 1


def test_forty_deliveries_through_eight_doors_are_forty_rows(
    shared: None, source: Plant, at: datetime, team: Team
) -> None:
    secret = connected(source, at)
    news = bodies(source, source.late_receipts(NEWS))
    mixed = [random.Random(seed).sample(news, NEWS) for seed in range(WORKERS)]
    stored = team.run(jobs.receive, [(secret, each, at) for each in mixed])

    assert sum(stored) == NEWS
    assert Counter(InboxDelivery.objects.values_list("duplicates", flat=True)) == {
        WORKERS - 1: NEWS
    }


def test_forty_deliveries_by_eight_workers_are_worked_through_once_each(
    shared: None, source: Plant, at: datetime, team: Team
) -> None:
    secret = connected(source, at)
    transfers = source.late_receipts(NEWS)
    jobs.receive(secret, bodies(source, transfers), at)
    later = at + inbox.READ_BACK_AFTER
    taken = team.run(jobs.work_inbox, [(later,)] * WORKERS)

    assert sum(taken) == NEWS
    assert Counter(InboxDelivery.objects.values_list("state", "attempts")) == {
        (DeliveryState.DONE, 1): NEWS
    }
    assert sorted(Case.objects.values_list("document__record_id", flat=True)) == transfers


def test_what_a_killed_worker_had_taken_is_worked_through_by_the_next(
    shared: None, source: Plant, at: datetime
) -> None:
    secret = connected(source, at)
    transfers = source.late_receipts(NEWS)
    jobs.receive(secret, bodies(source, transfers), at)
    due = at + inbox.READ_BACK_AFTER
    stall = source.odoo.faults.add("stall", times=1, seconds=30, model="stock.picking")
    worker = alone(jobs.work_inbox, due)
    assert until(lambda: stall.hits == 1)
    code = kill(worker)

    assert (code, Case.objects.count()) == (-SIGKILL, 0)
    assert jobs.work_inbox(due) == 0  # they are leased to the dead worker
    assert jobs.work_inbox(due + inbox.LEASE + timedelta(seconds=1)) == NEWS
    assert Counter(InboxDelivery.objects.values_list("state", "attempts")) == {
        (DeliveryState.DONE, 2): NEWS
    }
    assert sorted(Case.objects.values_list("document__record_id", flat=True)) == transfers
