"""What numbers are asked for: a range of days and which cases, as an address says it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from exceptions.actors import Actor
from exceptions.queries import scope
from exceptions.queries.case_conditions import ALL, ME, NOBODY, NONE, SNOOZED_OR_NOT
from exceptions.queries.case_filter import CaseFilter, read_day
from exceptions.queries.scope import Scope

PRESETS = (7, 30, 90)
DEFAULT_DAYS = 30
LONGEST = 366  # days
FIELDS = ("sites", "kinds", "tiers", "teams", "owners")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A range of days, both counted, and the cases. `preset` is how many days until today, if so.

    `unread` says what of the address could not be used; the default took its place.
    """

    first_day: date
    last_day: date
    preset: int | None
    cases: CaseFilter
    unread: tuple[str, ...] = ()
    dashboard: str = ""

    def to_query(self) -> str:
        """The range is always said: an address that says nothing goes on with what was last."""
        return urlencode([*self.pairs(), *self.range_pairs()])

    def pairs(self) -> list[tuple[str, str]]:
        """Which cases, as parameters of the address."""
        query = QueryDict(self.cases.without("states", "snoozed").to_query())
        return [(name, value) for name, values in query.lists() for value in values]

    def range_pairs(self) -> list[tuple[str, str]]:
        if self.preset is None:
            return [("from", self.first_day.isoformat()), ("to", self.last_day.isoformat())]
        return [("days", str(self.preset))]

    def changed(self, **fields: tuple[object, ...]) -> "Asked":
        """The same with other cases."""
        return replace(self, cases=self.cases.changed(**fields))

    def scope(self, actor: Actor, at: datetime) -> Scope:
        """The scope of the figures, with no site but what the actor may see."""
        return Scope(
            at=at,
            first_day=self.first_day,
            last_day=self.last_day,
            sites=scope.sites_of(actor, self.cases.sites),
            kinds=self.cases.kinds,
            tiers=tuple("" if tier == NONE else tier for tier in self.cases.tiers),
            teams=self.cases.teams,
            owners=tuple(_owner_id(word, actor) for word in self.cases.owners),
        )


def _owner_id(word: str, actor: Actor) -> int:
    if word == NOBODY or (word == ME and actor.user is None):
        return scope.NOBODY
    return actor.user.pk if word == ME and actor.user else int(word)


def read(query: QueryDict, today: date, dashboard: str = "") -> Asked:
    """What the address asks for; the last 30 days where it does not say, or says no range."""
    return replace(_read(query, today), dashboard=dashboard)


def _read(query: QueryDict, today: date) -> Asked:
    said = CaseFilter.from_query(query)
    cases = CaseFilter(
        states=(ALL,),
        snoozed=SNOOZED_OR_NOT,
        **{name: getattr(said, name) for name in FIELDS},
    )
    names = ("site", "kind", "tier", "team", "owner")
    unread = tuple(text for text in said.unread if text.split("=")[0] in names)
    if query.get("from") or query.get("to"):
        return _custom(query, today, cases, unread)
    days = query.get("days", str(DEFAULT_DAYS))
    if days not in map(str, PRESETS):
        days, unread = str(DEFAULT_DAYS), (*unread, f"days={days}")
    return until_today(int(days), today, cases, unread)


def until_today(days: int, today: date, cases: CaseFilter, unread: tuple[str, ...] = ()) -> Asked:
    first = today - timedelta(days=days - 1)
    return Asked(first_day=first, last_day=today, preset=days, cases=cases, unread=unread)


def _custom(query: QueryDict, today: date, cases: CaseFilter, unread: tuple[str, ...]) -> Asked:
    first, last = read_day(query.get("from", "")), read_day(query.get("to", ""))
    if first is None or last is None or first > last or first > today:
        told = _("the range %(from)s to %(to)s") % {
            "from": query.get("from") or "?",
            "to": query.get("to") or "?",
        }
        return until_today(DEFAULT_DAYS, today, cases, (*unread, told))
    last = min(last, today)
    if (last - first).days >= LONGEST:
        first = last - timedelta(days=LONGEST - 1)
        unread = (*unread, _("more than %s days") % LONGEST)
    return Asked(first_day=first, last_day=last, preset=None, cases=cases, unread=unread)
