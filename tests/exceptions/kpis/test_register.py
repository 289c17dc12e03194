"""Every KPI: named once, defined, and honest about nothing."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from exceptions import actors
from exceptions.kpis.kpi import Kpi, Measure
from exceptions.kpis.register import KPIS, kpis
from exceptions.queries import scope as scopes
from exceptions.queries.counted import Counted
from exceptions.queries.scope import Scope
from exceptions.vocabulary import Unit
from tests.exceptions.queries.world import executive_of
from tests.making import Tower


def last_week(at: datetime) -> Scope:
    actor = actors.person(executive_of(None))
    today = scopes.today(actor, at)
    first = today - timedelta(days=6)
    return Scope(at=at, first_day=first, last_day=today, sites=scopes.sites_of(actor))


def test_every_kpi_is_registered_once_and_says_what_it_means() -> None:
    assert len(kpis()) >= len(KPIS) == len({kpi.key for kpi in KPIS})
    undefined = [k.key for k in kpis().values() if not (k.name and k.means and k.counts)]
    assert undefined == []


def test_of_nothing_counts_are_zero_and_the_rest_is_not_told(tower: Tower) -> None:
    counted = Counted(last_week(timezone.now()))
    told = {kpi.key: kpi.whole(counted).value for kpi in KPIS}
    counts = {kpi.key for kpi in KPIS if kpi.unit == Unit.COUNT}
    assert told == {kpi.key: 0 if kpi.key in counts else None for kpi in KPIS}


def test_one_open_case(tower: Tower) -> None:
    at = timezone.now()
    case = tower.late_case(at=at - timedelta(hours=5), value=Decimal(48_200))
    counted = Counted(last_week(at))

    def told(kpi: Kpi) -> list[Measure]:
        return kpi.of(counted)

    by_key = kpis()
    assert told(by_key["volume"]) == [
        Measure(1, 1),
        Measure(1, 1, "late_inbound", case.get_kind_display()),
    ]
    assert told(by_key["backlog"]) == [Measure(1, 1)]
    assert told(by_key["old"]) == [Measure(0, 1, counted=0)]
    assert told(by_key["exposed"]) == [Measure(Decimal("48200.00"), 1, "EUR", "EUR")]
    aged = {m.part: m.value for m in told(by_key["aging"]) if m.value}
    assert aged == {"": 1, "age_1": 1, case.tier: 1}
