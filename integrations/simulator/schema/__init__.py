"""The models and fields this server knows, per Odoo version.

The tables lie beside this file, one a subject area, one line a field:

    name | type relation/inverse | label | flags | selection

A leading ``17:`` or ``19:`` keeps a line to that version. Flags: s stored, f searchable ("find"),
o sortable, r readonly, q required, then optionally ``groups=<external id>``. They say what
``fields_get`` declares; what the simulator itself keeps or computes is decided elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

VERSIONS = (17, 19)
AUTOMATIC = (
    "id | integer | ID | sfor",
    "display_name | char | Display Name | r",
    "create_date | datetime | Created on | sfor",
    "create_uid | many2one res.users | Created by | sfor",
    "write_date | datetime | Last Updated on | sfor",
    "write_uid | many2one res.users | Last Updated by | sfor",
)
EMPTY: dict[str, Any] = {
    "integer": 0,
    "many2one_reference": 0,
    "float": 0.0,
    "monetary": 0.0,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field as ``fields_get`` declares it."""

    name: str
    type: str
    string: str
    store: bool = False
    searchable: bool = False
    sortable: bool = False
    readonly: bool = False
    required: bool = False
    relation: str = ""
    inverse: str = ""
    selection: tuple[tuple[str, str], ...] = ()
    groups: str = ""

    @property
    def is_list(self) -> bool:
        return self.type in {"one2many", "many2many"}

    @property
    def empty(self) -> Any:
        """The value of an unset field, as it goes over the wire."""
        return [] if self.is_list else EMPTY.get(self.type, False)

    def describe(self, attributes: list[str] | None) -> dict[str, Any]:
        """The ``fields_get`` entry, cut down to the attributes asked for."""
        plain = ("readonly", "required", "searchable", "sortable", "store", "string", "type")
        entry: dict[str, Any] = {name: getattr(self, name) for name in plain}
        entry["name"] = self.name
        if self.relation:
            entry["relation"] = self.relation
        if self.type == "selection":
            entry["selection"] = [list(option) for option in self.selection]
        if self.groups:
            entry["groups"] = self.groups
        if not attributes:
            return entry
        return {key: value for key, value in entry.items() if key in attributes}


@dataclass(slots=True)
class Model:
    """One model; ``fields`` may grow by custom ``x_`` fields while the server runs."""

    name: str
    title: str
    fields: dict[str, Field]


def load(version: int) -> dict[str, Model]:
    """Every model of that Odoo version, freshly built."""
    models: dict[str, Model] = {}
    current: Model | None = None
    for line in _lines():
        if line.startswith("["):
            name, _, title = line[1:].partition("] ")
            current = Model(name, title, {f.name: f for f in map(_field, AUTOMATIC)})
            _searchable_name(current, version)
            models[name] = current
        elif current is not None and (text := _of_version(line, version)):
            field = _field(text)
            current.fields[field.name] = field
    return models


def _lines() -> Iterator[str]:
    folder = resources.files(__package__)
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".txt"):
            yield from filter(None, entry.read_text(encoding="utf-8").splitlines())


def _of_version(line: str, version: int) -> str:
    mark, colon, rest = line.partition(": ")
    if colon and mark.isdigit():
        return rest if int(mark) == version else ""
    return line


def _field(line: str) -> Field:
    parts = [part.strip() for part in line.split(" | ")]
    name, kind, string, flags = parts[:4]
    type_, _, target = kind.partition(" ")
    relation, _, inverse = target.partition("/")
    letters, _, groups = flags.partition(" groups=")
    return Field(
        name=name,
        type=type_,
        string=string,
        store="s" in letters,
        searchable="f" in letters,
        sortable="o" in letters,
        readonly="r" in letters,
        required="q" in letters,
        relation=relation,
        inverse=inverse,
        selection=_selection(parts[4]) if len(parts) > 4 else (),
        groups=groups,
    )


def _selection(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (option.split("=", 1) for option in text.split("; ") if option)
    return tuple((pair[0], pair[-1]) for pair in pairs)


def _searchable_name(model: Model, version: int) -> None:
    """Odoo 19 made ``display_name`` searchable; 17 had it as a mere computed label."""
    field = model.fields["display_name"]
    model.fields["display_name"] = replace(field, searchable=version >= 19)
