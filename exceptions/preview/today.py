"""What would open, come back, clear or be held back if settings were published now.

It decides by `casework.fate`, as intake does when publishing makes every document due. What people
have raised stands under any settings, so it is left out.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from django.db.models import Count, Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from exceptions import blackouts, casework, gate, score, sightings
from exceptions import facts as facts_module
from exceptions.casework import Change, Fate, Found
from exceptions.effects import contributions_of
from exceptions.gate import Blackout
from exceptions.judging import judge
from exceptions.kinds import kind as kind_of
from exceptions.models import Case, Document
from exceptions.policies import PolicyInForce
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import OPEN_STATES

AT_A_TIME = 1_000  # documents
ENOUGH = 1_000_000  # sightings: more than any noise floor asks for

# In the order in which they are told.
TOLD = (Change.OPENED, Change.REOPENED, Change.CLEARED, Change.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What would happen to one document. `case_id` is the case that would clear or come back;
    `score` and `tier` are those it would get; `held_by` and `says`, why it would be held back.
    """

    change: Change
    document_id: int
    reference: str
    site_id: int
    title: str
    value: Decimal | None = None
    currency: str = ""
    case_id: int | None = None
    score: int | None = None
    tier: str = ""
    held_by: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`rows` in the order of TOLD, the gravest first. `stays` are the open cases that stay open,
    with what the settings find there.
    """

    rows: tuple[Row, ...]
    looked_at: int
    stays: tuple[tuple[Case, Found], ...]

    def of(self, change: Change) -> list[Row]:
        return [row for row in self.rows if row.change == change]

    @property
    def counts(self) -> dict[Change, int]:
        return dict(Counter(row.change for row in self.rows))


def preview(kind: str, settings: PolicySettings, *, at: datetime) -> Preview:
    """What publishing `settings` of `kind` at `at` would do to what is mirrored now.

    `settings` must hold together (`policies.problems`). It takes as long as judging all living
    documents of the kind: some 10,000 a second.
    """
    trial = _Trial(kind, PolicyInForce(0, 0, settings), at, blackouts.running(at))
    for page in _pages(kind):
        trial.look_at(page)
    trial.settle_what_is_small()
    order = {change: place for place, change in enumerate(TOLD)}
    rows = sorted(trial.rows, key=lambda r: (order[r.change], -(r.score or 0), r.document_id))
    return Preview(rows=tuple(rows), looked_at=trial.looked_at, stays=tuple(trial.stays))


@dataclass(frozen=True, slots=True)
class _Mirrored:
    """A document as far as it is needed here; `said` is the JSON of its facts."""

    pk: int
    site_id: int
    reference: str
    facts_type: str
    said: str


@dataclass(frozen=True, slots=True)
class _Small:
    """A finding below the noise floor, which how often its subject is sighted decides about."""

    document: _Mirrored
    found: Found
    last: Case | None


@dataclass(slots=True)
class _Trial:
    kind: str
    policy: PolicyInForce
    at: datetime
    blackouts: tuple[Blackout, ...]
    rows: list[Row] = field(default_factory=list)
    small: list[_Small] = field(default_factory=list)
    fresh: Counter[str] = field(default_factory=Counter)  # sightings to come, by subject
    looked_at: int = 0
    stays: list[tuple[Case, Found]] = field(default_factory=list)

    def look_at(self, page: list[_Mirrored]) -> None:
        ids = [document.pk for document in page]
        cases = _live_cases(self.kind, ids)
        findings = [(d, f) for d in page if (f := self._found(d, cases.get(d.pk)))]
        held = sightings.live(f.document_id for _d, f in findings)
        new = [
            (d, replace(f, sighting=held.get((d.pk, self.kind)), blackouts=self.blackouts))
            for d, f in findings
        ]
        last = casework.last_ended([f.fingerprint for _d, f in new])
        fates = [(d, f, self._fate(d, f, last.get(f.fingerprint))) for d, f in new]
        self._tell(fates, last)
        self.looked_at += len(page)

    def _found(self, document: _Mirrored, case: Case | None) -> Found | None:
        """The finding that has no live case yet; what becomes of a live case is told."""
        try:
            facts = facts_module.load(document.facts_type, document.said)
        except (msgspec.ValidationError, KeyError):
            return None  # as the sweep, which leaves such a document and its case alone
        (judgement,) = judge(facts, {self.kind: self.policy}, self.at)
        finding = judgement.finding
        found = Found(document.pk, facts, judgement, finding) if finding else None
        if case is None:
            return found
        if found is None:
            self.rows.append(_cleared(document, case))
        else:
            self.stays.append((case, found))
        return None

    def _fate(self, document: _Mirrored, found: Found, last: Case | None) -> Fate | None:
        """None while it depends on how often others of its subject are sighted."""
        fate = casework.fate(found, last, at=self.at, times=_often_enough)
        if fate.change == Change.SUPPRESSED:
            return None
        small = gate.is_small(self.policy.settings, found.finding.impact)
        if found.sighting is None and (small or fate.change != Change.REOPENED):
            self.fresh[found.subject_key] += 1
        if not small:
            return fate
        self.small.append(_Small(document, found, last))
        return None

    def settle_what_is_small(self) -> None:
        """Count the subject's sightings, those to come included, as the sweep ends up doing."""
        noise = self.policy.settings.noise
        if noise is None or not self.small:
            return
        since = self.at - timedelta(days=noise.days)
        seen = sightings.by_subject({s.found.subject_key for s in self.small}, since=since)
        told = []
        for each in self.small:
            times = seen[each.found.subject_key] + self.fresh[each.found.subject_key]
            if each.found.sighting and not _counted(each.found, since):
                times += 1  # it stands for longer than is looked back, and counts once all the same
            fate = casework.fate(each.found, each.last, at=self.at, times=lambda _f, _a: times)  # noqa: B023 - called at once
            told.append((each.document, each.found, fate))
        last = {s.found.fingerprint: s.last for s in self.small if s.last}
        self._tell(told, last)

    def _tell(
        self, told: Sequence[tuple[_Mirrored, Found, Fate | None]], last: dict[str, Case]
    ) -> None:
        subjects = {found.subject_key for _d, found, _fate in told}
        earlier = _earlier(subjects, self.policy.settings.recurrence_days, self.at)
        for document, found, fate in told:
            if fate is None:
                continue
            row = _row(document, found, fate)
            if fate.change == Change.OPENED:
                row = self._as_new(row, found, earlier[found.subject_key])
            if fate.change == Change.REOPENED:
                row = self._as_before(row, found, last[found.fingerprint])
            self.rows.append(row)

    def _as_new(self, row: Row, found: Found, earlier: Counter[str]) -> Row:
        times = earlier.total() - earlier[found.fingerprint]
        given = score.score(
            found.finding.impact, self.policy.settings.weights, recurrence=times, at=self.at
        )
        return replace(row, score=given.total, tier=given.tier)

    def _as_before(self, row: Row, found: Found, last: Case) -> Row:
        """It comes back under the new version, with the line that a supervisor once added."""
        given = score.keeping_judgement(
            casework.severity(
                found, self.policy.settings, detected_at=last.detected_at, at=self.at
            ),
            contributions_of(last),
        )
        return replace(row, case_id=last.pk, score=given.total, tier=given.tier)


