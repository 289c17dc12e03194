"""What a KPI says of each site in one go is what it says of that site alone."""

import pytest

from exceptions.kpis.register import kpis
from exceptions.queries.counted import Counted
from exceptions.queries.scope import Scope

pytestmark = pytest.mark.django_db


def test_sites_at_once_and_each_by_itself(counted: Scope) -> None:
    together = Counted(counted)
    at_once = {key: kpi.by_site(together) for key, kpi in kpis().items() if kpi.of_sites}
    alone = {
        key: {site: kpis()[key].whole(own) for site, own in together.apart.items()}
        for key in at_once
    }
    assert at_once == alone
    assert set(at_once) == {"volume", "sla_breach"}
    assert all(set(found) == set(counted.sites) for found in at_once.values())
