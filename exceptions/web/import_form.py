"""The form that says which column is what: from what was sent to a mapping, and back."""

from collections.abc import Mapping as Words
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exceptions.importing import instants, jobs
from exceptions.importing import mapping as mappings
from exceptions.importing.mapping import BY_NAME, FIELDS, INSTANTS, SITE, Mapping
from exceptions.importing.tables import Row
from exceptions.models import ImportJob

SAMPLE = 5  # rows that are shown
LOOKED_AT = 500  # rows that guesses and lists of values come from
MOST_VALUES = 12
# Fields with a closed list of values here, so that those of the file may need to be spelt.
SPELT = ("kind", "site", "state", "tier", "outcome", "team", "sla_met")
ORDERS: dict[str, str | Promise] = {
    "ymd": _("year, month, day"),
    "dmy": _("day, month, year"),
    "mdy": _("month, day, year"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A field in the form. `found` are values of its column, for those that are spelt."""

    name: str
    label: str
    needed: bool
    column: str
    default: str
    takes_default: bool
    is_spelt: bool
    values: str
    found: str


@dataclass(frozen=True, slots=True)
class Look:
    """What the first rows of a file show."""

    header: tuple[str, ...]
    about: str
    rows: list[Row]
    shown: list[list[str]] = field(default_factory=list)


def look(job: ImportJob) -> Look:
    """Raises UnreadableFile."""
    with jobs.table_of(job, _stored(job, events=False)) as table:
        rows = list(islice(table.rows, LOOKED_AT))
        shown = [
            [str(row.cells[name] or "")[:60] for name in table.header] for row in rows[:SAMPLE]
        ]
        return Look(table.header, table.about, rows, shown)


def _stored(job: ImportJob, *, events: bool = True) -> Mapping | None:
    if job.mapping is None:
        return None
    return mappings.from_plain(job.mapping if events else job.mapping | {"events": None})


def guessed(job: ImportJob, seen: Look) -> Mapping:
    """What the headers and the first rows suggest."""
    columns = mappings.guess(seen.header)
    dates = [
        str(row.cells[column])
        for name, column in columns.items()
        if name in INSTANTS
        for row in seen.rows
        if isinstance(row.cells[column], str) and row.cells[column]
    ]
    order = instants.guess_order(dates)
    return mappings.from_plain({"source": job.source, "columns": columns, "date_order": order})


def current(job: ImportJob, seen: Look) -> Mapping:
    return _stored(job) or guessed(job, seen)


def sent(post: QueryDict) -> Any:
    """The mapping as plain data; `mappings.from_plain` checks it."""
    said: dict[str, Any] = {"source": post.get("source", "").strip()}
    said["columns"] = _chosen(post, "column", [one.name for one in FIELDS])
    defaulted = [one.name for one in FIELDS if not one.is_instant]
    said["defaults"] = _chosen(post, "default", defaulted)
    values = {name: _pairs(post.get(f"values-{name}", "")) for name in SPELT}
    said["values"] = {name: pairs for name, pairs in values.items() if pairs}
    for name in ("time_zone", "fold", "date_order", "decimal"):
        if word := post.get(name, "").strip():
            said[name] = word
    if formats := [f.strip() for f in post.get("date_formats", "").splitlines() if f.strip()]:
        said["date_formats"] = formats
    if post.get("events-at"):
        said["events"] = {
            "at": post["events-at"],
            "status": [v for v in post.getlist("events-status") if v],
            "steps": _pairs(post.get("events-steps", "")),
        }
    return said


def _chosen(post: QueryDict, prefix: str, names: list[str]) -> dict[str, str]:
    given = {name: post.get(f"{prefix}-{name}", "").strip() for name in names}
    return {name: value for name, value in given.items() if value}


def _pairs(text: str) -> dict[str, str]:
    """Lines of `theirs = ours`."""
    split = (line.rpartition("=") for line in text.splitlines())
    return {theirs.strip(): ours.strip() for theirs, sign, ours in split if sign and ours.strip()}


def _written(pairs: Words[str, str]) -> str:
    return "\n".join(f"{theirs} = {ours}" for theirs, ours in pairs.items())


def lines(said: Words[str, Any], seen: Look) -> list[Line]:
    """The form's fields, filled with `said` (plain data of a mapping)."""
    columns, defaults = said.get("columns", {}), said.get("defaults", {})
    values = said.get("values", {})
    return [
        Line(
            name=one.name,
            label=str(one.label),
            needed=one.needed,
            column=columns.get(one.name, ""),
            default=defaults.get(one.name, ""),
            takes_default=not one.is_instant,
            is_spelt=one.name in SPELT,
            values=_written(values.get(one.name, {})),
            found=_found(columns.get(one.name, ""), seen),
        )
        for one in FIELDS
    ]


def _found(column: str, seen: Look) -> str:
    if column not in seen.header:
        return ""
    values = dict.fromkeys(str(row.cells[column] or "").strip() for row in seen.rows)
    values.pop("", None)
    more = ", …" if len(values) > MOST_VALUES else ""
    return ", ".join(islice(values, MOST_VALUES)) + more


def options(said: Words[str, Any]) -> dict[str, Any]:
    """The rest of the form."""
    events = said.get("events") or {}
    return {
        "source": said.get("source", ""),
        "time_zone": said.get("time_zone", SITE),
        "fold": said.get("fold", "first"),
        "date_order": said.get("date_order", "ymd"),
        "date_formats": "\n".join(said.get("date_formats", ())),
        "decimal": said.get("decimal", "."),
        "events_at": events.get("at", ""),
        "events_status": [*events.get("status", []), "", ""][:2],
        "events_steps": _written(events.get("steps", {})),
    }


assert set(SPELT) <= set(BY_NAME)
