"""Which cases: the filter that the queue shows and that every number links to.

A CaseFilter is made from an address and gives the address back, so that a link is a filter and a
filter is a link. What an address says and cannot be read is kept in `unread`, for the page to tell.

Ranges: a `date` is a day of each case's own site, the first and the last both counted; a `datetime`
is an instant, and the range goes from just after the first until the second.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime

from exceptions import routing
from exceptions.models import Case, User
from exceptions.queries import case_conditions as conditions
from exceptions.queries import recurring_conditions as returning
from exceptions.queries import walk_conditions as walks
from exceptions.queries.case_conditions import (
    ALL,
    AVOIDED,
    AWAKE,
    BREACHED,
    ENDED,
    LOST,
    ME,
    NOBODY,
    NONE,
    OPEN,
    SNOOZED,
    SNOOZED_OR_NOT,
    STATE_WORDS,
    TODAY,
    Bound,
)
from exceptions.vocabulary import (
    ClockKind,
    ClockState,
    DecisionKind,
    KindCode,
    Outcome,
    State,
    Tier,
)

# Around the ends of the calendar no zone can be added and no range widened; nothing happens there.
YEARS = range(1900, 2200)
CLOCK_STATES = (*ClockState.values, "ended")  # ended: met or breached


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Empty means "any", but for `states`, where empty means open; several values mean "one of".
    Of open cases alone, those that are snoozed are left out unless `snoozed` asks for them: that is
    the working queue. Numbers count them, so what a number links to asks for `SNOOZED_OR_NOT`.

    `states`: states, or one of STATE_WORDS. `owners`: ids of people, "me", "nobody". `due`:
    "breached", or "today" (until the end of the reader's day, what is over included). Ages are
    hours since detection. `clock_*` ask for a clock: its kind, how it stands, and when it ended.
    `recurs_with`: the case of that id, and those that its recurrence counts; `part_of`: that case
    and its children.
    `unowned`: open, and nobody owns it who may work on it. `missed`: no webhook told of it.
    `decisions`, `decided_*`: what was decided (the last that was taken and not undone), and when.
    `amounts`: what it avoided or lost is known ("avoided", "lost"), or neither is ("none") though
    it was an exception of its own; `amount_currencies`: of those amounts.
    `ways`, `ways_not`: went one of these ways through the states, or none of them (a letter a
    state, see queries.process; or "imported"). `movers`: how many people moved it; `reassigned`:
    how often it was given to another owner.
    `open_on`: was open at the end of that day. `ended_*`: resolved, or dismissed without.
    `entered`: came into that state in the range `entered_*`, the last time if more than once.
    `hour`: of the week of its detection, 0 to 167. `recurs`, `came_back`, `reopened_*`: see
    recurring_conditions.
    """

    states: tuple[str, ...] = (OPEN,)
    kinds: tuple[str, ...] = ()
    sites: tuple[int, ...] = ()
    tiers: tuple[str, ...] = ()
    teams: tuple[int, ...] = ()
    owners: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    decided_from: Bound | None = None
    decided_to: Bound | None = None
    amounts: str = ""
    amount_currencies: tuple[str, ...] = ()
    text: str = ""
    subject: str = ""
    recurs_with: int | None = None
    part_of: int | None = None
    snoozed: str = ""
    due: str = ""
    due_before: datetime | None = None
    responded: bool | None = None
    unowned: bool | None = None
    reopened: bool | None = None
    missed: bool | None = None
    detected_from: Bound | None = None
    detected_to: Bound | None = None
    resolved_from: Bound | None = None
    resolved_to: Bound | None = None
    ended_from: Bound | None = None
    ended_to: Bound | None = None
    entered: str = ""
    entered_from: Bound | None = None
    entered_to: Bound | None = None
    reopened_from: Bound | None = None
    reopened_to: Bound | None = None
    recurs: str = ""
    came_back: bool | None = None
    hour: int | None = None
    open_on: date | None = None
    age_min_hours: float | None = None
    age_max_hours: float | None = None
    clock: str = ""
    clock_state: str = ""
    clock_from: Bound | None = None
    clock_to: Bound | None = None
    imports: tuple[int, ...] = ()
    ways: tuple[str, ...] = ()
    ways_not: tuple[str, ...] = ()
    movers: int | None = None
    reassigned: int | None = None
    unread: tuple[str, ...] = ()

    @classmethod
    def from_query(cls, query: QueryDict) -> "CaseFilter":
        """What the address asks for. Parameters that are not the filter's are left alone."""
        said: dict[str, Any] = {}
        unread: list[str] = []
        for parameter in PARAMETERS:
            values = [v for v in query.getlist(parameter.name) if v != ""]
            read = [parameter.read(value) for value in values]
            good = [r for r in read if r is not None]
            unread += [
                f"{parameter.name}={v}" for v, r in zip(values, read, strict=True) if r is None
            ]
            if good:
                said[parameter.field] = tuple(dict.fromkeys(good)) if parameter.many else good[-1]
        return cls(**said, unread=tuple(unread))

    def to_query(self, **said: Any) -> str:
        """The query string of its address, without what is the default, and with the fields that
        are `said` to be different. A dashboard asks for some hundreds of these.
        """
        written: list[tuple[str, str]] = []
        for name, field, many, default in _WRITTEN:
            value = said[field] if field in said else getattr(self, field)
            if value != default:
                written += [(name, write(v)) for v in (value if many else (value,))]
        return urlencode(written)

    def apply(
        self, cases: QuerySet[Case], *, at: datetime, reader: User | None = None
    ) -> QuerySet[Case]:
        """Those of `cases` that match at `at`. `reader` is who "me" is and whose day "today" is."""
        return cases.filter(self.condition(at=at, reader=reader))

    def condition(self, *, at: datetime, reader: User | None = None) -> Q:
        """As `apply`, for counting several filters in one statement."""
        return Q(*self._conditions(at, reader))

    def changed(self, **said: Any) -> "CaseFilter":
        """The same filter with some fields different."""
        return replace(self, **said)

    def without(self, *names: str) -> "CaseFilter":
        """The same filter with the named fields back at their default."""
        return replace(self, **{name: DEFAULTS[name] for name in names})

    @property
    def is_live(self) -> bool:
        """Whether it asks for open cases only: these are ranked, others are newest first."""
        return all(state not in (ENDED, ALL, State.RESOLVED, State.CLOSED) for state in self.states)

    def _conditions(self, at: datetime, reader: User | None) -> list[Q]:
        plain = {
            "kind__in": self.kinds,
            "site_id__in": self.sites,
            "outcome__in": self.outcomes,
            "import_job__in": self.imports,
            "amounts_currency__in": self.amount_currencies,
        }
        said = [Q(**{name: values}) for name, values in plain.items() if values]
        said += [build(value) for build, value in self._lists(at, reader) if value]
        touched = walks.touched(self.movers, self.reassigned)
        return [
            conditions.stands_in(self.states),
            *said,
            *self._ranges(at),
            *self._turns(),
            *touched,
        ]

    def _lists(self, at: datetime, reader: User | None) -> list[tuple[Callable[[Any], Q], object]]:
        return [
            (conditions.of_tiers, self.tiers),
            (conditions.of_teams, self.teams),
            (lambda owners: conditions.of_owners(owners, reader), self.owners),
            (conditions.in_currencies, self.currencies),
            (conditions.with_amounts, self.amounts),
            (conditions.about, self.text),
            (lambda subject: Q(subject_key=subject), self.subject),
            (conditions.recurs_with, self.recurs_with),
            (lambda parent: Q(pk=parent) | Q(parent_id=parent), self.part_of),
            (conditions.rests, self.snoozed or (AWAKE if self.is_live else SNOOZED_OR_NOT)),
            (lambda word: conditions.due_word(word, at, reader), self.due),
            (lambda before: Q(next_due_at__lt=before), self.due_before),
            (conditions.open_on, self.open_on),
            (returning.recurs, self.recurs),
            (walks.went, self.ways),
            (lambda ways: ~walks.went(ways), self.ways_not),
        ]

    def _ranges(self, at: datetime) -> list[Q]:
        said = [conditions.aged(self.age_min_hours, self.age_max_hours, at)]
        for instant in ("detected", "resolved"):
            first, last = getattr(self, f"{instant}_from"), getattr(self, f"{instant}_to")
            said.append(conditions.between(f"{instant}_at", first, last))
        if self.ended_from or self.ended_to:
            said.append(conditions.ended_between(self.ended_from, self.ended_to))
        if self.clock or self.clock_state or self.clock_from or self.clock_to:
            clock = (self.clock, self.clock_state, self.clock_from, self.clock_to)
            said.append(conditions.has_clock(*clock, at))
        if self.decisions or self.decided_from or self.decided_to:
            said.append(conditions.decided(self.decisions, self.decided_from, self.decided_to))
        if self.unowned is not None:
            said.append(routing.unowned() if self.unowned else ~routing.unowned())
        if self.responded is not None:
            said.append(Q(first_response_at__isnull=not self.responded))
        if self.reopened is not None:
            said.append(Q(reopen_count__gt=0) if self.reopened else Q(reopen_count=0))
        if self.missed is not None:
            said.append(Q(missed_by_webhook=self.missed))
        return said

    def _turns(self) -> list[Q]:
        """What it came into, what came back, and when."""
        said = []
        if self.entered:
            entered = (self.entered, self.entered_from, self.entered_to)
            said.append(conditions.entered_between(*entered))
        if self.reopened_from or self.reopened_to:
            said.append(returning.reopened_between(self.reopened_from, self.reopened_to))
        if self.hour is not None:
            said.append(conditions.in_hour(self.hour))
        if self.came_back is not None:
            said.append(returning.came_back(self.came_back))
        return said


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the address, the field it sets, and how it is read (None: it cannot be)."""

    name: str
    field: str
    read: Callable[[str], Any]
    many: bool = False


def one_of(words: Iterable[str]) -> Callable[[str], str | None]:
    known = frozenset(str(word) for word in words)
    return lambda value: value if value in known else None


def _id(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def _owner(value: str) -> str | None:
    return value if value in (ME, NOBODY) or _id(value) is not None else None


def _text(value: str) -> str | None:
    return value.replace("\x00", "").strip()[:160] or None


def _flag(value: str) -> bool | None:
    return {"yes": True, "no": False}.get(value)


def _hour(value: str) -> int | None:
    hour = _id(value)
    return hour if hour is not None and hour < 7 * 24 else None


def _hours(value: str) -> float | None:
    try:
        hours = float(value)
    except ValueError:
        return None
    return hours if 0 <= hours <= 24 * 36_500 else None


def read_day(value: str) -> date | None:
    """A day in the form 2026-11-17; None for what is none, or lies outside YEARS."""
    try:
        day = parse_date(value)
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def _instant(value: str) -> datetime | None:
    try:
        instant = parse_datetime(value)
    except ValueError:
        return None
    return instant if instant and instant.tzinfo and instant.year in YEARS else None


def _bound(value: str) -> Bound | None:
    return read_day(value) or _instant(value)


def write(value: Any) -> str:
    """A value as it stands in an address."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)


