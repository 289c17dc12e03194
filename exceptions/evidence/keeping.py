"""Files come onto a case, are withdrawn and opened; each under the case's lock, in its history."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from exceptions import audit, grouping, lifecycle, playbooks
from exceptions.actors import Actor
from exceptions.evidence import mails, names, sniffing, store
from exceptions.lifecycle import Refused
from exceptions.models import Case, Evidence, EvidenceAccess
from exceptions.vocabulary import (
    EvidenceSource,
    EvidenceType,
    Happening,
    Opened,
    Role,
    Slot,
    Verb,
)

LARGEST_SENT = 20 * 1024 * 1024  # bytes: a source takes a file as one text
MOST_FILES = 200  # on one case
HISTORY = ["event_count", "last_hash"]


@dataclass(frozen=True, slots=True)
class Added:
    """A file on the case, and what to tell whoever sent it."""

    evidence: Evidence
    says: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was looked at: what it was called, and what it is called here."""

    file: store.Incoming
    found: EvidenceType
    called: str
    name: str
    source: EvidenceSource
    slot: str
    said: dict[str, str] | None = None
    part_of: Evidence | None = None


def add(
    case: Case,
    parts: Iterable[bytes],
    name: str,
    actor: Actor,
    *,
    source: EvidenceSource,
    at: datetime,
    slot: str = "",
) -> Added:
    """Keep a file that somebody who works on the case sends. Raises Refused."""
    if says := refusal(case, actor):
        raise Refused(says)
    return take(case, parts, name, actor, source=source, at=at, slot=slot)


def take(
    case: Case,
    parts: Iterable[bytes],
    name: str,
    actor: Actor,
    *,
    source: EvidenceSource,
    at: datetime,
    slot: str = "",
) -> Added:
    """Keep a file, whoever sends it. The same bytes again are as once: a retry of a phone that
    lost its line. A slot that is none is left empty.

    It is written and looked at before the case is locked, so that a slow line holds up nobody.
    Raises Refused.
    """
    attached: list[tuple[str, bytes]] = []
    sent = _looked_at(parts, names.cleaned(name), source, slot, attached)
    added = _added(case.pk, sent, actor, at)
    if added.again or not attached:
        return added
    says = [added.says, *_taken_apart(case, added.evidence, attached, actor, at)]
    return Added(added.evidence, " ".join(says))


def _looked_at(
    parts: Iterable[bytes],
    called: str,
    source: EvidenceSource,
    slot: str,
    attached: list[tuple[str, bytes]] | None = None,
) -> Sent:
    """Write the file to its place, once its content says what it is. With `attached`, an e-mail is
    taken apart, and what is attached to it is added to that.
    """
    try:
        with store.incoming(parts, most=settings.TOWER_EVIDENCE_LARGEST) as file:
            if not file.size:
                raise Refused(_("%s is empty. Nothing was stored.") % called)
            found, said = sniffing.type_of(file.path, called), None
            if found == EvidenceType.EML and attached is not None:
                letter = mails.read(file.path, called)
                said = letter.said
                attached += letter.attached
            store.keep(file)
    except store.TooLarge:
        raise Refused(too_large(called)) from None
    name = names.ended(called, sniffing.ENDINGS[found])
    return Sent(file, found, called, name, source, slot if slot in Slot.values else "", said)


def _taken_apart(
    case: Case,
    mail: Evidence,
    attached: list[tuple[str, bytes]],
    actor: Actor,
    at: datetime,
) -> Iterator[str]:
    """Keep what was attached to an e-mail; a sentence for each. An e-mail in it stays whole."""
    for name, content in attached:
        try:
            sent = _looked_at([content], names.cleaned(name), EvidenceSource.EMAIL, "")
            yield _added(case.pk, replace(sent, part_of=mail), actor, at).says
        except Refused as refused:
            yield str(refused)


def too_large(name: str) -> str:
    megabytes = settings.TOWER_EVIDENCE_LARGEST // (1024 * 1024)
    return _("%(name)s is larger than %(n)s MB. Send a smaller one.") % {
        "name": name,
        "n": megabytes,
    }


@transaction.atomic
def _added(case_id: int, sent: Sent, actor: Actor, at: datetime) -> Added:
    case = lifecycle.locked(case_id)
    if again := case.evidence.filter(sha256=sent.file.sha256, withdrawn_at=None).first():
        return Added(again, _("%s is on this case already.") % again.name, again=True)
    _room(case, sent.file.size, sent.called)
    evidence = Evidence.objects.create(
        case=case,
        name=sent.name,
        file_type=sent.found,
        size=sent.file.size,
        sha256=sent.file.sha256,
        source=sent.source,
        slot=sent.slot,
        message=sent.said,
        part_of=sent.part_of,
        added_by=actor.user,
        added_by_name=actor.name[:120],
        added_at=at,
    )
    more = {"source": str(sent.source)} | ({"slot": sent.slot} if sent.slot else {})
    _tell(case, Happening.EVIDENCE_ADDED, evidence, actor, at, more)
    if sent.called == sent.name:
        return Added(evidence, _("%s is stored.") % sent.name)
    told = {"sent": sent.called, "kind": sent.found.label, "name": sent.name}
    return Added(evidence, _("%(sent)s is a %(kind)s: it is stored as %(name)s.") % told)


