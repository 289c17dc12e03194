"""Files come onto a case, are withdrawn and opened; each under the case's lock, in its history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from exceptions import audit, grouping, lifecycle
from exceptions.actors import Actor
from exceptions.evidence import names, sniffing, store
from exceptions.lifecycle import Refused
from exceptions.models import Case, Evidence, EvidenceAccess
from exceptions.vocabulary import EvidenceSource, EvidenceType, Happening, Opened, Role

MOST_FILES = 200  # on one case
HISTORY = ["event_count", "last_hash"]


@dataclass(frozen=True, slots=True)
class Added:
    """A file on the case, and what to tell whoever sent it."""

    evidence: Evidence
    says: str


def add(
    case: Case,
    parts: Iterable[bytes],
    name: str,
    actor: Actor,
    *,
    source: EvidenceSource,
    at: datetime,
) -> Added:
    """Keep a file. The same bytes again are as once: a retry of a phone that lost its line.

    It is written and looked at before the case is locked, so that a slow line holds up nobody.
    Raises Refused.
    """
    if says := refusal(case, actor):
        raise Refused(says)
    plain = names.cleaned(name)
    largest = settings.TOWER_EVIDENCE_LARGEST
    try:
        with store.incoming(parts, most=largest) as file:
            if not file.size:
                raise Refused(_("%s is empty. Nothing was stored.") % plain)
            found = sniffing.type_of(file.path, plain)
            store.keep(file)
    except store.TooLarge:
        raise Refused(too_large(plain)) from None
    right = names.ended(plain, sniffing.ENDINGS[found])
    return _added(case.pk, file, found, (plain, right), actor, source, at)


def too_large(name: str) -> str:
    megabytes = settings.TOWER_EVIDENCE_LARGEST // (1024 * 1024)
    return _("%(name)s is larger than %(n)s MB. Send a smaller one.") % {
        "name": name,
        "n": megabytes,
    }


@transaction.atomic
def _added(
    case_id: int,
    file: store.Incoming,
    found: EvidenceType,
    called: tuple[str, str],
    actor: Actor,
    source: EvidenceSource,
    at: datetime,
) -> Added:
    case = lifecycle.locked(case_id)
    plain, right = called
    if again := case.evidence.filter(sha256=file.sha256, withdrawn_at=None).first():
        return Added(again, _("%s is on this case already.") % again.name)
    _room(case, file.size, plain)
    evidence = Evidence.objects.create(
        case=case,
        name=right,
        file_type=found,
        size=file.size,
        sha256=file.sha256,
        source=source,
        added_by=actor.user,
        added_by_name=actor.name[:120],
        added_at=at,
    )
    _tell(case, Happening.EVIDENCE_ADDED, evidence, actor, at, {"source": str(source)})
    if plain == right:
        return Added(evidence, _("%s is stored.") % right)
    told = {"sent": plain, "kind": found.label, "name": right}
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
