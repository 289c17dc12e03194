"""Where a list is fetched as a file."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from threading import BoundedSemaphore
from urllib.parse import urlsplit
from weakref import finalize

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from exceptions import actors, settings_history
from exceptions.actors import Actor
from exceptions.process_logs import ocel, xes
from exceptions.queries.snapshot import snapshot
from exceptions.vocabulary import Governed, Via
from exceptions.web import formats
from exceptions.web.exports import text, workbook
from exceptions.web.exports.lists import lists
from exceptions.web.exports.table import Form, Table
from exceptions.web.reader import reader_of

TYPES = {
    Form.CSV: ("text/csv; charset=utf-8", "csv"),
    Form.DATA: ("text/csv; charset=utf-8", "csv"),
    Form.XLSX: ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    Form.XES: ("application/xml; charset=utf-8", "xes"),
    Form.OCEL: ("application/json; charset=utf-8", "jsonocel"),
}
EVENT_LOGS = {Form.XES: xes.pieces, Form.OCEL: ocel.pieces}
OF_CASES = "cases"  # the list of which there are event logs

LANES = BoundedSemaphore(2)  # of each process: a long export must leave others their threads


def address(href: str, form: str) -> str:
    """Where the rows of the list at `href` are fetched as a file; empty where none is listed."""
    parts = urlsplit(href)
    try:
        page = resolve(parts.path).url_name
    except Resolver404:
        return ""
    query = QueryDict(parts.query)
    found = (name for name, one in lists().items() if one.page == page and one.asks(query))
    name = next(found, "")
    return f"{reverse('export', args=[name, form])}?{parts.query}" if name else ""


def choices(href: str) -> list[tuple[str, str]]:
    """What the menu of a list offers: each kind of file, and its address."""
    labels = {
        Form.XLSX: _("XLSX, for Excel and its like"),
        Form.CSV: _("CSV, with notes on what it holds"),
        Form.DATA: _("CSV for programs: codes, times in UTC"),
    }
    if href.partition("?")[0] == reverse(lists()[OF_CASES].page):
        labels |= {
            Form.XES: _("XES: the history of these cases, for process mining"),
            Form.OCEL: _("OCEL 2.0: the same, with their records and people"),
        }
    return [(label, address(href, form)) for form, label in labels.items()]


@require_GET
def export(request: HttpRequest, what: str, form: str) -> HttpResponseBase:
    """The list as a file. Who fetched what stands in the settings history, for auditors."""
    if what not in lists() or form not in list(Form):
        raise Http404
    if form in EVENT_LOGS and what != OF_CASES:
        raise Http404
    actor, at = actors.person(reader_of(request)), timezone.now()
    table = _table(what, request.GET, actor, at)
    if not LANES.acquire(blocking=False):
        messages.error(request, _("Other exports are being written. Try again in a minute."))
        return redirect(f"{reverse(lists()[what].page)}?{request.GET.urlencode()}")
    flow = Flow(_pieces(table, Form(form)))
    _record(table, Form(form), request.GET, actor, at)
    return _answer(flow, f"{what}-{timezone.localtime(at):%Y-%m-%d-%H%M}", Form(form))


class Flow:
    """What is being sent. It gives its lane back when all is sent, or nobody fetches any more."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._free = finalize(self, LANES.release)

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    def close(self) -> None:
        """Called by Django, whatever happened."""
        self._free()


def _table(what: str, query: QueryDict, actor: Actor, at: datetime) -> Table:
    one = lists()[what]
    listed = one.of(query, actor, at)
    sites = actors.visible_sites(actor).order_by("name").values_list("name", flat=True)
    notes = [
        (_("List"), str(one.title)),
        *listed.filter,
        (_("Sites you see"), ", ".join(sites)),
        (_("Times in"), timezone.get_current_timezone_name()),
        (_("As of"), formats.when(at)),
        (_("For"), actor.name),
    ]
    return Table(str(one.title), one.columns, listed.found, notes)


def _pieces(table: Table, form: Form) -> Iterator[bytes]:
    """The zone is read now: when the pieces are fetched, the request is over."""
    zone = timezone.get_current_timezone()
    return _read(table, form, zone)


def _read(table: Table, form: Form, zone: tzinfo) -> Iterator[bytes]:
    with snapshot():
        if form in EVENT_LOGS and isinstance(table.found, QuerySet):
            yield from EVENT_LOGS[form](table.found)
        elif form == Form.DATA:
            yield from text.for_programs(table)
        elif form == Form.CSV:
            yield from text.for_people(table, table.found.count(), zone)
        else:
            yield from workbook.pieces(table, table.found.count(), zone)


def _record(table: Table, form: Form, query: QueryDict, actor: Actor, at: datetime) -> None:
    """One line of the settings history. Where the reader sees one site only, its auditors know."""
    n = table.found.count()
    says = ngettext("%(n)s row of %(list)s exported", "%(n)s rows of %(list)s exported", n)
    sites = list(actors.visible_sites(actor)[:2])
    with transaction.atomic():
        settings_history.add(
            Governed.EXPORT,
            says % {"n": n, "list": table.title.lower()},
            by=actor.user,
            at=at,
            via=Via.WEB,
            data={"list": table.title, "filter": query.urlencode(), "rows": n, "form": form.value},
            site=sites[0] if len(sites) == 1 else None,
        )


def _answer(flow: Flow, name: str, form: Form) -> StreamingHttpResponse:
    content_type, ending = TYPES[form]
    return StreamingHttpResponse(
        flow,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )
