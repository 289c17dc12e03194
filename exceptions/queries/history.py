"""History as auditors read it: lines of all cases, and of settings, by filter, newest first."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date

from exceptions.actors import Actor, site_ids
from exceptions.models import CaseEvent, SettingChange
from exceptions.vocabulary import Governed, Happening, Move, Role, Via

# Lines that stand at no site, and that auditors of any site may read: they are the company's.
COMPANY_WIDE = (
    Governed.POLICY,
    Governed.ROUTING,
    Governed.MATRIX,
    Governed.CALENDAR,
    Governed.BLACKOUT,
    Governed.RATE,
)
LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFilter:
    """What is asked of a history. An empty field asks nothing.

    `what` is a move or a happening, or an area of settings; `first` and `last` are days of the
    reader's zone, both included; `who` is a part of a name, `person` the id of exactly one.
    `override`: only what people did that the tower does by itself.
    """

    who: str = ""
    what: str = ""
    via: str = ""
    override: bool = False
    person: int | None = None
    case: int | None = None
    site: int | None = None
    first: date | None = None
    last: date | None = None

    @classmethod
    def from_query(cls, query: QueryDict) -> "HistoryFilter":
        """What cannot be read asks nothing."""
        what, via = query.get("what", ""), query.get("via", "")
        known = {*Move.values, *Happening.values, *Governed.values}
        return cls(
            who=query.get("who", "").replace("\x00", "").strip()[:LONGEST],
            what=what if what in known else "",
            via=via if via in Via.values else "",
            override=query.get("override") == "1",
            person=_number(query.get("person", "")),
            case=_number(query.get("case", "").strip().upper().removeprefix("C-")),
            site=_number(query.get("site", "")),
            first=_day(query.get("first", "")),
            last=_day(query.get("last", "")),
        )

    def to_query(self) -> str:
        asked = {name: getattr(self, name) for name in self.__slots__}
        said = {name: value for name, value in asked.items() if value}
        return urlencode(said | ({"override": 1} if self.override else {}))

    def changed(self, **what: Any) -> "HistoryFilter":
        return replace(self, **what)

    def events(self, rows: QuerySet[CaseEvent], zone: tzinfo) -> QuerySet[CaseEvent]:
        """Those asked for, what was written last first."""
        found = rows.filter(self._common("actor_name", "actor", zone))
        if self.what:
            found = found.filter(Q(move=self.what) | Q(happening=self.what))
        if self.case is not None:
            found = found.filter(case=self.case)
        if self.site is not None:
            found = found.filter(case__site=self.site)
        return found.order_by("-pk")

    def settings(self, rows: QuerySet[SettingChange], zone: tzinfo) -> QuerySet[SettingChange]:
        """Those asked for, what was written last first. No case is asked for here."""
        found = rows.filter(self._common("by_name", "by", zone))
        if self.what:
            found = found.filter(area=self.what)
        if self.site is not None:
            found = found.filter(site=self.site)
        return found.order_by("-number")

    def _common(self, name: str, person: str, zone: tzinfo) -> Q:
        asked = Q(data__override=True) if self.override else Q()
        if self.person is not None:
            asked &= Q(**{person: self.person})
        if self.who:
            asked &= Q(**{f"{name}__icontains": self.who})
        if self.via:
            asked &= Q(via=self.via)
        if self.first:
            asked &= Q(at__gte=_start(self.first, zone))
        if self.last:
            asked &= Q(at__lt=_start(self.last + timedelta(days=1), zone))
        return asked


def audited_events(actor: Actor) -> QuerySet[CaseEvent]:
    """The history of the cases at the sites that the actor audits."""
    sites = site_ids(actor, [Role.AUDITOR])
    rows = CaseEvent.objects.select_related("case__site")
    return rows if sites is None else rows.filter(case__site__in=sites)


def audited_settings(actor: Actor) -> QuerySet[SettingChange]:
    """Of settings at the sites that the actor audits, and of those of the whole company."""
    sites = site_ids(actor, [Role.AUDITOR])
    rows = SettingChange.objects.select_related("site")
    if sites is None:
        return rows
    if not sites:
        return rows.none()
    return rows.filter(Q(site__in=sites) | Q(site=None, area__in=COMPANY_WIDE))


def _start(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _day(text: str) -> date | None:
    try:
        found = parse_date(text)
    except ValueError:  # well formed, but no such day
        return None
    return found if found and 1970 <= found.year < 9999 else None
