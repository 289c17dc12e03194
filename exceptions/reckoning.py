"""Said or corrected once a case has ended: what it avoided, and what was lost.

What was said before stays in the history of the case.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import amounts, audit, lifecycle
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import Case
from exceptions.proposing import Data
from exceptions.vocabulary import REAL_ENDS, Happening

SAVED = [*amounts.COLUMNS, "event_count", "last_hash"]


@transaction.atomic
def say(case_id: int, data: Data, actor: Actor, *, at: datetime) -> Case:
    """`data` as for `amounts.take`, and `reason`, which a correction needs.

    Raises Refused, or Case.DoesNotExist.
    """
    case = lifecycle.locked(case_id)
    if says := refusal(case, actor):
        raise Refused(says)
    reason = str(data.get("reason") or "").strip()[:500]
    told = amounts.take(case, data)
    if not told:
        raise Refused(_("These are the amounts that it has already."))
    if "amounts_before" in told and not reason:
        raise Refused(_("Say in a sentence why the amounts are different."))
    told |= {"reason": reason} if reason else {}
    audit.append(case, Happening.AMOUNTS_SAID, actor, at=at, data=told)
    case.save(update_fields=SAVED)
    return case


def refusal(case: Case, actor: Actor) -> str:
    """Why the actor cannot say amounts of this case, in a sentence; empty when they can."""
    if says := lifecycle.not_theirs(case, actor):
        return says
    if case.is_open:
        return _("%(case)s is open: say the amounts when it is resolved.") % {
            "case": case.reference
        }
    if case.outcome not in REAL_ENDS:
        return _("%(case)s was no exception of its own: it avoided and lost nothing.") % {
            "case": case.reference
        }
    return ""