PARAMETERS = (
    Parameter("state", "states", one_of((*STATE_WORDS, *State.values)), many=True),
    Parameter("kind", "kinds", one_of(KindCode.values), many=True),
    Parameter("site", "sites", _id, many=True),
    Parameter("tier", "tiers", one_of((*Tier.values, NONE)), many=True),
    Parameter("team", "teams", _id, many=True),
    Parameter("owner", "owners", _owner, many=True),
    Parameter("outcome", "outcomes", one_of(Outcome.values), many=True),
    Parameter("currency", "currencies", _text, many=True),
    Parameter("decision", "decisions", one_of(DecisionKind.values), many=True),
    Parameter("decided_from", "decided_from", _bound),
    Parameter("decided_to", "decided_to", _bound),
    Parameter("amounts", "amounts", one_of((AVOIDED, LOST, NONE))),
    Parameter("amounts_currency", "amount_currencies", _text, many=True),
    Parameter("q", "text", _text),
    Parameter("subject", "subject", _text),
    Parameter("recurs_with", "recurs_with", _id),
    Parameter("part_of", "part_of", _id),
    Parameter("snoozed", "snoozed", one_of((AWAKE, SNOOZED, SNOOZED_OR_NOT))),
    Parameter("due", "due", one_of((BREACHED, TODAY))),
    Parameter("due_before", "due_before", _instant),
    Parameter("responded", "responded", _flag),
    Parameter("unowned", "unowned", _flag),
    Parameter("reopened", "reopened", _flag),
    Parameter("missed_by_webhook", "missed", _flag),
    Parameter("detected_from", "detected_from", _bound),
    Parameter("detected_to", "detected_to", _bound),
    Parameter("resolved_from", "resolved_from", _bound),
    Parameter("resolved_to", "resolved_to", _bound),
    Parameter("ended_from", "ended_from", _bound),
    Parameter("ended_to", "ended_to", _bound),
    Parameter("entered", "entered", one_of(State.values)),
    Parameter("entered_from", "entered_from", _bound),
    Parameter("entered_to", "entered_to", _bound),
    Parameter("reopened_from", "reopened_from", _bound),
    Parameter("reopened_to", "reopened_to", _bound),
    Parameter("recurs", "recurs", one_of((returning.YES, returning.NO, returning.EITHER))),
    Parameter("came_back", "came_back", _flag),
    Parameter("hour", "hour", _hour),
    Parameter("open_on", "open_on", read_day),
    Parameter("age_min_hours", "age_min_hours", _hours),
    Parameter("age_max_hours", "age_max_hours", _hours),
    Parameter("clock", "clock", one_of(ClockKind.values)),
    Parameter("clock_state", "clock_state", one_of(CLOCK_STATES)),
    Parameter("clock_from", "clock_from", _bound),
    Parameter("clock_to", "clock_to", _bound),
    Parameter("import", "imports", _id, many=True),
    Parameter("way", "ways", walks.way, many=True),
    Parameter("way_not", "ways_not", walks.way, many=True),
    Parameter("movers", "movers", walks.number),
    Parameter("reassigned", "reassigned", walks.number),
)
DEFAULTS: Mapping[str, Any] = {field.name: field.default for field in fields(CaseFilter)}
_WRITTEN = tuple((p.name, p.field, p.many, DEFAULTS[p.field]) for p in PARAMETERS)
