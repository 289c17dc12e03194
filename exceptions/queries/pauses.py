"""Pauses: how often and how long cases waited for somebody outside, and how often too long."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet

from exceptions.models import Case, Pause
from exceptions.queries.case_conditions import in_range
from exceptions.queries.scope import Scope, rolled_rows, rows
from exceptions.rollups import durations
from exceptions.vocabulary import Figure

LASTING = -1  # in place of a class of duration
SPENT = ":spent"  # after for whom it waited


@dataclass(frozen=True, slots=True)
class Paused:
    """Pauses that began in the range and were for one `waiting` (vocabulary.Waiting): `spent` used
    up what the policy allows, `lasting` have not ended. `lengths` counts the others by class.
    """

    waiting: str
    n: int
    spent: int
    lasting: int
    lengths: dict[int, int] = field(default_factory=dict)

    @property
    def median(self) -> float | None:
        """Seconds, of those that have ended."""
        return durations.percentile(self.lengths, 50)


def by_waiting(scope: Scope) -> list[Paused]:
    """Most first."""
    if scope.from_rollups:
        found = rolled_rows("rolled/what_and_place", figure=Figure.PAUSED, scope=scope)
    else:
        found = rows("pauses", scope=scope)
    places: dict[str, Counter[int]] = {}
    spent = Counter[str]()
    for what, place, n in found:
        waiting, used_up, _rest = what.partition(SPENT)
        places.setdefault(waiting, Counter())[place] += n
        spent[waiting] += n if used_up else 0
    told = [_paused(waiting, spent[waiting], counts) for waiting, counts in places.items()]
    return sorted(told, key=lambda paused: (-paused.n, paused.waiting))


def _paused(waiting: str, spent: int, counts: Counter[int]) -> Paused:
    lengths = {place: n for place, n in counts.items() if place != LASTING}
    return Paused(waiting, counts.total(), spent, counts[LASTING], lengths)


def all_of_them(found: list[Paused]) -> Paused:
    """Put together, whoever they waited for."""
    lengths = sum((Counter(paused.lengths) for paused in found), Counter[int]())
    return Paused(
        "",
        sum(paused.n for paused in found),
        sum(paused.spent for paused in found),
        sum(paused.lasting for paused in found),
        dict(lengths),
    )


WHICH = {
    "ended": Q(ended_at__isnull=False),
    "in_time": Q(ended_at__lt=F("ends_by")),
    "spent": Q(ended_at__gte=F("ends_by")),
    "lasting": Q(ended_at=None),
}


def listed(
    scope: Scope, cases: QuerySet[Case], *, waiting: str = "", which: str = ""
) -> QuerySet[Pause]:
    """The pauses of `cases` that began in the range, latest first; one of WHICH, or all."""
    begun = in_range(F("started_at"), F("case__site__time_zone"), scope.first_day, scope.last_day)
    found = Pause.objects.filter(begun, WHICH.get(which, Q()), case__in=cases)
    if waiting:
        found = found.filter(waiting_for=waiting)
    return found.select_related("case__site", "by").order_by("-started_at", "-id")
