"""The page of the ledger: what comparing both sides found, and what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
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
from exceptions.models import Connection, OutboxMessage
from exceptions.vocabulary import Role
from exceptions.web.filters import Chip, Group, Option
from exceptions.web.spreadsheet import csv_lines
from integrations import health, ledger, sent_looks
from integrations.health import Sites
from integrations.ledger import OPEN, REPAIRED, Figures, GapFilter
from integrations.models import Gap, GapKind, ReconcileRequest, ReconcileRun
from integrations.odoo.sources import SOURCES
from integrations.sent_looks import SentFilter
from integrations.web import pages, sent

SHOWN = 200  # gaps on the page; the file has all of them
CHUNK = 2_000
COLUMNS = (
    "connection", "source", "model", "record", "reference", "what", "expected_by", "since",
    "found_at", "repaired_at", "repaired_how", "reason", "case",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One source of a connection: its last comparison, its gaps, and its cases lately."""

    run: ReconcileRun
    figures: Figures | None
    cases: int
    open_url: str
    repaired_url: str
    missed_url: str

    @property
    def missed_share(self) -> float | None:
        """Of its cases, those that a webhook should have told of, in percent."""
        return 100 * self.figures.cases / self.cases if self.figures and self.cases else None

    @property
    def seconds(self) -> float | None:
        ended = self.run.finished_at
        return (ended - self.run.started_at).total_seconds() if ended else None


@dataclass(frozen=True, slots=True)
class SentLine:
    """What was sent to a connection: how much was found how, with the list of it."""

    connection: Connection
    counts: list[tuple[int, str]]
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Settling:
    """What somebody may do about what is gone: leave it as it is, and, unless something speaks
    against it, have it sent again.
    """

    against: str


@dataclass(frozen=True, slots=True)
class Total:
    """A connection as a whole."""

    connection: Connection
    figures: Figures | None
    cases: int
    asked: ReconcileRequest | None
    may_ask: bool
    open_url: str
    repaired_url: str
    missed_url: str

    @property
    def missed_share(self) -> float | None:
        return 100 * self.figures.cases / self.cases if self.figures and self.cases else None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    actor = pages.reader(request)
    sites = actors.site_ids(actor, pages.READERS)
    at = timezone.now()
    asked = GapFilter.from_query(request.GET)
    visible = health.visible_connections(sites)
    found = asked.apply(ledger.visible(visible), at=at)
    total = found.count()
    with_all = found.select_related("connection", "document", "case", "message__case")
    gaps = list(with_all.select_related("message__decision")[:SHOWN])
    context = {
        "section": "integrations",
        "at": at,
        "gaps": _with_settling(actor, gaps),
        "total": total,
        "not_shown": total - len(gaps),
        "plain": asked == GapFilter(),
        "chips": list(_chips(asked, visible)),
        "menu": _menu(asked, visible),
        "linked": _linked(actor, gaps),
        "export": f"{reverse('ledger-export')}?{asked.to_query()}",
        "days": ledger.LATELY.days,
        **_compared(visible, sites, actor, at),
    }
    return render(request, "ledger.html", context)


@require_safe
def compared(request: HttpRequest) -> HttpResponse:
    """The part with the comparisons, while one is under way."""
    actor = pages.reader(request)
    sites = actors.site_ids(actor, pages.READERS)
    at = timezone.now()
    visible = health.visible_connections(sites)
    context = {"at": at, **_compared(visible, sites, actor, at)}
    return render(request, "_ledger_compared.html", context)


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All gaps that the filter finds, as CSV."""
    sites = actors.site_ids(pages.reader(request), pages.READERS)
    gaps = ledger.visible(health.visible_connections(sites))
    found = GapFilter.from_query(request.GET).apply(gaps, at=timezone.now())
    rows = _cells(found.select_related("connection", "document", "case"))
    answer = StreamingHttpResponse(csv_lines(COLUMNS, rows), content_type="text/csv")
    answer["Content-Disposition"] = 'attachment; filename="gaps.csv"'
    return answer


@require_POST
def ask(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Have both sides of a connection compared now."""
    actor, sites = pages.mender(request)
    connection = get_object_or_404(health.visible_connections(sites), pk=connection_id)
    if ledger.ask(connection, actor.name, at=timezone.now()):
        messages.success(request, _("Both sides are compared in a moment; this page tells how."))
    else:
        messages.info(request, _("That is asked for already; it begins as soon as it can."))
    return redirect("ledger")


def _compared(
    visible: QuerySet[Connection], sites: Sites, actor: Actor, at: datetime
) -> dict[str, Any]:
    connections = list(visible.filter(odoo__isnull=False))
    figures = {(f.connection_id, f.source): f for f in ledger.figures(connections, at=at)}
    cases = ledger.cases_lately(connections, at=at)
    waiting = {request.connection_id: request for request in ledger.waiting(visible)}
    runs = ledger.latest(visible)
    return {
        "lines": [_line(run, figures, cases) for run in runs],
        "totals": [
            _total(each, figures, cases, waiting.get(each.pk), _may_ask(actor, each))
            for each in connections
        ],
        "busy": bool(waiting),
        "sent": _sent(connections, sent_looks.visible(visible, sites, at=at)),
        "found": sent.words(),
    }


