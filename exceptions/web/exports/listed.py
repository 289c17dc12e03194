"""What a list that can be had as a file is: its page, columns, rows, and its filter in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from exceptions.actors import Actor
from exceptions.queries.case_filter import CaseFilter
from exceptions.web import filters
from exceptions.web.exports.table import Column, Rows

Said = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Listed:
    """What the address of a list comes to: its rows in order, and the filter in words."""

    found: Rows
    filter: Said


@dataclass(frozen=True, slots=True)
class ListOfRows:
    """`page`: the name of the address where people read it; where that shows several lists, `asks`
    tells whether an address asks for this one. `of` raises PermissionDenied.
    """

    page: str
    title: str | Promise
    columns: tuple[Column, ...]
    of: Callable[[QueryDict, Actor, datetime], Listed]
    asks: Callable[[QueryDict], bool] = lambda query: True  # noqa: ARG005


def filter_in_words(asked: CaseFilter, actor: Actor) -> Said:
    """A line for each filter that is set, and one for what could not be read."""
    said = [(chip.name, chip.says) for chip in filters.chips(asked, filters.Names(actor))]
    if asked.unread:
        said.append((_("Not understood"), ", ".join(asked.unread)))
    return said
