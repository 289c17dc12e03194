"""Conditions on cases, one function a question. `case_filter.CaseFilter` puts them together."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.search import SearchQuery, SearchVectorExact
from django.db.models import (
    DateField,
    DateTimeField,
    Exists,
    F,
    FloatField,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Least, Lower
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, In, LessThanOrEqual

from exceptions import recurrence
from exceptions.models import Case, CaseEvent, Clock, Decision, Snooze, User
from exceptions.models.case import CASE_WORDS, SIGNS
from exceptions.models.clock import over
from exceptions.vocabulary import (
    ENDED_STATES,
    OPEN_STATES,
    REAL_ENDS,
    TAKEN,
    ClockState,
    DecisionKind,
    State,
)

Bound = date | datetime

OPEN, ENDED, UNACKNOWLEDGED, ALL = "open", "ended", "unacknowledged", "all"
STATE_WORDS: dict[str, tuple[State, ...]] = {
    OPEN: OPEN_STATES,
    UNACKNOWLEDGED: (State.DETECTED, State.CLASSIFIED, State.ASSIGNED),
    ENDED: ENDED_STATES,
    ALL: tuple(State),
}
ME, NOBODY = "me", "nobody"
AWAKE, SNOOZED, SNOOZED_OR_NOT = "no", "yes", "any"
BREACHED, TODAY = "breached", "today"
AVOIDED, LOST = "avoided", "lost"
NO_TEAM = 0
NONE = "none"  # a tier, a currency with its amount, or amounts, that the case does not have

HOURS_A_DAY = 24
APART = str.maketrans(SIGNS, " " * len(SIGNS))

# No zone is further from UTC than this: a bound that lets the database use its index on an instant
# before it looks at the day of every site.
FARTHEST_ZONE = timedelta(hours=15)


def stands_in(words: Iterable[str]) -> Q:
    """In one of the states, given as states or as words of STATE_WORDS."""
    states = {s for word in words for s in STATE_WORDS.get(word, (word,))}
    return Q() if len(states) == len(State) else Q(state__in=sorted(states))


def of_tiers(tiers: Iterable[str]) -> Q:
    return Q(tier__in=["" if tier == NONE else tier for tier in tiers])


def of_teams(teams: Iterable[int]) -> Q:
    """Of one of the teams; 0 means none."""
    ids = list(teams)
    return Q(team_id__in=ids) | (Q(team=None) if NO_TEAM in ids else Q())


def of_owners(words: Iterable[str], reader: User | None) -> Q:
    """Owned by one of the people, given as ids, "me" (the reader) or "nobody"."""
    found = Q(pk__in=[])
    for word in words:
        if word == NOBODY:
            found |= Q(owner=None)
        elif word != ME:
            found |= Q(owner_id=int(word))
        elif reader:
            found |= Q(owner_id=reader.pk)
    return found


def in_currencies(currencies: Iterable[str]) -> Q:
    """With an amount at risk in one of the currencies, or ("none") without a known amount."""
    found = Q(pk__in=[])
    for currency in currencies:
        known = Q(value_at_risk__isnull=False, currency=currency)
        unknown = Q(value_at_risk=None) | Q(currency="")
        found |= unknown if currency == NONE else known
    return found


def decided(kinds: Iterable[str], first: Bound | None, last: Bound | None) -> Q:
    """One of these (empty: any) was decided in the range: the last decision that was taken and
    not undone. It is looked for only among cases of which any decision lies in the range.
    """
    instant, zone = Coalesce("approved_at", "proposed_at"), F("case__site__time_zone")
    taken = Decision.objects.filter(state__in=TAKEN).exclude(kind=DecisionKind.UNDO)
    undone = Decision.objects.filter(undoes=OuterRef("pk"), state__in=TAKEN)
    of_case = taken.filter(~Exists(undone), case=OuterRef("pk")).order_by("-pk")
    when = Subquery(of_case.annotate(when=instant).values("when")[:1])
    found = Q(pk__in=taken.filter(in_range(instant, zone, first, last)).values("case_id"))
    found &= in_range(when, F("site__time_zone"), first, last)
    if chosen := list(kinds):
        found &= Q(In(Subquery(of_case.values("kind")[:1]), chosen))
    return found


def with_amounts(word: str) -> Q:
    """What it avoided (or lost) is known; or nobody said either of a case that was real."""
    if word == NONE:
        return Q(avoided=None, lost=None, state__in=ENDED_STATES, outcome__in=REAL_ENDS)
    return Q(**{f"{word}__isnull": False})


def about(text: str) -> Q:
    """Every word begins a word of the case (see CASE_WORDS), or names the case (`C-12`).

    A word with signs in it (`IN/00012`) is looked for as it stands, but for its end, which may go
    on. What has no letter or digit is no word; without any, nothing is found.
    """
    words = [parts for word in text.split() if (parts := _parts(word))]
    return Q(*(_has(parts) for parts in words)) if words else Q(pk__in=[])


def _parts(word: str) -> list[str]:
    """The word taken apart as CASE_WORDS does it, so that it cannot say anything but words."""
    return [part for part in word.translate(APART).split() if any(map(str.isalnum, part))]


def _has(parts: list[str]) -> Q:
    *first, last = parts
    asked = " <-> ".join([*(f"'{part}'" for part in first), f"'{last}':*"])
    query = SearchQuery(Lower(Value(asked)), config="simple", search_type="raw")
    here = Q(SearchVectorExact(CASE_WORDS, query))
    if [part.upper() for part in first] in ([], ["C"]) and _is_number(last):
        here |= Q(pk=int(last))
    return here


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) < 19


def recurs_with(case_id: int) -> Q:
    """The case and those that its recurrence counts."""
    case = Case.objects.select_related("policy").filter(pk=case_id).first()
    return recurrence.counted(case) if case else Q(pk__in=[])


def rests(word: str) -> Q:
    """Is snoozed now, or is not; `SNOOZED_OR_NOT` asks for nothing."""
    asleep = Q(Exists(Snooze.objects.filter(case=OuterRef("pk"), ended_at=None)))
    return {AWAKE: ~asleep, SNOOZED: asleep}.get(word, Q())


def due_word(word: str, at: datetime, reader: User | None) -> Q:
    """A clock is over ("breached"), or is over by the end of the reader's day ("today")."""
    return Q(next_due_at__lt=at if word == BREACHED else end_of_day(at, reader))


