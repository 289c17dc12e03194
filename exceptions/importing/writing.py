"""Past cases into the tables: many at once, in their final state.

This is the only module beside `lifecycle` that gives a case a state (tests/test_laws.py), and it
does so for new rows alone: what has ended long ago cannot be moved through a life that nobody saw,
and invented moves would be a false history. Instead each case has one event, "imported", that says
from which file and row, who imported it, and to which state. Whatever happens afterwards, also what
a later import of the same file changes, goes through `lifecycle.move`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.text import slugify
from django.utils.translation import gettext as _

from exceptions import audit, casework, score
from exceptions import facts as facts_module
from exceptions.actors import Actor, person
from exceptions.facts import Report
from exceptions.importing.instants import minutes_between
from exceptions.importing.past import PastCase
from exceptions.importing.rows import least_score
from exceptions.kinds import kind as kind_of
from exceptions.kinds import reported
from exceptions.models import Case, CaseEvent, Clock, Document, ImportJob, Site, Team
from exceptions.policies import PolicyInForce
from exceptions.score import Contribution, Score
from exceptions.verdicts import Impact
from exceptions.vocabulary import (
    IMPORT_PREFIX,
    OPEN_STATES,
    ClockKind,
    ClockState,
    Factor,
    Happening,
    State,
    TeamCode,
    Tier,
    Via,
)


@dataclass(slots=True)
class Writer:
    """Stores the cases of one batch. `read_at` is when the batch is written."""

    job: ImportJob
    sites: dict[int, Site]
    teams: dict[str, Team]
    policies: dict[str, PolicyInForce]
    actor: Actor
    at: datetime
    given: frozenset[str]

    def insert(self, past: Sequence[PastCase]) -> list[Case]:
        """New cases with document, history and clocks. The caller looks that none is there."""
        ids = _new_ids(len(past))
        documents = [self._document(p, pk) for p, pk in zip(past, ids, strict=True)]
        Document.objects.bulk_create(documents)
        cases, events, clocks = [], [], []
        for p, pk, document in zip(past, ids, documents, strict=True):
            case = self._case(p, pk, document)
            clocks += self._clocks(case, p)
            events.append(self._event(case, p))
            cases.append(case)
        Case.objects.bulk_create(cases)
        CaseEvent.objects.bulk_create(events)
        Clock.objects.bulk_create(clocks)
        self._find_owners(cases)
        return cases

    def told(self, p: PastCase, **more: Any) -> dict[str, Any]:
        """What the history tells of where a case came from."""
        return {
            "source": self.job.source,
            "external_id": p.external_id,
            "file": self.job.file_name,
            "sha256": self.job.sha256,
            "row": p.row,
            "import": self.job.pk,
            **more,
        }

    def facts(self, p: PastCase, pk: int) -> Report:
        site = self.sites[p.site_id]
        return Report(
            connection_id=site.connection_id,
            site_id=site.pk,
            model=model_of(self.job.source),
            record_id=pk,
            reference=p.external_id,
            url="",
            read_at=self.at,
            written_at=self.at,
            company="",
            kind=p.kind,
            summary=p.title,
            subject=p.subject or f"import {pk}",
            value=p.value,
            currency=p.currency or None,
            reported_by=p.owner_name,
            ended=p.state not in OPEN_STATES,
        )

    def _document(self, p: PastCase, pk: int) -> Document:
        facts = self.facts(p, pk)
        return Document(
            connection_id=facts.connection_id,
            model=facts.model,
            record_id=pk,
            site_id=facts.site_id,
            reference=facts.reference,
            facts_type=Report.__name__,
            facts=facts_module.plain(facts),
            substance=facts_module.substance(facts),
            living=facts.living,
            read_at=self.at,
            written_at=self.at,
        )

    def _case(self, p: PastCase, pk: int, document: Document) -> Case:
        is_open = p.state in OPEN_STATES
        case = Case(
            pk=pk,
            kind=p.kind,
            site_id=p.site_id,
            document=document,
            fingerprint=f"{p.kind}:{document.connection_id}:{document.model}:{pk}",
            facts=document.facts,
            substance=document.substance,
            state=p.state,
            policy_id=self.policies[p.kind].id,
            imported_from=self.job.source,
            external_id=p.external_id,
            classified_at=self.at if is_open else None,
            tier=p.tier,
            score=p.score,
            reason=_("Imported from %s") % self.job.source,
        )
        self.tell(case, p)
        if is_open:
            self._classify(case, p)
        if p.state in (State.ASSIGNED, State.ACKNOWLEDGED):
            case.assigned_at = case.assigned_at or self.at
        return case

    def tell(self, case: Case, p: PastCase) -> None:
        """What the file says of the case, besides how it stands."""
        said = p.subject or f"import {case.pk}"  # what names no subject recurs with nothing
        case.title = p.title
        case.subject_key = f"{p.kind}:{p.site_id}:{reported.subject_said(said)}"[:160]
        case.value_at_risk, case.currency = p.value, p.currency
        case.detected_at, case.assigned_at = p.detected_at, p.assigned_at
        case.acknowledged_at = case.first_response_at = p.acknowledged_at
        case.resolved_at, case.closed_at = p.resolved_at, p.closed_at
        case.outcome, case.root_cause = p.outcome, p.root_cause
        case.avoided, case.lost = p.avoided, p.lost
        case.amounts_currency = "" if p.avoided is p.lost is None else p.currency
        case.reopen_count, case.owner_id = p.reopen_count, p.owner_id
        case.team = self.teams[p.team or kind_of(p.kind).team]
        case.import_job, case.import_digest = self.job, p.digest

    def _classify(self, case: Case, p: PastCase) -> None:
        """Open cases are ranked beside all others: by the file's severity, else by the policy."""
        given = self._severity(p)
        case.score, case.tier = given.total, str(given.tier)
        case.contributions = [
            {"factor": str(c.factor), "points": c.points, "because": c.because}
            for c in given.contributions
        ]
        case.reason = score.headline(given)[:300]

    def _severity(self, p: PastCase) -> Score:
        if p.score is not None:
            because = _("%(source)s says %(score)s") % {"source": self.job.source, "score": p.score}
            return _given(p.score, because)
        if p.tier:
            says = {"source": self.job.source, "tier": Tier(p.tier).label}
            return _given(
                least_score(p.tier), _("%(source)s says %(tier)s; its least score") % says
            )
        impact = Impact(value=p.value, currency=p.currency or None, need_at=p.sla_due_at)
        weights = self.policies[p.kind].settings.weights
        return score.score(impact, weights, recurrence=0, at=self.at)

    def _event(self, case: Case, p: PastCase) -> CaseEvent:
        ended = {"ended_at": p.ended_at.isoformat()} if p.ended_at else {}
        return audit.prepared(
            case,
            Happening.IMPORTED,
            self.actor,
            at=self.at,
            from_state=State.DETECTED,
            to_state=p.state,
            data=self.told(p, **ended),
        )

    def _clocks(self, case: Case, p: PastCase) -> list[Clock]:
        """A clock where the file tells that one was met, missed or is due. Else none."""
        due_at, ended_at = p.sla_due_at or p.ended_at, p.ended_at
        if due_at is None or (p.sla_met is None and p.sla_due_at is None):
            return []
        state = _clock_state(p, due_at)
        case.next_due_at = due_at if ended_at is None else None
        return [
            Clock(
                case=case,
                kind=ClockKind.RESOLVE,
                state=state,
                started_at=p.detected_at,
                target_minutes=minutes_between(p.detected_at, due_at),
                due_at=due_at,
                policy_id=case.policy_id,
                stopped_at=ended_at,
                breached_at=due_at if state == ClockState.BREACHED else None,
            )
        ]

    def _find_owners(self, cases: Sequence[Case]) -> None:
        for case in cases:
            if case.state == State.CLASSIFIED:
                casework.find_owner(case.pk, at=self.at)


