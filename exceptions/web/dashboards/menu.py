"""The filters of a dashboard as people see them: chips that open what could be asked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from exceptions.actors import Actor
from exceptions.queries.case_conditions import ME, NOBODY
from exceptions.vocabulary import KindCode, Tier
from exceptions.web.dashboards.asked import PRESETS, Asked, address
from exceptions.web.filters import Names, Option


@dataclass(frozen=True, slots=True)
class Menu:
    """One field: what is chosen ("all" when nothing is), the options, the address without it."""

    name: str
    says: str
    on: bool
    options: list[Option]
    clear_url: str


def menus(asked: Asked, actor: Actor, heeds: Collection[str] = ()) -> list[Menu]:
    """The filters that `heeds` names; all, if it names none."""
    names = Names(actor)
    owners = {ME: _("me"), NOBODY: _("nobody")} | names.people
    every: list[tuple[str, Sequence[Any], str, dict[str, str]]] = [
        ("site", asked.cases.sites, _("site"), names.sites),
        ("kind", asked.cases.kinds, _("kind"), _labels(KindCode)),
        ("tier", asked.cases.tiers, _("tier"), _labels(Tier)),
        ("team", asked.cases.teams, _("team"), names.teams),
        ("owner", asked.cases.owners, _("owner"), owners),
    ]
    return [_menu(asked, *field) for field in every if not heeds or field[0] in heeds]


def _labels(choices: type[Any]) -> dict[str, str]:
    return {str(choice): str(choice.label) for choice in choices}


def _menu(
    asked: Asked, parameter: str, chosen: Sequence[Any], name: str, words: dict[str, str]
) -> Menu:
    """Its addresses are put together from parameters: there may be hundreds."""
    on = [str(value) for value in chosen]
    rest = [pair for pair in (*asked.pairs(), *asked.range_pairs()) if pair[0] != parameter]

    def url(values: Sequence[str]) -> str:
        return address(asked, [*rest, *((parameter, value) for value in values)])

    options = [Option(says, url(toggled(on, value)), value in on) for value, says in words.items()]
    everything = _("all %s") % len(words) if len(words) > 1 else _("all")
    says = ", ".join(words.get(value, value) for value in on) or everything
    return Menu(name, says, bool(on), options, url([]))


def toggled(chosen: Sequence[str], value: str) -> list[str]:
    return [c for c in chosen if c != value] if value in chosen else [*chosen, value]


def presets(asked: Asked) -> list[Option]:
    return [
        Option(
            _("the last %s days") % days,
            address(asked, [*asked.pairs(), ("days", str(days))]),
            asked.preset == days,
        )
        for days in PRESETS
    ]
