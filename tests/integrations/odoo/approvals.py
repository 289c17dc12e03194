"""Odoo's Approvals as it is publicly known: of Enterprise, so the simulator does not run it."""

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from integrations.simulator import calls, errors, schema
from integrations.simulator.records import Row, Table
from integrations.simulator.transactions import Transaction
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
        request_status | selection | Is | sfor | new=N; pending=P; approved=A; refused=R; cancel=C
    """,
    "approval.approver": """
        request_id | many2one approval.request | Request | sfoq
        user_id | many2one res.users | User | sfoq
        status | selection | Status | sfo | pending=Asked; approved=Yes; refused=No; cancel=Cancel
    """,
}
APPROVER = "approval.approver"
# Two categories that want something that no message has, and one that does not.
WANTS = (
    {"has_amount": "required", "requirer_document": "optional"},
    {"has_amount": "no", "requirer_document": "required"},
    {"has_amount": "optional", "requirer_document": "optional"},
)


def install(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, approvers: Sequence[int] = ()
) -> list[int]:
    """It is there from now on, and asks these users; the ids of its categories."""
    for name, lines in MODELS.items():
        text = (*schema.AUTOMATIC, *(line.strip() for line in lines.strip().splitlines()))
        model = schema.Model(name, name, {f.name: f for f in map(schema._field, text)})
        linked.world.models[name], linked.world.tables[name] = model, Table(model)
    methods: dict[str, Callable[..., None]] = {
        "action_confirm": partial(_action_confirm, approvers),
        "action_approve": partial(_answer, "approved"),
        "action_refuse": partial(_answer, "refused"),
        "action_cancel": _cancel,
    }
    for name, does in methods.items():
        method = calls.Method(does, "records", loose=False)
        monkeypatch.setitem(calls.METHODS, ("approval.request", name), method)
    with linked.world.acting_as(ADMIN) as tx:
        return [
            tx.create("approval.category", {"name": f"Category {n}", "sequence": n, **each})
            for n, each in enumerate(WANTS, 1)
        ]


def _action_confirm(approvers: Sequence[int], call: calls.Call, ids: list[int]) -> None:
    for each in call.existing(ids):
        category = call.tx.row("approval.request", each)["category_id"]
        if call.tx.row("approval.category", category).get("requirer_document") == "required":
            raise errors.user("You have to attach at least one document.")
        call.tx.write("approval.request", each, {"request_status": "pending"})
        for user in approvers:
            said = {"request_id": each, "user_id": user, "status": "pending"}
            call.tx.create(APPROVER, said)


def _answer(status: str, call: calls.Call, ids: list[int]) -> None:
    """Of the user who calls; one who is not asked changes nothing."""
    for each in call.existing(ids):
        _answered(call.tx, each, call.login.uid, status)


def _cancel(call: calls.Call, ids: list[int]) -> None:
    for each in call.existing(ids):
        for approver in call.tx.tables[APPROVER].where("request_id", each):
            call.tx.write(APPROVER, approver, {"status": "cancel"})
        call.tx.write("approval.request", each, {"request_status": "cancel"})


def _answered(tx: Transaction, request: int, user: int, status: str) -> None:
    """One no refuses it; it is approved once all who are asked have said yes."""
    approvers = tx.tables[APPROVER].where("request_id", request)
    for each in approvers:
        if tx.row(APPROVER, each)["user_id"] == user:
            tx.write(APPROVER, each, {"status": status})
    said = {tx.row(APPROVER, each)["status"] for each in approvers}
    if "refused" in said or said == {"approved"}:
        whole = "refused" if "refused" in said else "approved"
        tx.write("approval.request", request, {"request_status": whole})


def answer(linked: Linked, request: int, user: int, status: str) -> None:
    """Somebody answers in Odoo."""
    with linked.world.acting_as(ADMIN) as tx:
        _answered(tx, request, user, status)


def requests(linked: Linked) -> list[Row]:
    return list(linked.world.tables["approval.request"].rows.values())
