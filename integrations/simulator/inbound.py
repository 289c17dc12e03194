"""Automation rules with the trigger ``on_webhook``: called from outside, by an id nobody knows.

What a rule's code does, the tests give as a function. As measured on 17 and 19: the record is found
by ``_model`` and ``_id``; what fails is answered with 500, and what was done before that stands.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from integrations.simulator import dispatch
from integrations.simulator.faults import Faults
from integrations.simulator.transactions import Transaction
from integrations.simulator.world import World

PUBLIC = 3
RULES = "base.automation"
Code = Callable[[Transaction, str, int, dict[str, Any]], None]
"""Gets the transaction, the record's model and id, and the payload."""


def answer(world: World, faults: Faults, uuid: str, raw: bytes) -> int:
    """The status of the answer."""
    code = world.automations.get(uuid)
    if code is None:
        return HTTPStatus.NOT_FOUND
    if faults.take("bad_gateway", RULES, "webhook"):
        raise dispatch.BadGateway
    with world.transaction(PUBLIC) as tx:
        status = _run(tx, code, raw)
    if faults.take("lost_reply", RULES, "webhook"):
        raise dispatch.Cut
    return status


def _run(tx: Transaction, code: Code, raw: bytes) -> int:
    try:
        payload = json.loads(raw)
        model, record = str(payload["_model"]), int(payload["_id"])
        tx.row(model, record)
        code(tx, model, record, payload)
    except Exception:  # noqa: BLE001 - as Odoo does it
        return HTTPStatus.INTERNAL_SERVER_ERROR
    return HTTPStatus.OK
