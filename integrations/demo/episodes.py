"""Episodes: what the simulated company's books say went wrong, and when.

An episode is one exception from the instant at which a tower would have seen it to the instant at
which it was over, as facts of both ends. They are read from the simulator like from any Odoo.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exceptions.facts import Count, Delivery, Facts, OrderLine, Receipt
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.sources import bills, counts, deliveries, order_lines, receipts
from integrations.odoo.sources.source import Domain, Record, Source, many2one

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MOST = 100_000
PAST_COUNTS = 90


@dataclass(frozen=True, slots=True)
class Episode:
    """Facts when it began and, unless it still goes on, when it was over."""

    begins_at: datetime
    begun: Facts
    ends_at: datetime | None = None
    ended: Facts | None = None


def all_episodes(odoo: Odoo, ground: Ground, *, at: datetime, since: datetime) -> list[Episode]:
    """Everything between `since` and `at`, in the order in which it began."""
    found = [
        *_current(odoo, ground, receipts.SOURCE, at),
        *_current(odoo, ground, deliveries.SOURCE, at),
        *_current(odoo, ground, counts.SOURCE, at),
        *_current(odoo, ground, bills.SOURCE, at),
        *_short(odoo, ground, at),
        *_late_receipts(odoo, ground, since),
        *_late_deliveries(odoo, ground, since),
        *_past_counts(odoo, ground, at, since),
    ]
    return sorted((e for e in found if e.begins_at >= since), key=lambda e: e.begins_at)


def _current(odoo: Odoo, ground: Ground, source: Source, at: datetime) -> Iterable[Episode]:
    """What is open now, begun when its date passed (a count: when it was entered)."""
    return _open_in(odoo, ground, source, [*source.domain, *source.living], at)


def _short(odoo: Odoo, ground: Ground, at: datetime) -> Iterable[Episode]:
    """Order lines that are short. Where a backorder was cancelled, Odoo calls the order full: so
    all that came at all is looked at.
    """
    domain = [*order_lines.DOMAIN, ["qty_received", ">", 0]]
    return _open_in(odoo, ground, order_lines.SOURCE, domain, at)


def _open_in(
    odoo: Odoo, ground: Ground, source: Source, domain: Domain, at: datetime
) -> Iterable[Episode]:
    rows = odoo.search_read(source.model, domain, source.fields, order="id", limit=MOST)
    for facts in filter(source.keep, source.facts(odoo, ground, rows)):
        begins_at = _begin(facts)
        if begins_at and begins_at < at:
            yield Episode(begins_at, _as_read(facts, begins_at))


def _begin(facts: Facts) -> datetime | None:
    match facts:
        case Receipt():
            due = max((d for d in (facts.promised_at, facts.planned_at) if d), default=None)
        case Delivery():
            due = facts.promised_at or facts.planned_at
        case OrderLine() if facts.expected_quantity:
            due = facts.promised_at + DAY if facts.promised_at else facts.written_at
        case _:
            return facts.written_at
    return due + MINUTE if due else None


def _as_read(facts: Facts, at: datetime) -> Facts:
    return replace(facts, read_at=at)


def _late_receipts(odoo: Odoo, ground: Ground, since: datetime) -> Iterable[Episode]:
    """Receipts that came after their promise."""
    rows = _done(odoo, receipts.SOURCE, receipts.DOMAIN, since)
    ground.partners(many2one(r["partner_id"]) or 0 for r in rows)
    orders = _orders(odoo, "purchase.order", {r["origin"] for r in rows if r["origin"]})
    by_id = {r["id"]: r for r in rows}
    for facts in receipts.read(odoo, ground, rows):
        assert isinstance(facts, Receipt)
        order = orders.get(by_id[facts.record_id]["origin"])
        if order and facts.promised_at and facts.done_at and facts.done_at > facts.promised_at:
            told = replace(facts, **_of_order(order))
            yield _episode(told, facts.promised_at + MINUTE, facts.done_at)


def _late_deliveries(odoo: Odoo, ground: Ground, since: datetime) -> Iterable[Episode]:
    """Orders whose transfer left after the promise."""
    rows = _done(odoo, deliveries.SOURCE, deliveries.DOMAIN, since)
    last = {r["sale_id"][0]: r for r in sorted(rows, key=lambda r: r["date_done"])}
    orders = _orders(odoo, "sale.order", {r["sale_id"][1] for r in last.values()})
    ground.partners(many2one(o["partner_id"]) or 0 for o in orders.values())
    for facts in deliveries.read(odoo, ground, list(last.values())):
        assert isinstance(facts, Delivery)
        row, order = last.get(facts.record_id), orders.get(facts.reference)
        promised = from_odoo(row["date_deadline"]) if row else None
        if facts.open or not (order and promised and facts.done_at and facts.done_at > promised):
            continue
        partner = ground.partners(()).get(many2one(order["partner_id"]) or 0)
        told = replace(
            facts, **_of_order(order), promised_at=promised, planned_at=promised, customer=partner
        )
        yield _episode(told, promised + MINUTE, facts.done_at)


def _done(odoo: Odoo, source: Source, domain: Domain, since: datetime) -> list[Record]:
    done = [
        *domain,
        ["state", "=", "done"],
        ["date_done", ">=", since.strftime("%Y-%m-%d 00:00:00")],
    ]
    return odoo.search_read(source.model, done, source.fields, order="id", limit=MOST)


def _orders(odoo: Odoo, model: str, names: set[str]) -> dict[str, Record]:
    fields = ["name", "partner_id", "amount_total", "currency_id"]
    domain = [["name", "in", sorted(names)]]
    rows = odoo.search_read(model, domain, fields, order="id", limit=MOST)
    return {row["name"]: row for row in rows}


def _of_order(order: Mapping[str, Any]) -> dict[str, Any]:
    value = Decimal(str(order["amount_total"])).quantize(Decimal("0.01"))
    return {"value": value, "currency": order["currency_id"][1]}


def _episode(facts: Receipt | Delivery, begins_at: datetime, ends_at: datetime) -> Episode:
    begun = replace(facts, open=True, done_at=None, read_at=begins_at)
    return Episode(begins_at, begun, ends_at, replace(facts, open=False, read_at=ends_at))


def _past_counts(odoo: Odoo, ground: Ground, at: datetime, since: datetime) -> Iterable[Episode]:
    """Differences that were found and settled: Odoo keeps no trace of a count that was put right,
    so these are drawn by lot over stock that is there."""
    lot = random.Random(17)
    rows = odoo.search_read(
        "stock.quant",
        [*counts.DOMAIN, ["inventory_quantity_set", "=", False], ["quantity", ">", 10]],
        counts.FIELDS,
        order="id",
        limit=MOST,
    )
    drawn = lot.sample(rows, min(PAST_COUNTS, len(rows)))
    entered = [row | {"inventory_quantity_set": True} for row in drawn]
    days = (at - since) / timedelta(days=1) - 3
    for facts in counts.read(odoo, ground, entered):
        assert isinstance(facts, Count)
        begins_at = since + timedelta(days=lot.uniform(0, days))
        ends_at = begins_at + timedelta(hours=lot.lognormvariate(2.6, 0.8))
        yield _counted(facts, lot, begins_at, min(ends_at, at - MINUTE))


def _counted(facts: Count, lot: random.Random, begins_at: datetime, ends_at: datetime) -> Episode:
    share = Decimal(lot.choice([-30, -20, -12, -8, 8, 15])) / 100
    counted = (facts.booked_quantity * (1 + share)).to_integral_value()
    begun = replace(facts, counted_quantity=counted, read_at=begins_at, written_at=begins_at)
    ended = replace(facts, counted=False, counted_quantity=Decimal(0), read_at=ends_at)
    return Episode(begins_at, begun, ends_at, ended)
