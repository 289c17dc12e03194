"""Playbooks and decisions, turned into outbox rows. The adapter delivers them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from exceptions import asking, drafts, instructing, nudges, recipients, undoing
from exceptions.facts import from_plain
from exceptions.kinds import Offer
from exceptions.kinds import kind as kind_of
from exceptions.kinds.definition import unsaid
from exceptions.models import ApprovalRequest, Case, Decision, Document, Evidence, OutboxMessage
from exceptions.policies import settings_of
from exceptions.verdicts import Step, amount
from exceptions.vocabulary import (
    CHOSEN,
    ELSEWHERE,
    IMPORT_PREFIX,
    OWN_MODELS,
    WITHOUT_RECORD,
    ApprovalState,
    DecisionKind,
    DecisionState,
    Target,
    Verb,
)


def run(case: Case, *, at: datetime) -> list[OutboxMessage]:
    """Write the automatic responses of the case's kind and tier. Running again adds nothing."""
    steps = settings_of(case).playbook.get(case.tier, ())  # type: ignore[call-overload] # tier is set
    can = possible(case.document, [step.verb for step in steps])
    keyed = (
        (f"C-{case.pk}:r{case.reopen_count}:{step.verb}", step)
        for step in steps
        if step.verb in can
    )
    return _write(case, ((key, s.verb, _of_step(case, s)) for key, s in keyed), None, at)


def send(decision: Decision, verbs: Iterable[Verb], *, at: datetime) -> list[OutboxMessage]:
    """Write what a decision does in the source."""
    keyed = ((f"C-{decision.case_id}:d{decision.pk}:{verb}", verb) for verb in verbs)
    rows = ((key, verb, of_decision(decision, verb)) for key, verb in keyed)
    return _write(decision.case, rows, decision, at)


def attach(case: Case, file: Evidence, sha1: str, *, at: datetime) -> list[OutboxMessage]:
    """Write that the file is to stand in the source, too: once, however often it is asked.

    `sha1` is that of its content: sources know their files by it.
    """
    told = {"name": file.name, "sha256": file.sha256, "sha1": sha1, "size": file.size}
    return _write(case, [(f"C-{case.pk}:e{file.pk}:{Verb.ATTACH}", Verb.ATTACH, told)], None, at)


def ask_there(request: ApprovalRequest, case: Case, *, at: datetime) -> None:
    """Write that those who approve in the source are asked there, too, where it is set up so."""
    if _asks_there(case):
        decision = request.decision
        summary = f"{name_of(decision)}: {case.title}"
        told = {"summary": summary[:120], "text": in_words(decision)}
        _write(case, [(asked_there(request), Verb.ASK, told)], None, at)


def answer_there(request: ApprovalRequest, case: Case, words: str, *, at: datetime) -> None:
    """Write what became of a request: as an answer where it was asked there, too; else, when people
    have said no, as a note. (Whom they said yes to writes a note of its own.)
    """
    key, mine = asked_there(request), f"C-{case.pk}:a{request.pk}"
    if case.outbox.filter(key=key).exists():
        told = {"asked": key, "how": str(request.state), "text": words}
        _write(case, [(f"{mine}:{Verb.ANSWER}", Verb.ANSWER, told)], None, at)
    elif request.state == ApprovalState.REJECTED and _has_record(case):
        told = {"text": f"{in_words(request.decision)} {words}"}
        _write(case, [(f"{mine}:{Verb.NOTE}", Verb.NOTE, told)], None, at)


def asked_there(request: ApprovalRequest) -> str:
    """The key by which a request is known in the source."""
    return f"C-{request.case_id}:a{request.pk}:{Verb.ASK}"


def _asks_there(case: Case) -> bool:
    return case.document.connection.asks_there and _has_record(case)


def _has_record(case: Case) -> bool:
    """Whether it is about a record of the source's."""
    model = case.document.model
    return model not in OWN_MODELS and not model.startswith(IMPORT_PREFIX)


def possible(document: Document, verbs: Sequence[Verb]) -> tuple[Verb, ...]:
    """Of the verbs those that can be done about the document: what the tower itself keeps has no
    record in the source whose values could be set, and what was imported has no record at all.
    """
    if document.model.startswith(IMPORT_PREFIX):
        return ()
    if document.model not in OWN_MODELS:
        return tuple(verbs)
    return tuple(verb for verb in verbs if verb in WITHOUT_RECORD)


def offers_for(case: Case) -> tuple[Offer, ...]:
    """The decisions that the case's kind offers, as far as they can be done about its record.

    Where there is no record, nothing in the source can prove that a decision has ended the case.
    """
    offers = _fitting(case)
    imported = case.document.model.startswith(IMPORT_PREFIX)
    if not imported and case.document.model not in OWN_MODELS:
        return offers
    reduced = (_reduced(offer, possible(case.document, offer.verbs)) for offer in offers)
    return tuple(offer for offer in reduced if imported or offer.verbs)


