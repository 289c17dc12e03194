"""Handing over to the next shift: a signed note, and the next person's word that they have it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.models import Handover, HandoverTaken, Site, Team
from exceptions.vocabulary import WORKING_ROLES

LONGEST = 4000


def write(
    site: Site, team: Team | None, text: str, actor: Actor, *, since: datetime, at: datetime
) -> Handover:
    """Sign a note for whoever comes next. Raises Refused, with a sentence."""
    if says := refusal(site, actor):
        raise Refused(says)
    said = text.strip()
    if not said:
        raise Refused(_("Write what the next person has to know; “nothing special” is fine."))
    if len(said) > LONGEST:
        raise Refused(
            _("A note has at most %s letters: what is longer belongs on the cases.") % LONGEST
        )
    assert actor.user is not None  # machines are refused
    return Handover.objects.create(
        site=site, team=team, since=since, text=said, by=actor.user, by_name=actor.name[:150], at=at
    )


@transaction.atomic
def take(handover: Handover, actor: Actor, *, at: datetime) -> HandoverTaken:
    """The next person has it. Raises Refused, with a sentence."""
    held = Handover.objects.select_for_update(no_key=True, of=("self",)).select_related("site")
    row = held.get(pk=handover.pk)
    if says := refusal(row.site, actor):
        raise Refused(says)
    assert actor.user is not None
    if row.by_id == actor.user.pk:
        raise Refused(_("You wrote it: somebody else takes it over."))
    if taken := HandoverTaken.objects.filter(handover=row).first():
        raise Refused(_("%s was first and has taken it over.") % taken.by_name)
    return HandoverTaken.objects.create(
        handover=row, by=actor.user, by_name=actor.name[:150], at=at
    )


def refusal(site: Site, actor: Actor) -> str:
    """Why the actor neither hands over nor takes over at the site; empty when they may."""
    if actor.user is not None and actor.roles_at(site.pk) & frozenset(WORKING_ROLES):
        return ""
    return _("Only those who work on cases of %(site)s hand over there.") % {"site": site}
