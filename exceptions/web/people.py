"""People: who works where, what each of them may do, and what was changed of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from exceptions import access, actors, invitations
from exceptions.actors import Actor
from exceptions.models import AccessChange, Case, Membership, Site, User
from exceptions.queries.case_conditions import SNOOZED_OR_NOT
from exceptions.queries.case_filter import CaseFilter
from exceptions.vocabulary import OPEN_STATES, Role
from exceptions.web import filters, person_rights, proposals
from exceptions.web.access_form import RoleForm
from exceptions.web.reader import reader_of

TOKEN_READERS = (Role.INTEGRATION_ADMIN, Role.AUDITOR)
LISTED = 300
CHANGES = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody with the roles that the reader may know of."""

    person: User
    roles: list[str]
    hidden: bool


@dataclass(frozen=True, slots=True)
class Left:
    """Open cases of somebody at a site; `url` leads to them, for those who may see them."""

    site: Site
    n: int
    url: str


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    actor = actors.person(reader_of(request))
    if not actor.has_role(*actors.PEOPLE_READERS):
        raise PermissionDenied
    text = request.GET.get("q", "").replace("\x00", "").strip()
    waiting = invitations.not_in_yet()
    visible = actors.visible_people(actor).exclude(pk__in=waiting.values("pk"))
    found = _named(visible, text).order_by("first_name", "username")
    rows = list(_with_roles(found, actor)[: LISTED + 1])
    context = {
        "section": "people",
        "rows": [_listed(person) for person in rows[:LISTED]],
        "not_shown": len(rows) > LISTED,
        "text": text,
        "invites": actors.administers(actor) != frozenset(),
        "sees_tokens": actor.has_role(*TOKEN_READERS),
    }
    return render(request, "people.html", context | {"proposals": proposals.lines(actor)})


@require_safe
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    actor = actors.person(reader_of(request))
    return render(request, "person.html", page_of(found(actor, person_id), actor))


def found(actor: Actor, person_id: int) -> User:
    """The person, whom the reader may see: at a site of theirs, or they themselves. Else 404."""
    if actor.user is not None and actor.user.pk == person_id:
        return actor.user
    return get_object_or_404(actors.visible_people(actor), pk=person_id)


def page_of(whose: User, actor: Actor, form: RoleForm | None = None) -> dict[str, Any]:
    """What person.html shows, with the form of a role as it was sent."""
    visible = actors.visible_memberships(actor).filter(user=whose)
    held = list(visible.select_related("site", "team").order_by("role", "site__name", "pk"))
    why_not = access.why_not(actor, whose)
    return {
        "section": "people" if actor.has_role(*actors.PEOPLE_READERS) else "",
        "whose": whose,
        "held": held,
        "hidden": whose.memberships.count() > len(held),
        "at_sites": person_rights.moves(held, _sites(actor, whose), actors.person(whose)),
        "pages": person_rights.pages(held),
        "more": person_rights.more(held),
        "left": _left(whose, actor),
        "changes": _changes(whose, actor),
        "proposals": proposals.lines(actor, whose),
        "admin": actors.administers(actor) != frozenset(),
        "why_not": why_not,
        "form": None if why_not else form or RoleForm(actor),
    }


def _named(rows: QuerySet[User], text: str) -> QuerySet[User]:
    for word in text.split():
        rows = rows.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(username__icontains=word)
        )
    return rows


def _with_roles(rows: QuerySet[User], actor: Actor) -> QuerySet[User]:
    visible = actors.visible_memberships(actor).select_related("site", "team")
    seen = Prefetch("memberships", queryset=visible.order_by("role", "site__name"), to_attr="seen")
    return rows.annotate(held=Count("memberships")).prefetch_related(seen)


def _listed(person: Any) -> Listed:
    roles: Sequence[Membership] = person.seen
    return Listed(person, [access.in_words(one) for one in roles], person.held > len(roles))


def _sites(actor: Actor, whose: User) -> QuerySet[Site]:
    """Where the reader may know what the person may do; of themselves everywhere."""
    sites = actors.site_ids(actor, actors.PEOPLE_READERS)
    every = Site.objects.order_by("name")
    itself = actor.user is not None and actor.user.pk == whose.pk
    return every if sites is None or itself else every.filter(pk__in=sites)


def _left(whose: User, actor: Actor) -> list[Left]:
    """Their open cases, counted by site; who administers their access learns how many, no more."""
    owned = Case.objects.filter(owner=whose, state__in=OPEN_STATES, site__in=_sites(actor, whose))
    counts = dict(owned.values_list("site").annotate(n=Count("pk")).order_by())
    reads = set(actors.visible_sites(actor).values_list("pk", flat=True))
    return [
        Left(site, counts[site.pk], _queue_of(whose, site) if site.pk in reads else "")
        for site in Site.objects.filter(pk__in=counts).select_related("lead").order_by("name")
    ]


def _queue_of(whose: User, site: Site) -> str:
    theirs = CaseFilter(owners=(str(whose.pk),), sites=(site.pk,), snoozed=SNOOZED_OR_NOT)
    return filters.address(theirs)


def _changes(whose: User, actor: Actor) -> QuerySet[AccessChange]:
    sites = actors.site_ids(actor, actors.PEOPLE_READERS)
    rows = AccessChange.objects.filter(user=whose)
    itself = actor.user is not None and actor.user.pk == whose.pk
    if sites is not None and not itself:
        rows = rows.filter(Q(site=None) | Q(site__in=sites))
    return rows[:CHANGES]
