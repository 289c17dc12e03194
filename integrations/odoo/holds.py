"""Hold locations: where goods lie that nobody may use until somebody decides.

Plain Odoo Community knows no quality state; where goods lie is what tells it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.odoo.client import Odoo

MOST = 500
# A location with one of these in its own name is one. Other languages choose theirs by id.
NAMES = ("quality hold", "quarantine", "qc hold", "on hold", "blocked stock")
WAREHOUSE_FIELDS = ("reception_steps", "wh_qc_stock_loc_id")
LOCATION_FIELDS = ("name", "complete_name", "usage")


@dataclass(frozen=True, slots=True)
class Hold:
    """`control`: the quality-control step of a three-step reception, where goods wait to be
    inspected; elsewhere they were set apart."""

    id: int
    name: str
    control: bool


def find(odoo: Odoo, chosen: Sequence[int]) -> Mapping[int, Hold]:
    """The hold locations by id: those chosen, those named like one, and the quality-control step of
    warehouses that receive in three steps. What lies below one belongs to it."""
    control = _control_steps(odoo)
    wanted = sorted({*chosen, *control})
    domain = ["|", ["id", "in", wanted], "&", ["usage", "=", "internal"], *_named()]
    rows = odoo.search_read(
        "stock.location", domain, ["complete_name"], order="complete_name, id", limit=MOST
    )
    return {
        row["id"]: Hold(
            id=row["id"],
            name=row["complete_name"] or "",
            control=row["id"] in control and row["id"] not in chosen,
        )
        for row in rows
    }


def _named() -> list[Any]:
    either = ["|"] * (len(NAMES) - 1)
    return [*either, *(["name", "ilike", name] for name in NAMES)]


def _control_steps(odoo: Odoo) -> set[int]:
    domain = [["reception_steps", "=", "three_steps"]]
    rows = odoo.search_read(
        "stock.warehouse", domain, ["wh_qc_stock_loc_id"], order="id", limit=MOST
    )
    return {row["wh_qc_stock_loc_id"][0] for row in rows if row["wh_qc_stock_loc_id"]}
