"""Methods that every model has: search, read, create, write, unlink and their kin."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.simulator import errors, reading, rights, writing
from integrations.simulator.calls import Call, Records, public
from integrations.simulator.methods import rules


@public("search", scope="model")
def search(
    call: Call,
    domain: Sequence[Any] | None = None,
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
) -> list[int]:
    call.may("read")
    return reading.search(
        call.world,
        call.model,
        rules.scoped(call, domain),
        offset=offset or 0,
        limit=limit,
        order=order or None,
        archived=call.context.get("active_test") is False,
    )


@public("search_count", scope="model")
def search_count(call: Call, domain: Sequence[Any] | None = None, limit: int | None = None) -> int:
    return len(search(call, domain, limit=limit, order="id"))


@public("search_read", scope="model", loose=True)
def search_read(
    call: Call,
    domain: Sequence[Any] | None = None,
    fields: Sequence[str] | None = None,
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
    load: str = "_classic_read",
) -> list[dict[str, Any]]:
    names = _names(call, fields)
    ids = search(call, domain, offset, limit, order)
    return reading.read(call.world, call.model, ids, names, labels=bool(load))


@public("read")
def read(
    call: Call,
    ids: list[int],
    fields: Sequence[str] | None = None,
    load: str | None = "_classic_read",
) -> list[dict[str, Any]]:
    call.may("read")
    names = _names(call, fields)
    return reading.read(call.world, call.model, ids, names, labels=bool(load))


def _names(call: Call, fields: Sequence[str] | None) -> list[str]:
    known = call.description.fields
    if not fields:
        visible = (
            name for name, f in known.items() if not f.groups or f.groups in call.login.groups
        )
        return list(visible)
    for name in fields:
        if name not in known:
            where = f"on {call.model!r}" if call.version >= 19 else f"on model {call.model!r}"
            raise errors.value(f"Invalid field {name!r} {where}")
        title = call.description.title
        rights.check_field(call.login, call.model, title, name, known[name].groups)
    return list(fields)


@public("create", scope="model")
def create(call: Call, vals_list: Any = None) -> Records:
    """One or many; a single mapping is taken too. All or nothing."""
    call.may("create")
    many = [vals_list] if isinstance(vals_list, Mapping) else list(vals_list or [])
    made = [rules.creator(call.model)(call, dict(values)) for values in many]
    return Records(call.model, made, single=isinstance(vals_list, Mapping))


@public("write")
def write(call: Call, ids: list[int], vals: Mapping[str, Any]) -> bool:
    if not rights.own(call.login, call.model, ids, vals):
        call.may("write")
    for record_id in call.existing(ids):
        writing.write(call, call.model, record_id, vals)
    return True


@public("unlink")
def unlink(call: Call, ids: list[int]) -> bool:
    call.may("unlink")
    for record_id in call.existing(ids):
        rules.destroyer(call.model)(call, record_id)
        _forget_external_ids(call, record_id)
    return True


def _forget_external_ids(call: Call, record_id: int) -> None:
    named = call.world.tables["ir.model.data"]
    for each in named.where("res_id", record_id):
        if named.rows[each]["model"] == call.model:
            call.tx.unlink("ir.model.data", each)


@public("exists")
def exists(call: Call, ids: list[int]) -> Records:
    rows = call.world.tables[call.model].rows
    return Records(call.model, [each for each in ids if each in rows])


@public("fields_get", scope="model")
def fields_get(
    call: Call, allfields: Sequence[str] | None = None, attributes: Sequence[str] | None = None
) -> dict[str, Any]:
    return {
        name: field.describe(list(attributes) if attributes else None)
        for name, field in call.description.fields.items()
        if (not allfields or name in allfields)
        and (not field.groups or field.groups in call.login.groups)
    }


@public("name_search", scope="model")
def name_search(
    call: Call,
    name: str = "",
    domain: Sequence[Any] | None = None,
    operator: str = "ilike",
    limit: int | None = 100,
    args: Sequence[Any] | None = None,
) -> list[list[Any]]:
    ids = search(call, domain or args, order="id")
    wanted = name.lower() if operator in {"ilike", "="} else name
    pairs = [[each, call.world.label(call.model, each)] for each in ids]
    found = [pair for pair in pairs if wanted in str(pair[1]).lower()]
    return found[:limit]


@public("web_search_read", scope="model")
def web_search_read(
    call: Call,
    domain: Sequence[Any] | None = None,
    specification: Mapping[str, Any] | None = None,
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
    count_limit: int | None = None,
) -> dict[str, Any]:
    """Records and the records they point at, nested as the specification says."""
    ids = search(call, domain, offset, limit, order)
    length = len(ids) if not (limit or offset) else len(search(call, domain, limit=count_limit))
    return {"length": length, "records": _nested(call, call.model, ids, specification or {})}


def _nested(
    call: Call, model: str, ids: list[int], specification: Mapping[str, Any]
) -> list[dict[str, Any]]:
    records = reading.read(call.world, model, ids, list(specification), labels=False)
    for name, wanted in specification.items():
        field = call.world.models[model].fields[name]
        inner = (wanted or {}).get("fields")
        if field.relation and inner is not None:
            for record in records:
                record[name] = _inner(call, field.relation, record[name], inner)
    return records


def _inner(call: Call, model: str, value: Any, inner: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return _nested(call, model, value, inner)
    return _nested(call, model, [value], inner)[0] if value else False
