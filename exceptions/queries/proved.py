"""Whether what was foreseen came: the first risk of each transit beside what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Avg, Case, Count, F, Q, QuerySet, When

from exceptions.lateness import measures
from exceptions.lateness.measures import Band, Pair
from exceptions.models import KeptTransit

BACK = timedelta(days=365)
ENOUGH = 30  # of fewer in a quarter nothing is concluded
DRIFT = 1.25  # times as large a Brier score as in the quarters before


@dataclass(frozen=True, slots=True)
class Quarter:
    """The transits promised for a quarter of a year. `usual` is the Brier score of somebody who
    foresees the share that came for each of them: what knows nothing of whom it is about.
    """

    name: str
    n: int
    late: int
    auc: float | None
    brier: float
    usual: float


@dataclass(frozen=True, slots=True)
class Proved:
    """`seen_ahead`: of how many a risk was kept before they were over; the others were foreseen
    afterwards, by what was known on their promised day.
    """

    whole: Quarter | None
    quarters: list[Quarter]
    bands: list[Band]
    seen_ahead: int
    drifts: bool


def proved(transits: QuerySet[KeptTransit], on: date) -> Proved:
    """Of those promised in the year before `on`: whether each was late is known."""
    known = _known(transits, on).order_by("promised_on")
    pairs: dict[str, list[Pair]] = {}
    for promised, done, share in known.values_list("promised_on", "done_on", "first_share"):
        late = done is None or done > promised
        if share is not None:
            quarter = f"{promised.year} Q{(promised.month + 2) // 3}"
            pairs.setdefault(quarter, []).append((share, late))
    every = [pair for some in pairs.values() for pair in some]
    quarters = [_quarter(name, some) for name, some in pairs.items()]
    return Proved(
        whole=_quarter("", every) if every else None,
        quarters=quarters,
        bands=measures.reliability(every),
        seen_ahead=known.filter(first_on__lt=F("promised_on")).count(),
        drifts=drifts(quarters),
    )


def _known(transits: QuerySet[KeptTransit], on: date) -> QuerySet[KeptTransit]:
    return transits.filter(
        Q(done_on__isnull=False) | Q(open=True),
        first_share__isnull=False,
        promised_on__gte=on - BACK,
        promised_on__lt=on,
    )


def no_better(transits: QuerySet[KeptTransit], on: date) -> bool:
    """Whether the risks were no better than foreseeing the share that came for everything; False
    where too few have come to say. Counted by the database, for the page of what is at risk.
    """
    in_time = Q(done_on__lte=F("promised_on"))
    told = _known(transits, on).aggregate(
        n=Count("pk"),
        late=Count("pk", filter=~in_time | Q(done_on=None)),
        error=Avg(
            Case(
                When(in_time, then=F("first_share") * F("first_share")),
                default=(1 - F("first_share")) * (1 - F("first_share")),
            )
        ),
    )
    if told["n"] < ENOUGH:
        return False
    share = told["late"] / told["n"]
    return bool(told["error"] >= share * (1 - share))


def _quarter(name: str, pairs: Sequence[Pair]) -> Quarter:
    late = sum(was for _, was in pairs)
    share = late / len(pairs)
    brier = measures.brier(pairs)
    assert brier is not None  # there are pairs
    return Quarter(name, len(pairs), late, measures.auc(pairs), brier, share * (1 - share))


def drifts(quarters: Sequence[Quarter]) -> bool:
    """Whether the latest quarter was foreseen clearly worse than those before, measured against
    what knows nothing: more lateness alone makes every score larger.
    """
    told = [q for q in quarters if q.n >= ENOUGH and q.usual]
    if len(told) < 2:
        return False
    *before, last = (q.brier / q.usual for q in told)
    return last > DRIFT * sum(before) / len(before)
