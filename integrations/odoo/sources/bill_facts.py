"""A bill of Odoo as facts."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from exceptions.facts import Bill
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.sources import bill_lines
from integrations.odoo.sources.bill_lines import UNPAID, Lines
from integrations.odoo.sources.source import Record, many2one, name_of, person
from integrations.odoo.sources.units import decimal

MODEL = "account.move"
END_OF_DAY = time(23, 59, 59)


def bill(ground: Ground, record: Record, lines: Lines, duplicates: tuple[str, ...]) -> Bill | None:
    """None where the bill belongs to no site of ours."""
    orders, company = lines.orders_of(record["id"]), many2one(record["company_id"])
    site = _site(ground, orders) or ground.site_of_company(company)
    written_at = from_odoo(record["write_date"])
    if site is None or written_at is None:
        return None
    zone = ground.zone_of(site)
    buyer = orders[0]["user_id"] if orders else False
    return Bill(
        connection_id=ground.connection.pk,
        site_id=site,
        model=MODEL,
        record_id=record["id"],
        reference=name(record),
        url=ground.link(MODEL, record["id"]),
        read_at=ground.read_at,
        written_at=written_at,
        company=name_of(record["company_id"]),
        responsible=person(record["invoice_user_id"] or buyer),
        open=is_open(record),
        supplier=ground.partners(()).get(many2one(record["partner_id"]) or 0),
        supplier_reference=reference(record) or None,
        order_references=tuple(order["name"] for order in orders),
        lines=bill_lines.facts_of(lines, record),
        duplicates=duplicates,
        billed_at=_instant(record["invoice_date"], time(), zone),
        due_at=_instant(record["invoice_date_due"], END_OF_DAY, zone),
        total=decimal(record["amount_total"]),
        currency=name_of(record["currency_id"]) or None,
        source_state=f"{record['state']}, {record['payment_state']}",
    )


def is_open(record: Record) -> bool:
    """Whether it can still be held back: a draft, or posted and not paid in full."""
    unpaid = record["payment_state"] in UNPAID
    return record["state"] == "draft" or (record["state"] == "posted" and unpaid)


def name(record: Record) -> str:
    """Its number; 17 calls every draft "/", 19 leaves it empty."""
    number = record["name"]
    if number and number != "/":
        return str(number)[:120]
    return f"Draft {reference(record) or record['id']}"[:120]


def reference(record: Record) -> str:
    """The supplier's own number, without the blanks that people type around it."""
    return str(record["ref"] or "").strip()


def _site(ground: Ground, orders: Sequence[Record]) -> int | None:
    sites = (ground.site_of_type(many2one(order["picking_type_id"])) for order in orders)
    return next((site for site in sites if site), None)


def _instant(day: str | None, at: time, zone: ZoneInfo) -> datetime | None:
    """A moment of a calendar day at the site; dates of bills have no hours."""
    if not day:
        return None
    return datetime.combine(date.fromisoformat(day), at, tzinfo=zone).astimezone(UTC)


def same_reference(ground: Ground, records: Sequence[Record]) -> dict[int, tuple[str, ...]]:
    """Of each bill the names of the others that the same supplier numbered alike, in the same
    company; cancelled ones do not count.
    """
    alike: dict[tuple[object, ...], list[Record]] = defaultdict(list)
    for record in records:
        if record["state"] != "cancel" and (key := _key(ground, record)):
            alike[key].append(record)
    return {
        record["id"]: tuple(name(r) for r in sorted(group, key=_id) if r["id"] != record["id"])
        for group in alike.values()
        for record in group
    }


def _id(record: Record) -> int:
    return int(record["id"])


def _key(ground: Ground, record: Record) -> tuple[object, ...] | None:
    firm = ground.partners(()).get(many2one(record["partner_id"]) or 0)
    if firm is None or not reference(record):
        return None
    return firm.id, many2one(record["company_id"]), reference(record)
