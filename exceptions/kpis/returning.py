"""What comes back: how often subjects recur, cases are reopened, and fixes hold."""

from collections import Counter

from django.utils.translation import gettext_lazy as _

from exceptions.kpis.kpi import Kpi, Measure, share
from exceptions.queries import recurred, subjects
from exceptions.queries.counted import Counted
from exceptions.vocabulary import Better, KindCode, Unit


def _recurrence(counted: Counted) -> list[Measure]:
    n, again = Counter[str](), Counter[str]()
    for row in counted(recurred.recurrence):
        n[row.kind] += row.n
        again[row.kind] += row.recurring
    return _whole_and_kinds(again, n)


def _held(counted: Counted) -> list[Measure]:
    n, held = Counter[str](), Counter[str]()
    for row in counted(recurred.fixes):
        n[row.kind] += row.n
        held[row.kind] += row.held
    return _whole_and_kinds(held, n)


def _whole_and_kinds(part: Counter[str], n: Counter[str]) -> list[Measure]:
    kinds = [share(part[kind], n[kind], kind, KindCode(kind).label) for kind in sorted(n)]
    return [share(part.total(), n.total()), *kinds]


def _reopened(counted: Counted) -> list[Measure]:
    found = counted(recurred.reopened)
    return [share(found.n, found.resolved)]


def _subjects(counted: Counted) -> list[Measure]:
    found = counted(subjects.top)
    return [Measure(found.recurring, found.n, counted=found.recurring)]


RECURRENCE = Kpi(
    key="recurrence",
    name=_("Recurrence rate"),
    means=_(
        "Of the cases detected, the share whose subject had another one"
        " resolved in the 30 days before."
    ),
    unit=Unit.SHARE,
    better=Better.LESS,
    counts=_("cases"),
    of=_recurrence,
    apart=_("kind"),
)
REOPENED = Kpi(
    key="reopened",
    name=_("Reopen rate"),
    means=_("Cases reopened in the range, by the cases resolved in it."),
    unit=Unit.SHARE,
    better=Better.LESS,
    counts=_("cases"),
    of=_reopened,
)
HELD = Kpi(
    key="fixes_held",
    name=_("Fixes that held"),
    means=_(
        "Of the cases fixed, the share whose subject had no other case"
        " detected in the 30 days after, so far."
    ),
    unit=Unit.SHARE,
    better=Better.MORE,
    counts=_("cases"),
    of=_held,
    apart=_("kind"),
)
SUBJECTS = Kpi(
    key="recurring_subjects",
    name=_("Subjects that recur"),
    means=_(
        "Partners, products and others that cases were detected of, and recurred at least once."
    ),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("subjects"),
    of=_subjects,
)
