"""What was promised and when it came, read from a simulated Odoo page by page."""

from datetime import date, timedelta

import pytest

from exceptions.models import KeptTransit, Site
from integrations import rounds
from integrations.models import SyncCursor
from integrations.odoo import connecting, transits
from tests.integrations.linked import ADMIN, WAREHOUSE, Linked

DAY = timedelta(days=1)


def read_all(linked: Linked) -> int:
    return rounds.read_transits(linked.now)


def kept(record: int) -> KeptTransit:
    return KeptTransit.objects.get(record_id=record)


def promised(linked: Linked, record: int) -> date:
    return date.fromisoformat(str(linked.picking(record)["date_deadline"])[:10])


@pytest.fixture
def site(linked: Linked) -> Site:
    linked.sync()
    return Site.objects.get(external_id=WAREHOUSE)


def arrive(linked: Linked, record: int) -> None:
    with linked.world.transaction(ADMIN) as tx:
        linked.arrive(tx, record, 1.0)


def test_a_receipt_from_promise_to_arrival(linked: Linked, site: Site) -> None:
    record = linked.receipt(days=2)
    read_all(linked)
    one = kept(record)
    supplier = linked.world.tables["res.partner"].rows[linked.picking(record)["partner_id"]]
    country = linked.world.tables["res.country"].rows[supplier["country_id"]]
    assert (one.direction, one.by, one.lane) == (
        "inbound",
        supplier["name"],
        f"{country['name']} → {site.code}",
    )
    assert (one.open, one.seen_open, one.done_on) == (True, True, None)
    assert (one.about_model, one.about_id, one.site) == ("stock.picking", record, site)
    assert one.promised_on == promised(linked, record)

    linked.later(days=5)
    arrive(linked, record)
    read_all(linked)
    assert (kept(record).open, kept(record).done_on) == (False, linked.now().date())


def test_a_new_plan_does_not_move_the_promise(linked: Linked, site: Site) -> None:
    record = linked.receipt(days=2)
    read_all(linked)
    first = promised(linked, record)
    linked.later(hours=1)
    linked.tell("stock.picking", record, date_deadline=linked.wire(days=9))
    read_all(linked)
    assert promised(linked, record) == first + 7 * DAY
    assert kept(record).promised_on == first


def test_a_delivery_is_brought_by_its_carrier(linked: Linked, site: Site) -> None:
    plain, carried = linked.delivery(days=3), linked.delivery(days=3)
    carriers = linked.world.tables["delivery.carrier"].rows
    carrier = min(carriers)
    linked.tell("stock.picking", carried, carrier_id=carrier)
    read_all(linked)
    customer = linked.world.tables["res.partner"].rows[linked.picking(plain)["partner_id"]]
    assert (kept(plain).direction, kept(plain).by) == ("outbound", customer["name"])
    assert kept(carried).by == carriers[carrier]["name"]
    assert kept(carried).lane.startswith(f"{site.code} → ")
    assert (kept(carried).about_model, kept(carried).about_id) == (
        "sale.order",
        linked.order_of(carried),
    )


def test_a_cancelled_one_is_neither_open_nor_done(linked: Linked, site: Site) -> None:
    record = linked.receipt(days=2)
    read_all(linked)
    linked.later(hours=1)
    linked.tell("stock.picking", record, state="cancel")
    read_all(linked)
    assert (kept(record).open, kept(record).done_on) == (False, None)


def test_the_past_is_read_page_by_page_and_goes_on_where_it_was_killed(
    linked: Linked, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = []
    for _ in range(9):
        linked.later(minutes=1)
        records.append(linked.receipt(days=2))
    monkeypatch.setattr(transits, "AT_ONCE", 2)
    seen = []
    for _ in range(20):
        with connecting.opened(linked.row) as odoo:
            transits.read(linked.row, odoo, at=linked.now(), size=3)
        seen.append(KeptTransit.objects.count())
        if not SyncCursor.objects.get(source=transits.SOURCE).under_way:
            break
    assert len(seen) > 1
    assert seen == sorted(seen)
    assert set(KeptTransit.objects.values_list("record_id", flat=True)) == set(records)


def test_it_is_read_again_after_some_minutes_and_only_what_is_new(
    linked: Linked, site: Site
) -> None:
    linked.receipt(days=2)
    assert read_all(linked) == 1
    assert read_all(linked) == 0  # not due
    linked.later(hours=2)
    fresh = linked.receipt(days=2)
    assert read_all(linked) == 2  # what was written last comes once more
    linked.later(hours=2)
    assert read_all(linked) == 1
    assert kept(fresh).seen_open
