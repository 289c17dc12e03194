"""The page of exchange rates: at which the sums of reports are converted, and who said so."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exceptions import actors, exchange
from exceptions.actors import Actor
from exceptions.exchange import NoRate
from exceptions.models import ExchangeRate
from exceptions.queries.case_filter import read_day
from exceptions.web.reader import reader_of

LISTED = 200
FIELDS = ("currency", "rate", "into", "day", "source")


@require_http_methods(["GET", "HEAD", "POST"])
def exchange_rates(request: HttpRequest) -> HttpResponse:
    """Read by whoever reads cases; said by policy admins, for good."""
    actor = actors.person(reader_of(request))
    if actors.site_ids(actor) == frozenset():
        raise PermissionDenied
    return _say(request, actor) if request.method == "POST" else _page(request, actor)


def _say(request: HttpRequest, actor: Actor) -> HttpResponse:
    if not exchange.may_say(actor):
        raise PermissionDenied
    typed = {name: request.POST.get(name, "").replace("\x00", "") for name in FIELDS}
    day = read_day(typed["day"])
    words = {name: typed[name] for name in FIELDS if name != "day"}
    try:
        rate = exchange.say(actor, day=day, at=timezone.now(), **words)
    except NoRate as refused:
        return _page(request, actor, typed, str(refused), status=409)
    messages.success(request, _("Noted: %s.") % rate)
    return redirect("exchange-rates")


def _page(
    request: HttpRequest,
    actor: Actor,
    typed: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    newest = ExchangeRate.objects.order_by("-said_at", "-id").first()
    context = {
        "section": "policies",
        "rates": ExchangeRate.objects.select_related("said_by")[:LISTED],
        "into": newest.into if newest else "",
        "may_say": exchange.may_say(actor),
        "today": timezone.now().date(),
        "typed": typed or {},
        "problem": problem,
    }
    return render(request, "exchange_rates.html", context, status=status)
