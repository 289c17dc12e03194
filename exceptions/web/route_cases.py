"""What the rules of routing would do with cases that are open already, and doing it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from exceptions import actors, drafting, rerouting, routing, routing_sets
from exceptions.actors import Actor
from exceptions.drafting import DRAFTERS
from exceptions.effects import Refused
from exceptions.rerouting import Rerouted, Result
from exceptions.route_drafting import ROUTING
from exceptions.routing import InForce
from exceptions.vocabulary import Role
from exceptions.web.reader import ids, reader_of

READERS = (Role.SUPERVISOR, *DRAFTERS)
MOST = 500  # on a page


@require_http_methods(["GET", "HEAD", "POST"])
def open_cases(request: HttpRequest) -> HttpResponse:
    """Case by case, whose it is and whose it would be; sent, those that are ticked go there.

    Policy admins look, supervisors do it. With `draft` in the address, by the rules of the draft.
    """
    actor = _reader(request)
    if request.method != "POST":
        return render(request, "routing_cases.html", _context(request, actor))
    if not actor.has_role(Role.SUPERVISOR):
        raise PermissionDenied
    wanted = {pk: request.POST.get(f"seen.{pk}", "") for pk in ids(request.POST.getlist("case"))}
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:300]
    try:
        done = rerouting.reroute(wanted, actor, reason=reason, at=timezone.now())
    except Refused as refused:
        context = _context(request, actor) | {"problem": str(refused), "kept": set(wanted)}
        return render(request, "routing_cases.html", context, status=422)
    _tell(request, done)
    return redirect("routing-cases")


def _tell(request: HttpRequest, done: list[Result]) -> None:
    refused = [result for result in done if result.says]
    n = len(done) - len(refused)
    said = ngettext("%s case has a new owner.", "%s cases have new owners.", n) % n
    if not done:
        messages.warning(request, _("Tick at least one case first."))
    elif not refused:
        messages.success(request, said)
    else:
        lines = format_html_join("", "<li>{}</li>", ((result.says,) for result in refused))
        messages.warning(request, format_html("<p>{}</p><ul>{}</ul>", said, lines))


def _context(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    rules, of_draft = _rules(request)
    found = rerouting.foreseen(actor, at=timezone.now(), known=rules, roles=READERS)
    may = {each.case.pk for each in found if _may(actor, each)} if not of_draft else set()
    return {
        "section": "routing",
        "rules": rules,
        "of_draft": of_draft,
        "found": found[:MOST],
        "more": max(len(found) - MOST, 0),
        "may": may,
        "kept": {each.case.pk for each in found if not each.stays},
        "stay": sum(bool(each.stays) for each in found),
        "reason": request.POST.get("reason") or _reason(rules),
    }


def _rules(request: HttpRequest) -> tuple[InForce, bool]:
    draft = drafting.open_draft(ROUTING) if "draft" in request.GET else None
    if draft is None:
        return routing.in_force(), False
    return InForce(None, routing_sets.routes_of(draft)), True


def _reason(rules: InForce) -> str:
    if rules.version is None:
        return _("Routed again")
    return _("Rules of routing, version %s") % rules.version


def _may(actor: Actor, each: Rerouted) -> bool:
    return Role.SUPERVISOR in actor.roles_at(each.case.site_id)


def _reader(request: HttpRequest) -> Actor:
    actor = actors.person(reader_of(request))
    if not actor.has_role(*READERS):
        raise PermissionDenied
    return actor
