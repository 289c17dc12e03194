"""Rules of routing as rows of a form, and back. Pure.

Every row says what was typed, so that a form that is refused loses nothing. `op` moves or removes a
rule (`up:2`, `down:2`, `remove:2`, counted from 0), or adds one (`add`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from exceptions.routes import Routes, Rule
from exceptions.vocabulary import Counting
from exceptions.web.setting_fields import Unreadable, number, plain

MOST_ROWS, MOST_LETTERS, MOST_NAME = 200, 500, 80
THEN = 2  # further teams that a form has fields for


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One rule as it stands in the form."""

    name: str = ""
    kinds: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    models: str = ""
    partners: str = ""
    words: str = ""
    value_from: str = ""
    value_to: str = ""
    team: str = ""
    person: str = ""
    then: tuple[str, ...] = ("",) * THEN
    limit: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What a form says. `routes` is None where something could not be read: `rows` say what."""

    rows: tuple[Row, ...]
    routes: Routes | None
    limit: str
    limit_problem: str


def rows_of(routes: Routes) -> tuple[Row, ...]:
    return tuple(map(_row, routes.rules))


def _row(rule: Rule) -> Row:
    return Row(
        name=rule.name,
        kinds=rule.kinds,
        sites=tuple(map(str, rule.sites)),
        tiers=rule.tiers,
        models=", ".join(rule.models),
        partners=", ".join(rule.partners),
        words=", ".join(rule.words),
        value_from=_said(rule.value_from),
        value_to=_said(rule.value_to),
        team=rule.team,
        person=str(rule.person or ""),
        then=(*rule.then, *("",) * THEN)[: max(THEN, len(rule.then))],
        limit=str(rule.limit or ""),
    )


def _said(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def read(form: QueryDict) -> Read:
    """The rules of the form, with what its `op` does to them."""
    count = form.get("rules", "0")
    n = min(int(count), MOST_ROWS) if count.isdecimal() and len(count) < 9 else 0
    checked = [_checked(_typed(form, i)) for i in range(n)]
    rows = [row for row, _rule in checked]
    limit, limit_problem = _whole(form.get("limit", ""))
    if limit_problem or any(rule is None for _row, rule in checked):
        return Read(tuple(rows), None, form.get("limit", "")[:20], limit_problem)
    rules = _operated([rule for _row, rule in checked if rule], form.getlist("op"))
    counting = form.get("counting", "")
    routes = Routes(
        rules=tuple(rules),
        limit=limit,
        counting=Counting(counting) if counting in Counting.values else Counting.CASES,
    )
    return Read(rows_of(routes), routes, str(limit or ""), "")


def _typed(form: QueryDict, i: int) -> Row:
    def text(name: str) -> str:
        return form.get(f"rule.{i}.{name}", "").replace("\x00", "").strip()[:MOST_LETTERS]

    def ticked(name: str) -> tuple[str, ...]:
        return tuple(form.getlist(f"rule.{i}.{name}"))[:MOST_ROWS]

    words = {n: text(n) for n in ("models", "partners", "words", "value_from", "value_to")}
    whom = {n: text(n) for n in ("team", "person", "limit")}
    return Row(
        name=text("name")[:MOST_NAME],
        kinds=ticked("kinds"),
        sites=ticked("sites"),
        tiers=ticked("tiers"),
        then=ticked("then"),
        **words,
        **whom,
    )


def _checked(row: Row) -> tuple[Row, Rule | None]:
    """The row and its rule; without one, the row says what cannot be read."""
    try:
        return row, _rule(row)
    except Unreadable as unreadable:
        return replace(row, problem=str(unreadable)), None


def _rule(row: Row) -> Rule:
    limit, problem = _whole(row.limit)
    if problem:
        raise Unreadable(problem)
    return Rule(
        name=row.name,
        kinds=row.kinds,
        sites=tuple(int(site) for site in row.sites if site.isdecimal() and len(site) < 19),
        tiers=row.tiers,
        models=_listed(row.models),
        partners=_listed(row.partners),
        words=_listed(row.words),
        value_from=_value(row.value_from),
        value_to=_value(row.value_to),
        team=row.team,
        person=int(row.person) if row.person.isdecimal() and len(row.person) < 19 else None,
        then=tuple(team for team in row.then if team),
        limit=limit,
    )


def _listed(text: str) -> tuple[str, ...]:
    """With commas or semicolons between them, each once."""
    return tuple(dict.fromkeys(part for p in re.split(r"[,;]", text) if (part := p.strip())))


def _value(text: str) -> Decimal | None:
    value = number(text) if text else None
    if value is not None and (not value.is_finite() or abs(value) > Decimal(10) ** 12):
        raise Unreadable(_("“%s” is no value at risk: type a number.") % text)
    return value


def _whole(text: str) -> tuple[int | None, str]:
    """A whole number, or nothing; else what is wrong with it."""
    text = text.strip()
    if not text:
        return None, ""
    if text.isdecimal() and len(text) < 7:
        return int(text), ""
    return None, _("“%s” is no limit: type a whole number, or nothing.") % text[:20]


def _operated(rules: Sequence[Rule], ops: Sequence[str]) -> list[Rule]:
    kept = list(rules)
    for op in ops:
        what, _colon, place = op.partition(":")
        if what == "add":
            kept.append(Rule(name=""))
        elif place.isdecimal() and len(place) < 4 and int(place) < len(kept):
            _move(kept, what, int(place))
    return kept


def _move(rules: list[Rule], what: str, at: int) -> None:
    rule = rules.pop(at)
    if what != "remove":
        rules.insert(max(at - 1, 0) if what == "up" else at + 1, rule)
