"""The auditors' pages: history of cases and settings, anchors, and whether all of it is whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors, settings_history, verifying
from exceptions import audit as audit_chain
from exceptions.actors import Actor
from exceptions.models import Anchor, CaseEvent, SettingChange, Verification
from exceptions.queries import history
from exceptions.queries.history import HistoryFilter
from exceptions.vocabulary import Governed, Happening, Move, Role, Via
from exceptions.web import override_counts, timeline
from exceptions.web.reader import reader_of
from exceptions.web.spreadsheet import csv_lines

SHOWN = 100
CHUNK = 2000  # rows of an export in memory
CASES, SETTINGS, ANCHORS = "cases", "settings", "anchors"
EVENT_COLUMNS = (
    *("case", "number", "at", "what", "from", "to", "who", "via", "site"),
    *("override", "data", "previous_hash", "hash"),
)
SETTING_COLUMNS = (
    *("number", "at", "about", "says", "because", "who", "via", "site"),
    *("override", "data", "previous_hash", "hash"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str
    url: str


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    actor = _auditor(request)
    tab = _tab(request)
    asked = HistoryFilter.from_query(request.GET)
    context = {
        "section": "audit",
        "tab": tab,
        "tabs": _tabs(),
        "asked": asked,
        "plain": asked == HistoryFilter(),
        "verification": Verification.objects.exclude(ended_at=None).first(),
        "under_way": Verification.objects.filter(ended_at=None).first(),
        "anchors": Anchor.objects.all()[:SHOWN] if tab == ANCHORS else (),
        "sites": actors.visible_sites(actor).order_by("name"),
        "vias": Via.choices,
        "whats": _whats(tab),
        **_page(request, tab, asked, actor),
    }
    return render(request, "audit.html", context)


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """All lines that the filter asks for, as CSV or as JSON lines; times in UTC.

    JSON lines can be verified by others: `hash` is the SHA-256 of all the rest of the line, as JSON
    without spaces, its names in order.
    """
    actor = _auditor(request)
    tab = SETTINGS if _tab(request) == SETTINGS else CASES
    rows = _found(tab, HistoryFilter.from_query(request.GET), actor)
    as_json = request.GET.get("format") == "json"
    name = f"{tab}-history-{timezone.now():%Y-%m-%d}.{'jsonl' if as_json else 'csv'}"
    return StreamingHttpResponse(
        _json_lines(tab, rows) if as_json else _csv(tab, rows),
        content_type=f"{'application/x-ndjson' if as_json else 'text/csv'}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a verification now."""
    actor = _auditor(request)
    verifying.ask(actor.user, at=timezone.now())
    messages.success(
        request, _("All history is being read from its first line on. The result appears here.")
    )
    return redirect("audit")


def _auditor(request: HttpRequest) -> Actor:
    actor = actors.person(reader_of(request))
    if not actor.has_role(Role.AUDITOR):
        raise PermissionDenied
    return actor


def _tab(request: HttpRequest) -> str:
    tab = request.GET.get("tab", CASES)
    return tab if tab in (CASES, SETTINGS, ANCHORS) else CASES


def _tabs() -> list[Tab]:
    labels = {CASES: _("Cases"), SETTINGS: _("Settings"), ANCHORS: _("Anchors")}
    return [Tab(name, label, f"{reverse('audit')}?tab={name}") for name, label in labels.items()]


def _whats(tab: str) -> list[tuple[str, str]]:
    """What can be asked for, in words, in the order of the words."""
    lists = (Governed,) if tab == SETTINGS else (Move, Happening)
    words = [(str(one.value), str(one.label)) for named in lists for one in named]
    return sorted(words, key=lambda word: word[1].lower())


def _found(tab: str, asked: HistoryFilter, actor: Actor) -> QuerySet[Any]:
    zone = timezone.get_current_timezone()
    if tab == SETTINGS:
        return asked.settings(history.audited_settings(actor), zone)
    return asked.events(history.audited_events(actor), zone)


def _page(request: HttpRequest, tab: str, asked: HistoryFilter, actor: Actor) -> dict[str, Any]:
    """The lines from `before` on (a line's key), and where older ones are."""
    if tab == ANCHORS:
        return {}
    key = "number" if tab == SETTINGS else "pk"
    rows = _found(tab, asked, actor)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(**{f"{key}__lt": int(before)})
    found = list(rows[: SHOWN + 1])
    shown = found[:SHOWN]
    query = asked.to_query()
    address = f"?tab={tab}&{query}" if query else f"?tab={tab}"
    return {
        "lines": [(row, timeline.sentence(row)) for row in shown] if tab == CASES else shown,
        "overrides": override_counts.lately(actor) if tab == CASES and not before else [],
        "older": f"{address}&before={getattr(shown[-1], key)}" if len(found) > SHOWN else "",
        "newest": address if before else "",
        "export": reverse("audit-export") + address,
    }


def _csv(tab: str, rows: QuerySet[Any]) -> Iterator[str]:
    if tab == SETTINGS:
        return csv_lines(SETTING_COLUMNS, _setting_cells(rows))
    return csv_lines(EVENT_COLUMNS, _event_cells(rows))


def _event_cells(rows: QuerySet[CaseEvent]) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator(chunk_size=CHUNK):
        yield (
            row.case.reference,
            row.number,
            row.at.isoformat(),
            row.move or row.happening,
            row.from_state,
            row.to_state,
            row.actor_name,
            row.via,
            row.case.site.name,
            _is_override(row.data),
            msgspec.json.encode(row.data).decode(),
            row.previous_hash,
            row.hash,
        )


def _is_override(data: Any) -> str:
    return "yes" if timeline.is_override(data) else ""


def _setting_cells(rows: QuerySet[SettingChange]) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator(chunk_size=CHUNK):
        yield (
            row.number,
            row.at.isoformat(),
            row.area,
            row.says,
            row.because,
            row.by_name,
            row.via,
            row.site.name if row.site else "",
            _is_override(row.data),
            msgspec.json.encode(row.data).decode(),
            row.previous_hash,
            row.hash,
        )


def _json_lines(tab: str, rows: QuerySet[Any]) -> Iterator[bytes]:
    said = settings_history.said if tab == SETTINGS else audit_chain.said
    for row in rows.iterator(chunk_size=CHUNK):
        yield msgspec.json.encode(said(row) | {"hash": row.hash}) + b"\n"
