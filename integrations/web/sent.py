"""What was sent and proved, and whether it still stands in Odoo; what to do about what is gone."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors, proofs
from exceptions.actors import Actor
from exceptions.effects import Refused
from exceptions.models import Connection, OutboxMessage
from exceptions.web.filters import Chip, Group, Option
from exceptions.web.spreadsheet import csv_lines
from integrations import health, ledger, sent_looks
from integrations.health import Sites
from integrations.models import Found, Gap, GapKind
from integrations.sent_looks import NOT_YET, SentFilter
from integrations.web import pages

SHOWN = 200  # messages on the page; the file has all of them
CHUNK = 2_000
COLUMNS = (
    "connection", "case", "what", "model", "record", "reference", "proved_at", "found", "since",
    "looked_at", "says",
)  # fmt: skip
LOOKS = {
    Found.AGREES: ("ok", "check"),
    Found.MOVED: ("", "refresh"),
    Found.LOST: ("bad", "alert"),
    Found.UNREADABLE: ("warn", "x"),
    NOT_YET: ("", "clock"),
}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    actor = pages.reader(request)
    at, sites = timezone.now(), actors.site_ids(actor, pages.READERS)
    connections = health.visible_connections(sites)
    asked = SentFilter.from_query(request.GET)
    found = asked.apply(sent_looks.visible(connections, sites, at=at))
    total = found.count()
    rows = list(found.select_related("connection", "case__document", "look")[:SHOWN])
    context = {
        "section": "integrations",
        "at": at,
        "rows": [(row, says(row), *LOOKS[found_of(row)]) for row in rows],
        "total": total,
        "not_shown": total - len(rows),
        "plain": asked == SentFilter(),
        "chips": list(_chips(asked, connections)),
        "menu": _menu(asked, connections),
        "linked": _linked(actor, rows),
        "export": f"{reverse('sent-export')}?{asked.to_query()}",
        "named": connections.count() > 1,
    }
    return render(request, "sent.html", context)


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All messages that the filter finds, as CSV."""
    sites, at = actors.site_ids(pages.reader(request), pages.READERS), timezone.now()
    every = sent_looks.visible(health.visible_connections(sites), sites, at=at)
    rows = SentFilter.from_query(request.GET).apply(every)
    cells = _cells(rows.select_related("connection", "case__document", "look"))
    answer = StreamingHttpResponse(csv_lines(COLUMNS, cells), content_type="text/csv")
    answer["Content-Disposition"] = 'attachment; filename="sent.csv"'
    return answer


@require_POST
def settle(request: HttpRequest, gap_id: int) -> HttpResponse:
    """Send again what is gone, or leave it as it is."""
    actor, sites = pages.mender(request)
    gap = get_object_or_404(_mine(sites), pk=gap_id)
    try:
        said = _settled(gap, actor, request.POST.get("what", ""), timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect(f"{reverse('ledger')}?state={ledger.OPEN}#gaps")


def _settled(gap: Gap, actor: Actor, what: str, at: datetime) -> str:
    """What is told of it. Raises Refused."""
    assert gap.message is not None
    if what == "again":
        if not gap.is_open:
            raise Refused(_("This gap is closed already."))
        proofs.send_again(gap.message.pk, actor, at=at)
        return _("It waits to be sent again. Odoo is looked at first.")
    if what == "leave":
        sent_looks.leave(gap.pk, actor, at=at)
        return _("It is left as it is, and not looked for any more.")
    raise Refused(_("Choose whether it is sent again or left as it is."))


def _mine(sites: Sites) -> QuerySet[Gap]:
    lost = Gap.objects.filter(what=GapKind.LOST).select_related("message")
    return lost if sites is None else lost.filter(message__case__site__in=sites)


def found_of(message: OutboxMessage) -> str:
    look = getattr(message, "look", None)
    return str(look.found) if look else NOT_YET


def says(message: OutboxMessage) -> str:
    return words()[found_of(message)]


def words() -> dict[str, str]:
    """Each thing that can be found, in the order of the page."""
    return {str(f.value): str(f.label) for f in Found} | {NOT_YET: _("not looked at yet")}


def address(asked: SentFilter) -> str:
    said = asked.to_query()
    return f"{reverse('sent')}?{said}" if said else reverse("sent")


def _linked(actor: Actor, rows: list[OutboxMessage]) -> set[int]:
    """Of the cases that the messages are about, those that the actor may open."""
    ids = {row.case_id for row in rows}
    return set(actors.visible_cases(actor).filter(pk__in=ids).values_list("pk", flat=True))


def _chips(asked: SentFilter, visible: QuerySet[Connection]) -> Iterator[Chip]:
    if asked.connection and (named := visible.filter(pk=asked.connection).first()):
        yield Chip(_("connection"), named.name, address(asked.changed(connection=None)))
    if asked.found:
        yield Chip(_("found"), words()[asked.found], address(asked.changed(found="")))


def _menu(asked: SentFilter, visible: QuerySet[Connection]) -> list[Group]:
    connections = {each.pk: each.name for each in visible}
    return [
        Group(_("connection"), _options(asked, "connection", connections, None)),
        Group(_("found"), _options(asked, "found", words(), "")),
    ]


def _options(asked: SentFilter, name: str, said: dict[Any, str], nothing: Any) -> list[Option]:
    return [
        Option(text, address(asked.changed(**{name: nothing if on else value})), on)
        for value, text in said.items()
        for on in (getattr(asked, name) == value,)
    ]


def _cells(rows: QuerySet[OutboxMessage]) -> Iterator[tuple[object, ...]]:
    for row in rows.iterator(chunk_size=CHUNK):
        look = getattr(row, "look", None)
        yield (
            row.connection.name,
            row.case.reference,
            row.verb,
            row.model,
            row.record_id,
            row.case.document.reference,
            row.read_back_at.isoformat() if row.read_back_at else "",
            found_of(row),
            look.since.isoformat() if look else "",
            look.looked_at.isoformat() if look else "",
            look.reason if look else "",
        )
