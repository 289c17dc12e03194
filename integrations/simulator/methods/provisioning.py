"""What an administrator sets up once: webhook actions, automation rules, custom fields."""

import ast
from typing import Any

from integrations.simulator import errors, schema, writing
from integrations.simulator.calls import Call
from integrations.simulator.methods import rules

SERVER_ACTION = "Send Webhook Notification"
IN_USE = (
    "The operation cannot be completed: Another model is using the record you are trying to"
    " delete.\n\nThe troublemaker is: 'Model Access' (ir.model.access)\nThanks to the following"
    " constraint: 'Group' (group_id)\nHow about archiving the record instead?"
)
IN_USE_BEFORE_19 = (
    "The operation cannot be completed: another model requires the record being deleted. If"
    " possible, archive it instead.\n\nModel: Model Access (ir.model.access)\nConstraint:"
    " ir_model_access_group_id_fkey\n"
)


@rules.creates("ir.model.fields")
def create_field(call: Call, values: dict[str, Any]) -> int:
    """A custom column; it is readable, searchable and writable at once."""
    name = str(values.get("name", ""))
    if not name.startswith("x_"):
        raise errors.validation("Custom fields must have a name that starts with 'x_'!")
    model = call.world.tables["ir.model"].rows[int(values["model_id"])]["model"]
    if name in call.world.models[model].fields:
        raise errors.validation("Field names must be unique per model.")
    label = values.get("field_description") or name
    given = {**values, "model": model, "field_description": label, "store": True}
    made = writing.create(call, "ir.model.fields", given)
    add_field(call.world.models[model], call.tx.row("ir.model.fields", made), _options(values))
    return made


def _options(values: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    commands = values.get("selection_ids") or []
    return tuple((c[2]["value"], c[2]["name"]) for c in commands if c[0] == 0)


def add_field(
    model: schema.Model, row: dict[str, Any], options: tuple[tuple[str, str], ...] = ()
) -> None:
    """Make a manual row of ``ir.model.fields`` a field of its model."""
    model.fields[row["name"]] = schema.Field(
        name=row["name"],
        type=row["ttype"],
        string=row["field_description"],
        store=True,
        searchable=True,
        sortable=True,
        relation=row.get("relation") or "",
        selection=options,
    )


@rules.destroys("ir.model.fields")
def destroy_field(call: Call, record_id: int) -> None:
    row = call.tx.row("ir.model.fields", record_id)
    if row.get("state") != "manual":
        raise errors.user("This column contains module data and cannot be removed!")
    call.world.models[row["model"]].fields.pop(row["name"], None)
    call.tx.unlink("ir.model.fields", record_id)


@rules.creates("ir.actions.server")
def create_action(call: Call, values: dict[str, Any]) -> int:
    """17 renames webhook actions, so their names are nothing to rely on."""
    if call.version < 19 and values.get("state") == "webhook":
        values = {**values, "name": SERVER_ACTION}
    return writing.create(call, "ir.actions.server", values)


@rules.creates("base.automation")
def create_automation(call: Call, values: dict[str, Any]) -> int:
    filter_domain = values.get("filter_domain")
    if filter_domain:
        _check_domain(str(filter_domain))
    made = writing.create(call, "base.automation", values)
    actions = call.world.tables["ir.actions.server"]
    for action in actions.where("base_automation_id", made):
        renamed = call.version < 19 and actions.rows[action].get("state") == "webhook"
        name = {"name": SERVER_ACTION} if renamed else {}
        call.tx.write("ir.actions.server", action, {"usage": "base_automation", **name})
    return made


def _check_domain(text: str) -> None:
    try:
        parsed = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        raise errors.value(f"Invalid domain: {text}") from None
    if not isinstance(parsed, list):
        raise errors.value(f"Invalid domain: {text}")


@rules.creates("ir.model.data")
def create_external_id(call: Call, values: dict[str, Any]) -> int:
    table = call.world.tables["ir.model.data"]
    full = values["module"], values["name"]
    if any((row["module"], row["name"]) == full for row in table.rows.values()):
        raise errors.validation(
            "The operation cannot be completed: duplicate key value violates unique constraint"
            f' "ir_model_data_module_name_uniq_index"\nDETAIL:  Key (module, name)=({full[0]},'
            f" {full[1]}) already exists.\n"
        )
    return writing.create(call, "ir.model.data", values)


@rules.destroys("base.automation")
def destroy_automation(call: Call, record_id: int) -> None:
    """Deleting a rule deletes its actions."""
    for action in call.world.tables["ir.actions.server"].where("base_automation_id", record_id):
        call.tx.unlink("ir.actions.server", action)
    call.tx.unlink("base.automation", record_id)


@rules.destroys("res.groups")
def destroy_group(call: Call, record_id: int) -> None:
    """Access rights that name it keep it."""
    if call.world.tables["ir.model.access"].where("group_id", record_id):
        raise errors.validation(IN_USE if call.version >= 19 else IN_USE_BEFORE_19)
    call.tx.unlink("res.groups", record_id)
