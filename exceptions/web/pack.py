"""The sealed pack of a case, as a download."""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from exceptions import actors, packing, playbooks
from exceptions.models import Case, Decision
from exceptions.packing import Packed
from exceptions.web import formats, source_facts, timeline
from exceptions.web.reader import reader_of


@require_POST
def pack(request: HttpRequest, case_id: int) -> StreamingHttpResponse:
    """For everybody who sees the case; that it was made stands in the history, with its seal."""
    actor, at = actors.person(reader_of(request)), timezone.now()
    case = get_object_or_404(actors.visible_cases(actor), pk=case_id)
    made = packing.prepare(case.pk, actor, partial(_summary, actor.name, at), at=at)
    answer = StreamingHttpResponse(packing.written(made), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _summary(by: str, at: datetime, case: Case, files: list[Packed]) -> dict[str, bytes]:
    """A page to read and print, in the time of the site, with its own style sheet beside it."""
    context = {
        "case": case,
        "files": files,
        "made_by": by,
        "made_at": at,
        "facts": source_facts.facts_of(case.document),
        "clocks": case.clocks.order_by("id"),
        "decisions": [_decided(decision, case) for decision in _decisions(case)],
        "comments": case.comments.select_related("author"),
        "lines": [timeline.line(event) for event in case.events.order_by("number")],
    }
    with timezone.override(ZoneInfo(case.site.time_zone)):
        page = render_to_string("pack_summary.html", context)
    style = (settings.BASE_DIR / "static" / "pack.css").read_bytes()
    return {"summary.html": page.encode(), "summary.css": style}


def _decisions(case: Case) -> QuerySet[Decision]:
    return case.decisions.select_related("proposed_by", "undoes")


def _decided(decision: Decision, case: Case) -> tuple[Decision, str, list[tuple[str, str]]]:
    """With its name, and what it asked for, in words."""
    decision.case = case
    answers = playbooks.answers_in_words(decision, formats.when)
    return decision, playbooks.name_of(decision), answers
