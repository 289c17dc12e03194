"""Warehouses become sites; partners come with their firm and tier; what is missing stays out."""

import pytest

from exceptions.facts import Partner
from exceptions.models import Site
from integrations.odoo import paging
from integrations.odoo.ground import Ground
from tests.integrations.linked import ADMIN, CUSTOMER, Linked


def grounds(linked: Linked) -> Ground:
    """Read before the client closes, as a run does."""
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url + "/", read_at=linked.at)
        ground.sites()
        ground.site_of_type(1)
        ground.site_of_location(1)
        ground.currency_of_company(1)
        ground.partners([CUSTOMER])
        return ground


def test_all_of_the_ground_is_read_however_much_it_is(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = grounds(linked)
    monkeypatch.setattr(paging, "MANY", 2)
    paged = grounds(linked)

    for kind in linked.world.tables["stock.picking.type"].rows:
        assert paged.site_of_type(kind) == whole.site_of_type(kind)
    for place in linked.world.tables["stock.location"].rows:
        assert paged.site_of_location(place) == whole.site_of_location(place)
    assert paged.sites() == whole.sites()
    asked = [r for r in linked.seen.requests[-20:] if r.model == "stock.location"]
    assert {r.kwargs["limit"] for r in asked} == {2}


def test_every_warehouse_becomes_a_site_with_its_zone_once(linked: Linked) -> None:
    grounds(linked)
    grounds(linked)

    sites = Site.objects.order_by("external_id")
    assert [(s.external_id, s.code, s.time_zone) for s in sites] == [
        (1, "RTM", "Europe/Amsterdam"),
        (2, "CHI", "America/Chicago"),
        (3, "PNQ", "Asia/Kolkata"),
    ]


def test_a_site_that_an_administrator_has_corrected_stays_as_it_is(linked: Linked) -> None:
    grounds(linked)
    Site.objects.filter(code="RTM").update(time_zone="Europe/Berlin", name="The harbour")

    grounds(linked)

    site = Site.objects.get(code="RTM")
    assert (site.time_zone, site.name) == ("Europe/Berlin", "The harbour")


def test_a_warehouse_with_a_long_name_and_no_known_zone_is_a_site_all_the_same(
    linked: Linked,
) -> None:
    with linked.world.acting_as(ADMIN) as tx:
        tx.create(
            "stock.warehouse",
            {"name": "W" * 200, "code": "LONG5" * 9, "active": True, "partner_id": 1},
        )
        tx.write("res.partner", 1, {"tz": "Mars/Olympus"})

    grounds(linked)

    site = Site.objects.get(external_id=4)
    assert (len(site.name), len(site.code), site.time_zone) == (80, 20, "UTC")


def test_types_locations_and_currencies_of_nobody_are_none(linked: Linked) -> None:
    ground = grounds(linked)

    assert ground.site_of_type(None) is ground.site_of_type(999_999) is None
    assert ground.site_of_location(None) is None
    assert (ground.location_name(999_999), ground.currency_of_company(999_999)) == ("", None)
    assert (ground.location_name(6), ground.currency_of_company(1)) == ("RTM/Stock", "EUR")


def test_a_contact_stands_for_its_firm_and_the_firm_s_best_tier(linked: Linked) -> None:
    tags = linked.world.tables["res.partner.category"]
    tier_a, tier_b = tags.where("name", "Tier A")[0], tags.where("name", "Tier B")[0]
    with linked.world.acting_as(ADMIN) as tx:
        firm = tx.create(
            "res.partner",
            {"name": "Harbour Retail", "is_company": True, "category_id": [tier_b, tier_a]},
        )
        contact = tx.create("res.partner", {"name": "Ann", "commercial_partner_id": firm})
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        found = ground.partners([contact, firm, 0, 999_999])

    assert found[contact] == found[firm] == Partner(id=firm, name="Harbour Retail", tier="A")
    assert 999_999 not in found


def test_partners_are_asked_for_once_a_run(linked: Linked) -> None:
    with linked.client() as odoo:
        ground = Ground(odoo, linked.row.connection, linked.url, read_at=linked.at)
        ground.partners([CUSTOMER, CUSTOMER + 1])
        asked = len(linked.seen.of("res.partner", "read"))
        ground.partners([CUSTOMER + 1])

    assert asked == len(linked.seen.of("res.partner", "read")) == 2


def test_a_link_opens_the_record_in_every_version(linked: Linked) -> None:
    link = grounds(linked).link("stock.picking", 7)

    assert link == f"{linked.url}/web#id=7&model=stock.picking&view_type=form"
