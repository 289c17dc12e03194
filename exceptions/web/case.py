"""The page of one case: what can happen next, why it is where it is, and what has happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from exceptions import actors, audit, clocks, lifecycle, shipments
from exceptions.actors import Actor
from exceptions.kinds import kind as kind_of
from exceptions.models import Case, CaseEvent, Document
from exceptions.models.clock import awaiting
from exceptions.queries import approvals, people
from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.connected import connected
from exceptions.queries.queue import Worklist
from exceptions.queries.recurring import recurring
from exceptions.queries.staleness import staleness
from exceptions.rules import RULES
from exceptions.vocabulary import (
    DISMISSALS,
    IMPORT_PREFIX,
    OWN_MODELS,
    DecisionKind,
    Move,
    Outcome,
    State,
)
from exceptions.web import (
    approval_panel,
    by_hand_panel,
    filters,
    life,
    offer_forms,
    outside_panel,
    proof,
    risk_panel,
    source_facts,
    timeline,
)
from exceptions.web.amounts_panel import amounts
from exceptions.web.approval_panel import Panel
from exceptions.web.claim_panel import claim
from exceptions.web.clock_panel import clocks_shown, waits
from exceptions.web.conversation import conversation
from exceptions.web.disruption import Tried, disruption
from exceptions.web.evidence_panel import panel
from exceptions.web.offer_forms import OfferForm
from exceptions.web.reader import reader_of
from exceptions.web.snooze_panel import rests

SIMILAR = 5
EVENTS = 200  # the latest; a case rarely has more than thirty
KEYS = {
    Move.ACKNOWLEDGE: "a",
    Move.PROPOSE: "p",
    Move.RESOLVE: "r",
    Move.ASSIGN: "e",
    Move.CLOSE: "c",
}
LABELS: dict[Move, str | Promise] = {
    Move.ACKNOWLEDGE: _("Acknowledge"),
    Move.PROPOSE: _("Propose a decision…"),
    Move.RESOLVE: _("Resolve…"),
    Move.ASSIGN: _("Assign…"),
    Move.CLASSIFY: _("Classify…"),
    Move.RECLASSIFY: _("Reclassify…"),
    Move.CLOSE: _("Close…"),
    Move.REOPEN: _("Reopen…"),
    Move.DISMISS: _("Dismiss…"),
}
# In this order; the first that is legal now, and likely, leads.
ORDER = tuple(LABELS)
LEADS = {
    State.ASSIGNED: (Move.ACKNOWLEDGE,),
    State.CLASSIFIED: (Move.ASSIGN,),
    State.DETECTED: (Move.CLASSIFY,),
    State.ACKNOWLEDGED: (Move.PROPOSE, Move.RESOLVE),
    State.RESOLVED: (Move.CLOSE,),
    State.CLOSED: (Move.REOPEN,),
}
# Shown with the reason while they cannot be made yet.
AWAITED = {
    State.ASSIGNED: (Move.PROPOSE, Move.RESOLVE),
    State.CLASSIFIED: (Move.ACKNOWLEDGE, Move.PROPOSE, Move.RESOLVE),
    State.DETECTED: (Move.ACKNOWLEDGE, Move.PROPOSE, Move.RESOLVE),
}


class Refused(Protocol):
    """A move that was tried and refused."""

    @property
    def move(self) -> Move: ...
    @property
    def says(self) -> str: ...
    @property
    def typed(self) -> Mapping[str, str]: ...
    @property
    def problems(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """A move as the page offers it. `why_not` is empty when it can be made now."""

    move: Move
    label: str
    says: str
    why_not: str
    asks: bool
    key: str
    lead: bool
    refused: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


@require_safe
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    return render(request, "case.html", context(request, case_id))


@require_safe
def case_pulse(request: HttpRequest, case_id: int) -> HttpResponse:
    """How many events the case has: whoever shows fewer is out of date. Most of the time nothing
    has happened: then the answer is 304, without content.
    """
    actor = actors.person(reader_of(request))
    shown = get_object_or_404(actors.visible_cases(actor).only("event_count"), pk=case_id)
    version = f'"{shown.event_count}"'
    if request.headers.get("If-None-Match") == version:
        return HttpResponseNotModified(headers={"ETag": version})
    return JsonResponse(
        {"events": shown.event_count}, headers={"ETag": version, "Cache-Control": "no-cache"}
    )


def context(
    request: HttpRequest,
    case_id: int,
    refused: Refused | None = None,
    tried: Tried | None = None,
) -> dict[str, Any]:
    """Everything the page shows. Raises Http404 for a case that the reader may not see."""
    reader = reader_of(request)
    actor, at = actors.person(reader), timezone.now()
    visible = actors.visible_cases(actor)
    found = get_object_or_404(_whole(visible), pk=case_id)
    asked = CaseFilter.from_query(request.GET)
    legal = lifecycle.legal_moves(found, actor)
    undo = _tried_to_undo(refused)
    recurs = recurring(found, visible, at)
    near = connected(found, actor)
    decided = proof.decided(found, at, may_undo=legal.get(Move.PROPOSE) == "")
    return {
        "section": "queue",
        "case": found,
        "at": at,
        "query": asked.to_query(),
        "queue_url": filters.address(asked),
        "place": Worklist(visible, asked, at, reader).place(found),
        "choices": choices(found, legal, None if undo else refused),
        "undo_refused": undo,
        "owners": people.owners_for(found) if Move.ASSIGN in legal else [],
        "offers": _offers(found, at, legal, refused),
        "has_parcels": shipments.parcels_with(found.document).exists(),
        "resolve_outcomes": (Outcome.FIXED, Outcome.ACCEPTED),
        "dismissals": DISMISSALS,
        **_story(found, actor, at, tried),
        "decided": decided,
        "by_hand": by_hand_panel.offered(found, decided, actor, at, tried),
        "connected": near,
        "disruption": disruption(found, actor, near, tried),
        "will_it_be_late": risk_panel.lines(found, actor, at),
        "conversation": conversation(found, actor, at, tried),
        "evidence": panel(found, actor, at, tried),
        "recurring": recurs,
        "recurring_url": filters.address(recurs.asked),
        "similar": _similar(found, visible),
        "similar_url": filters.address(
            CaseFilter(states=("all",), subject=found.subject_key),
        ),
    }


def _tried_to_undo(refused: Refused | None) -> Refused | None:
    """An undoing that was refused: it has a form of its own."""
    is_undo = refused is not None and refused.typed.get("decision") == DecisionKind.UNDO
    return refused if is_undo else None


def _offers(
    case: Case, at: datetime, legal: Mapping[Move, str], refused: Refused | None
) -> list[OfferForm]:
    """The forms of decisions, where the reader may propose one, or just tried to."""
    tried = refused if refused and refused.move == Move.PROPOSE else None
    if tried is None and legal.get(Move.PROPOSE) != "":
        return []
    return offer_forms.forms(
        case, at, tried.typed if tried else None, tried.problems if tried else None
    )


def _whole(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related("site", "owner", "team", "policy", "document__connection")


def _story(case: Case, actor: Actor, at: datetime, tried: Tried | None) -> dict[str, Any]:
    events = list(case.events.order_by("number"))
    found = clocks.of_case(case)
    pauses = list(case.pauses.select_related("by"))
    zone = ZoneInfo(case.site.time_zone)
    return {
        "track": life.track(case, events, found),
        "bars": life.bars(case),
        "tier_from": life.tier_from(case.score) if case.score is not None else "",
        "scores": life.score_history(events),
        "clocks": clocks_shown(found, pauses, zone, at, _unread(case)),
        "claim": claim(case, found, actor, tried),
        "amounts": amounts(case, actor, tried),
        "rests": rests(case, found, actor, at, tried),
        "waits": waits(case, found, pauses, actor, at, tried),
        "approvals": (asked := _approvals(case, actor, at)),
        "outside": outside_panel.panels(
            case, [panel.request for panel in asked.values()], actor, at, tried
        ),
        "unchanged": _unchanged(case.document),
        "as_of": staleness(at=at).of(case.document),
        "facts": source_facts.facts_of(case.document),
        "thresholds": _thresholds(case),
        "lines": [timeline.line(event) for event in reversed(events[-EVENTS:])],
        "hidden_events": max(len(events) - EVENTS, 0),
        "fault": next(audit.verify(case), None),
        "last_by": _last(events),
        "owner_because": _why_owner(events),
    }


def _approvals(case: Case, actor: Actor, at: datetime) -> dict[int, Panel]:
    """The requests for approval of the case, by their decision."""
    asked = approvals.whole(actor).filter(case=case)
    panels = {r.decision_id: approval_panel.panel(r, case, actor, at) for r in asked}
    approval_panel.saw(list(panels.values()), at)
    return panels


@dataclass(frozen=True, slots=True)
class InForce:
    """A threshold as it was when the rule last found the case, and where it came from."""

    label: str
    value: str
    unit: str
    origin: str


def _thresholds(case: Case) -> list[InForce]:
    """In the order of the kind's own list; what the kind no longer has is left out."""
    told = {said["name"]: said for said in case.thresholds.get("values", [])}
    return [
        InForce(
            label=str(threshold.label),
            value=told[threshold.name]["value"],
            unit=str(threshold.unit),
            origin=told[threshold.name]["origin"],
        )
        for threshold in kind_of(case.kind).thresholds
        if threshold.name in told
    ]


