"""What the demo tells of parcels and returns, played through the tower's own code."""

from datetime import datetime, timedelta

import pytest

from exceptions.facts import Handover, Shipment
from exceptions.models import Case
from integrations.demo.casework import Diary
from integrations.demo.outbound import IN_TROUBLE, STILL_IN_TROUBLE, outbound_episodes
from integrations.odoo.ground import Ground
from integrations.simulator import World
from tests.integrations import linked as linking

KINDS = {"carrier_failure", "customs_hold", "pod_dispute"}


@pytest.mark.slow
@pytest.mark.timeout(900)  # ninety days by way of a simulated Odoo: minutes on a busy machine
def test_ninety_days_of_parcels_and_returns(
    db: None, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = at - timedelta(days=90)
    with linking.serving(World.build(at, version=19), at, monkeypatch) as linked:
        with linked.client() as odoo:
            ground = Ground(odoo, linked.row.connection, linked.url, read_at=at)
            ground.sites()
            episodes = outbound_episodes(odoo, ground, at=at, since=since)
        parcels = [e for e in episodes if isinstance(e.begun, Shipment)]
        returns = [e for e in episodes if isinstance(e.begun, Handover)]

        assert len(parcels) in range(IN_TROUBLE, IN_TROUBLE + STILL_IN_TROUBLE + 1)
        assert all(since <= e.begins_at < (e.ends_at or at) <= at for e in episodes)
        assert all(e.begun.living and not (e.ended and e.ended.living) for e in episodes)
        assert sum(e.ended is None for e in parcels) >= STILL_IN_TROUBLE
        assert sum(e.ended is None for e in returns) == 2  # that the company waits for
        assert {e.begun.transfer for e in parcels if isinstance(e.begun, Shipment)}.isdisjoint({""})

        Diary(until=at).play(episodes)
        opened = Case.objects.filter(kind__in=KINDS)
        assert {case.kind for case in opened} == KINDS
        still = {e.begun.reference for e in episodes if e.ended is None}
        assert {c.document.reference for c in opened if c.is_open} <= still

        linked.sync()
        assert set(linking.open_cases()) >= {
            ("pod_dispute", e.begun.record_id) for e in returns if e.ended is None
        }
