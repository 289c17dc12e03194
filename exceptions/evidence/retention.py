"""How long files stay: erased some time after their case closed, or after they were withdrawn.

A legal hold wins over everything. A row stays when its file is erased, with its hash, so that what
was there can still be proved by whoever has a copy.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from exceptions import audit, lifecycle
from exceptions.actors import Actor, machine
from exceptions.evidence import store
from exceptions.lifecycle import Refused
from exceptions.models import Case, Evidence, LegalHold
from exceptions.vocabulary import Happening, Role, State, Via

BATCH = 200
LEFT_OVER = 24 * 3600  # seconds after which what never became a file of a case is removed
JUST_NOW = 600  # seconds
HISTORY = ["event_count", "last_hash"]


@transaction.atomic
def hold(case_id: int, why: str, actor: Actor, *, at: datetime) -> LegalHold:
    """Keep every file of the case, whatever the retention says. Raises Refused."""
    case = _led(case_id, actor)
    said = _why(why)
    if found := case.legal_holds.filter(lifted_at=None).first():
        return found
    assert actor.user is not None  # only people lead
    held = LegalHold.objects.create(case=case, why=said, set_by=actor.user, set_at=at)
    _tell(case, Happening.EVIDENCE_HELD, actor, at, said)
    return held


@transaction.atomic
def lift(case_id: int, why: str, actor: Actor, *, at: datetime) -> None:
    """Raises Refused."""
    case, said = _led(case_id, actor), _why(why)
    holds = case.legal_holds.filter(lifted_at=None)
    if not holds.update(lifted_at=at, lifted_by=actor.user):
        raise Refused(_("%s is on no legal hold.") % case.reference)
    _tell(case, Happening.EVIDENCE_RELEASED, actor, at, said)


def may_hold(case: Case, actor: Actor) -> bool:
    return Role.SUPERVISOR in actor.roles_at(case.site_id)


def _led(case_id: int, actor: Actor) -> Case:
    case = lifecycle.locked(case_id)
    if not may_hold(case, actor):
        raise Refused(_("Only a supervisor of %s sets or lifts a legal hold.") % case.site)
    return case


def _why(why: str) -> str:
    if not (said := " ".join(why.split())[:300]):
        raise Refused(_("Say in a sentence why."))
    return said


def _tell(case: Case, what: Happening, actor: Actor, at: datetime, why: str) -> None:
    audit.append(case, what, actor, at=at, data={"reason": why})
    case.save(update_fields=HISTORY)


def erase_due(*, at: datetime) -> int:
    """Erase what is due, a batch; how many files that were."""
    due = list(_due(at).values_list("pk", "case_id")[:BATCH])
    return sum(_erase(pk, case_id, at) for pk, case_id in due)


def _due(at: datetime) -> QuerySet[Evidence]:
    held = LegalHold.objects.filter(case=OuterRef("case"), lifted_at=None)
    over = Q(pk__in=[])
    if days := settings.TOWER_KEEP_EVIDENCE:
        ended = at - timedelta(days=days)
        over |= Q(case__state=State.CLOSED, case__closed_at__lte=ended, added_at__lte=ended)
    if days := settings.TOWER_KEEP_WITHDRAWN:
        over |= Q(withdrawn_at__lte=at - timedelta(days=days))
    return Evidence.objects.filter(~Exists(held), over, erased_at=None).order_by("pk")


@transaction.atomic
def _erase(evidence_id: int, case_id: int, at: datetime) -> int:
    """Asked again under the lock: a hold may have come meanwhile."""
    case = lifecycle.locked(case_id)
    file = _due(at).filter(pk=evidence_id).first()
    if file is None:
        return 0
    file.erased_at = at
    file.save(update_fields=["erased_at"])
    told = {"name": file.name, "sha256": file.sha256}
    audit.append(case, Happening.EVIDENCE_ERASED, machine(Via.POLICY), at=at, data=told)
    case.save(update_fields=HISTORY)
    transaction.on_commit(lambda: _remove(file.sha256, at))
    return 1


def _remove(sha256: str, at: datetime) -> None:
    """The bytes, where no other file still needs them. Those that came just now belong to one that
    has no row yet; `tidy` sees to them if it never gets one.
    """
    place = store.place_of(sha256)
    needed = Evidence.objects.filter(sha256=sha256, erased_at=None).exists()
    if not needed and place.exists() and at.timestamp() - place.stat().st_mtime > JUST_NOW:
        place.unlink(missing_ok=True)


def tidy(*, at: datetime) -> int:
    """Remove what was written and never became a file of a case: a line broke, a process died."""
    known, now, removed = set(_known()), at.timestamp(), 0
    for path in Path(settings.TOWER_EVIDENCE_DIR).rglob("*"):
        if path.is_file() and path.name not in known and now - path.stat().st_mtime > LEFT_OVER:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _known() -> list[str]:
    return list(Evidence.objects.filter(erased_at=None).values_list("sha256", flat=True).distinct())
