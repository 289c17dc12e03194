"""Several processes read one Odoo, and one is killed while it reads."""

from collections import Counter
from datetime import datetime, timedelta
from signal import SIGKILL

from exceptions import audit
from exceptions.models import Case, Document
from integrations.models import SyncCursor
from tests import plant
from tests.controltower.launcher.launching import until
from tests.plant import Plant
from tests.races import jobs
from tests.races.team import Team, alone, kill

RECEIPTS = 30


def test_of_four_processes_one_reads_and_nothing_is_double(
    shared: None, source: Plant, at: datetime, team: Team
) -> None:
    transfers = source.late_receipts(RECEIPTS)
    plant.connect(source.url, at=at)
    source.odoo.faults.add("stall", times=1, seconds=1.0)  # whoever is first is slow
    read = team.run(jobs.sync, [(at,)] * 4)

    assert sorted(r.get("receipts", 0) for r in read) == [0, 0, 0, RECEIPTS]
    assert sorted(Document.objects.values_list("record_id", flat=True)) == transfers
    assert sorted(Case.objects.values_list("document__record_id", flat=True)) == transfers


def test_every_process_may_read_in_turn_and_nothing_is_double(
    shared: None, source: Plant, at: datetime, team: Team
) -> None:
    transfers = source.late_receipts(RECEIPTS)
    plant.connect(source.url, at=at)
    for minute in range(3):
        team.run(jobs.sync, [(at + timedelta(minutes=minute),)] * 8)

    assert sorted(Case.objects.values_list("document__record_id", flat=True)) == transfers
    histories = Counter(case.events.count() for case in Case.objects.all())
    assert histories == {3: RECEIPTS}  # detected, classified, assigned


def test_a_killed_reader_leaves_no_lock_and_the_next_goes_on(
    shared: None, source: Plant, at: datetime
) -> None:
    """Killed after the receipts are stored, while Odoo is asked for the deliveries."""
    transfers = source.late_receipts(RECEIPTS)
    plant.connect(source.url, at=at)
    stall = source.odoo.faults.add("stall", times=1, seconds=30, model="res.company")
    order = source.late_delivery()
    quant = source.miscount()
    reader = alone(jobs.sync, at)
    assert until(lambda: stall.hits == 1)
    code = kill(reader)

    begun = dict(SyncCursor.objects.values_list("source", "under_way"))
    assert (code, begun) == (-SIGKILL, {"receipts": False, "deliveries": False, "counts": True})
    assert Case.objects.count() == RECEIPTS + 1
    assert until(lambda: bool(jobs.sync(at + timedelta(minutes=1))))
    assert not SyncCursor.objects.filter(under_way=True).exists()
    found = Case.objects.values_list("document__model", "document__record_id")
    assert Counter(found) == Counter(
        [("stock.picking", t) for t in transfers] + [("sale.order", order), ("stock.quant", quant)]
    )
    assert [fault for case in Case.objects.all() for fault in audit.verify(case)] == []
