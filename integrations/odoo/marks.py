"""What of an Odoo is ours: told by external ids in a module name of our own, which no other bears.
Each tower has a mark, so that two at one Odoo never touch what is the other's.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from integrations.odoo.client import Odoo

MARKS = "ir.model.data"
MOST = 1_000


class Doing(StrEnum):
    """What is done about one thing of ours."""

    CREATE = "create"
    CHANGE = "change"
    LEAVE = "leave"
    REMOVE = "remove"


def module(mark: str) -> str:
    return f"control_tower_{mark}"


def external_ids(admin: Odoo, mark: str, *models: str) -> list[dict[str, Any]]:
    """All that bear our mark, of these models."""
    domain = [["module", "=", module(mark)], ["model", "in", sorted(models)]]
    return admin.search_read(MARKS, domain, ["name", "model", "res_id"], order="id", limit=MOST)


def put(admin: Odoo, mark: str, model: str, made: Mapping[str, int]) -> None:
    """Mark records, each by its key."""
    rows = [
        {"module": module(mark), "name": key, "model": model, "res_id": each, "noupdate": True}
        for key, each in made.items()
    ]
    admin.create(MARKS, rows)


def take(admin: Odoo, ids: Iterable[int]) -> None:
    if found := sorted(ids):
        admin.call(MARKS, "unlink", ids=found)
