"""Who gets an e-mail of a playbook.

A recipient is an e-mail address, `lead` (the lead of the case's site) or the code of a team (its
people at the site). Nobody named means the team that owns the case.
"""

from collections.abc import Iterator, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _

from exceptions.kinds import kind as kind_of
from exceptions.models import Case, User
from exceptions.vocabulary import WORKING_ROLES, TeamCode

LEAD = "lead"
MOST = 20


def problems(to: Sequence[str]) -> Iterator[str]:
    """Why these cannot be the recipients, a sentence each."""
    if len(to) > MOST:
        yield _("it goes to %s recipients at most.") % MOST
    for each in to:
        if not _is_known(each):
            yield _("“%s” is no e-mail address, no team and not “lead”.") % each


def _is_known(recipient: str) -> bool:
    if recipient == LEAD or recipient in TeamCode.values:
        return True
    try:
        validate_email(recipient)
    except ValidationError:
        return False
    return True


def addresses(case: Case, to: Sequence[str]) -> list[str]:
    """Each address once, in the order named. People without an address are left out."""
    named = to or (kind_of(case.kind).team,)
    found = {a.casefold(): a for each in named for a in _of(case, each)}
    return list(found.values())


def _of(case: Case, recipient: str) -> list[str]:
    if "@" in recipient:
        return [recipient]
    if recipient == LEAD:
        lead = case.site.lead
        return [lead.email] if lead and lead.is_active and lead.email else []
    here = Q(memberships__site=case.site) | Q(memberships__site=None)
    works = Q(memberships__role__in=WORKING_ROLES, memberships__team__code=recipient)
    people = User.objects.filter(works & here, is_active=True).exclude(email="")
    return list(people.order_by("pk").distinct().values_list("email", flat=True))
