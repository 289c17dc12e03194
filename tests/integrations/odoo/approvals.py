"""Odoo's Approvals as it is publicly known: of Enterprise, so the simulator does not run it."""

import pytest

from integrations.simulator import calls, errors, schema
from integrations.simulator.records import Row, Table
from tests.integrations.linked import ADMIN, Linked

MODELS = {
    "approval.category": """
        name | char | Name | sfo
        sequence | integer | Sequence | sfo
        has_amount | selection | Has Amount | sfo | required=Required; optional=Optional; no=None
        requirer_document | selection | Documents | sfo | required=Required; optional=Optional
    """,
    "approval.request": """
        name | char | Approval Subject | sfo
        category_id | many2one approval.category | Category | sfoq
        reason | html | Description | sf
        request_status | selection | Status | sfor | new=To Submit; pending=Submitted
    """,
}
# Two categories that want something that no message has, and one that does not.
WANTS = (
    {"has_amount": "required", "requirer_document": "optional"},
    {"has_amount": "no", "requirer_document": "required"},
    {"has_amount": "optional", "requirer_document": "optional"},
)


def install(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """It is there from now on; the ids of its categories."""
    for name, lines in MODELS.items():
        text = (*schema.AUTOMATIC, *(line.strip() for line in lines.strip().splitlines()))
        model = schema.Model(name, name, {f.name: f for f in map(schema._field, text)})
        linked.world.models[name], linked.world.tables[name] = model, Table(model)
    method = calls.Method(_action_confirm, "records", loose=False)
    monkeypatch.setitem(calls.METHODS, ("approval.request", "action_confirm"), method)
    with linked.world.acting_as(ADMIN) as tx:
        return [
            tx.create("approval.category", {"name": f"Category {n}", "sequence": n, **each})
            for n, each in enumerate(WANTS, 1)
        ]


def _action_confirm(call: calls.Call, ids: list[int]) -> None:
    for each in call.existing(ids):
        category = call.tx.row("approval.request", each)["category_id"]
        if call.tx.row("approval.category", category).get("requirer_document") == "required":
            raise errors.user("You have to attach at least one document.")
        call.tx.write("approval.request", each, {"request_status": "pending"})


def requests(linked: Linked) -> list[Row]:
    return list(linked.world.tables["approval.request"].rows.values())
