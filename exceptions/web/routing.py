"""The pages of the rules of routing: what is in force, the draft of what shall be, and trying them.

Everybody who reads cases may read them. Policy admins draft, and publish what another drafted.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions import actors, drafting, route_soundness, routing, routing_sets
from exceptions.actors import Actor
from exceptions.effects import Refused
from exceptions.models import Case, RoutingSet
from exceptions.route_drafting import ROUTING
from exceptions.route_soundness import Known
from exceptions.routes import Routes
from exceptions.routing import InForce, Routed
from exceptions.vocabulary import Counting, KindCode, Role, TeamCode, Tier
from exceptions.web import drafting as drafts
from exceptions.web import route_fields, route_history
from exceptions.web.disruption import number_of
from exceptions.web.drafting import Pages
from exceptions.web.reader import reader_of_policies
from exceptions.web.route_fields import Read


@dataclass(frozen=True, slots=True)
class Tried:
    """What the rules say of one case: `case` and `found`, or `says` why there is nothing."""

    typed: str
    case: Case | None = None
    found: Routed | None = None
    says: str = ""


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force in plain words, the versions before them, and a case to try them on."""
    actor, newest = reader_of_policies(request), routing_sets.newest()
    routes, known = routing_sets.routes_of(newest), route_soundness.known()
    context = {
        **_base(actor),
        "lines": route_history.lines(routes, known),
        "limit": route_history.limit_in_words(routes),
        "remarks": route_soundness.remarks(routes, known),
        "open_draft": drafting.open_draft(ROUTING),
        "versions": route_history.versions(),
        "tried": _tried(request, actor, routing.of_set(newest)),
    }
    return render(request, "routing.html", context)


@require_safe
def version(request: HttpRequest, version: int) -> HttpResponse:
    """What a version says, and what it changed against the one before it."""
    actor, found = reader_of_policies(request), route_history.version(version)
    if found is None:
        raise Http404
    known = route_soundness.known()
    routes = routing_sets.routes_of(found)
    context = {
        **_base(actor),
        "version": found,
        "lines": route_history.lines(routes, known),
        "limit": route_history.limit_in_words(routes),
        "changes": route_history.changes(route_history.before(found), found, known),
    }
    return render(request, "routing_version.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """The open draft as a form; a POST keeps what it says, whether or not it holds together."""
    actor, found = reader_of_policies(request), drafting.open_draft(ROUTING)
    if found is None:
        messages.info(request, _("There is no open draft."))
        return redirect("routing")
    if request.method == "POST":
        return _save(request, actor, found)
    return render(request, "routing_draft.html", _of_draft(request, actor, found))


def _save(request: HttpRequest, actor: Actor, found: RoutingSet) -> HttpResponse:
    form = request.POST
    read = route_fields.read(form)
    if read.routes is None and drafting.may_draft(actor):
        context = _of_draft(request, actor, found, read)
        return render(request, "routing_draft.html", context, status=422)
    try:
        drafting.change(
            ROUTING,
            found.pk,
            read.routes or Routes(),
            actor,
            revision=drafts.revision_in(form),
            at=timezone.now(),
            note=form.get("note", found.note),
        )
    except Refused as refused:
        context = _of_draft(request, actor, found, read) | {"refused": str(refused)}
        return render(request, "routing_draft.html", context, status=409)
    if "op" not in form:
        messages.success(
            request, _("The draft is saved. Nothing is in force before it is published.")
        )
    return redirect(reverse("routing-draft") + _place(form.get("op", ""), len(read.rows)))


def _place(op: str, count: int) -> str:
    """Where the rule is now that was moved, as a fragment of the address."""
    what, _colon, at = op.partition(":")
    if what == "add":
        return f"#rule-{count}"
    if what not in ("up", "down") or not at.isdecimal() or len(at) > 3:
        return ""
    to = max(int(at) - 1, 0) if what == "up" else min(int(at) + 1, count - 1)
    return f"#rule-{to + 1}"


@require_POST
def start_draft(request: HttpRequest) -> HttpResponse:
    return drafts.start(request, _pages())


@require_POST
def discard_draft(request: HttpRequest) -> HttpResponse:
    return drafts.discard(request, _pages())


@require_POST
def publish_draft(request: HttpRequest) -> HttpResponse:
    return drafts.publish(request, _pages())


@require_POST
def roll_back(request: HttpRequest) -> HttpResponse:
    return drafts.roll_back(request, _pages())


def _pages() -> Pages[RoutingSet, Routes]:
    return Pages(
        subject=ROUTING,
        in_force=reverse("routing"),
        draft=reverse("routing-draft"),
        after=reverse("routing-cases"),
        says=_("Version %s is in force for what comes. What is open stays until you look at it."),
        template="routing_draft.html",
        shown=_of_draft,
    )


def _base(actor: Actor) -> dict[str, Any]:
    return {
        "section": "routing",
        "in_force": routing_sets.newest(),
        "may_draft": drafting.may_draft(actor),
        "may_reroute": actor.has_role(Role.SUPERVISOR, *drafting.DRAFTERS),
    }


def _of_draft(
    request: HttpRequest, actor: Actor, found: RoutingSet, read: Read | None = None
) -> dict[str, Any]:
    """The page of a draft, with the form as it was typed where it could not be kept."""
    base, known = _base(actor), route_soundness.known()
    routes = routing_sets.routes_of(found)
    before = routing_sets.routes_of(base["in_force"])
    publishers = drafting.who_may_publish(found)
    return {
        **base,
        **_choices(known),
        "draft": found,
        "rows": read.rows if read else route_fields.rows_of(routes),
        "limit": read.limit if read else str(routes.limit or ""),
        "limit_problem": read.limit_problem if read else "",
        "counting": routes.counting,
        "lines": route_history.lines(routes, known),
        "limit_in_words": route_history.limit_in_words(routes),
        "changes": list(route_history.between(before, routes, known)),
        "problems": route_soundness.problems(routes, known),
        "remarks": route_soundness.remarks(routes, known),
        "publishers": publishers,
        "may_publish": actor.user in publishers,
        "tried": _tried(request, actor, InForce(None, routes)),
    }


def _choices(known: Known) -> dict[str, Any]:
    return {
        "kinds": KindCode.choices,
        "sites": [(str(pk), name) for pk, name in known.sites.items()],
        "tiers": Tier.choices,
        "teams": TeamCode.choices,
        "people": sorted(((str(pk), name) for pk, name in known.people.items()), key=_by_name),
        "countings": Counting.choices,
        "most_letters": route_fields.MOST_LETTERS,
    }


def _by_name(choice: tuple[str, str]) -> str:
    return choice[1].casefold()


def _tried(request: HttpRequest, actor: Actor, known: InForce) -> Tried:
    """The case that the address asks for, as these rules would route it."""
    typed = request.GET.get("case", "").strip()[:20]
    if not typed:
        return Tried(typed)
    visible = actors.visible_cases(actor).select_related("site", "team", "owner", "document")
    case = visible.filter(pk=number_of(typed) or 0).first()
    if case is None:
        return Tried(typed, says=_("There is no such case that you may see."))
    return Tried(typed, case, routing.route(case, at=timezone.now(), rules=known))
