"""When an alert on a number is an exception: as long as it stands."""

from dataclasses import replace
from decimal import Decimal

from exceptions import score
from exceptions.facts import KpiReading
from exceptions.kinds.kpi_alert import KIND, verdict
from exceptions.vocabulary import Tier
from tests.exceptions.kinds.facts import NOON, READ

POLICY = KIND.default_policy
STANDS = KpiReading(
    kpi="sla_breach",
    since=NOON,
    said="30.0 % (n = 40 clocks)",
    limit="SLA breach rate: above 20.0 %",
    excess=Decimal("0.5"),
    **READ,
)


def test_it_is_one_as_long_as_it_stands() -> None:
    found = verdict(STANDS, POLICY, NOON).finding
    assert found is not None
    assert (found.title, found.subject) == ("REF/3: 30.0 % (n = 40 clocks)", "kpi:sla_breach:3")
    assert verdict(replace(STANDS, standing=False), POLICY, NOON).finding is None


def test_how_much_it_matters_is_how_far_it_is_beyond() -> None:
    tiers = []
    for excess in (None, "0.1", "0.3", "0.9", "1.2"):
        found = verdict(
            replace(STANDS, excess=Decimal(excess) if excess else None), POLICY, NOON
        ).finding
        assert found is not None
        tiers.append(score.score(found.impact, POLICY.weights, recurrence=0, at=NOON).tier)
    assert tiers == [Tier.LOW, Tier.MEDIUM, Tier.MEDIUM, Tier.HIGH, Tier.CRITICAL]
