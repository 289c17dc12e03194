"""The records of real Odoo 17 and 19, counted in plain Python, without our rules."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from integrations.simulator import World
from tests import recordings

NOW = datetime(2026, 11, 23, 4, 50, tzinfo=UTC)  # just after the dumps were made
MODELS = (
    "stock.picking",
    "stock.move",
    "stock.quant",
    "stock.location",
    "stock.warehouse",
    "stock.picking.type",
    "stock.warehouse.orderpoint",
    "purchase.order",
    "purchase.order.line",
    "sale.order",
    "sale.order.line",
    "account.move",
    "account.move.line",
    "uom.uom",
    "product.product",
    "res.partner",
    "res.company",
    "ir.attachment",
)
OPEN = {"confirmed", "waiting", "assigned"}


def rows(version: int, model: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = recordings.dump(version, model)["records"]
    return found


def kept(world: World, model: str, record: dict[str, Any]) -> dict[str, Any]:
    """A record as it came over the wire, as a table keeps it; without what points at models that
    the simulator does not have (such as lots)."""
    fields = world.models[model].fields
    row: dict[str, Any] = {"active": True}
    for name, value in record.items():
        field = fields.get(name)
        if field is None or value in (False, None):
            continue
        if field.type != "many2one":
            row[name] = value
        elif field.relation in world.tables:
            row[name] = value[0]
    return row


def name_relations(world: World, model: str, record: dict[str, Any]) -> None:
    """What was not dumped (such as currencies) is known by the name that its users show."""
    for name, value in record.items():
        field = world.models[model].fields.get(name)
        known = field and field.relation in world.tables and field.relation not in MODELS
        if field and known and field.type == "many2one" and value:
            table = world.tables[field.relation]
            table.put(value[0], {**table.rows.get(value[0], {}), "id": value[0], "name": value[1]})


def follow_receipts(world: World) -> None:
    """Not dumped, for Odoo computes it: every product's bills follow what was received, as
    `qty_to_invoice` of the recorded lines shows (60 received minus 100 billed)."""
    for row in world.tables["product.product"].rows.values():
        row["purchase_method"] = "receive"


def moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def late_receipts(version: int) -> list[int]:
    return [
        r["id"]
        for r in rows(version, "stock.picking")
        if r["picking_type_code"] == "incoming"
        and r["state"] in OPEN
        and not r["return_id"]
        and max(d for n in ("scheduled_date", "date_deadline") if (d := moment(r[n]))) < NOW
    ]


def delayed_orders(version: int) -> list[int]:
    orders: dict[int, list[dict[str, Any]]] = {}
    for r in rows(version, "stock.picking"):
        if r["sale_id"] and not r["return_id"] and r["state"] in OPEN:
            orders.setdefault(r["sale_id"][0], []).append(r)
    return sorted(order for order, steps in orders.items() if is_delayed(steps))


def is_delayed(steps: list[dict[str, Any]]) -> bool:
    promises = [d for s in steps if (d := moment(s["date_deadline"]))]
    plans = [d for s in steps if (d := moment(s["scheduled_date"]))]
    planned = max(plans)
    promised = min(promises, default=planned)
    return promised < NOW or planned > promised + timedelta(hours=1)


def discrepancies(version: int) -> list[int]:
    inside = {
        r["id"]
        for r in rows(version, "stock.location")
        if r["usage"] in {"internal", "transit"} and r["warehouse_id"]
    }
    cost = {r["id"]: r["standard_price"] for r in rows(version, "product.product")}
    found = []
    for r in rows(version, "stock.quant"):
        if not r["inventory_quantity_set"] or r["location_id"][0] not in inside:
            continue
        off = abs(Decimal(str(r["inventory_quantity"])) - Decimal(str(r["quantity"])))
        worth = off * Decimal(str(cost[r["product_id"][0]]))
        booked = Decimal(str(r["quantity"]))
        if off and (worth >= 100 or booked <= 0 or off / booked >= Decimal("0.05")):
            found.append(r["id"])
    return found


def partial_lines(version: int) -> list[int]:
    """Short by 5 percent or by 100, and either nothing is coming or the promise is a day old."""
    coming: dict[int, Decimal] = {}
    for m in rows(version, "stock.move"):
        if m["purchase_line_id"] and m["state"] not in {"done", "cancel", "draft"}:
            line = m["purchase_line_id"][0]
            coming[line] = coming.get(line, Decimal(0)) + Decimal(str(m["product_uom_qty"]))
    found = []
    for r in rows(version, "purchase.order.line"):
        ordered, received, price = (
            Decimal(str(r[f])) for f in ("product_qty", "qty_received", "price_unit")
        )
        if r["qty_received_method"] != "stock_moves" or not 0 < received < ordered:
            continue
        matters = (ordered - received) / ordered >= Decimal("0.05") or (
            (ordered - received) * price >= 100
        )
        promised = moment(r["date_planned"])
        assert promised is not None
        if matters and (not coming.get(r["id"]) or promised + timedelta(days=1) < NOW):
            found.append(r["id"])
    return found


def mismatched_bills(version: int) -> list[int]:
    """Odoo's own count of what was billed too much, prices line by line, references pair by pair;
    no bill of the recordings is paid."""
    ordered = {r["id"]: r for r in rows(version, "purchase.order.line")}
    bills = [r for r in rows(version, "account.move") if r["move_type"] == "in_invoice"]
    wrong = set()
    for line in rows(version, "account.move.line"):
        of = ordered.get(line["purchase_line_id"][0]) if line["purchase_line_id"] else None
        if of and (of["qty_to_invoice"] < 0 or line["price_unit"] > of["price_unit"] * 1.02):
            wrong.add(line["move_id"][0])
    for one in bills:
        for other in bills:
            alike = all(one[f] == other[f] for f in ("ref", "partner_id", "company_id"))
            if one["ref"] and one["id"] != other["id"] and alike:
                wrong.add(one["id"])
    return sorted(r["id"] for r in bills if r["id"] in wrong and r["state"] != "cancel")


def blocked_transfers(version: int) -> list[int]:
    """Within a day of their plan, with a move that is not wholly reserved."""
    incoming = {r["id"] for r in rows(version, "stock.picking.type") if r["code"] == "incoming"}
    short = {
        r["picking_id"][0]
        for r in rows(version, "stock.move")
        if r["picking_id"]
        and r["state"] not in {"draft", "done", "cancel"}
        and r["quantity"] < r["product_uom_qty"]
    }
    return sorted(
        r["id"]
        for r in rows(version, "stock.picking")
        if r["id"] in short
        and r["state"] in OPEN
        and r["picking_type_id"][0] not in incoming
        and (planned := moment(r["scheduled_date"]))
        and planned - timedelta(hours=24) <= NOW
    )


def goods_on_hold(version: int, at: datetime) -> list[int]:
    """By where they lie: in a location named so, or in the control step of a warehouse that has
    one."""
    control = {
        r["wh_qc_stock_loc_id"][0]
        for r in rows(version, "stock.warehouse")
        if r["reception_steps"] == "three_steps"
    }
    holds = {
        r["id"]
        for r in rows(version, "stock.location")
        if r["name"] == "Quality Hold" or r["id"] in control
    }
    return [
        r["id"]
        for r in rows(version, "stock.quant")
        if r["location_id"][0] in holds
        and r["quantity"] > 0
        and (since := moment(r["create_date"]))
        and at > since + timedelta(hours=4)
    ]


def disputed(version: int) -> dict[int, list[dict[str, Any]]]:
    """The open returns of each delivery that was made for a sale."""
    made = {
        r["id"]
        for r in rows(version, "stock.picking")
        if r["picking_type_code"] == "outgoing"
        and r["state"] == "done"
        and r["sale_id"]
        and not r["return_id"]
    }
    found: dict[int, list[dict[str, Any]]] = {}
    for r in rows(version, "stock.picking"):
        if r["return_id"] and r["state"] in OPEN and r["return_id"][0] in made:
            found.setdefault(r["return_id"][0], []).append(r)
    return found


def missing_codes(version: int) -> list[int]:
    """Open deliveries to another country than the warehouse's, of goods without an HS code."""
    country = {r["id"]: r["country_id"] for r in rows(version, "res.partner")}
    coded = {r["id"] for r in rows(version, "product.product") if r["hs_code"]}
    home = {r["id"]: country.get(r["partner_id"][0]) for r in rows(version, "stock.warehouse")}
    types = {r["id"]: r for r in rows(version, "stock.picking.type")}
    bare = {
        r["picking_id"][0]
        for r in rows(version, "stock.move")
        if r["picking_id"]
        and r["state"] not in {"draft", "done", "cancel"}
        and r["product_id"][0] not in coded
    }
    found = []
    for r in rows(version, "stock.picking"):
        kind = types[r["picking_type_id"][0]]
        to = country.get(r["partner_id"][0]) if r["partner_id"] else None
        leaves = to and home[kind["warehouse_id"][0]] and to != home[kind["warehouse_id"][0]]
        if kind["code"] == "outgoing" and r["state"] in OPEN and leaves and r["id"] in bare:
            found.append(r["id"])
    return found
