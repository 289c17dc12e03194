"""The filters of a dashboard as people see them: chips that open what could be asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from exceptions.actors import Actor
from exceptions.queries.case_conditions import ME, NOBODY
from exceptions.vocabulary import KindCode, Tier
from exceptions.web.dashboard_filter import PRESETS, Asked, address, until_today
from exceptions.web.filters import Names, Option


@dataclass(frozen=True, slots=True)
class Menu:
    """One field: what is chosen ("all" when nothing is), the options, the address without it."""

    name: str
    says: str
    on: bool
    options: list[Option]
    clear_url: str


def menus(asked: Asked, actor: Actor) -> list[Menu]:
    names = Names(actor)
    owners = {ME: _("me"), NOBODY: _("nobody")} | names.people
    return [
        _menu(asked, "sites", _("site"), names.sites, int),
        _menu(asked, "kinds", _("kind"), {k.value: str(k.label) for k in KindCode}),
        _menu(asked, "tiers", _("tier"), {t.value: str(t.label) for t in Tier}),
        _menu(asked, "teams", _("team"), names.teams, int),
        _menu(asked, "owners", _("owner"), owners),
    ]


def _menu(
    asked: Asked,
    field: str,
    name: str,
    words: dict[str, str],
    convert: Callable[[str], Any] = str,
) -> Menu:
    chosen = getattr(asked.cases, field)
    told = [words.get(str(value), str(value)) for value in chosen]
    options = [
        Option(says, address(asked.changed(**{field: toggled(chosen, value)})), value in chosen)
        for value, says in ((convert(key), says) for key, says in words.items())
    ]
    everything = _("all %s") % len(words) if len(words) > 1 else _("all")
    says = ", ".join(told) or everything
    return Menu(name, says, bool(chosen), options, address(asked.changed(**{field: ()})))


def toggled(chosen: tuple[Any, ...], value: object) -> tuple[Any, ...]:
    return tuple(c for c in chosen if c != value) if value in chosen else (*chosen, value)


def presets(asked: Asked, today: date) -> list[Option]:
    return [
        Option(
            _("the last %s days") % days,
            address(until_today(days, today, asked.cases)),
            asked.preset == days,
        )
        for days in PRESETS
    ]
