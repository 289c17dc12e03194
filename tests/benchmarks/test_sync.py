"""The benchmark of the sync, run small: both loops ask the same, and what they print adds up."""

import re

import pytest
from django.utils import timezone

from benchmarks import sync
from exceptions.models import Case
from integrations import connections
from integrations.odoo import sync as odoo_sync
from tests import plant

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_the_bare_loop_asks_what_the_sync_asked() -> None:
    with plant.running(timezone.now()) as source:
        source.late_receipts(3)
        row = plant.connect(source.url, at=timezone.now())
        with sync.opened(row, pace=0) as odoo:
            odoo_sync.sync(row, odoo, now=timezone.now)
            asked = list(odoo.asked)
            for each in asked:
                sync.ask(odoo, each)
    assert odoo.asked == [*asked, *asked]
    assert "stock.picking" in {each.model for each in asked}


def test_patience_finds_nothing_and_the_default_policies_find_everything() -> None:
    with plant.running(timezone.now()) as source:
        source.late_receipts(3)
        source.late_delivery()
        source.miscount()
        report = connections.look(plant.access(source.url), at=timezone.now())
        sync.publish(sync.PATIENT)
        patient = sync.run(plant.access(source.url), report, pace=0)
        sync.publish({})
        default = sync.run(plant.access(source.url), report, pace=0)
    assert (patient.documents, patient.cases) == (5, 0)
    assert (default.documents, default.cases) == (5, 5)
    assert Case.objects.count() == 5


def test_no_loop_is_faster_than_the_pace() -> None:
    with plant.running(timezone.now()) as source:
        source.late_receipts(20)
        report = connections.look(plant.access(source.url), at=timezone.now())
        run = sync.run(plant.access(source.url), report, pace=100)
    assert run.documents == 20
    assert min(run.seconds, run.bare_seconds) >= 20 / 100


def test_it_prints_the_ratio_and_the_peaks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with plant.running(timezone.now()) as source:
        source.late_receipts(5)
        ratio = sync.measure(plant.access(source.url), repeat=1)
    printed = capsys.readouterr().out
    assert re.findall(r"median of 1: (\S+) \(target: at least 0.8\)", printed) == [f"{ratio:.2f}"]
    assert "run 1: 5 documents and 0 cases" in printed
    assert "with cases: 5 documents and 5 cases" in printed
