"""Rows into past cases: what a mapping makes of a row, and everything that is wrong with it."""

from collections.abc import Mapping as Words
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from exceptions.importing import cells, instants
from exceptions.importing.cells import Wrong
from exceptions.importing.instants import NotAnInstant
from exceptions.importing.mapping import BY_NAME, SITE, Mapping
from exceptions.importing.past import Issue, PastCase
from exceptions.importing.tables import Cell, Row
from exceptions.score import TIER_FROM, tier_of
from exceptions.vocabulary import ENDED_STATES, REAL_ENDS, Outcome, State, Tier

LENGTHS = {"external_id": 120, "title": 200, "subject": 100, "root_cause": 200, "owner": 150}
AMOUNTS = ("avoided", "lost")
# In the order of the life: none may lie before the one in front.
LIFE = ("detected_at", "assigned_at", "acknowledged_at", "resolved_at", "closed_at")
IN_ORDER = (("detected_at", "assigned_at"), ("detected_at", "acknowledged_at"))
ENDS = (("detected_at", "resolved_at"), ("detected_at", "closed_at"), ("resolved_at", "closed_at"))


@dataclass(frozen=True, slots=True)
class KnownSite:
    id: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the tower knows that rows name. `sites` by code in lower case (None: more than one has
    it); `people` by login, e-mail and name in lower case; `workers` are pairs of a person and the
    site where they may own cases (None: every site); `kinds` have a policy in force.
    """

    sites: Words[str, KnownSite | None]
    codes: tuple[str, ...]
    kinds: tuple[str, ...]
    people: Words[str, int | None]
    workers: frozenset[tuple[int, int | None]] = frozenset()

    def may_own(self, person: int | None, site: int) -> bool:
        return person is not None and bool({(person, site), (person, None)} & self.workers)


@dataclass(slots=True)
class Told:
    """One row while it is read: what was found, and what is wrong."""

    row: Row
    mapping: Mapping
    issues: list[Issue] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)

    def cell(self, name: str) -> Cell:
        """The cell of a field, or its default; text is trimmed, "" means nothing is said."""
        column = self.mapping.columns.get(name)
        value = self.row.cells.get(column, "") if column else ""
        if isinstance(value, str):
            value = value.replace("\x00", "").strip()
        if value in ("", None) and name in self.mapping.defaults:
            value = self._filled(self.mapping.defaults[name])
        return "" if value is None else value

    def _filled(self, default: str) -> str:
        if "{" not in default:
            return default
        for column, value in self.row.cells.items():
            default = default.replace(f"{{{column}}}", str("" if value is None else value).strip())
        return default

    def text(self, name: str) -> str:
        """The cell as text, as the mapping spells its values."""
        text = str(self.cell(name)).strip()
        spelt = self.mapping.values.get(name)
        return spelt.get(text, text) if spelt else text

    def wrong(self, name: str, says: str, *, is_error: bool = True) -> None:
        column = self.mapping.columns.get(name, name)
        value = str(self.cell(name))[:80]
        self.issues.append(Issue(self.row.number, column, value, says, is_error))

    @property
    def is_good(self) -> bool:
        return not any(issue.is_error for issue in self.issues)


def read(row: Row, mapping: Mapping, known: Known, *, at: datetime) -> tuple[PastCase | None, Told]:
    """The past case in the row, None when something is wrong with it."""
    told = Told(row, mapping)
    if row.surplus:
        told.wrong(
            "external_id",
            _("The row has more cells than the header. Put quotation marks around the cell with")
            + " "
            + _("the separator in it."),
        )
        return None, told
    _texts(told)
    site = _site(told, known)
    _kind(told, known)
    _choices(told)
    _numbers(told)
    _instants(told, site, at)
    return finish(told, known)


def finish(told: Told, known: Known) -> tuple[PastCase | None, Told]:
    """What needs all of the fields: the state, the order of instants, the owner."""
    if told.is_good:
        _order(told)
        _severity(told)
        _state(told)
        _amounts(told)
        _owner(told, known)
    if not told.is_good:
        return None, told
    return PastCase(row=told.row.number, **told.found), told


def _texts(told: Told) -> None:
    for name, longest in LENGTHS.items():
        text = told.text(name)
        if not text and BY_NAME[name].needed:
            told.wrong(name, _("This cell is empty. Fill it, or give a default in the mapping."))
        elif len(text) > longest and name == "external_id":
            told.wrong(name, _("This is longer than %s characters. Shorten it.") % longest)
        if name != "owner":
            told.found[name] = text[:longest]


def _site(told: Told, known: Known) -> KnownSite | None:
    code = told.text("site")
    site = known.sites.get(code.lower())
    if site:
        told.found["site_id"] = site.id
        return site
    if code.lower() in known.sites:
        told.wrong("site", _("More than one site has the code “%s”. Map it to a name.") % code)
    else:
        told.wrong("site", cells.unknown(code, known.codes))
    return None


def _kind(told: Told, known: Known) -> None:
    kind = told.text("kind").lower().replace(" ", "_").replace("-", "_")
    if kind not in known.kinds:
        told.wrong("kind", cells.unknown(told.text("kind"), known.kinds))
    told.found["kind"] = kind


def _choices(told: Told) -> None:
    for name, read_cell in (
        ("tier", cells.tier),
        ("outcome", cells.outcome),
        ("team", cells.team),
        ("currency", cells.currency),
        ("state", cells.state),
        ("sla_met", cells.yes_or_no),
    ):
        _read(told, name, read_cell)


def _numbers(told: Told) -> None:
    decimal = told.mapping.decimal
    for name in ("value", *AMOUNTS):
        sign = decimal if isinstance(told.cell(name), str) else "."
        _read(told, name, partial(cells.amount, decimal=sign))
    _read(told, "score", lambda text: cells.whole(text, 0, 100))
    _read(told, "reopen_count", lambda text: cells.whole(text, 0, 1000))


def _read(told: Told, name: str, read_cell: Any) -> None:
    text = told.text(name)
    if not text:
        return
    try:
        told.found[name] = read_cell(text)
    except Wrong as wrong:
        told.wrong(name, str(wrong))


def _instants(told: Told, site: KnownSite | None, at: datetime) -> None:
    zone_name = told.mapping.time_zone
    if zone_name == SITE and site is None:
        return  # the row is out already, and its instants cannot be read
    zone = site.zone if zone_name == SITE and site else ZoneInfo(zone_name)
    for name in (*LIFE, "sla_due_at"):
        cell = told.cell(name)
        if cell == "":
            continue
        try:
            said = instants.read(cell, told.mapping.style, zone)
        except NotAnInstant as wrong:
            told.wrong(name, str(wrong))
            continue
        told.found[name] = said.at
        if said.told:
            told.wrong(name, said.told, is_error=False)
        if said.at > at and name != "sla_due_at":
            told.wrong(name, _("This lies in the future. Correct the date or its format."))
    if "detected_at" not in told.found and told.is_good:
        told.wrong("detected_at", _("This cell is empty: when the case began must be known."))


def _order(told: Told) -> None:
    for first, second in (*IN_ORDER, *ENDS):
        before, after = told.found.get(first), told.found.get(second)
        if before and after and after < before:
            says = _("“%(second)s” lies before “%(first)s”. Correct one of them.")
            told.wrong(
                second, says % {"second": BY_NAME[second].label, "first": BY_NAME[first].label}
            )


def _severity(told: Told) -> None:
    """Score and tier belong together; the score is the finer of the two."""
    score, tier = told.found.get("score"), told.found.get("tier")
    if score is None:
        return
    told.found["tier"] = str(tier_of(score))
    if tier and tier != told.found["tier"]:
        says = _("Score %(score)s is %(tier)s here; the score counts.")
        told.wrong("tier", says % {"score": score, "tier": tier_of(score)}, is_error=False)


def least_score(tier: str) -> int:
    """The lowest score of a tier."""
    return next(least for least, of in TIER_FROM if of == Tier(tier))


def _state(told: Told) -> None:
    """As the file says, else as far as its instants reach."""
    found = told.found
    state = found.get("state") or _reached(found)
    if state in ENDED_STATES:
        _ended(told, state)
        return
    for name in ("resolved_at", "closed_at"):
        if found.pop(name, None):
            says = _("The case is open, so that it had ended before is left out.")
            told.wrong(name, says, is_error=False)
    if found.pop("outcome", None):
        told.wrong("outcome", _("The case is open, so it has no outcome yet."), is_error=False)
    if found.get("sla_met") is not None and not found.get("sla_due_at"):
        del found["sla_met"]
        says = _("The case is open: without the time when it was due, no clock can be made.")
        told.wrong("sla_met", says, is_error=False)
    found["state"] = State.ACKNOWLEDGED if state == State.ACKNOWLEDGED else State.ASSIGNED


def _ended(told: Told, state: State) -> None:
    found = told.found
    if state == State.RESOLVED and not found.get("resolved_at"):
        told.wrong("resolved_at", _("The case is resolved; say when."))
    elif state == State.CLOSED and not (found.get("resolved_at") or found.get("closed_at")):
        told.wrong("closed_at", _("The case is closed; say when it was resolved or closed."))
    if state == State.RESOLVED:
        found.pop("closed_at", None)
    elif not found.get("closed_at"):
        found["closed_at"] = found.get("resolved_at")
    found["outcome"] = found.get("outcome") or str(Outcome.FIXED)
    found["state"] = state


def _amounts(told: Told) -> None:
    """What was avoided and lost: of a case that ended and was real, never below nothing."""
    found = told.found
    real = found.get("state") in ENDED_STATES and found.get("outcome") in REAL_ENDS
    for name in [name for name in AMOUNTS if name in found]:
        if found[name] < 0:
            told.wrong(name, _("This is less than nothing. Give the amount without its sign."))
        elif not found.get("currency"):
            told.wrong(name, _("In which currency? Give one in the mapping, or in the row."))
        elif not real:
            del found[name]
            says = _("Only what has ended and was an exception of its own has this: left out.")
            told.wrong(name, says, is_error=False)


def _reached(found: Words[str, Any]) -> State:
    for name, state in (
        ("closed_at", State.CLOSED),
        ("resolved_at", State.RESOLVED),
        ("acknowledged_at", State.ACKNOWLEDGED),
    ):
        if found.get(name):
            return state
    return State.ASSIGNED


def _owner(told: Told, known: Known) -> None:
    name = told.text("owner")[: LENGTHS["owner"]]
    owner = known.people.get(name.lower()) if name else None
    told.found["owner_name"] = name
    if told.found["state"] not in ENDED_STATES:
        owner = owner if known.may_own(owner, told.found["site_id"]) else None
        if name and owner is None:
            says = _("Nobody called “%s” works at this site; routing finds an owner.") % name
            told.wrong("owner", says, is_error=False)
        if owner is None:
            told.found["state"] = State.CLASSIFIED
    told.found["owner_id"] = owner
