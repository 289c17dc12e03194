"""Thresholds with inheritance: the most specific scope wins, and says so."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from exceptions import thresholds
from exceptions.facts import (
    Bill,
    BillLine,
    Facts,
    Handover,
    Partner,
    Product,
    Receipt,
    Shipment,
    Transfer,
    TransferLine,
)
from exceptions.judging import judge
from exceptions.kinds import KINDS
from exceptions.policies import PolicyInForce
from exceptions.thresholds import Effective
from exceptions.verdicts import Lane, Override, PolicySettings, Scope
from exceptions.vocabulary import KindCode
from tests.conftest import NOON

GRACE = "grace_minutes"
BEARINGS = Product(id=1, name="Bearing", category="All / Saleable / Bearings")
RECORD: dict[str, Any] = {
    "connection_id": 1,
    "site_id": 3,
    "model": "stock.picking",
    "record_id": 1,
    "reference": "RTM/IN/00001",
    "url": "",
    "read_at": NOON,
    "written_at": NOON,
    "company": "Meridian",
}


def receipt(**said: Any) -> Receipt:
    base: dict[str, Any] = {
        "open": True,
        "promised_at": NOON,
        "planned_at": NOON,
        "supplier": Partner(id=7, name="Kempten Bearings", tier="A"),
        "products": (BEARINGS,),
    }
    return Receipt(**(RECORD | base | said))


def override(minutes: int, *, site_name: str = "", **scope: Any) -> Override:
    return Override(scope=Scope(**scope), thresholds={GRACE: Decimal(minutes)}, site_name=site_name)


def settings(*overrides: Override) -> PolicySettings:
    return PolicySettings(thresholds={GRACE: Decimal(60)}, overrides=overrides)


COMPANY = override(1, company="Meridian")
SITE = override(2, site=3, site_name="Rotterdam")
TIER = override(3, tier="A")
PARTNER = override(4, partner=7)
CATEGORY = override(5, category="All / Saleable")
NARROW = override(6, category="All / Saleable / Bearings")
SITE_AND_TIER = override(7, site=3, tier="A", site_name="Rotterdam")
LANE = override(8, lane=Lane(site=3, partner=7), site_name="Rotterdam")

# From the widest to the narrowest; each wins over all before it, in whatever order they stand.
RANKED = [COMPANY, SITE, TIER, CATEGORY, NARROW, PARTNER, SITE_AND_TIER, LANE]


@pytest.mark.parametrize("n", range(1, len(RANKED) + 1))
@pytest.mark.parametrize("backwards", [False, True])
def test_the_most_specific_scope_wins(n: int, backwards: bool) -> None:
    present = RANKED[:n][::-1] if backwards else RANKED[:n]
    found = thresholds.effective(settings(*present), receipt())[GRACE]

    assert found.value == RANKED[n - 1].thresholds[GRACE]


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        (COMPANY, "company Meridian: 1 instead of 60"),
        (SITE, "site Rotterdam: 2 instead of 60"),
        (override(2, site=3), "site 3: 2 instead of 60"),
        (TIER, "partners of tier A: 3 instead of 60"),
        (PARTNER, "partner Kempten Bearings: 4 instead of 60"),
        (CATEGORY, "category All / Saleable: 5 instead of 60"),
        (SITE_AND_TIER, "site Rotterdam, partners of tier A: 7 instead of 60"),
        (LANE, "lane Rotterdam → Kempten Bearings: 8 instead of 60"),
    ],
)
def test_the_origin_stands_in_words(given: Override, origin: str) -> None:
    value = given.thresholds[GRACE]
    assert thresholds.effective(settings(given), receipt()) == {GRACE: Effective(value, origin)}


def test_what_matches_nothing_leaves_the_value_of_everywhere() -> None:
    other = settings(override(1, company="Other"), override(2, site=4), override(3, partner=8))
    assert thresholds.effective(other, receipt()) == {GRACE: Effective(Decimal(60), "everywhere")}
    assert thresholds.applied(other, receipt()) is other


def test_an_override_that_leaves_a_threshold_out_leaves_it_to_the_next() -> None:
    both = PolicySettings(
        thresholds={"a": Decimal(1), "b": Decimal("2.50"), "c": Decimal(3)},
        overrides=(
            Override(scope=Scope(partner=7), thresholds={"a": Decimal(10)}),
            Override(scope=Scope(company="Meridian"), thresholds=dict.fromkeys("ab", Decimal(20))),
        ),
    )
    found = thresholds.effective(both, receipt())

    assert {name: (each.value, each.origin) for name, each in found.items()} == {
        "a": (Decimal(10), "partner Kempten Bearings: 10 instead of 1"),
        "b": (Decimal(20), "company Meridian: 20 instead of 2.5"),
        "c": (Decimal(3), "everywhere"),
    }
    assert thresholds.applied(both, receipt()).thresholds == {"a": 10, "b": 20, "c": 3}


def test_of_two_that_are_equally_specific_the_first_wins() -> None:
    """As when a receipt brings products of two categories."""
    lamps = Product(id=2, name="Lamp", category="All / Lamps")
    mixed = receipt(products=(BEARINGS, lamps))
    first, second = override(1, category="All / Lamps"), override(2, category="All / Saleable")

    assert thresholds.effective(settings(first, second), mixed)[GRACE].value == 1
    assert thresholds.effective(settings(second, first), mixed)[GRACE].value == 2


@pytest.mark.parametrize(
    ("category", "matches"),
    [
        ("All", True),
        ("All / Saleable", True),
        ("All/Saleable", True),
        ("All / Saleable / Bearings", True),
        ("All / Saleable / Bearings / Linear", False),
        ("All / Sale", False),
        ("Saleable", False),
    ],
)
def test_a_category_is_a_whole_part_of_the_path(category: str, matches: bool) -> None:
    assert thresholds.matches(Scope(category=category), receipt()) is matches


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (Scope(partner=7), {"supplier": None}),
        (Scope(tier="A"), {"supplier": Partner(id=7, name="Kempten Bearings")}),
        (Scope(category="All"), {"products": (Product(id=1, name="Bearing"),)}),
        (Scope(category="All"), {"products": ()}),
        (Scope(lane=Lane(site=3, country="DE")), {}),
        (Scope(lane=Lane(site=4, partner=7)), {}),
        (Scope(lane=Lane(site=3, partner=8)), {}),
        (Scope(site=3, partner=8), {}),
    ],
)
def test_what_the_source_does_not_say_matches_nothing(scope: Scope, said: dict[str, Any]) -> None:
    assert thresholds.matches(scope, receipt(**said)) is False


CUSTOMER, CARRIER = Partner(id=70, name="Vantage"), Partner(id=90, name="Trans")
LINE = TransferLine(product=BEARINGS, demanded=Decimal(1), reserved=Decimal(0))
BILLED = BillLine(
    label="Bearing",
    product=BEARINGS,
    billed_quantity=Decimal(1),
    over_quantity=None,
    billed_price=Decimal(1),
    ordered_price=None,
)
EACH: list[tuple[Facts, Scope]] = [
    (
        Transfer(
            **RECORD,
            open=True,
            outgoing=True,
            planned_at=None,
            promised_at=None,
            partner=CUSTOMER,
            lines=(LINE,),
            country="CH",
        ),
        Scope(partner=70, category="All", lane=Lane(site=3, country="CH")),
    ),
    (
        Bill(**RECORD, open=True, supplier=CUSTOMER, supplier_reference=None, lines=(BILLED,)),
        Scope(partner=70, category="All / Saleable"),
    ),
    (
        Shipment(**RECORD, tracking="1", carrier=CARRIER, status="in_transit", customer=CUSTOMER),
        Scope(partner=90, lane=Lane(site=3, partner=70)),
    ),
    (Handover(**RECORD, delivered_at=None, customer=CUSTOMER), Scope(partner=70)),
]


@pytest.mark.parametrize(("facts", "scope"), EACH, ids=lambda value: type(value).__name__)
def test_partners_and_products_are_found_in_facts_of_every_type(facts: Facts, scope: Scope) -> None:
    assert thresholds.matches(scope, facts)


@pytest.mark.parametrize(("minutes_late", "found"), [(120, False), (121, True)])
def test_a_rule_is_asked_under_the_thresholds_of_its_facts(minutes_late: int, found: bool) -> None:
    """Rotterdam waits two hours where everybody else does not wait at all."""
    base = KINDS[KindCode.LATE_INBOUND].default_policy
    patient = PolicySettings(
        thresholds=base.thresholds, weights=base.weights, overrides=(override(120, site=3),)
    )
    policies = {"late_inbound": PolicyInForce(1, 1, patient)}
    at = datetime.fromtimestamp(NOON.timestamp() + 60 * minutes_late, NOON.tzinfo)
    here, elsewhere = (judge(receipt(site_id=site), policies, at) for site in (3, 4))

    assert [bool(judged.finding) for (judged,) in (here, elsewhere)] == [found, True]
