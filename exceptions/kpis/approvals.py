"""How long decisions wait for approval, and what becomes of the requests."""

from django.utils.translation import gettext_lazy as _

from exceptions.kpis.kpi import Kpi, Measure, share
from exceptions.kpis.promptness import span_of
from exceptions.queries import approval_times
from exceptions.queries.counted import Counted
from exceptions.vocabulary import ApprovalState, Better, Unit

LAPSED = (ApprovalState.VOID, ApprovalState.EXPIRED)  # nobody's answer came to anything


def _ended(counted: Counted) -> list[Measure]:
    ends = counted(approval_times.by_end)
    n = sum(ends.values())
    told = [state for state in ApprovalState if ends.get(state)]
    return [Measure(n, n), *(Measure(ends[s], ends[s], s.value, s.label) for s in told)]


def _lapsed(counted: Counted) -> list[Measure]:
    ends = counted(approval_times.by_end)
    return [share(sum(ends.get(state, 0) for state in LAPSED), sum(ends.values()))]


def _waiting(counted: Counted) -> list[Measure]:
    n = sum(row.n for row in counted(approval_times.waiting))
    return [Measure(n, n)]


def _levels(counted: Counted) -> list[Measure]:
    """Medians, level by level; there is none over levels that follow one another."""
    found = []
    for row in counted(approval_times.by_level):
        said = {"n": row.number}
        wait, touch = _("level %(n)s, wait") % said, _("level %(n)s, touch") % said
        found.append(Measure(row.wait.median, row.wait.n, f"wait_{row.number}", wait))
        found.append(Measure(row.touch.median, row.touch.n, f"touch_{row.number}", touch))
    return found


CYCLE = Kpi(
    key="approval_cycle",
    name=_("Approval cycle time"),
    means=_("Request to final vote, median, of the requests that were approved or rejected."),
    unit=Unit.DURATION,
    better=Better.LESS,
    counts=_("requests"),
    of=span_of(approval_times.CYCLE),
    apart=_("percentile"),
)
LEVELS = Kpi(
    key="approval_levels",
    name=_("Approval by level"),
    means=_("Wait: asked to first look. Touch: first look to the level's answer. Medians."),
    unit=Unit.DURATION,
    better=Better.LESS,
    counts=_("levels"),
    of=_levels,
    apart=_("level"),
)
ENDED = Kpi(
    key="approvals_ended",
    name=_("Requests ended"),
    means=_("Requests for approval that ended in the range, however they ended."),
    unit=Unit.COUNT,
    better=Better.NEITHER,
    counts=_("requests"),
    of=_ended,
    apart=_("how they ended"),
)
LAPSED_SHARE = Kpi(
    key="approvals_lapsed",
    name=_("Void or expired"),
    means=_("Of the requests that ended: the facts had moved, or nobody decided in time."),
    unit=Unit.SHARE,
    better=Better.LESS,
    counts=_("requests"),
    of=_lapsed,
)
WAITING = Kpi(
    key="approvals_waiting",
    name=_("Waits for approval"),
    means=_("Requests that nobody has decided yet, now."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("requests"),
    of=_waiting,
)
