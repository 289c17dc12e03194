"""Records that do not say what a rule would need."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from exceptions import intake
from exceptions.facts import Partner
from exceptions.kinds import KINDS, BlindSpot
from exceptions.queries import blind_spots
from exceptions.vocabulary import KindCode
from tests.exceptions.web.pages import signed_in, words
from tests.making import Tower

SPOTS = [(code, spot) for code, kind in KINDS.items() for spot in kind.blind_spots]


def told(tower: Tower, code: KindCode) -> dict[str, tuple[int, int]]:
    found = blind_spots.blindnesses(KINDS[code], tower.actor("lead.rtm"))
    return {each.spot.name: (each.lacking, each.living) for each in found}


def test_what_lacks_a_fact_is_counted_among_what_is_living(tower: Tower, at: datetime) -> None:
    intake.take_in(
        [
            tower.receipt(1, at=at),
            tower.receipt(2, at=at, promised_at=None),
            tower.receipt(3, at=at, promised_at=None, value=None),
            tower.receipt(4, at=at, promised_at=None, open=False),
            tower.receipt(5, at=at, promised_at=None, site_id=tower.other_site.pk),
        ],
        at=at,
    )

    assert told(tower, KindCode.LATE_INBOUND) == {"no_promise": (2, 3), "no_value": (1, 3)}


def test_a_fact_within_a_fact_can_be_missing_with_it(tower: Tower, at: datetime) -> None:
    named = Partner(id=71, name="Unrated")
    intake.take_in(
        [
            tower.delivery(1, at=at),
            tower.delivery(2, at=at, customer=named),
            tower.delivery(3, at=at, customer=None),
        ],
        at=at,
    )

    assert told(tower, KindCode.DELIVERY_DELAY) == {"no_promise": (0, 3), "no_tier": (2, 3)}


def test_a_count_without_a_cost(tower: Tower, at: datetime) -> None:
    intake.take_in([tower.count(1, at=at, unit_cost=None), tower.count(2, at=at)], at=at)

    assert told(tower, KindCode.INVENTORY_DISCREPANCY) == {"no_cost": (1, 2)}


def test_the_latest_change_is_listed_first(tower: Tower, at: datetime) -> None:
    spot = KINDS[KindCode.LATE_INBOUND].blind_spots[0]
    intake.take_in(
        [
            tower.receipt(i, at=at, promised_at=None, written_at=at - timedelta(hours=i))
            for i in (2, 1, 3)
        ],
        at=at,
    )
    listed = blind_spots.lacking(spot, tower.actor("lead.rtm"))

    assert [document.record_id for document in listed] == [1, 2, 3]


@pytest.mark.parametrize(("code", "spot"), SPOTS, ids=[f"{c}-{s.name}" for c, s in SPOTS])
def test_a_spot_names_a_fact_of_its_type(code: KindCode, spot: BlindSpot) -> None:
    assert spot.facts in KINDS[code].facts
    assert spot.field.split(".")[0] in spot.facts.__dataclass_fields__


def test_the_page_leads_to_the_records_and_into_the_source(tower: Tower, at: datetime) -> None:
    intake.take_in(
        [tower.receipt(7, at=at, promised_at=None, value=Decimal(5))],
        at=at,
    )
    client = signed_in("lead.rtm")
    policy = client.get("/policies/late_inbound/")
    listed = client.get("/policies/late_inbound/blind/no_promise/")

    assert "Receipts without a promised date 1 of 1" in words(policy)
    assert 'href="/policies/late_inbound/blind/no_promise/"' in policy.content.decode()
    assert 'href="http://odoo.test/7"' in listed.content.decode()
    assert "RTM/IN/00007" in words(listed)
    nothing = client.get("/policies/late_inbound/blind/no_value/")
    assert "Every open record says it." in words(nothing)
    assert client.get("/policies/late_inbound/blind/no_sense/").status_code == 404
