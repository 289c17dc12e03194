"""Which transfer a parcel carries, by what events and the mirror say."""

from datetime import datetime

import pytest

from exceptions import intake
from exceptions.facts import Sent
from exceptions.models import Document, Parcel
from exceptions.vocabulary import Matched
from integrations import scans
from tests.integrations.became import HOUR
from tests.integrations.knocking import Sender, sender
from tests.making import Tower


def parcel() -> tuple[str, str, str]:
    found = Parcel.objects.get()
    document = Document.objects.get(facts_type="Shipment")
    return found.transfer, found.matched, document.site.code


def test_a_tracking_number_on_a_transfer_is_believed_first(
    tower: Tower, n8n: Sender, at: datetime
) -> None:
    sent = (Sent(tracking="1z 99", transfer="MIL/OUT/00007"),)
    other = {"site_id": tower.other_site.pk, "parcels": sent, "transfers": ()}
    intake.take_in([tower.delivery(7, at=at, **other), tower.delivery(8, at=at)], at=at)
    n8n.tell("1", transfer="S00008")
    n8n.work()

    assert parcel() == ("MIL/OUT/00007", Matched.TRACKING, tower.other_site.code)
    facts = Document.objects.get(facts_type="Shipment").facts
    assert facts["customer"]["name"] == "Vantage Turbines"


@pytest.mark.parametrize("named", ["S00007", "RTM/OUT/00007"])
def test_the_name_of_an_order_or_transfer_comes_next(
    tower: Tower, n8n: Sender, at: datetime, named: str
) -> None:
    intake.take_in([tower.delivery(7, at=at)], at=at)
    n8n.tell("1", transfer=named)
    n8n.work()

    assert parcel() == ("RTM/OUT/00007", Matched.NAMED, tower.site.code)


def test_own_rules_take_off_what_a_shop_puts_before_the_order(tower: Tower, at: datetime) -> None:
    intake.take_in([tower.delivery(7, at=at)], at=at)
    rule = {"field": "order", "begins": "web-", "strip": True}
    shop = sender(tower, at, name="Shop", rules=[rule])
    shop.tell("1", transfer="WEB-S00007")
    shop.work()

    assert parcel() == ("RTM/OUT/00007", Matched.RULE, tower.site.code)


def test_own_rules_say_the_site_where_nothing_else_does(tower: Tower, at: datetime) -> None:
    rule = {"field": "tracking", "begins": "1Z", "site_id": tower.other_site.pk}
    ruled = sender(tower, at, name="Ruled", rules=[rule])
    ruled.tell("1")
    ruled.work()

    assert parcel() == ("", "", tower.other_site.code)


def test_what_nobody_knew_is_found_once_the_transfer_is_mirrored(
    tower: Tower, n8n: Sender, at: datetime
) -> None:
    n8n.tell("1", status="exception", trouble="damaged")
    n8n.tell("2", tracking="unknown for ever")
    n8n.work()
    assert scans.match_waiting(at=at) == 0

    sent = (Sent(tracking="1Z99", transfer="RTM/OUT/00007"),)
    intake.take_in([tower.delivery(7, at=at, parcels=sent)], at=at)

    assert (scans.match_waiting(at=at), scans.match_waiting(at=at)) == (1, 0)
    facts = Document.objects.get(facts__tracking="1Z99").facts
    assert (facts["transfer"], facts["customer"]["name"]) == ("RTM/OUT/00007", "Vantage Turbines")


def test_of_two_transfers_with_one_number_the_living_one_is_meant(
    tower: Tower, n8n: Sender, at: datetime
) -> None:
    """Carriers use their numbers again."""
    batch = [
        tower.delivery(
            n,
            at=at,
            open=is_open,
            parcels=(Sent(tracking="1Z99", transfer=f"RTM/OUT/{n:05}"),),
            written_at=at + n * HOUR,
        )
        for n, is_open in ((7, True), (8, False))
    ]
    intake.take_in(batch, at=at)
    n8n.tell("1")
    n8n.work()

    assert parcel()[0] == "RTM/OUT/00007"
