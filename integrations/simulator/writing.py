"""Values from the wire into rows: checked as Odoo checks them, with what follows from them."""

from collections.abc import Callable, Mapping
from typing import Any

from integrations.simulator import errors, instants
from integrations.simulator.calls import Call
from integrations.simulator.flows import counting, purchasing, selling, transfers
from integrations.simulator.schema import Field
from integrations.simulator.transactions import Transaction

DEFAULTS: dict[str, dict[str, Any]] = {
    "mail.activity": {"active": True},
    "project.task": {"active": True, "priority": "0", "state": "01_in_progress"},
    "project.project": {"active": True},
    "base.automation": {"active": True},
    "ir.model.access": {"active": True},
    "res.partner": {"active": True, "lang": "en_US", "customer_rank": 0, "supplier_rank": 0},
    "res.users": {"active": True},
    "ir.actions.server": {"usage": "ir_actions_server"},
    "ir.attachment": {"type": "binary"},
    "stock.warehouse.orderpoint": {"active": True, "trigger": "auto"},
    "product.product": {"active": True, "type": "consu", "standard_price": 0.0, "uom_id": 1},
    "stock.picking": {"state": "draft", "priority": "0", "move_type": "direct"},
    "stock.move": {"state": "draft", "priority": "0", "sequence": 10, "quantity": 0.0},
    "ir.model.fields": {"state": "manual", "store": True},
}
Commands = list[tuple[str, list[Any]]]


def create(call: Call, model: str, values: Mapping[str, Any]) -> int:
    """One record; x2many commands in ``values`` create or link their records too."""
    known = _defaulted(call, model, values)
    _require(call, model, known)
    plain, commands = _convert(call, model, known)
    record_id = call.tx.create(model, plain)
    for name, items in commands:
        _command(call, model, record_id, name, items)
    return record_id


def write(call: Call, model: str, record_id: int, values: Mapping[str, Any]) -> None:
    plain, commands = _convert(call, model, values)
    followed = FOLLOWERS.get(model, {})
    kept = {name: value for name, value in plain.items() if name not in followed}
    call.tx.write(model, record_id, kept)
    for name, value in plain.items():
        if name in followed:
            followed[name](call.tx, record_id, value)
    for name, items in commands:
        _command(call, model, record_id, name, items)


def check_datetime(call: Call, value: Any) -> str:
    """A datetime that reaches a flow without passing through a column."""
    field = call.world.models["stock.picking"].fields["scheduled_date"]
    return str(_value("stock.picking", field, value))


def _defaulted(call: Call, model: str, values: Mapping[str, Any]) -> dict[str, Any]:
    fields = call.world.models[model].fields
    defaults = {k: v for k, v in DEFAULTS.get(model, {}).items() if k in fields}
    if "company_id" in fields and fields["company_id"].required:
        defaults["company_id"] = 1
    return {**defaults, **values}


def _require(call: Call, model: str, values: Mapping[str, Any]) -> None:
    """Odoo lets the database refuse a missing value, one field at a time."""
    description = call.world.models[model]
    for name in REQUIRED.get(model, ()):
        if not values.get(name):
            raise errors.validation(
                _missing(call.version, description.fields[name], model, description.title)
            )


REQUIRED: dict[str, tuple[str, ...]] = {
    "stock.warehouse.orderpoint": ("product_id",),
    "stock.picking": ("picking_type_id",),
    "purchase.order": ("partner_id",),
    "sale.order": ("partner_id",),
    "stock.quant": ("product_id", "location_id"),
    "stock.scrap": ("product_id",),
    "account.move.reversal": ("journal_id",),
    "ir.model.fields": ("name", "model_id", "ttype"),
    "base.automation": ("name", "model_id", "trigger"),
    "ir.model.access": ("name", "model_id"),
    "res.groups": ("name",),
    "ir.actions.server": ("name", "model_id", "state"),
    "ir.attachment": ("name",),
    "project.tags": ("name",),
}


def _missing(version: int, field: Field, model: str, title: str) -> str:
    if version >= 19:
        return (
            "The operation cannot be completed: Missing required value for the field "
            f"'{field.string}' ({field.name}).\nModel: '{title}' ({model})\n"
            "- create/update: a mandatory field is not set\n"
            "- delete: another model requires the record being deleted, "
            "you can archive it instead\n"
        )
    return (
        "The operation cannot be completed:\n- Create/update: a mandatory field is not set.\n"
        "- Delete: another model requires the record being deleted. "
        "If possible, archive it instead.\n\n"
        f"Model: {title} ({model})\nField: {field.string} ({field.name})\n"
    )


