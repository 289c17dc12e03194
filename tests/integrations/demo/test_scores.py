"""Severity is the sum of its reasons in every case of the demo world, now and ever before."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from exceptions import score
from exceptions.models import Case, CaseEvent
from exceptions.vocabulary import Move
from integrations.management.commands import demo_world
from integrations.simulator import SimulatedOdoo, World

DAYS = 20  # of the ninety: enough for every kind, and a test of seconds


@pytest.mark.slow
@pytest.mark.django_db
def test_the_reasons_add_up_in_every_case(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(demo_world, "HISTORY", timedelta(days=DAYS))
    settings.DATA_DIR = tmp_path
    with SimulatedOdoo(World.build(datetime.now(UTC))).running() as url:
        call_command("demo_world", odoo_url=url)
    cases = list(Case.objects.exclude(score=None))
    sums = {case.pk: sum(said["points"] for said in case.contributions) for case in cases}
    unknown = [
        said["points"]
        for case in cases
        for said in case.contributions
        if said["because"] == score.UNKNOWN
    ]
    told = CaseEvent.objects.filter(move__in=[Move.CLASSIFY, Move.RECLASSIFY])

    assert len(cases) > 50
    assert len({case.kind for case in cases}) >= 3
    assert {case.pk: case.score for case in cases} == sums
    assert (len(unknown) > 0, set(unknown)) == (True, {0})
    assert [e for e in told if sum(c["points"] for c in e.data["because"]) != e.data["score"]] == []
