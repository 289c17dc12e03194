"""The pages of deliveries: what came through the doors, found again, looked at and put back."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors
from exceptions.vocabulary import Role
from exceptions.web.exports.table import Form
from integrations import deliveries, health
from integrations.deliveries import DeliveryFilter
from integrations.models import DeliveryState, EventSource, InboxDelivery
from integrations.web import pages

# Bodies name customers and addresses: they are for those who mend, and those who audit.
READS_BODIES = (Role.INTEGRATION_ADMIN, Role.AUDITOR)
LOOKS = {
    DeliveryState.WAITING: ("info", "clock"),
    DeliveryState.DONE: ("ok", "check"),
    DeliveryState.SET_ASIDE: ("bad", "x"),
}
NUMBERS, INSTANTS = ("connection", "source"), ("since", "until")


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    actor = pages.reader(request)
    visible = health.visible_connections(actors.site_ids(actor, pages.READERS))
    wanted, unread = asked(request.GET)
    found = deliveries.matching(visible, wanted).select_related("connection", "source")
    rows = list(_before(found, request.GET)[: deliveries.SHOWN + 1])
    ended = found.filter(state__in=deliveries.ENDED)
    context = {
        "section": "integrations",
        "at": timezone.now(),
        "rows": [(row, *LOOKS[DeliveryState(row.state)]) for row in rows[: deliveries.SHOWN]],
        "older": _older(request.GET, rows),
        "asked": request.GET,
        "typed": {n: _typed(request.GET.get(n, ""), getattr(wanted, n)) for n in INSTANTS},
        "query": _query(request.GET),
        "export": f"{reverse('export', args=['deliveries', Form.CSV])}?{_query(request.GET)}",
        "plain": wanted == DeliveryFilter(),
        "unread": unread,
        "states": DeliveryState.choices,
        "agains": [
            (deliveries.REPEATED, _("came more than once")),
            (deliveries.RETRIED, _("tried more than once")),
        ],
        "connections": list(visible),
        "sources": EventSource.objects.filter(connection__in=visible).order_by("name"),
        "mends": actors.site_ids(actor, [Role.INTEGRATION_ADMIN]) != frozenset(),
        "reads_bodies": actor.has_role(*READS_BODIES),
        "ended": ended[: deliveries.MOST_REPLAYED].count(),
    }
    return render(request, "deliveries.html", context)


@require_safe
def one(request: HttpRequest, delivery_id: int) -> HttpResponse:
    actor = pages.reader(request)
    visible = health.visible_connections(actors.site_ids(actor, READS_BODIES))
    found = InboxDelivery.objects.filter(connection__in=visible)
    delivery = get_object_or_404(found.select_related("connection", "source"), pk=delivery_id)
    body, left_out = deliveries.body_in_words(delivery)
    look, icon = LOOKS[DeliveryState(delivery.state)]
    context = {
        "section": "integrations",
        "delivery": delivery,
        "look": look,
        "icon": icon,
        "body": body,
        "left_out": left_out,
        "size": len(bytes(delivery.body)),
        "mends": actors.site_ids(actor, [Role.INTEGRATION_ADMIN]) != frozenset(),
        "is_ended": delivery.state in deliveries.ENDED,
    }
    return render(request, "delivery.html", context)


@require_POST
def put_back(request: HttpRequest) -> HttpResponse:
    """Put back all that the filter of the page finds; and only that of their own sites."""
    actor, sites = pages.mender(request)
    wanted, unread = asked(request.POST)
    if unread:  # a filter that could not be read must not become all there is
        messages.error(request, _("Nothing was put back: “%s” cannot be read.") % unread)
        return redirect("deliveries")
    found = deliveries.matching(health.visible_connections(sites), wanted)
    n = deliveries.replay(found, actor.name, at=timezone.now())
    words = ngettext("%s delivery waits again.", "%s deliveries wait again.", n) % n
    (messages.success if n else messages.info)(request, words)
    return redirect(f"{reverse('deliveries')}?{_query(request.POST)}")


def asked(given: QueryDict) -> tuple[DeliveryFilter, str]:
    """The filter of an address, and what of its times and its `among` cannot be read, as typed."""
    said: dict[str, Any] = {"record": given.get("record", "").strip()[:120]}
    said |= {name: int(text) for name in NUMBERS if (text := given.get(name, "")).isdecimal()}
    state, again = given.get("state", ""), given.get("again", "")
    said["state"] = state if state in DeliveryState.values else ""
    said["again"] = again if again in deliveries.AGAIN else ""
    said["among"], unread = _among(given.get("among", ""))
    for name in INSTANTS:
        text = given.get(name, "").strip()
        said[name] = _instant(text)
        unread = unread or (text if text and said[name] is None else "")
    return DeliveryFilter(**said), unread


def _among(text: str) -> tuple[tuple[int, ...], str]:
    """Ids of connections, with commas between them; or what cannot be read, as it was typed."""
    ids = text.split(",") if text else []
    if all(pages.is_id(each) for each in ids):
        return tuple(int(each) for each in ids), ""
    return (), text


def _typed(text: str, found: datetime | None) -> str:
    """As the browser's field holds it: in the reader's zone."""
    return f"{timezone.localtime(found):%Y-%m-%dT%H:%M}" if found else text


def _instant(text: str) -> datetime | None:
    """A time in the reader's zone, as the browser's field writes it."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return timezone.make_aware(found) if found and timezone.is_naive(found) else found


def _query(given: QueryDict) -> str:
    names = ("record", "state", "again", "among", *NUMBERS, *INSTANTS)
    return urlencode({name: given[name] for name in names if given.get(name)})


def _before(found: Any, given: QueryDict) -> Any:
    """Older than the last one of the page before, whose id it is."""
    if not (text := given.get("before", "")).isdecimal():
        return found
    last = InboxDelivery.objects.filter(pk=int(text)).values("received_at", "pk").first()
    if last is None:
        return found
    same = found.filter(received_at=last["received_at"], pk__lt=last["pk"])
    return (found.filter(received_at__lt=last["received_at"]) | same).order_by(
        "-received_at", "-id"
    )


def _older(given: QueryDict, rows: list[InboxDelivery]) -> str:
    if len(rows) <= deliveries.SHOWN:
        return ""
    query = _query(given)
    return f"?{query}{'&' if query else ''}before={rows[deliveries.SHOWN - 1].pk}"
