"""What nobody understood: listed with suggestions, and put right by hand."""

from datetime import datetime

import pytest
from django.test import Client

from exceptions import intake, matching
from exceptions.facts import Sent
from exceptions.models import Document, Membership, Parcel, User
from exceptions.vocabulary import Matched, Role
from integrations.models import CarrierWord
from tests.integrations.knocking import Sender, sender
from tests.making import Tower


@pytest.fixture
def n8n(tower: Tower, at: datetime) -> Sender:
    return sender(tower, at)


@pytest.fixture
def admin(tower: Tower) -> Client:
    user = User.objects.create_user("ines.admin")
    Membership.objects.create(user=user, role=Role.INTEGRATION_ADMIN, site=tower.site)
    client = Client()
    client.force_login(user)
    return client


def page(client: Client) -> str:
    return client.get("/integrations/parcels/").content.decode()


def facts() -> dict[str, object]:
    found: dict[str, object] = Document.objects.get(facts_type="Shipment").facts
    return found


def test_close_numbers_and_orders_of_that_number_are_suggested(
    tower: Tower, n8n: Sender, at: datetime
) -> None:
    sent = (Sent(tracking="1Z204W4R0308071865", transfer="RTM/OUT/00007"),)
    intake.take_in([tower.delivery(7, at=at, parcels=sent), tower.delivery(8, at=at)], at=at)
    n8n.tell("1", tracking="1Z204W4R0308071856", transfer="ORD00008")
    n8n.work()
    (parcel,) = Parcel.objects.all()

    assert [(s.transfer, s.why) for s in matching.suggestions([parcel])[parcel.pk]] == [
        ("RTM/OUT/00007", "its number is 1Z204W4R0308071865"),
        ("S00008", "named as ORD00008"),
    ]


def test_what_a_person_says_is_remembered_and_no_carrier_overrules_it(
    tower: Tower, n8n: Sender, admin: Client, at: datetime
) -> None:
    away = {"site_id": tower.other_site.pk}
    intake.take_in([tower.delivery(7, at=at, **away), tower.delivery(8, at=at)], at=at)
    n8n.tell("1", status="exception", trouble="lost")
    n8n.work()
    parcel = Parcel.objects.get()
    assert "1Z99" in page(admin)

    admin.post(f"/integrations/parcels/{parcel.pk}/match/", {"transfer": "S00007"})
    n8n.tell("2", tracking="1Z99", transfer="S00008", status="out_for_delivery")
    n8n.work()

    parcel.refresh_from_db()
    assert (parcel.transfer, parcel.matched, str(parcel.matched_by)) == (
        "RTM/OUT/00007",
        Matched.HAND,
        "ines.admin",
    )
    assert (facts()["transfer"], facts()["site_id"]) == ("RTM/OUT/00007", tower.other_site.pk)
    assert "Every parcel is matched" in page(admin)


def test_a_name_that_nothing_has_is_said_to_be_none(n8n: Sender, admin: Client) -> None:
    n8n.tell("1")
    n8n.work()
    parcel = Parcel.objects.get()
    answer = admin.post(
        f"/integrations/parcels/{parcel.pk}/match/", {"transfer": "S\x0099"}, follow=True
    )

    assert "No transfer and no order is called “S99”" in answer.content.decode()
    assert Parcel.objects.get().transfer == ""


def test_an_admin_gives_a_word_its_meaning(n8n: Sender, admin: Client) -> None:
    n8n.tell("1", status="TXX")
    n8n.work()
    word = CarrierWord.objects.get()
    assert "TXX" in page(admin)

    address = f"/integrations/words/{word.pk}/"
    admin.post(address, {"status": "gone"})
    word.refresh_from_db()
    assert word.given_at is None
    answer = admin.post(address, {"status": "exception", "trouble": "delayed"}, follow=True)

    assert "means exception, delayed from now on. 1 event waited" in answer.content.decode()
    assert (facts()["status"], facts()["trouble"]) == ("exception", "delayed")
