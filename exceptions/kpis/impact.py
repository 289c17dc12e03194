"""What cases spared the company and what they cost it, as people said when they had ended."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from exceptions.kpis.kpi import Kpi, Measure, share
from exceptions.queries import amounts, ended
from exceptions.queries.amounts import Amount
from exceptions.queries.counted import Counted
from exceptions.queries.scope import Scope
from exceptions.vocabulary import REAL_ENDS, Better, Unit


def avoided(scope: Scope) -> list[Amount]:
    """By currency."""
    return amounts.ended(scope, "avoided")


def lost(scope: Scope) -> list[Amount]:
    """By currency."""
    return amounts.ended(scope, "lost")


def _by_currency(figure: Callable[[Scope], list[Amount]]) -> Callable[[Counted], list[Measure]]:
    def read(counted: Counted) -> list[Measure]:
        return [
            Measure(row.value, row.n, row.currency or "", row.currency or "")
            for row in counted(figure)
        ]

    return read


def _unsaid(counted: Counted) -> list[Measure]:
    ends = counted(ended.by_outcome)
    return [share(counted(amounts.unsaid), sum(ends.get(outcome, 0) for outcome in REAL_ENDS))]


AVOIDED = Kpi(
    key="avoided",
    name=_("Avoided"),
    means=_("What was avoided, as people said of cases that ended in the range."),
    unit=Unit.MONEY,
    better=Better.MORE,
    counts=_("cases"),
    of=_by_currency(avoided),
    apart=_("currency"),
)
LOST = Kpi(
    key="lost",
    name=_("Lost"),
    means=_("What was lost all the same, as people said of cases that ended in the range."),
    unit=Unit.MONEY,
    better=Better.LESS,
    counts=_("cases"),
    of=_by_currency(lost),
    apart=_("currency"),
)
UNSAID = Kpi(
    key="amounts_unsaid",
    name=_("Without amounts"),
    means=_(
        "Of the cases that ended fixed, self-healed or accepted, the share of which nobody said"
        " what was avoided or lost: unknown, not nothing."
    ),
    unit=Unit.SHARE,
    better=Better.LESS,
    counts=_("cases"),
    of=_unsaid,
)
