"""How often the subject of a case has recurred, and what ended it the last time, in a sentence."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from exceptions import recurrence, sla
from exceptions.models import Case, Decision
from exceptions.queries.case_filter import CaseFilter
from exceptions.vocabulary import ENDED_STATES, TAKEN, Outcome

NTH = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True, slots=True)
class LastEnd:
    """What ended the latest earlier case of the subject; `fixed` tells that somebody fixed it."""

    case: Case
    fixed: bool
    how: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recurring:
    """`times` counts the case itself; `asked` is the filter that lists exactly those cases."""

    times: int
    days: int
    subject: str
    last: LastEnd | None
    says: str
    asked: CaseFilter


def recurring(case: Case, visible: QuerySet[Case], at: datetime) -> Recurring:
    """Of the cases that the reader may see. The case comes with its site and policy."""
    times = visible.filter(recurrence.earlier(case)).count() + 1
    days = recurrence.window(case)
    subject = recurrence.subject_name(case.subject_key, case.facts, case.site)
    last = _last_end(case, visible)
    return Recurring(
        times=times,
        days=days,
        subject=subject,
        last=last,
        says=_says(case, times, days, subject, last, at),
        asked=CaseFilter(states=("all",), recurs_with=case.pk),
    )


def _last_end(case: Case, visible: QuerySet[Case]) -> LastEnd | None:
    """The latest that was fixed; without any, the latest that ended otherwise. The window limits
    what counts, not what was learnt: a fix of long ago is told, too.
    """
    before = visible.filter(
        recurrence.COUNTS,
        subject_key=case.subject_key,
        detected_at__lt=case.detected_at,
        state__in=ENDED_STATES,
    )
    ended = before.annotate(ended_at=Coalesce("resolved_at", "closed_at"))
    newest = ended.order_by(F("ended_at").desc(nulls_last=True), "-pk")
    found = newest.filter(outcome=Outcome.FIXED).first() or newest.first()
    if found is None:
        return None
    return LastEnd(
        case=found,
        fixed=found.outcome == Outcome.FIXED,
        how=_how(found),
        at=found.resolved_at or found.closed_at or found.detected_at,
    )


def _how(case: Case) -> str:
    """In people's own words where there are some: the corrective action says most, then the root
    cause, the decision that took effect, and what was said when it ended.
    """
    if said := case.corrective_action or case.root_cause:
        return said
    taken = case.decisions.filter(state__in=TAKEN)
    decision: Decision | None = taken.order_by("-pk").first()
    if decision:
        return str(decision.get_kind_display())
    ends = case.events.filter(to_state__in=ENDED_STATES).exclude(data__reason=None)
    event = ends.order_by("-number").first()
    return str(event.data["reason"]) if event else str(case.get_outcome_display())


def _says(
    case: Case, times: int, days: int, subject: str, last: LastEnd | None, at: datetime
) -> str:
    site = case.site.name
    told = {"nth": _nth(times), "days": days, "subject": subject, "site": site}
    if subject == site:  # the source names nobody
        said = _("%(nth)s time in %(days)s days at %(site)s") % told
    else:
        said = _("%(nth)s time in %(days)s days for %(subject)s at %(site)s") % told
    return f"{said}{_last_words(last, at)}."


def _last_words(last: LastEnd | None, at: datetime) -> str:
    if last is None:
        return ""
    ago = sla.duration(max(at - last.at, timedelta()) / timedelta(minutes=1))
    told = {"how": last.how.rstrip("."), "case": last.case.reference, "ago": ago}
    if last.fixed:
        return _("; the last fix was “%(how)s” (%(case)s), %(ago)s ago") % told
    told["outcome"] = str(Outcome(last.case.outcome).label)
    return _("; %(case)s ended as %(outcome)s, %(ago)s ago: “%(how)s”") % told


def _nth(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `4th`, `11th`, `21st`."""
    ending = "th" if number % 100 in (11, 12, 13) else NTH.get(number % 10, "th")
    return f"{number}{ending}"
