"""The worklist: cases in the order in which to work on them, a page at a time.

Open cases are ranked by severity, then by the clock that ends next; others come newest first. Pages
are cut by the key of the last row, never by an offset: whatever comes in or goes between two pages,
every row that stays where it is appears exactly once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from exceptions.clocks import share_spent
from exceptions.models import Case, CaseEvent, Clock, Pause, Snooze, User
from exceptions.queries.case_filter import CaseFilter
from exceptions.vocabulary import OPEN_STATES, ClockState, Happening, Move, Tier

PAGE_SIZE = 50
MOST_COUNTED = 10_000  # of a list that holds what has ended: it may be all that ever was
RANKED = (F("score").desc(nulls_last=True), F("next_due_at").asc(nulls_last=True), "id")
RANKED_BACKWARDS = (
    F("score").asc(nulls_first=True),
    F("next_due_at").desc(nulls_first=True),
    "-id",
)
# What makes a case appear in somebody's worklist.
ARRIVALS = Q(happening=Happening.DETECTED) | Q(move__in=[Move.REOPEN, Move.ASSIGN])


@dataclass(frozen=True, slots=True)
class Key:
    """Where a case stands in the ranking."""

    score: int | None
    due: datetime | None
    id: int

    @classmethod
    def of(cls, case: Case) -> "Key":
        return cls(case.score, case.next_due_at, case.pk)

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """The key that `str()` wrote, or None if that is no key."""
        parts = text.split("_")
        try:
            score, due, number = parts
            instant = datetime.fromisoformat(due).astimezone(UTC) if due else None
            return cls(int(score) if score else None, instant, int(number))
        except (ValueError, OverflowError):  # the latter from the ends of the calendar
            return None

    def __str__(self) -> str:
        score = "" if self.score is None else str(self.score)
        due = self.due.isoformat() if self.due else ""
        return f"{score}_{due}_{self.id}"


@dataclass(frozen=True, slots=True)
class Row:
    """A case of the worklist with the clock that ends next (None when none runs), how much of its
    time is used up, what the case waits for, if it does, and until when it is snoozed, if it is.
    """

    case: Case
    clock: Clock | None
    spent: float = 0.0
    waits: Pause | None = None
    rests: Snooze | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """`after` is the key to ask the next page with; empty on the last page."""

    rows: list[Row]
    after: str


@dataclass(frozen=True, slots=True)
class Total:
    """How many cases; of those that are open, how many critical, and what is at risk by currency,
    never mixed. In a list of what has ended no more are counted than are worth a
    wait: then there are `more` than `n`.
    """

    n: int
    more: bool
    critical: int
    at_risk: list[tuple[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands among others: 1 is the first; neighbours are None at the ends.

    `number` is None for a case that is not among them any more: it has neighbours all the same, so
    that who has dealt with it goes on to the next.
    """

    number: int | None
    of: int
    previous: int | None
    next: int | None


@dataclass(frozen=True, slots=True)
class Worklist:
    """The cases of one filter for one reader at one instant. `cases` are those they may see; of
    what has ended `most` are counted.
    """

    cases: QuerySet[Case]
    asked: CaseFilter
    at: datetime
    reader: User | None = None
    most: int = MOST_COUNTED

    @property
    def found(self) -> QuerySet[Case]:
        return self.asked.apply(self.cases, at=self.at, reader=self.reader)

    def page(self, after: str = "", size: int = PAGE_SIZE) -> Page:
        """The page after the key; from the top without one, or with one that cannot be read."""
        key = Key.read(after) if after else None
        cases = self._after(key, size + 1)
        more = len(cases) > size
        return Page(
            with_clocks(cases[:size], self.at), str(Key.of(cases[size - 1])) if more else ""
        )

    def total(self) -> Total:
        by_currency = self.found.filter(state__in=OPEN_STATES).values("currency")
        told = by_currency.annotate(
            n=Count("pk"),
            critical=Count("pk", filter=Q(tier=Tier.CRITICAL)),
            sum=Sum("value_at_risk"),
        )
        rows = list(told.order_by())
        live = sum(row["n"] for row in rows)
        n, more = (live, False) if self.asked.is_live else self._so_many()
        sums = [(row["currency"], row["sum"]) for row in rows if row["sum"]]
        return Total(
            n=n,
            more=more,
            critical=sum(row["critical"] for row in rows),
            at_risk=sorted(sums, key=lambda pair: -pair[1]),
        )

    def _so_many(self) -> tuple[int, bool]:
        """How many there are, and whether there are more than were counted."""
        n = self.found.order_by()[: self.most + 1].count()
        return min(n, self.most), n > self.most

    def place(self, case: Case) -> Place:
        """Where the case stands here, or would stand if the filter found it."""
        here = self.found.filter(pk=case.pk).exists()
        key = Key.of(case)
        ranked = self.asked.is_live
        earlier = self.found.filter(before(key) if ranked else Q(pk__gt=case.pk))
        nearest = earlier.order_by(*(RANKED_BACKWARDS if ranked else ("id",)))
        following = self._after(key, 1)
        return Place(
            number=earlier.count() + 1 if here else None,
            of=self.found.count(),
            previous=nearest.values_list("pk", flat=True).first(),
            next=following[0].pk if following else None,
        )

    def arrived(self, since: int) -> list[int]:
        """Ids of the cases here that came, came back or changed hands after the event `since`."""
        events = CaseEvent.objects.filter(ARRIVALS, id__gt=since)
        return _ids(self.found.filter(pk__in=events.values("case_id")))

    def _after(self, key: Key | None, size: int) -> list[Case]:
        found = self.found.select_related("site", "owner", "team", "document")
        if not self.asked.is_live:
            newest = found.order_by("-id")
            return list((newest.filter(pk__lt=key.id) if key else newest)[:size])
        if key is None:
            return list(found.order_by(*RANKED)[:size])
        if key.score is None:
            return list(found.filter(score=None).filter(later(key)).order_by(*RANKED)[:size])
        # `score <= s` lets the database start in the index where the last page ended.
        rest = found.filter(score__lte=key.score).filter(
            Q(score__lt=key.score) | Q(score=key.score) & later(key)
        )
        cases = list(rest.order_by(*RANKED)[:size])
        if len(cases) < size:
            cases += found.filter(score=None).order_by(*RANKED)[: size - len(cases)]
        return cases


