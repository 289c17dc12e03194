"""Claims on a carrier or a supplier: a person says that one is filed, or that there is none.

Its clock counts the days that the other side gives, so nothing the tower waits for holds it. A
decision to claim ends it too, once that is confirmed (see `proofs`).
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import audit, clocks, lifecycle
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import Case, Clock
from exceptions.vocabulary import ClockKind, Happening

SAVED = ["next_due_at", "event_count", "last_hash"]
End = Callable[..., None]


@transaction.atomic
def file(case_id: int, reference: str, actor: Actor, *, at: datetime) -> Case:
    """It is filed, under this number of the other side. Raises Refused, or Case.DoesNotExist."""
    said = _needed(reference, _("Give the number or the name under which it is filed."))
    told = {"reference": said}
    return _end(case_id, Happening.CLAIM_FILED, clocks.stop, told, actor, at)


@transaction.atomic
def waive(case_id: int, reason: str, actor: Actor, *, at: datetime) -> Case:
    """There is nothing to claim. Raises Refused, or Case.DoesNotExist."""
    said = _needed(reason, _("Say in a sentence why there is nothing to claim."))
    return _end(case_id, Happening.CLAIM_WAIVED, clocks.cancel, {"reason": said}, actor, at)


def open_clock(case: Case) -> Clock | None:
    """The clock of a claim that nobody has spoken about yet, whether or not its time is over."""
    return case.clocks.filter(kind=ClockKind.CLAIM, stopped_at=None).first()


def refusal(case: Case, actor: Actor) -> str:
    """Why the actor cannot speak about the claim, in a sentence; empty when they can."""
    if says := lifecycle.not_theirs(case, actor):
        return says
    if open_clock(case) is None:
        return _("No claim of %(case)s waits to be filed.") % {"case": case.reference}
    return ""


def _needed(text: str, sentence: str) -> str:
    if not text.strip():
        raise Refused(sentence)
    return text.strip()[:300]


def _end(
    case_id: int, what: Happening, end: End, told: dict[str, str], actor: Actor, at: datetime
) -> Case:
    case = lifecycle.locked(case_id)
    if says := refusal(case, actor):
        raise Refused(says)
    end(case, ClockKind.CLAIM, at=at)
    case.next_due_at = clocks.next_due(case)
    audit.append(case, what, actor, at=at, data=told)
    case.save(update_fields=SAVED)
    return case
