"""The pages of subscriptions: one's own, those of people whom one administers, and how one ends."""

from dataclasses import dataclass
from datetime import time
from http import HTTPStatus
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import NoticeMail, ReportSubscription, User
from exceptions.report import subscribing
from exceptions.report.subscribing import NoLink, NotSubscribed, Said
from exceptions.vocabulary import Cadence, KindCode
from exceptions.web.reader import ids, reader_of

WEEKDAYS = (
    (1, gettext_lazy("Monday")),
    (2, gettext_lazy("Tuesday")),
    (3, gettext_lazy("Wednesday")),
    (4, gettext_lazy("Thursday")),
    (5, gettext_lazy("Friday")),
    (6, gettext_lazy("Saturday")),
    (7, gettext_lazy("Sunday")),
)
SENT_TOLD = 5  # e-mails of each subscription


@dataclass(frozen=True, slots=True)
class Row:
    """A subscription in words, and what became of its latest e-mails."""

    subscription: ReportSubscription
    when: str
    about: str
    mails: list[NoticeMail]
    own: bool


@require_http_methods(["GET", "HEAD", "POST"])
def subscriptions(request: HttpRequest) -> HttpResponse:
    actor = _actor(request)
    if request.method == "POST":
        return _subscribe(request, actor)
    return _page(request, actor)


def _actor(request: HttpRequest) -> Actor:
    """Readers of cases, and who administers people."""
    actor = actors.person(reader_of(request))
    if actors.site_ids(actor) == frozenset() and actors.administers(actor) == frozenset():
        raise PermissionDenied
    return actor


def _subscribe(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What was chosen stays where it is refused."""
    try:
        person = _person(request.POST.get("person", ""), actor)
        found = subscribing.subscribe(person, _said(request), by=actor, at=timezone.now())
    except NotSubscribed as refused:
        return _page(request, actor, problem=str(refused), status=HTTPStatus.CONFLICT)
    told = {"who": person, "when": _when(found)}
    messages.success(request, _("%(who)s gets the report: %(when)s.") % told)
    return redirect("report-subscriptions")


def _person(text: str, actor: Actor) -> User:
    assert actor.user is not None
    if not text:
        return actor.user
    found = _others(actor).filter(pk__in=ids([text])).first()
    if found is None and ids([text]) != [actor.user.pk]:
        raise NotSubscribed(_("You can subscribe yourself, and people whom you administer."))
    return found or actor.user


def _others(actor: Actor) -> Any:
    return actors.administered_people(actor).filter(is_active=True).order_by("first_name", "pk")


def _said(request: HttpRequest) -> Said:
    every, hour = request.POST.get("every", ""), _hour(request.POST.get("hour", ""))
    if every not in Cadence.values or hour is None:
        raise NotSubscribed(_("Say how often, on which day and at which time."))
    day = ids([request.POST.get("weekday" if every == Cadence.WEEKLY else "monthday", "")])
    return Said(
        every=Cadence(every),
        day=day[0] if day else 0,
        hour=hour,
        sites=tuple(ids(request.POST.getlist("site"))),
        kinds=tuple(request.POST.getlist("kind")),
    )


def _hour(text: str) -> time | None:
    try:
        return parse_time(text)
    except ValueError:  # such as 25:00
        return None


def _page(
    request: HttpRequest, actor: Actor, *, problem: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    latest = NoticeMail.objects.order_by("-made_at", "-id")
    found = subscribing.visible(actor).prefetch_related(Prefetch("mails", queryset=latest))
    rows = [_row(each, actor) for each in found.order_by("person__first_name", "due_at", "id")]
    form = request.POST
    context = {
        "section": "report",
        "own": [row for row in rows if row.own],
        "others": [row for row in rows if not row.own],
        "administers": actors.administers(actor) != frozenset(),
        "reads": actors.site_ids(actor) != frozenset(),
        "people": _others(actor) if actors.administers(actor) != frozenset() else [],
        "sites": actors.visible_sites(actor).order_by("name"),
        "kinds": KindCode,
        "weekdays": WEEKDAYS,
        "monthdays": range(1, 32),
        "problem": problem,
        "form": form,
        "chosen_sites": ids(form.getlist("site")),
        "chosen_kinds": form.getlist("kind"),
    }
    return render(request, "report_subscriptions.html", context, status=status)


def _row(found: ReportSubscription, actor: Actor) -> Row:
    kinds = ", ".join(str(KindCode(kind).label) for kind in found.kinds)
    sites = subscribing.sites_in_words(found) if found.sites else _("every site they see")
    return Row(
        found,
        _when(found),
        f"{sites}; {kinds}" if kinds else sites,
        list(found.mails.all())[:SENT_TOLD],
        own=found.person == actor.user,
    )


def _when(found: ReportSubscription) -> str:
    """`every Monday at 07:00, Europe/Amsterdam`."""
    told = {"hour": f"{found.hour:%H:%M}", "zone": subscribing.zone_of(found.person).key}
    if found.every == Cadence.WEEKLY:
        told["day"] = str(dict(WEEKDAYS)[found.day])
        return _("every %(day)s at %(hour)s, %(zone)s") % told
    return _("on day %(day)s of every month at %(hour)s, %(zone)s") % (told | {"day": found.day})


@require_POST
def end(request: HttpRequest, subscription_id: int) -> HttpResponse:
    actor = _actor(request)
    found = get_object_or_404(subscribing.visible(actor), pk=subscription_id)
    subscribing.end(found, by=actor.user, at=timezone.now())
    messages.success(request, _("%s gets it no more.") % found.person)
    return redirect("report-subscriptions")


@require_POST
def send_now(request: HttpRequest, subscription_id: int) -> HttpResponse:
    actor = _actor(request)
    found = get_object_or_404(subscribing.visible(actor), pk=subscription_id)
    if subscribing.send_now(found, at=timezone.now()):
        messages.success(request, _("It goes out to %s within a minute.") % found.person)
    else:
        messages.info(request, _("One is under way to %s already.") % found.person)
    return redirect("report-subscriptions")


# Mail programs send the form by themselves (RFC 8058): they have no cookie, and the link is signed.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, stop: str) -> HttpResponse:
    """Asks; nothing is changed before the form is sent. Too many from one address wait."""
    if not ratelimit.consume(request, action="unsubscribe"):
        return render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS)
    try:
        found = subscribing.behind(stop)
    except NoLink:
        return render(request, "report_unsubscribe.html", status=HTTPStatus.NOT_FOUND)
    if request.method == "POST":
        subscribing.end(found, by=None, at=timezone.now())
        found.refresh_from_db()
    context = {"found": found, "when": _when(found)}
    return render(request, "report_unsubscribe.html", context)