def later(key: Key) -> Q:
    """Of equal severity, after the key."""
    if key.due is None:
        return Q(next_due_at=None, pk__gt=key.id)
    same = Q(next_due_at=key.due, pk__gt=key.id)
    return Q(next_due_at__gt=key.due) | Q(next_due_at=None) | same


def before(key: Key) -> Q:
    """Ranked before the key."""
    if key.due is None:
        earlier = Q(next_due_at__isnull=False) | Q(next_due_at=None, pk__lt=key.id)
    else:
        earlier = Q(next_due_at__lt=key.due) | Q(next_due_at=key.due, pk__lt=key.id)
    if key.score is None:
        return Q(score__isnull=False) | Q(score=None) & earlier
    return Q(score__gt=key.score) | Q(score=key.score) & earlier


def with_clocks(cases: Iterable[Case], at: datetime) -> list[Row]:
    """Rows of the cases, in their order."""
    cases = list(cases)
    running = Clock.objects.filter(case__in=cases, stopped_at=None).order_by("-due_at")
    # The one that ends first comes last; one that is paused counts only where no other runs.
    by_end = sorted(
        running.select_related("calendar_version"), key=lambda c: c.state != ClockState.PAUSED
    )
    clocks = {clock.case_id: clock for clock in by_end}
    waits: dict[int, list[Pause]] = {}
    for pause in Pause.objects.filter(case__in=cases):
        waits.setdefault(pause.case_id, []).append(pause)
    rest = {row.case_id: row for row in Snooze.objects.filter(case__in=cases, ended_at=None)}
    return [
        _row(case, clocks.get(case.pk), waits.get(case.pk, []), rest.get(case.pk), at)
        for case in cases
    ]


def _row(
    case: Case, clock: Clock | None, pauses: list[Pause], rests: Snooze | None, at: datetime
) -> Row:
    waits = next((p for p in pauses if p.ended_at is None), None)
    return Row(case, clock, share_spent(clock, pauses, at) if clock else 0.0, waits, rests)


def counts(
    cases: QuerySet[Case], filters: Mapping[str, CaseFilter], *, at: datetime, reader: User
) -> dict[str, int]:
    """How many of `cases` each filter finds, in one statement."""
    found: dict[str, int] = cases.aggregate(
        **{
            name: Count("pk", filter=asked.condition(at=at, reader=reader))
            for name, asked in filters.items()
        }
    )
    return found


def changed(cases: QuerySet[Case], since: int) -> list[int]:
    """Ids of those of `cases` to which anything happened after the event `since`."""
    events = CaseEvent.objects.filter(id__gt=since)
    return _ids(cases.filter(pk__in=events.values("case_id")))


def latest_event() -> int:
    """The id of the last event written: as long as it stays, nothing has changed for anybody."""
    return CaseEvent.objects.aggregate(last=Max("id"))["last"] or 0


def _ids(cases: QuerySet[Case]) -> list[int]:
    return list(cases.order_by("pk").values_list("pk", flat=True)[:500])