def _line(
    run: ReconcileRun,
    figures: dict[tuple[int, str | None], Figures],
    cases: dict[tuple[int, str], int],
) -> Line:
    source = next((s for s in SOURCES if s.name == run.source), None)
    mine = GapFilter(connection=run.connection_id, source=run.source)
    return Line(
        run,
        figures.get((run.connection_id, run.source)),
        cases.get((run.connection_id, source.facts_type), 0) if source else 0,
        address(mine.changed(state=OPEN)),
        address(mine.changed(state=REPAIRED)),
        address(mine.changed(cases=True)),
    )


def _total(
    connection: Connection,
    figures: dict[tuple[int, str | None], Figures],
    cases: dict[tuple[int, str], int],
    asked: ReconcileRequest | None,
    may_ask: bool,
) -> Total:
    mine = GapFilter(connection=connection.pk)
    return Total(
        connection,
        figures.get((connection.pk, None)),
        sum(n for (of, _facts), n in cases.items() if of == connection.pk),
        asked,
        may_ask,
        address(mine.changed(state=OPEN)),
        address(mine.changed(state=REPAIRED)),
        address(mine.changed(cases=True)),
    )


def _sent(connections: list[Connection], believed: QuerySet[OutboxMessage]) -> list[SentLine]:
    """What was sent, by connection, and how much of it was found how."""
    figures = sent_looks.figures(believed)
    return [
        SentLine(
            each,
            [
                (figures[each.pk].counts.get(what, 0), sent.address(SentFilter(each.pk, what)))
                for what in sent.words()
            ],
            figures[each.pk].oldest,
        )
        for each in connections
        if each.pk in figures
    ]


def _with_settling(actor: Actor, gaps: list[Gap]) -> list[tuple[Gap, Settling | None]]:
    """With what the actor may do about those that are open, and of what was sent."""
    sites = actors.site_ids(actor, [Role.INTEGRATION_ADMIN])
    return [
        (gap, Settling(proofs.why_not_again(gap.message)))
        if gap.is_open and gap.message and (sites is None or gap.message.case.site_id in sites)
        else (gap, None)
        for gap in gaps
    ]


def _may_ask(actor: Actor, connection: Connection) -> bool:
    sites = actors.site_ids(actor, [Role.INTEGRATION_ADMIN])
    return health.visible_connections(sites).filter(pk=connection.pk).exists()


def address(asked: GapFilter) -> str:
    said = asked.to_query()
    return f"{reverse('ledger')}?{said}#gaps" if said else f"{reverse('ledger')}#gaps"


def _linked(actor: Actor, gaps: list[Gap]) -> set[int]:
    """Of the cases that came of gaps, those that the actor may open."""
    ids = {gap.case_id for gap in gaps if gap.case_id}
    return set(actors.visible_cases(actor).filter(pk__in=ids).values_list("pk", flat=True))


def _chips(asked: GapFilter, visible: QuerySet[Connection]) -> Iterator[Chip]:
    if asked.connection and (named := visible.filter(pk=asked.connection).first()):
        yield Chip(_("connection"), named.name, address(asked.changed(connection=None)))
    if asked.source:
        yield Chip(_("source"), asked.source, address(asked.changed(source="")))
    if asked.what:
        yield Chip(_("what"), str(GapKind(asked.what).label), address(asked.changed(what="")))
    if asked.state:
        yield Chip(_("state"), _states()[asked.state], address(asked.changed(state="")))
    if asked.cases:
        yield Chip(_("cases"), _("missed by webhook"), address(asked.changed(cases=False)))
    if asked.among:
        names = ", ".join(visible.filter(pk__in=asked.among).values_list("name", flat=True))
        yield Chip(_("connections"), names, address(asked.changed(among=())))
    for name, says in _day_words().items():
        if day := getattr(asked, name):
            yield Chip(says, f"{day.isoformat()} UTC", address(asked.changed(**{name: None})))


def _day_words() -> dict[str, str]:
    return {
        "found_from": _("found from"),
        "found_to": _("found until"),
        "repaired_from": _("repaired from"),
        "repaired_to": _("repaired until"),
    }


def _menu(asked: GapFilter, visible: QuerySet[Connection]) -> list[Group]:
    connections = {each.pk: each.name for each in visible}
    sources = {name: name for name in ledger.names()}
    kinds = {str(kind.value): str(kind.label) for kind in GapKind}
    missed = {True: _("missed by webhook")}
    return [
        Group(_("connection"), _options(asked, "connection", connections, None)),
        Group(_("source"), _options(asked, "source", sources, "")),
        Group(_("what"), _options(asked, "what", kinds, "")),
        Group(_("state"), _options(asked, "state", _states(), "")),
        Group(_("cases"), _options(asked, "cases", missed, False)),
    ]


def _states() -> dict[str, str]:
    return {OPEN: _("open"), REPAIRED: _("repaired")}


def _options(asked: GapFilter, name: str, words: dict[Any, str], nothing: Any) -> list[Option]:
    return [
        Option(says, address(asked.changed(**{name: nothing if on else value})), on)
        for value, says in words.items()
        for on in (getattr(asked, name) == value,)
    ]


def _cells(gaps: QuerySet[Gap]) -> Iterator[tuple[object, ...]]:
    for gap in gaps.iterator(chunk_size=CHUNK):
        yield (
            gap.connection.name,
            gap.source,
            gap.model,
            gap.record_id,
            gap.document.reference if gap.document else "",
            gap.what,
            gap.expected_by,
            gap.since.isoformat(),
            gap.found_at.isoformat(),
            gap.repaired_at.isoformat() if gap.repaired_at else "",
            gap.repaired_how,
            gap.reason,
            gap.case.reference if gap.case else "",
        )