def _unread(case: Case) -> set[int]:
    """The clocks that wait for the source to be read after their time."""
    return set(case.clocks.filter(awaiting()).values_list("pk", flat=True))


def _unchanged(document: Document) -> bool:
    """Whether all of the source was read again since, without finding the record changed. What the
    tower itself keeps is in no source.
    """
    if document.model in OWN_MODELS or document.model.startswith(IMPORT_PREFIX):
        return False
    read_again = document.connection.read_at
    return read_again is not None and read_again > document.read_at


def _why_owner(events: list[CaseEvent]) -> str:
    """Why routing gave the case to whom it last went; empty where a person gave or took it."""
    gave = [event for event in events if event.data.get("owner")]
    return timeline.because(gave[-1].data) if gave else ""


def _last(events: list[CaseEvent]) -> str:
    return events[-1].actor_name if events else ""


def choices(case: Case, legal: Mapping[Move, str], refused: Refused | None) -> list[Choice]:
    """The moves to show: those that can be made now, and those that are awaited with the reason.

    A move that was just refused is shown whatever its state, so that its sentence has a place.
    """
    now = [which for which in ORDER if legal.get(which) == ""]
    lead = _lead(case, now)
    awaited = AWAITED.get(State(case.state), ())
    tried = {refused.move} if refused else set()
    shown = [w for w in ORDER if w in now or (w in legal and w in awaited) or w in tried]
    shown.sort(key=lambda which: (which != lead, legal.get(which) != ""))
    return [_choice(which, legal.get(which, ""), which == lead, refused) for which in shown]


def _lead(case: Case, now: list[Move]) -> Move | None:
    likely = LEADS[State(case.state)]
    if State(case.state) == State.ACKNOWLEDGED and case.decisions.exists():
        likely = tuple(reversed(likely))
    return next((which for which in likely if which in now), None)


def _choice(which: Move, why_not: str, lead: bool, refused: Refused | None) -> Choice:
    rule = RULES[which]
    tried = refused if refused and refused.move == which else None
    return Choice(
        move=which,
        label=str(LABELS[which]),
        says=str(rule.says),
        why_not=why_not,
        asks=rule.asks,
        key=KEYS.get(which, ""),
        lead=lead,
        refused=tried.says if tried else "",
        typed=tried.typed if tried else {},
        problems=tried.problems if tried else {},
    )


def _similar(case: Case, visible: QuerySet[Case]) -> list[Case]:
    """Earlier cases of the same subject, with what was decided on them."""
    earlier = visible.filter(subject_key=case.subject_key, detected_at__lte=case.detected_at)
    others = earlier.exclude(pk=case.pk).order_by("-detected_at", "-pk")
    return list(others.prefetch_related("decisions")[:SIMILAR])
