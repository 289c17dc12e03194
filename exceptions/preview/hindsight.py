"""What settings would have opened in the past days, beside what was opened.

The mirror keeps what a record says now, not what it said then. So the past is what is known of it:
the cases that the rules opened, with the facts they last stood on, and, where a kind can tell (see
`Kind.before_the_end`), the records that have ended since. What came and went between, without a
case, is not known to anybody.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from django.db.models import Exists, OuterRef, TextField
from django.db.models.functions import Cast

from exceptions import facts as facts_module
from exceptions import gate
from exceptions.facts import Facts, Report
from exceptions.judging import judge
from exceptions.kinds import Kind
from exceptions.kinds import kind as kind_of
from exceptions.models import Case, Document
from exceptions.policies import PolicyInForce
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import Outcome, Rollout

AT_A_TIME = 2_000  # rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindsight:
    """Of the cases that the rule `opened`, `again` would have opened too; `more` are records that
    ended without a case and would have had one. `tells_more`: the kind can tell of such.
    """

    days: int
    opened: int
    again: int
    more: int
    tells_more: bool

    @property
    def would(self) -> int:
        return self.again + self.more


@dataclass(frozen=True, slots=True)
class _Appearance:
    """A finding of the past: from `start` to `end` it stood."""

    subject_key: str
    start: datetime
    end: datetime
    small: bool
    had_case: bool


def hindsight(kind: str, settings: PolicySettings, *, at: datetime, days: int = 90) -> Hindsight:
    """Over the `days` before `at`. What people raised and what was imported is left out."""
    since, policy = at - timedelta(days=days), PolicyInForce(0, 0, settings)
    opened, found = 0, []
    for case, facts in _cases(kind, since, at):
        opened += 1
        found += [each] if (each := _of_case(kind, case, facts, policy, at)) else []
    found += _without_case(kind_of(kind), policy, since, at)
    would = list(_above_the_floor(found, settings))
    again = sum(each.had_case for each in would)
    return Hindsight(
        days=days,
        opened=opened,
        again=again,
        more=len(would) - again,
        tells_more=kind_of(kind).tells_of_the_end,
    )


def _cases(kind: str, since: datetime, at: datetime) -> Iterator[tuple[Case, Facts]]:
    cases = Case.objects.filter(
        kind=kind, detected_at__gt=since, detected_at__lte=at, imported_from=""
    )
    for case in cases.select_related("document").iterator(AT_A_TIME):
        try:
            facts = facts_module.from_plain(case.document.facts_type, case.facts)
        except (msgspec.ValidationError, KeyError):
            continue
        if not isinstance(facts, Report):
            yield case, facts


def _of_case(
    kind: str, case: Case, facts: Facts, policy: PolicyInForce, at: datetime
) -> _Appearance | None:
    end = case.resolved_at or case.closed_at or at
    healed = case.outcome == Outcome.SELF_HEALED
    if healed and end - case.detected_at < timedelta(minutes=policy.settings.hold_minutes):
        return None
    return _appearance(kind, facts, policy, case.detected_at, end, had_case=True)


def _without_case(
    kind: Kind, policy: PolicyInForce, since: datetime, at: datetime
) -> Iterator[_Appearance]:
    """Of the records that ended. They are taken to have been found at their end."""
    if not kind.tells_of_the_end:
        return
    had_one = Case.objects.filter(document=OuterRef("pk"), kind=kind.code, detected_at__gt=since)
    documents = Document.objects.filter(
        ~Exists(had_one),
        facts_type__in=[facts.__name__ for facts in kind.facts],
        living=False,
        gone_at=None,
        written_at__gt=since,
    )
    said = documents.annotate(said=Cast("facts", TextField())).values_list("facts_type", "said")
    for facts_type, text in said.iterator(AT_A_TIME):
        try:
            before = kind.before_the_end(facts_module.load(facts_type, text))
        except (msgspec.ValidationError, KeyError):
            continue
        if before and since < before[1] <= at:
            facts, end = before
            found = _appearance(kind.code, facts, policy, end, end, had_case=False)
            yield from [found] if found else []


def _appearance(
    kind: str,
    facts: Facts,
    policy: PolicyInForce,
    start: datetime,
    end: datetime,
    *,
    had_case: bool,
) -> _Appearance | None:
    if policy.settings.rollout_of(facts.site_id) != Rollout.ON:
        return None
    (judgement,) = judge(facts, {kind: policy}, end)
    if judgement.finding is None:
        return None
    subject_key = f"{facts.site_id}:{judgement.finding.subject}"
    small = gate.is_small(policy.settings, judgement.finding.impact)
    return _Appearance(subject_key, start, end, small, had_case)


def _above_the_floor(
    found: Iterable[_Appearance], settings: PolicySettings
) -> Iterator[_Appearance]:
    """What is small opens when, while it stood, its subject was sighted often enough."""
    by_subject: dict[str, list[_Appearance]] = defaultdict(list)
    for each in found:
        by_subject[each.subject_key].append(each)
    for several in by_subject.values():
        enough = _enough(sorted(each.start for each in several), settings)
        yield from (e for e in several if not e.small or any(e.start <= t <= e.end for t in enough))


def _enough(starts: list[datetime], settings: PolicySettings) -> list[datetime]:
    """The instants of `starts` (in order) at which the subject had passed the noise floor."""
    noise = settings.noise
    if noise is None:
        return starts
    back = timedelta(days=noise.days)
    return [
        start
        for start in starts
        if bisect_right(starts, start) - bisect_right(starts, start - back) >= noise.times
    ]
