"""Columns that several lists have, and how their values are told."""

from collections.abc import Callable
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions.vocabulary import KindCode, Tier
from exceptions.web.exports.table import Column


def labels(choices: Any) -> Callable[[Any], object]:
    labels = {str(choice): str(choice.label) for choice in choices}
    return lambda value: labels.get(value, value)


def reference(number: int) -> str:
    return f"C-{number}"


def yes(value: bool) -> str:
    return _("yes") if value else ""


def person(path: str) -> Coalesce:
    """What somebody is called, as `str()` of a User says it."""
    full = Trim(Concat(F(f"{path}__first_name"), Value(" "), F(f"{path}__last_name")))
    return Coalesce(NullIf(full, Value("")), F(f"{path}__username"))


def of_case(path: str = "") -> tuple[Column, ...]:
    """What every list of things of cases begins with."""
    return (
        Column("id", gettext_lazy("Case"), path.rstrip("_") + "_id" if path else "id", reference),
        Column("kind", gettext_lazy("Kind of exception"), f"{path}kind", labels(KindCode)),
        Column("title", gettext_lazy("About"), f"{path}title"),
        Column("site", gettext_lazy("Site"), f"{path}site__name"),
        Column("team", gettext_lazy("Team"), f"{path}team__name"),
        Column("owner", gettext_lazy("Owner"), "owner_name"),
        Column("tier", gettext_lazy("Tier"), f"{path}tier", labels(Tier)),
    )
