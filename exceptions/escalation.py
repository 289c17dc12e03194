"""Escalation: who is told, and who takes over, when a case's time runs down or out.

The steps are the policy's, by tier and share of a clock's time. The sweep takes each once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from exceptions import announcing, audit, clocks, lifecycle, notices, routing
from exceptions.actors import machine
from exceptions.lifecycle import Refused
from exceptions.models import Case, Clock, Site, Team, User
from exceptions.verdicts import Escalation
from exceptions.vocabulary import WORKING_ROLES, Happening, Move, Notice, Role, Rung, Via

CLOCK = machine(Via.CLOCK)
ROUTING = machine(Via.POLICY, "routing")
NOT_HEARD = "Escalated: its time ran down."


def escalate(case: Case, clock: Clock, step: Escalation, *, at: datetime) -> None:
    """Take one step. The caller holds the case's lock, and calls it once for each step."""
    people = people_now(step.to, case, at=at)
    told = {
        "clock": clock.kind,
        "percent": step.percent,
        "to": step.to,
        "people": [str(person) for person in people],
    }
    audit.append(case, Happening.ESCALATED, CLOCK, at=at, data=told)
    case.save(update_fields=["event_count", "last_hash"])
    key = f"{clocks.key_of(clock)}:escalated:{step.percent}:{step.to}"
    data = {"clock": clock.kind, "share": step.percent}
    notices.tell(case, Notice.ESCALATED, people, at=at, key=key, data=data)
    announcing.escalated(case, step, people, at=at)
    if step.takes:
        _take_over(case, at)


def _take_over(case: Case, at: datetime) -> None:
    """The lead takes it, or while they are away their deputy, unless it is theirs, has ended, or
    they may not work on it.
    """
    lead = routing.lead_for(case, at=at)
    if lead is None or lead == case.owner:
        return
    data = {"owner": lead, "reason": NOT_HEARD}
    try:
        moved = lifecycle.move(case.pk, Move.ASSIGN, ROUTING, at=at, data=data)
    except Refused:
        return
    case.refresh_from_db(fields=["owner", "event_count", "last_hash", "state"])
    assert moved.owner == lead


def people_now(rung: Rung, case: Case, *, at: datetime) -> list[User]:
    """Who is told: for a lead who is away their deputy, if there is one."""
    people = list(people_at(rung, case.site, case.team))
    if rung != Rung.LEAD:
        return people
    return [routing.stand_in(person, case, at=at) or person for person in people]


def people_at(rung: Rung, site: Site, team: Team | None) -> QuerySet[User]:
    """Who is meant, today: active people of the site; in the order of their names."""
    if rung == Rung.LEAD:
        return User.objects.filter(pk=site.lead_id or 0, is_active=True)
    here = Q(memberships__site=site) | Q(memberships__site=None)
    wanted: Mapping[Rung, Q] = {
        Rung.TEAM: Q(memberships__team=team, memberships__role__in=WORKING_ROLES),
        Rung.SUPERVISORS: Q(memberships__role=Role.SUPERVISOR),
        Rung.EXECUTIVES: Q(memberships__role=Role.EXECUTIVE),
    }
    found = User.objects.filter(wanted[rung] & here, is_active=True)
    return found.order_by("last_name", "first_name", "pk").distinct()


def in_words(step: Escalation) -> str:
    """`resolve 100 %: the supervisors`."""
    said: dict[str, Any] = {"clock": step.clock.label, "n": step.percent, "to": step.to.label}
    if step.takes:
        return _("%(clock)s %(n)s %%: %(to)s, who takes it over") % said
    return _("%(clock)s %(n)s %%: %(to)s") % said