def end_of_day(at: datetime, reader: User | None) -> datetime:
    zone = ZoneInfo((reader.time_zone if reader else "") or "UTC")
    tomorrow = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, zone)


def between(instant: str, first: Bound | None, last: Bound | None) -> Q:
    """The instant lies in the range (see case_filter on ranges)."""
    return in_range(F(instant), F("site__time_zone"), first, last)


def ended_between(first: Bound | None, last: Bound | None) -> Q:
    """Resolved, or closed without (dismissed), in the range."""
    ended = Coalesce("resolved_at", "closed_at")
    return Q(state__in=ENDED_STATES) & in_range(ended, F("site__time_zone"), first, last)


def entered_between(state: str, first: Bound | None, last: Bound | None) -> Q:
    """Came into the state in the range, the last time if more than once; whatever it is now."""
    return between(f"{state}_at", first, last) & Q(**{f"{state}_at__isnull": False})


def in_hour(hour: int) -> Q:
    """Detected in that hour of the week at its site: 0 is Monday's first, 167 Sunday's last."""
    wall = Func(
        F("site__time_zone"), F("detected_at"), function="timezone", output_field=DateTimeField()
    )
    there = {
        "isodow": hour // HOURS_A_DAY + 1,
        "hour": hour % HOURS_A_DAY,
    }
    return Q(
        *(
            Exact(Func(Value(part), wall, function="date_part", output_field=FloatField()), n)
            for part, n in there.items()
        )
    )


def aged(least: float | None, below: float | None, at: datetime) -> Q:
    """Detected at least `least` and less than `below` hours before `at`."""
    found = Q()
    if least is not None:
        found &= Q(detected_at__lte=at - timedelta(hours=least))
    if below is not None:
        found &= Q(detected_at__gt=at - timedelta(hours=below))
    return found


def open_on(day: date) -> Q:
    """Open at the end of the day at its site. A reopened case may have been so more than once."""
    there = F("site__time_zone")
    begun = in_range(F("detected_at"), there, None, day)
    ended = Coalesce("resolved_at", "closed_at")
    still = Q(state__in=OPEN_STATES) | Q(GreaterThan(local_day(ended, there), day))
    crossing = CaseEvent.objects.exclude(to_state="").filter(
        Q(from_state__in=ENDED_STATES, to_state__in=OPEN_STATES)
        | Q(from_state__in=OPEN_STATES, to_state__in=ENDED_STATES),
        LessThanOrEqual(local_day(happened(), F("case__site__time_zone")), day),
        case=OuterRef("pk"),
    )
    stood = Coalesce(
        Subquery(crossing.order_by("-number").values("to_state")[:1]), Value(str(State.DETECTED))
    )
    was_open = Q(In(stood, [str(s) for s in OPEN_STATES]))
    return begun & (Q(reopen_count=0) & still | Q(reopen_count__gt=0) & was_open)


def happened() -> Coalesce:
    """When an event happened; what was imported ended when its file says, not when it was read."""
    told = Cast(KeyTextTransform("ended_at", "data"), DateTimeField())
    return Coalesce(told, F("at"))


def has_clock(kind: str, state: str, first: Bound | None, last: Bound | None, at: datetime) -> Q:
    """Has a clock of the kind ("" = any) that stands so, and ended in the range.

    A met clock ends when it is stopped, a breached one when it fell due. A running clock that is
    past due counts as breached, whether or not the sweep has been there.
    """
    stands = {
        "": Q(),
        "ended": Q(state__in=[ClockState.MET, ClockState.BREACHED]) | over(at),
        ClockState.BREACHED: Q(state=ClockState.BREACHED) | over(at),
        ClockState.RUNNING: Q(state=ClockState.RUNNING) & ~over(at),
    }
    clocks = Clock.objects.filter(stands.get(state, Q(state=state)), case=OuterRef("pk"))
    if kind:
        clocks = clocks.filter(kind=kind)
    ended = Least("stopped_at", "due_at")
    return Q(Exists(clocks.filter(in_range(ended, F("case__site__time_zone"), first, last))))


def local_day(instant: Combinable, zone: F) -> Cast:
    """The date of the instant on the wall of the site."""
    wall = Func(zone, instant, function="timezone", output_field=DateTimeField())
    return Cast(wall, DateField())


def in_range(instant: Combinable, zone: F, first: Bound | None, last: Bound | None) -> Q:
    """See case_filter on ranges; `zone` is the field that names the zone of the site."""
    found = Q()
    if isinstance(first, datetime):
        found &= Q(GreaterThan(instant, first))
    elif first:
        found &= Q(GreaterThanOrEqual(instant, _start(first) - FARTHEST_ZONE))
        found &= Q(GreaterThanOrEqual(local_day(instant, zone), first))
    if isinstance(last, datetime):
        found &= Q(LessThanOrEqual(instant, last))
    elif last:
        found &= Q(LessThanOrEqual(instant, _start(last) + timedelta(days=1) + FARTHEST_ZONE))
        found &= Q(LessThanOrEqual(local_day(instant, zone), last))
    return found


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
