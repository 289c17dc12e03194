"""Merging: a duplicate ends, and its work goes on in the case that it is merged into.

`lifecycle.move` holds the locks of both. The history of both tells it, and so it does when the
duplicate is reopened, which takes it out again.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from exceptions import audit
from exceptions.actors import Actor, visible_cases
from exceptions.models import Case
from exceptions.vocabulary import OPEN_STATES, Happening, Outcome, Role

HISTORY = ["event_count", "last_hash"]


def refusal(case: Case, into: Case | None, actor: Actor) -> str:
    """Why `case` cannot be merged into `into`, in a sentence; empty when it can.

    A case that does not exist and one that the actor may not see are refused in the same words.
    """
    if into is None or not visible_cases(actor).filter(pk=into.pk).exists():
        return _("Choose a case that you can see: there is none of that number.")
    if case.outcome != Outcome.DUPLICATE:
        return _("Only a duplicate is merged into another case.")
    if into.pk == case.pk:
        return _("Choose another case: none is a duplicate of itself.")
    if Role.SUPERVISOR not in actor.roles_at(into.site_id):
        return _("Only a supervisor of %(site)s can merge into %(case)s.") % {
            "site": into.site,
            "case": into.reference,
        }
    if not into.is_open:
        return _("%(case)s has ended: choose one in which the work goes on.") % {
            "case": into.reference
        }
    if case.children.filter(state__in=OPEN_STATES).exists():
        return _("%(case)s has cases of its own: take them out first.") % {"case": case.reference}
    return ""


def merge(case: Case, into: Case, actor: Actor, *, at: datetime) -> dict[str, Any]:
    """What the duplicate's history tells besides; that of the other case is written here."""
    case.merged_into = into
    _tell(into, Happening.MERGED, case, actor, at)
    return {"merged_into": into.reference}


def unmerge(case: Case, into: Case, actor: Actor, *, at: datetime) -> dict[str, Any]:
    """As merge. The other case may have ended meanwhile; its history tells it all the same."""
    case.merged_into = None
    _tell(into, Happening.UNMERGED, case, actor, at)
    return {"taken_out_of": into.reference}


def _tell(into: Case, what: Happening, case: Case, actor: Actor, at: datetime) -> None:
    audit.append(into, what, actor, at=at, data={"case": case.reference, "title": case.title})
    into.save(update_fields=HISTORY)