def _room(case: Case, size: int, name: str) -> None:
    """Raises Refused when the case has as many files, or bytes, as it may."""
    live = case.evidence.filter(withdrawn_at=None)
    used = live.aggregate(bytes=Sum("size"))["bytes"] or 0
    if live.count() >= MOST_FILES or used + size > settings.TOWER_EVIDENCE_A_CASE:
        raise Refused(
            _("%s does not fit: the case has as many files as it may. Withdraw some first.") % name
        )


@transaction.atomic
def withdraw(evidence_id: int, why: str, actor: Actor, *, at: datetime) -> Evidence:
    """Take a file back: its name and hash stay; only supervisors and auditors can still open it.

    Raises Refused, or Evidence.DoesNotExist.
    """
    case = lifecycle.locked(Evidence.objects.values_list("case_id", flat=True).get(pk=evidence_id))
    evidence = Evidence.objects.get(pk=evidence_id)
    evidence.case = case
    if says := no_withdrawal(evidence, actor):
        raise Refused(says)
    if not (said := why.strip()[:300]):
        raise Refused(_("Say in a sentence why it is withdrawn."))
    evidence.withdrawn_at, evidence.withdrawn_by, evidence.withdrawn_why = at, actor.user, said
    evidence.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    _tell(case, Happening.EVIDENCE_WITHDRAWN, evidence, actor, at, {"reason": said})
    return evidence


@transaction.atomic
def file_under(evidence_id: int, slot: str, actor: Actor, *, at: datetime) -> Evidence:
    """Say what a file is for; empty: nothing particular. Raises Refused, or
    Evidence.DoesNotExist.
    """
    case = lifecycle.locked(Evidence.objects.values_list("case_id", flat=True).get(pk=evidence_id))
    evidence = Evidence.objects.get(pk=evidence_id)
    if says := refusal(case, actor):
        raise Refused(says)
    if slot and slot not in Slot.values:
        raise Refused(_("Choose what the file is for."))
    if evidence.withdrawn_at:
        raise Refused(_("%s was withdrawn before.") % evidence.name)
    if evidence.slot != slot:
        before, evidence.slot = evidence.slot, slot
        evidence.save(update_fields=["slot"])
        told = {"slot": slot, "before": before}
        _tell(case, Happening.EVIDENCE_FILED, evidence, actor, at, told)
    return evidence


@transaction.atomic
def send_to_source(evidence_id: int, actor: Actor, *, at: datetime) -> Evidence:
    """Have the file attached to the record in the source. Asked again it is done once.

    Raises Refused, or Evidence.DoesNotExist.
    """
    case = lifecycle.locked(Evidence.objects.values_list("case_id", flat=True).get(pk=evidence_id))
    evidence = Evidence.objects.get(pk=evidence_id)
    if says := refusal(case, actor) or no_sending(evidence, case):
        raise Refused(says)
    try:
        with store.opened(evidence.sha256) as file:
            sha1 = hashlib.file_digest(file, partial(hashlib.sha1, usedforsecurity=False))
    except store.Damaged:
        raise Refused(_("%s is damaged: it is sent nowhere.") % evidence.name) from None
    playbooks.attach(case, evidence, sha1.hexdigest(), at=at)
    return evidence


def no_sending(evidence: Evidence, case: Case) -> str:
    """Why the file cannot go to the source, in a sentence; empty when it can."""
    if evidence.source == EvidenceSource.ODOO:
        return _("%s came from there.") % evidence.name
    if evidence.withdrawn_at or evidence.erased_at:
        return _("%s was withdrawn before.") % evidence.name
    if not playbooks.possible(case.document, [Verb.ATTACH]):
        return _("This case has no record in a source to attach files to.")
    if evidence.size > LARGEST_SENT:
        return _("%(name)s is larger than %(n)s MB, so it stays here.") % {
            "name": evidence.name,
            "n": LARGEST_SENT // (1024 * 1024),
        }
    return ""


def refusal(case: Case, actor: Actor) -> str:
    """Why the actor may add no file, in a sentence; empty when they may."""
    if not grouping.works_on(case, actor):
        return _("Only its team and the supervisors of %(site)s add files to this case.") % {
            "site": case.site
        }
    return ""


def no_withdrawal(evidence: Evidence, actor: Actor) -> str:
    """Why the actor may not withdraw the file, in a sentence; empty when they may."""
    if evidence.withdrawn_at:
        return _("%s was withdrawn before.") % evidence.name
    case = evidence.case
    mine = actor.user is not None and evidence.added_by_id == actor.user.pk
    leads = Role.SUPERVISOR in actor.roles_at(case.site_id)
    if not (leads or (mine and grouping.works_on(case, actor))):
        told = {"who": evidence.added_by_name, "site": case.site}
        return _("Only %(who)s and the supervisors of %(site)s can withdraw this file.") % told
    return ""


def note_opened(evidence: Evidence, how: Opened, actor: Actor, *, at: datetime) -> None:
    """Remember who saw the file."""
    EvidenceAccess.objects.create(
        evidence=evidence, user=actor.user, name=actor.name[:120], at=at, how=how
    )


def _tell(
    case: Case,
    what: Happening,
    evidence: Evidence,
    actor: Actor,
    at: datetime,
    more: dict[str, Any],
) -> None:
    words = {
        "evidence": evidence.pk,
        "name": evidence.name,
        "sha256": evidence.sha256,
        "size": evidence.size,
    }
    audit.append(case, what, actor, at=at, data=words | more)
    case.save(update_fields=HISTORY)
