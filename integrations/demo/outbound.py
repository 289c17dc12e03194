"""What went wrong on the way to customers: parcels in trouble, and deliveries that came back."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from exceptions import shipments
from exceptions.facts import Handover
from exceptions.models import Site
from exceptions.shipments import Event
from exceptions.vocabulary import Transport, Trouble
from integrations.demo.episodes import MOST, Episode
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.sources import handovers
from integrations.odoo.sources.source import Record, by_id

IN_TROUBLE, STILL_IN_TROUBLE = 45, 6  # of the parcels of ninety days; of the last
CARRIERS = ("Rhine Haulage", "Nordline Express", "Meridian Parcel")
TROUBLES = (
    (Trouble.FAILED_ATTEMPT, "Nobody at the gate"),
    (Trouble.DAMAGED, "Packaging torn, contents to be checked"),
    (Trouble.ADDRESS, "Street not found"),
    (Trouble.CUSTOMS, "Commercial invoice missing"),
    (Trouble.LOST, "Not found in the depot"),
    (Trouble.REFUSED, "Consignee refuses acceptance"),
    (Trouble.DELAYED, "Connection missed"),
)
PLACES = ("Duisburg", "Basel", "Lyon", "Milwaukee", "Mumbai")


def outbound_episodes(
    odoo: Odoo, ground: Ground, *, at: datetime, since: datetime
) -> list[Episode]:
    """All between `since` and `at`; what still goes on has no end."""
    found = [*_parcels(odoo, ground, at, since), *_returns(odoo, ground, at, since)]
    return [episode for episode in found if since <= episode.begins_at < at]


def _parcels(odoo: Odoo, ground: Ground, at: datetime, since: datetime) -> Iterable[Episode]:
    """Some of the parcels that went out, drawn by lot: Odoo knows their numbers, not their fate."""
    lot = random.Random(23)
    tracked = [["carrier_tracking_ref", "!=", False], ["date_done", ">=", _text(since)]]
    fields = [*handovers.FIELDS, "carrier_tracking_ref"]
    domain = [*handovers.DOMAIN, *tracked]
    rows = odoo.search_read(handovers.MODEL, domain, fields, order="id", limit=MOST)
    drawn = by_id([*lot.sample(rows, min(IN_TROUBLE, len(rows))), *rows[-STILL_IN_TROUBLE:]])
    still = {row["id"] for row in rows[-STILL_IN_TROUBLE:]}
    sites = Site.objects.in_bulk()
    for facts in handovers.read(odoo, ground, list(drawn.values())):
        assert isinstance(facts, Handover)
        gone_at = facts.delivered_at or at
        begins_at = min(gone_at + timedelta(hours=lot.uniform(5, 50)), gone_at + (at - gone_at) / 2)
        ends_at = begins_at + timedelta(hours=lot.lognormvariate(3.3, 0.8))
        is_over = ends_at < at and facts.record_id not in still
        number = drawn[facts.record_id]["carrier_tracking_ref"]
        trouble = _trouble(lot, number, facts.reference, begins_at)
        yield _parcel(trouble, facts, sites[facts.site_id], ends_at if is_over else None)


def _trouble(lot: random.Random, number: str, transfer: str, at: datetime) -> Event:
    trouble, said = lot.choice(TROUBLES)
    return Event(
        tracking=number,
        carrier=lot.choice(CARRIERS),
        status=Transport.EXCEPTION,
        trouble=trouble,
        said=said,
        place=lot.choice(PLACES),
        at=at,
        eta_at=at + timedelta(days=2),
        transfer=transfer,
    )


def _parcel(trouble: Event, goods: Handover, site: Site, ends_at: datetime | None) -> Episode:
    begun = replace(
        shipments.facts_of(trouble, site),
        customer=goods.customer,
        value=goods.value,
        currency=goods.currency,
        company=goods.company,
        url=goods.url,
    )
    if ends_at is None:
        return Episode(trouble.at, begun)
    ended = replace(
        begun,
        status=Transport.DELIVERED,
        trouble=None,
        said="Delivered",
        last_event_at=ends_at,
        read_at=ends_at,
        written_at=ends_at,
    )
    return Episode(trouble.at, begun, ends_at, ended)


def _returns(odoo: Odoo, ground: Ground, at: datetime, since: datetime) -> Iterable[Episode]:
    """From the day on which a return was opened to the day on which it came in."""
    fields = [*handovers.RETURN_FIELDS, "create_date", "date_done"]
    domain = [*handovers.RETURNS, ["state", "!=", "cancel"], ["create_date", ">=", _text(since)]]
    rows = odoo.search_read(handovers.MODEL, domain, fields, order="id", limit=MOST)
    last = {row["return_id"][0]: row for row in rows}
    for facts in handovers.read_returned(odoo, ground, rows):
        opened_at = from_odoo(last[facts.record_id]["create_date"])
        if isinstance(facts, Handover) and opened_at and opened_at < at:
            yield _return(facts, last[facts.record_id], opened_at)


def _return(facts: Handover, row: Record, opened_at: datetime) -> Episode:
    begun = replace(facts, open_returns=(row["name"],), settled=False, read_at=opened_at)
    came_in = from_odoo(row["date_done"]) if facts.settled else None
    if came_in is None:
        return Episode(opened_at, begun)
    # The simulator books a return and its arrival in one go; a real one is on its way for days.
    began = min(opened_at, came_in - timedelta(days=1 + facts.record_id % 5))
    return Episode(began, replace(begun, read_at=began), came_in, replace(facts, read_at=came_in))


def _text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d 00:00:00")
