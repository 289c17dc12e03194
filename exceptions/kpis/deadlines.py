"""Clocks that run, and pauses: what is about to be breached, and how long cases wait outside."""

from django.utils.translation import gettext_lazy as _

from exceptions.kpis.kpi import Kpi, Measure, share
from exceptions.queries import breach, pauses, time_left
from exceptions.queries.counted import Counted
from exceptions.vocabulary import Better, ClockKind, Left, Unit, Waiting


def _met(counted: Counted) -> list[Measure]:
    rows = counted(breach.by_clock)
    n, met = sum(row.n for row in rows), sum(row.n - row.breached for row in rows)
    kinds = [
        share(row.n - row.breached, row.n, row.kind, ClockKind(row.kind).label) for row in rows
    ]
    return [share(met, n), *kinds]


def _with_left(counted: Counted, wanted: Left) -> list[Measure]:
    rows = counted(time_left.by_left)
    some = sum(row.n for row in rows if row.left == wanted)
    return [Measure(some, sum(row.n for row in rows), counted=some)]


def _time_left(counted: Counted) -> list[Measure]:
    rows = counted(time_left.by_left)
    sums = {left: sum(row.n for row in rows if row.left == left) for left in Left}
    n = sum(sums.values())
    return [Measure(n, n), *(Measure(m, m, left.value, left.label) for left, m in sums.items())]


def _pauses(counted: Counted) -> list[Measure]:
    rows = counted(pauses.by_waiting)
    n = sum(row.n for row in rows)
    parts = [Measure(row.n, row.n, row.waiting, Waiting(row.waiting).label) for row in rows]
    return [Measure(n, n), *parts]


def _pause_length(counted: Counted) -> list[Measure]:
    rows = counted(pauses.by_waiting)
    whole = pauses.all_of_them(rows)
    parts = [
        Measure(row.median, row.n - row.lasting, row.waiting, Waiting(row.waiting).label)
        for row in rows
        if row.median is not None
    ]
    return [Measure(whole.median, whole.n - whole.lasting), *parts]


def _pauses_spent(counted: Counted) -> list[Measure]:
    whole = pauses.all_of_them(counted(pauses.by_waiting))
    return [share(whole.spent, whole.n - whole.lasting)]


SLA_MET = Kpi(
    key="sla_met",
    name=_("SLA adherence"),
    means=_("Of the clocks that ended, the share met in time."),
    unit=Unit.SHARE,
    better=Better.MORE,
    counts=_("clocks"),
    of=_met,
    apart=_("kind of clock"),
)
TIME_LEFT = Kpi(
    key="time_left",
    name=_("Clocks of open cases"),
    means=_("Clocks that run or are over, by what is left of their business time, now."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("clocks"),
    of=_time_left,
    apart=_("time left"),
)
OVER = Kpi(
    key="clocks_over",
    name=_("Over now"),
    means=_("Clocks of open cases that are breached, and still wait for what is missing, now."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("clocks"),
    of=lambda counted: _with_left(counted, Left.OVER),
)
SOON = Kpi(
    key="clocks_soon",
    name=_("Less than 1 h left"),
    means=_("Clocks of open cases that fall due within an hour of their business time, now."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("clocks"),
    of=lambda counted: _with_left(counted, Left.HOUR),
)
PAUSES = Kpi(
    key="pauses",
    name=_("Pauses"),
    means=_("Times that a case began to wait for somebody outside, its clock standing still."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("pauses"),
    of=_pauses,
    apart=_("waits for"),
)
PAUSE_LENGTH = Kpi(
    key="pause_length",
    name=_("Length of pauses"),
    means=_("Elapsed time of the pauses begun in the range that have ended, median."),
    unit=Unit.DURATION,
    better=Better.LESS,
    counts=_("pauses"),
    of=_pause_length,
    apart=_("waits for"),
)
PAUSES_SPENT = Kpi(
    key="pauses_spent",
    name=_("Pauses that used up their budget"),
    means=_(
        "Of the pauses that have ended, the share ended by the limit of the policy, not an answer."
    ),
    unit=Unit.SHARE,
    better=Better.LESS,
    counts=_("pauses"),
    of=_pauses_spent,
)
