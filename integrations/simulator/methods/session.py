"""Who am I, and may I?"""

from typing import Any

from integrations.simulator import rights
from integrations.simulator.calls import Call, public


@public("context_get", "res.users", scope="model")
def context_get(call: Call) -> dict[str, Any]:
    row = call.world.tables["res.users"].rows[call.login.uid]
    return {"lang": row.get("lang", "en_US"), "tz": row.get("tz", False), "uid": call.login.uid}


@public("has_access")
def has_access(call: Call, ids: list[int], operation: str) -> bool:  # noqa: ARG001  # by model
    return rights.allowed(call.login, call.model, operation)


@public("check_access_rights", scope="model")
def check_access_rights(
    call: Call, operation: str, raise_exception: bool = True
) -> bool:  # Odoo's signature
    if raise_exception:
        call.may(operation)
    return rights.allowed(call.login, call.model, operation)


@public("has_group", "res.users")
def has_group(call: Call, ids: list[int], group_ext_id: str = "") -> bool:  # noqa: ARG001
    return group_ext_id in call.login.groups
