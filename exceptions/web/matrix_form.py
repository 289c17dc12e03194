"""The approval matrix as a form: rows of fields, cells in a few words, and what was typed.

A cell says its levels in order, separated by `>`: `approver > 2 executive`, `all Board`, `lead`.
Empty means that no approval is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from exceptions.matrix import Level, Matrix, Row
from exceptions.models import User
from exceptions.vocabulary import DecisionKind, Need, Tier, Voters

THEN = ">"
NAMED = {str(v): v for v in Voters if v != Voters.GROUP}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the grid as its fields say it; `trouble` what could not be read of it."""

    decision: str = ""
    site: str = ""
    tier: str = ""
    cells: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(slots=True)
class Read:
    """A form, and the matrix that it says where all of it could be read."""

    bounds: str
    groups: str
    valid_hours: str
    remind_minutes: str
    sign_in: str
    lines: list[Line] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    matrix: Matrix | None = None


def shown(matrix: Matrix) -> Read:
    """The fields that say this matrix."""
    names = dict(User.objects.values_list("pk", "username"))
    return Read(
        bounds="\n".join(
            " ".join([code, *(f"{bound.normalize():f}" for bound in bounds)])
            for code, bounds in matrix.bounds.items()
        ),
        groups="\n".join(
            f"{name}: {', '.join(names.get(pk, str(pk)) for pk in members)}"
            for name, members in matrix.groups.items()
        ),
        valid_hours=str(matrix.valid_hours),
        remind_minutes=str(matrix.remind_minutes),
        sign_in="\n".join(
            f"{code} {most.normalize():f}" for code, most in matrix.sign_in_above.items()
        ),
        lines=[line_of(row) for row in matrix.rows],
    )


def line_of(row: Row) -> Line:
    return Line(
        decision=row.decision or "",
        site="" if row.site is None else str(row.site),
        tier=row.tier or "",
        cells=tuple(cell_of(levels) for levels in row.bands),
    )


def cell_of(levels: tuple[Level, ...]) -> str:
    return f" {THEN} ".join(_level_of(level) for level in levels)


def _level_of(level: Level) -> str:
    who = level.group if level.voters == Voters.GROUP else str(level.voters)
    if level.need == Need.ALL:
        return f"all {who}"
    return f"{level.count} {who}" if level.need == Need.SOME else who


def read(form: Mapping[str, str]) -> Read:
    """What a form says. Rows without any field filled in are left out; so is one that is taken
    away.
    """
    found = Read(
        bounds=form.get("bounds", "").replace("\x00", ""),
        groups=form.get("groups", "").replace("\x00", ""),
        valid_hours=_text(form, "valid_hours"),
        remind_minutes=_text(form, "remind"),
        sign_in=form.get("sign_in", "").replace("\x00", ""),
    )
    bounds = _bounds(found)
    sign_in = _sign_in(found)
    groups = _groups(found)
    valid, remind = _number(found.valid_hours), _number(found.remind_minutes)
    if valid is None or remind is None:
        found.problems.append(_("Give the hours and the minutes as whole numbers."))
    width = max((len(each) for each in bounds.values()), default=0) + 1
    rows = [
        _row(form, n, width, groups, found)
        for n in range(min(_number(_text(form, "rows")) or 0, 400))
    ]
    if not found.problems and not any(line.trouble for line in found.lines):
        found.matrix = Matrix(
            bounds=bounds,
            rows=tuple(row for row in rows if row),
            groups=groups,
            valid_hours=valid or 0,
            remind_minutes=remind or 0,
            sign_in_above=sign_in,
        )
    return found


def _text(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").replace("\x00", "").strip()


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _bounds(found: Read) -> dict[str, tuple[Decimal, ...]]:
    """A line a currency: `EUR 250 5000 25000`."""
    bounds: dict[str, tuple[Decimal, ...]] = {}
    for code, *amounts in (line.split() for line in found.bounds.splitlines() if line.strip()):
        try:
            told = tuple(Decimal(each) for each in amounts)
        except InvalidOperation:
            told = (Decimal("NaN"),)
        if not told or not all(each.is_finite() and each < 10**11 for each in told):
            found.problems.append(_("“%s”: give its bounds as numbers, such as 250 5000.") % code)
            continue
        bounds[code.upper()] = told
    return bounds


def _sign_in(found: Read) -> dict[str, Decimal]:
    """A line a currency: `EUR 5000`."""
    most: dict[str, Decimal] = {}
    for line in (each for each in found.sign_in.splitlines() if each.strip()):
        code, _space, said = line.strip().partition(" ")
        try:
            told = Decimal(said.strip())
        except InvalidOperation:
            told = Decimal("NaN")
        if not (told.is_finite() and 0 <= told < 10**11):
            found.problems.append(_("“%s”: give one amount for each currency.") % line.strip())
            continue
        most[code.upper()] = told
    return most


def _groups(found: Read) -> dict[str, tuple[int, ...]]:
    """A line a group: `Board: pieter, esther`, people by the names they sign in with."""
    groups: dict[str, tuple[int, ...]] = {}
    for line in (each for each in found.groups.splitlines() if each.strip()):
        name, _colon, people = line.partition(":")
        logins = [each.strip() for each in people.split(",") if each.strip()]
        ids = dict(User.objects.filter(username__in=logins).values_list("username", "pk"))
        if unknown := [each for each in logins if each not in ids]:
            told = {"name": name.strip(), "who": ", ".join(unknown)}
            found.problems.append(_("Group “%(name)s”: nobody signs in as %(who)s.") % told)
        groups[name.strip()[:60]] = tuple(ids[each] for each in logins if each in ids)
    return groups


def _row(
    form: Mapping[str, str], n: int, width: int, groups: Mapping[str, object], found: Read
) -> Row | None:
    decision, site, tier = (_text(form, f"{name}-{n}") for name in ("decision", "site", "tier"))
    cells = tuple(_text(form, f"cell-{n}-{band}") for band in range(width))
    gone = _text(form, f"gone-{n}") or (
        _text(form, f"new-{n}") and not any((decision, site, tier, *cells))
    )
    if gone:
        return None
    trouble, bands = "", []
    for cell in cells:
        try:
            bands.append(tuple(_level(part, groups) for part in cell.split(THEN) if part.strip()))
        except ValueError as error:
            trouble = str(error)
    if decision and decision not in DecisionKind.values:
        trouble = _("There is no decision “%s”.") % decision
    found.lines.append(Line(decision, site, tier, cells, trouble))
    if trouble:
        return None
    return Row(
        decision=DecisionKind(decision) if decision else None,
        site=_number(site),
        tier=Tier(tier) if tier in Tier.values else None,
        bands=tuple(bands),
    )


def _level(said: str, groups: Mapping[str, object]) -> Level:
    """One level in words. Raises ValueError with a sentence."""
    first, _space, rest = said.strip().partition(" ")
    need, count, who = Need.ANY, 1, said.strip()
    if rest and first.lower() == "all":
        need, who = Need.ALL, rest.strip()
    elif rest and (number := _number(first)):
        need, count, who = (Need.SOME if number > 1 else Need.ANY), number, rest.strip()
    if who.lower() in NAMED:
        return Level(voters=NAMED[who.lower()], need=need, count=count)
    if who in groups:
        return Level(voters=Voters.GROUP, group=who, need=need, count=count)
    raise ValueError(
        _(
            "“%s” is nobody who could be asked: write approver, supervisor, executive, lead or the"
            " name of a group."
        )
        % who
    )