def _clock_state(p: PastCase, due_at: datetime) -> ClockState:
    """As the file says; where it gives only the due time, as that compares."""
    if p.ended_at is None:
        return ClockState.BREACHED if p.sla_met is False else ClockState.RUNNING
    met = p.sla_met if p.sla_met is not None else p.ended_at <= due_at
    return ClockState.MET if met else ClockState.BREACHED


def _given(points: int, because: str) -> Score:
    return Score(
        contributions=(Contribution(factor=Factor.JUDGEMENT, points=points, because=because),)
    )


def _new_ids(n: int) -> list[int]:
    """Numbers for new cases, taken beforehand: the hash of their first event covers them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('exceptions_case', 'id'))"
            " FROM generate_series(1, %s)",
            [n],
        )
        return [row[0] for row in cursor.fetchall()]


def model_of(source: str) -> str:
    """What stands as the model of imported documents: `import.bpi-2013`."""
    return f"{IMPORT_PREFIX}{slugify(source) or 'file'}"[:64]


def actor_of(job: ImportJob) -> Actor:
    """Who imports: the person, or the command line."""
    if job.actor:
        return person(job.actor, Via(job.via))
    return Actor(name=job.actor_name, via=Via(job.via))


def teams() -> dict[str, Team]:
    """Every team by its code; those that are missing are made, as routing does."""
    for code in TeamCode:
        Team.objects.get_or_create(code=code, defaults={"name": str(code.label)})
    return {team.code: team for team in Team.objects.all()}