def _convert(call: Call, model: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], Commands]:
    fields = call.world.models[model].fields
    plain: dict[str, Any] = {}
    commands: Commands = []
    for name, value in values.items():
        field = fields.get(name)
        if field is None:
            where = f"in {model!r}" if call.version >= 19 else f"on model {model!r}"
            raise errors.value(f"Invalid field {name!r} {where}")
        if field.is_list:
            commands.append((name, list(value or [])))
        elif (model, name) not in call.world.computed:
            plain[name] = _value(model, field, value)
    return plain, commands


def _value(model: str, field: Field, value: Any) -> Any:
    if value is None or value is False:
        return False
    try:
        convert = _CONVERTERS.get(field.type)
        return convert(field, value) if convert else value
    except (ValueError, TypeError) as error:
        raise errors.value(str(error).replace(f"{field.name}:", f"{model}.{field.name}:")) from None


def _selection(field: Field, value: Any) -> Any:
    if field.selection and value not in dict(field.selection):
        raise ValueError(f"Wrong value for {field.name}: {value!r}")
    return value


_CONVERTERS: dict[str, Callable[[Field, Any], Any]] = {
    "datetime": lambda _, value: instants.check_datetime(str(value)),
    "date": lambda _, value: instants.check_day(str(value)),
    "integer": lambda _, value: int(value),
    "float": lambda _, value: float(value),
    "monetary": lambda _, value: float(value),
    "boolean": lambda _, value: bool(value),
    "many2one": lambda _, value: int(value),
    "selection": _selection,
}


def _command(call: Call, model: str, record_id: int, name: str, items: list[Any]) -> None:
    field = call.world.models[model].fields[name]
    for item in items:
        if isinstance(item, int):
            item = (4, item, 0)  # noqa: PLW2901  # a bare id links, as in Odoo
        if field.inverse:
            _owned(call, record_id, field, item)
        else:
            _linked(call, model, record_id, name, item)


def _owned(call: Call, record_id: int, field: Field, item: Any) -> None:
    """Commands on a one2many: the other side carries the link."""
    code = item[0]
    if code == 0:
        create(call, field.relation, {**item[2], field.inverse: record_id})
    elif code == 1:
        write(call, field.relation, item[1], item[2])
    elif code == 2:
        call.tx.unlink(field.relation, item[1])
    elif code == 4:
        call.tx.write(field.relation, item[1], {field.inverse: record_id})
    elif code == 6:
        for each in item[2]:
            call.tx.write(field.relation, each, {field.inverse: record_id})


def _linked(call: Call, model: str, record_id: int, name: str, item: Any) -> None:
    """Commands on a many2many: the list itself is kept."""
    field = call.world.models[model].fields[name]
    held = list(call.tx.row(model, record_id).get(name, ()))
    code = item[0]
    if code == 0:
        held.append(create(call, field.relation, item[2]))
    elif code == 4:
        held = [*held, item[1]] if item[1] not in held else held
    elif code in {2, 3}:
        held = [each for each in held if each != item[1]]
    elif code == 5:
        held = []
    elif code == 6:
        held = list(item[2])
    call.tx.write(model, record_id, {name: held})


# What follows from a written value ------------------------------------------------------------


def _scheduled(tx: Transaction, picking: int, value: Any) -> None:
    tx.write("stock.picking", picking, {"scheduled_date": value})
    transfers.plan(tx, picking, value)


def _prioritised(tx: Transaction, picking: int, value: Any) -> None:
    tx.write("stock.picking", picking, {"priority": value})
    for move in transfers.open_moves(tx, picking):
        tx.set("stock.move", move["id"], {"priority": value})


def _counted(tx: Transaction, quant: int, value: Any) -> None:
    counting.count(tx, quant, float(value or 0.0), tx.uid)


FOLLOWERS: dict[str, dict[str, Callable[[Transaction, int, Any], None]]] = {
    "stock.picking": {"scheduled_date": _scheduled, "priority": _prioritised},
    "purchase.order.line": {"date_planned": purchasing.redate_line},
    "purchase.order": {"date_planned": purchasing.redate},
    "sale.order": {"commitment_date": selling.redate},
    "stock.quant": {"inventory_quantity": _counted},
}
