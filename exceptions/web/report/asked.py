"""What the report is asked for, all of it in the address: a period, sites and kinds."""

from dataclasses import dataclass, replace
from datetime import date

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions.queries.case_filter import CaseFilter, read_day
from exceptions.report import period as periods
from exceptions.report.contents import Wanted
from exceptions.report.period import LAST_30, Period

WORDS = {
    LAST_30: gettext_lazy("the last 30 days"),
    "month": gettext_lazy("this month"),
    "last-month": gettext_lazy("last month"),
    "quarter": gettext_lazy("this quarter"),
    "last-quarter": gettext_lazy("last quarter"),
    "week": gettext_lazy("the last 7 whole days"),
}
DAYS = ("from", "to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`name` is that of a named period; empty for own days. `unread`: what could not be used."""

    name: str
    period: Period
    sites: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def wanted(self) -> Wanted:
        return Wanted(period=self.period, sites=self.sites, kinds=self.kinds)

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of its address."""
        days = zip(DAYS, (self.period.first, self.period.last), strict=True)
        when = [("period", self.name)] if self.name else [(n, d.isoformat()) for n, d in days]
        return [*when, *self.kept()]

    def kept(self) -> list[tuple[str, str]]:
        """Those that another period carries along."""
        sites = [("site", str(site)) for site in self.sites]
        return [*sites, *(("kind", kind) for kind in self.kinds)]

    def changed(self, **fields: tuple[object, ...]) -> "Asked":
        return replace(self, **fields)  # type: ignore[arg-type]  # tuples of what the field holds

    def named(self, name: str, today: date) -> "Asked":
        """The same for a named period."""
        found = periods.named(name, today)
        assert found is not None
        return replace(self, name=name, period=found)


def address(asked: Asked, route: str = "report") -> str:
    return f"{reverse(route)}?{urlencode(asked.pairs())}"


def read(query: QueryDict, today: date) -> Asked:
    """The last 30 days where the address names no period, or none that can be."""
    said = CaseFilter.from_query(query)
    unread = tuple(text for text in said.unread if text.split("=")[0] in ("site", "kind"))
    last_30 = periods.named(LAST_30, today)
    assert last_30 is not None
    usual = Asked(name=LAST_30, period=last_30, sites=said.sites, kinds=said.kinds, unread=unread)
    if any(query.get(name) for name in DAYS):
        return _own(query, today, usual)
    name = query.get("period", LAST_30)
    if name not in WORDS:
        return replace(usual, unread=(*unread, f"period={name}"))
    return usual.named(name, today)


def _own(query: QueryDict, today: date, usual: Asked) -> Asked:
    first, last = (read_day(query.get(name, "")) for name in DAYS)
    found = periods.own(first, last, today)
    if found is None:
        told = {name: query.get(name) or "?" for name in DAYS}
        unread = _("the range %(from)s to %(to)s, or more than a year") % told
        return replace(usual, unread=(*usual.unread, unread))
    return replace(usual, name="", period=found)