def _reduced(offer: Offer, verbs: tuple[Verb, ...]) -> Offer:
    """The offer with these of its verbs; where some are missing, its sentence promises no more."""
    says = offer.says
    if not verbs:
        says = _("Recorded on the case alone: it came from a file, and nothing is sent for it.")
    elif verbs != offer.verbs:
        says = _("Recorded on the case. No record in Odoo belongs to it: somebody does it by hand.")
    return replace(offer, verbs=verbs, says=says, resolves=False)


def _fitting(case: Case) -> tuple[Offer, ...]:
    """Those of the kind that fit such a record."""
    kind, document = kind_of(case.kind), case.document
    facts = from_plain(document.facts_type, document.facts)
    if isinstance(facts, kind.facts):
        return tuple(offer for offer in kind.offers if offer.only_if(facts))
    return _in_words_alone(kind.offers)


def _in_words_alone(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """What people have raised or imported has none of the facts that the kind's offers look at: of
    each decision the way that needs the least of a record, asking only what can be typed.
    """
    found: dict[DecisionKind, Offer] = {}
    for offer in offers:
        if offer.kind not in found or _needs_a_record(found[offer.kind]):
            asks = (replace(a, usual=unsaid, most=unsaid) for a in offer.asks)
            typed = tuple(ask for ask in asks if ask.type not in CHOSEN)
            found[offer.kind] = replace(offer, asks=typed)
    return tuple(found.values())


def _needs_a_record(offer: Offer) -> bool:
    return not set(offer.verbs) <= set(WITHOUT_RECORD)


def offer_for(case: Case, decision: str) -> Offer | None:
    return next((offer for offer in offers_for(case) if offer.kind == decision), None)


def offer_of(decision: Decision) -> Offer | None:
    """What the decision does; None where its kind does not offer it any more."""
    if decision.undoes:
        return undoing.offer(decision.undoes)
    return offer_for(decision.case, decision.kind)


def verbs_of(decision: Decision) -> tuple[Verb, ...]:
    offer = offer_of(decision)
    return offer.verbs if offer else ()


def _write(
    case: Case,
    rows: Iterable[tuple[str, Verb, Mapping[str, Any]]],
    decision: Decision | None,
    at: datetime,
) -> list[OutboxMessage]:
    document = case.document
    messages = [
        OutboxMessage(
            key=key,
            connection=document.connection,
            model=document.model,
            record_id=document.record_id,
            case=case,
            decision=decision,
            verb=verb,
            target=ELSEWHERE.get(verb, Target.SOURCE),
            parameters=dict(parameters),
            created_at=at,
            next_attempt_at=at,
        )
        for key, verb, parameters in rows
    ]
    OutboxMessage.objects.bulk_create(messages, ignore_conflicts=True)
    nudges.outbox()
    return messages


def _of_step(case: Case, step: Step) -> dict[str, Any]:
    """What the step's verb has to be told; a verb that is not named here needs nothing."""
    tells = _TOLD.get(step.verb)
    return tells(case, step) if tells else {}


def _to_do(case: Case, step: Step) -> dict[str, Any]:
    summary = step.text or case.title
    return {"summary": summary[:120], "due_in_days": step.due_in_days, "text": case.reason}


def _note(case: Case, _step: Step) -> dict[str, Any]:
    return {"text": _("%(title)s: %(reason)s.") % {"title": case.title, "reason": case.reason}}


def _approval(case: Case, step: Step) -> dict[str, Any]:
    """With the evidence in words; `lead` is asked where the source has no approvals."""
    lead = case.site.lead.email if case.site.lead else ""
    return {**_to_do(case, step), "text": drafts.evidence(case), "lead": lead}


def _e_mail(case: Case, step: Step) -> dict[str, Any]:
    return {
        "to": recipients.addresses(case, step.to),
        "subject": f"{case.get_tier_display()}: {case.title}",
        "text": drafts.for_colleagues(case, step.text),
    }


def _chat(case: Case, step: Step) -> dict[str, Any]:
    title = f"{case.get_tier_display()}: {case.title}"
    return {"title": title, "text": drafts.for_colleagues(case, step.text)}


def _event(case: Case, step: Step) -> dict[str, Any]:
    """The body of the event, but for what only the sender knows: its id, and where the tower is."""
    return {
        "type": f"case.{case.kind}",
        "event": step.text,
        **_named(case),
    }


def announce(case: Case, key: str, told: Mapping[str, Any], *, at: datetime) -> None:
    """Write an event for n8n, once for each key; about what was imported there is none."""
    if possible(case.document, [Verb.N8N_EVENT]):
        plain = msgspec.to_builtins(dict(told))
        _write(case, [(key, Verb.N8N_EVENT, plain)], None, at)


def tell_source(case: Case, key: str, told: Mapping[str, Any], *, at: datetime) -> None:
    """Write an event for the automation of the case's own source, once for each key."""
    if possible(case.document, [Verb.AUTOMATION]):
        plain = msgspec.to_builtins(dict(told))
        _write(case, [(f"{key}:own", Verb.AUTOMATION, plain)], None, at)


def about(case: Case) -> dict[str, Any]:
    """What every event tells of its case."""
    return {
        **_named(case),
        "state": str(case.state),
        "outcome": str(case.outcome),
        "owner": {"name": str(case.owner), "email": case.owner.email} if case.owner else None,
        "team": case.team.name if case.team else None,
        "value_at_risk": None if case.value_at_risk is None else str(case.value_at_risk),
        "currency": case.currency,
        "need_at": case.need_at,
        "next_due_at": case.next_due_at,
        "case_version": case.event_count,
    }


def _named(case: Case) -> dict[str, Any]:
    return {
        "case": case.reference,
        "kind": case.kind,
        "tier": case.tier,
        "score": case.score,
        "title": case.title,
        "reason": case.reason,
        "site": case.site.code,
        "record": {
            "model": case.document.model,
            "id": case.document.record_id,
            "reference": case.document.reference,
            "url": case.facts.get("url", ""),
        },
    }


_TOLD: dict[Verb, Callable[[Case, Step], dict[str, Any]]] = {
    Verb.ACTIVITY: _to_do,
    Verb.TASK: _to_do,
    Verb.TICKET: _to_do,
    Verb.HOLD: _to_do,
    Verb.NOTE: _note,
    Verb.PRIORITY: lambda _case, _step: {"urgent": True},
    Verb.CUSTOMER_DRAFT: lambda case, step: {"text": drafts.for_customer(case, step.text)},
    Verb.APPROVAL: _approval,
    Verb.EMAIL: _e_mail,
    Verb.N8N_EVENT: _event,
    Verb.CHAT: _chat,
    Verb.AUTOMATION: _event,
}


def of_decision(decision: Decision, verb: Verb) -> dict[str, Any]:
    """What the verb has to be told when the decision is carried out."""
    if verb in decision.parameters.get("steps", {}):
        return dict(decision.parameters["steps"][verb])
    if verb in instructing.TELLS:
        return instructing.TELLS[verb](decision)
    if verb == Verb.CUSTOMER_DRAFT:
        return {"text": drafts.for_customer(decision.case, f"{decision.get_kind_display()}.")}
    if verb == Verb.ACTIVITY:
        summary = f"{decision.get_kind_display()}: {decision.case.title}"
        text = decision.reason + _answers_told(decision)
        return {"summary": summary[:120], "due_in_days": 1, "text": text}
    return {"text": in_words(decision)}


def in_words(decision: Decision) -> str:
    """The decision, who proposed and approved it, and why: the note that stands in the source."""
    words = _("Decision: %(what)s. Proposed by %(who)s, approved by %(approver)s. Why: %(why)s")
    if not decision.approved_by:
        words = _("Decision: %(what)s. Proposed by %(who)s, to be approved. Why: %(why)s")
    if decision.state == DecisionState.REJECTED:
        words = _("Proposed by %(who)s: %(what)s. Why: %(why)s")
    words %= {
        "what": name_of(decision),
        "who": decision.proposed_by,
        "approver": decision.approved_by,
        "why": _sentence(decision.reason or "…"),
    }
    if decision.cost is not None:
        cost = amount(decision.cost, decision.currency, exact=True)
        words += _(" Cost: %(cost)s.") % {"cost": cost}
    return words + _answers_told(decision)


def _answers_told(decision: Decision) -> str:
    return "".join(f" {a}: {said}." for a, said in answers_in_words(decision, in_utc))


def name_of(decision: Decision) -> str:
    """What is decided; of an undoing, also what it undoes."""
    if decision.undoes:
        return f"{decision.get_kind_display()}: {decision.undoes.get_kind_display()}"
    return str(decision.get_kind_display())


def answers_in_words(
    decision: Decision, instant: Callable[[datetime], str]
) -> list[tuple[str, str]]:
    """What the decision asked for, label and answer."""
    offer = offer_of(decision)
    return asking.in_words(offer.asks if offer else (), decision.parameters, instant)


def in_utc(instant: datetime) -> str:
    """For readers whose zone nobody knows."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _sentence(text: str) -> str:
    """`text` with an end, so that another sentence can follow."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