def _often_enough(_found: Found, _at: datetime) -> int:
    return ENOUGH


def _counted(found: Found, since: datetime) -> bool:
    """Whether its own sighting is among those that are counted by subject."""
    own = found.sighting
    return own is not None and own.since > since and own.subject_key == found.subject_key


def _pages(kind: str) -> Iterator[list[_Mirrored]]:
    """All documents that can hold an exception of the kind, or have a live case of it."""
    live = Case.objects.filter(document=OuterRef("pk"), kind=kind, state__in=OPEN_STATES)
    types = [facts.__name__ for facts in kind_of(kind).facts]
    documents = Document.objects.filter(
        Q(living=True) | Exists(live), facts_type__in=types, gone_at=None
    )
    after = 0
    said = documents.annotate(said=Cast("facts", TextField())).order_by("pk")
    columns = said.values_list("pk", "site_id", "reference", "facts_type", "said")
    while page := [_Mirrored(*row) for row in columns.filter(pk__gt=after)[:AT_A_TIME]]:
        yield page
        after = page[-1].pk


def _live_cases(kind: str, document_ids: list[int]) -> dict[int, Case]:
    cases = Case.objects.filter(kind=kind, document__in=document_ids, state__in=OPEN_STATES)
    return {case.document_id: case for case in cases}


def _earlier(subject_keys: Collection[str], days: int, at: datetime) -> dict[str, Counter[str]]:
    """The cases of each subject in the days before `at`, by fingerprint."""
    cases = Case.objects.filter(
        subject_key__in=subject_keys, detected_at__gte=at - timedelta(days=days), detected_at__lt=at
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    counted = cases.values_list("subject_key", "fingerprint").annotate(Count("id")).order_by()
    for subject_key, fingerprint, times in counted:
        found[subject_key][fingerprint] = times
    return found


def _row(document: _Mirrored, found: Found, fate: Fate) -> Row:
    impact = found.finding.impact
    return Row(
        change=fate.change,
        document_id=document.pk,
        reference=document.reference,
        site_id=document.site_id,
        title=found.finding.title[:200],
        value=impact.value,
        currency=impact.currency or "",
        held_by=fate.held.by if fate.held else "",
        says=fate.held.says if fate.held else "",
    )


def _cleared(document: _Mirrored, case: Case) -> Row:
    return Row(
        change=Change.CLEARED,
        document_id=document.pk,
        reference=document.reference,
        site_id=document.site_id,
        title=case.title,
        value=case.value_at_risk,
        currency=case.currency,
        case_id=case.pk,
        score=case.score,
        tier=case.tier,
    )
