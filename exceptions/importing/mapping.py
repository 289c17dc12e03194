"""Mappings: which column says what, what stands where none does, and how values are spelt.

A mapping is data: TOML for the command line, the same as JSON in the job, a form in the browser.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions.importing.instants import Style

SITE = "site"  # as a time zone: that of each row's site
LONGEST_SOURCE = 40


class WrongMapping(Exception):
    """The mapping cannot be used; `problems` says why, a sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Field:
    """Something a past case may say."""

    name: str
    label: str | Promise
    needed: bool = False
    is_instant: bool = False


FIELDS: tuple[Field, ...] = (
    Field("external_id", gettext_lazy("Number in the file"), needed=True),
    Field("kind", gettext_lazy("Kind"), needed=True),
    Field("site", gettext_lazy("Site"), needed=True),
    Field("title", gettext_lazy("Title"), needed=True),
    Field("subject", gettext_lazy("Subject (who or what is at fault)")),
    Field("state", gettext_lazy("State")),
    Field("detected_at", gettext_lazy("Detected"), needed=True, is_instant=True),
    Field("assigned_at", gettext_lazy("Assigned"), is_instant=True),
    Field("acknowledged_at", gettext_lazy("Acknowledged"), is_instant=True),
    Field("resolved_at", gettext_lazy("Resolved"), is_instant=True),
    Field("closed_at", gettext_lazy("Closed"), is_instant=True),
    Field("owner", gettext_lazy("Owner")),
    Field("team", gettext_lazy("Team")),
    Field("tier", gettext_lazy("Tier")),
    Field("score", gettext_lazy("Score, 0 to 100")),
    Field("outcome", gettext_lazy("Outcome")),
    Field("value", gettext_lazy("Value at risk")),
    Field("currency", gettext_lazy("Currency")),
    Field("reopen_count", gettext_lazy("Times reopened")),
    Field("sla_met", gettext_lazy("SLA met (yes or no)")),
    Field("sla_due_at", gettext_lazy("SLA due"), is_instant=True),
    Field("root_cause", gettext_lazy("Root cause")),
    Field("avoided", gettext_lazy("Avoided (amount)")),
    Field("lost", gettext_lazy("Lost (amount)")),
)
# How headers call the fields, in lower case, one after the other with a comma.
WORDS = {
    "external_id": "id, case id, case, number, incident, ticket, external id, case concept name",
    "kind": "kind, type, category, exception type",
    "site": "site, warehouse, location, plant, site code",
    "title": "title, summary, subject line, description, short description",
    "subject": "subject, supplier, partner, product, carrier, vendor",
    "state": "state, status",
    "detected_at": "detected, detected at, created, created at, opened, opened at, reported, start",
    "assigned_at": "assigned, assigned at",
    "acknowledged_at": "acknowledged, acknowledged at, first response, responded at",
    "resolved_at": "resolved, resolved at, solved, fixed at",
    "closed_at": "closed, closed at, end",
    "owner": "owner, assignee, assigned to, responsible",
    "team": "team, group, department",
    "tier": "tier, priority, severity, impact",
    "score": "score, severity score",
    "outcome": "outcome, resolution, close code",
    "value": "value, amount, value at risk, cost",
    "currency": "currency",
    "reopen_count": "reopened, reopen count, reopens",
    "sla_met": "sla met, sla, made sla, within sla",
    "sla_due_at": "sla due, due, due at, deadline",
    "root_cause": "root cause, cause",
    "avoided": "avoided, loss avoided, saved",
    "lost": "lost, loss, cost of failure",
}
BY_NAME = {one.name: one for one in FIELDS}
INSTANTS = frozenset(one.name for one in FIELDS if one.is_instant)
STEPS = ("assigned", "acknowledged", "resolved", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLog:
    """The file has a row an event: `at` is its column of the instant, `status` the columns whose
    values, joined by "/", name what happened; `steps` says which step of the life that is.

    What `steps` leaves out is only an event. The rows of one case must stand together.
    """

    at: str
    status: tuple[str, ...]
    steps: dict[str, Literal["assigned", "acknowledged", "resolved", "closed"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """`columns` and `defaults` by field; `values` by field and by what the file says there.

    A default stands for an empty cell, too; in it `{column}` is replaced by the row's cell.
    """

    source: str
    columns: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    time_zone: str = SITE
    fold: Literal["first", "second"] = "first"
    date_order: Literal["ymd", "dmy", "mdy"] = "ymd"
    date_formats: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    events: EventLog | None = None

    @property
    def style(self) -> Style:
        return Style(order=self.date_order, formats=self.date_formats, fold=self.fold)

    @property
    def given(self) -> frozenset[str]:
        """The fields that this file speaks of: a later import changes these and no others."""
        of_events = {f"{step}_at" for step in STEPS} | {"detected_at", "reopen_count", "state"}
        return frozenset({*self.columns, *self.defaults, *(of_events if self.events else ())})


def from_toml(text: str) -> Mapping:
    """Raises WrongMapping."""
    try:
        return from_plain(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise WrongMapping([_("The mapping is no TOML: %s.") % error]) from None


def from_plain(data: Any) -> Mapping:
    """From JSON types. Raises WrongMapping, also for names that nobody knows."""
    known = set(Mapping.__dataclass_fields__)
    if isinstance(data, dict) and (unknown := sorted(set(data) - known)):
        raise WrongMapping([_("The mapping knows no “%s”.") % name for name in unknown])
    try:
        return msgspec.convert(data, Mapping)
    except msgspec.ValidationError as error:
        raise WrongMapping([_("The mapping does not hold together: %s.") % error]) from None


def to_plain(mapping: Mapping) -> Any:
    return msgspec.to_builtins(mapping)


def check(mapping: Mapping, header: Sequence[str]) -> None:
    """Whether it fits the file. Raises WrongMapping with every problem."""
    if problems := [*_of_names(mapping), *_of_columns(mapping, header), *_of_dates(mapping)]:
        raise WrongMapping(problems)


def _of_names(mapping: Mapping) -> Iterator[str]:
    if not 0 < len(mapping.source.strip()) <= LONGEST_SOURCE:
        yield _("Give the source a name of 1 to %s characters.") % LONGEST_SOURCE
    for name in sorted({*mapping.columns, *mapping.defaults, *mapping.values} - set(BY_NAME)):
        yield _("There is no field “%s”.") % name
    for name in sorted(INSTANTS & set(mapping.defaults)):
        yield _("“%s” needs a column: an instant that is the same for all would be invented.") % (
            BY_NAME[name].label
        )
    for one in FIELDS:
        if one.needed and one.name not in mapping.given:
            yield _("Choose a column or a default for “%s”.") % one.label


def _of_columns(mapping: Mapping, header: Sequence[str]) -> Iterator[str]:
    asked = list(mapping.columns.values())
    if mapping.events:
        asked += [mapping.events.at, *mapping.events.status]
    for column in dict.fromkeys(asked):
        if column not in header:
            yield _("The file has no column “%(column)s”; it has: %(header)s.") % {
                "column": column,
                "header": ", ".join(header),
            }


def _of_dates(mapping: Mapping) -> Iterator[str]:
    if mapping.time_zone != SITE:
        try:
            ZoneInfo(mapping.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield _("There is no time zone “%s”; write it as Europe/Amsterdam.") % mapping.time_zone


def guess(header: Sequence[str]) -> dict[str, str]:
    """The column that each field is most likely found in, by the words of the header."""
    plain = {_plain(name): name for name in reversed(header)}
    found: dict[str, str] = {}
    for one in FIELDS:
        words = [_plain(one.name), _plain(str(one.label)), *WORDS[one.name].split(", ")]
        column = next((plain[word] for word in words if word in plain), None)
        if column and column not in found.values():
            found[one.name] = column
    return found


def _plain(name: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
