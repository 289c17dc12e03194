"""The page of the approval matrix: what is in force, whether somebody can answer everywhere, and
the draft of the next version as a grid.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions import coverage, drafting, matrices, matrix, matrix_drafting, matrix_soundness
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.matrix import Matrix
from exceptions.models import MatrixVersion
from exceptions.policies import NotPublished
from exceptions.vocabulary import DecisionKind, Tier
from exceptions.web import matrix_form
from exceptions.web.matrix_form import Line, Read
from exceptions.web.policies import reader_of_policies


@require_safe
def approval_matrix(request: HttpRequest) -> HttpResponse:
    actor, known = reader_of_policies(request), matrices.known()
    found = matrices.newest()
    shown = matrices.of(found)
    context = {
        **_base(actor, shown),
        "rows": [(matrix_soundness.name_of(row, known), _cells(row.bands)) for row in shown.rows],
        "holes": coverage.holes(shown, known),
        "open_draft": matrix_drafting.open_draft(),
        "versions": MatrixVersion.objects.exclude(version=None).select_related(
            "author", "published_by"
        ),
    }
    return render(request, "approval_matrix.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """The open draft as a grid; a POST keeps what it says, whether or not it holds together."""
    actor, found = reader_of_policies(request), matrix_drafting.open_draft()
    if found is None:
        messages.info(request, _("There is no open draft."))
        return redirect("matrix")
    if request.method == "POST":
        return _save(request, actor, found)
    return render(request, "approval_matrix_draft.html", _of_draft(actor, found))


def _save(request: HttpRequest, actor: Actor, found: MatrixVersion) -> HttpResponse:
    read = matrix_form.read(request.POST)
    if read.matrix is None and drafting.may_draft(actor):
        context = _of_draft(actor, found, read)
        return render(request, "approval_matrix_draft.html", context, status=422)
    try:
        matrix_drafting.change(
            found.pk,
            read.matrix or matrices.of(found),
            actor,
            revision=_revision(request.POST),
            at=timezone.now(),
            note=request.POST.get("note", found.note),
        )
    except Refused as refused:
        context = _of_draft(actor, found, read) | {"refused": str(refused)}
        return render(request, "approval_matrix_draft.html", context, status=409)
    messages.success(request, _("The draft is saved. Nothing is in force before it is published."))
    return redirect("matrix-draft")


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    return _do(request, lambda actor, at: matrix_drafting.start(actor, at=at), "matrix-draft")


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    def act(actor: Actor, at: datetime) -> None:
        if found := matrix_drafting.open_draft():
            matrix_drafting.discard(found.pk, actor, at=at)
            messages.success(request, _("The draft is discarded."))

    return _do(request, act, "matrix")


@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Put in force what the publisher has read; or say on the page why not."""
    actor, found = reader_of_policies(request), matrix_drafting.open_draft()
    if found is None:
        messages.info(request, _("There is no open draft any more."))
        return redirect("matrix")
    try:
        made = matrix_drafting.publish(
            found.pk, actor, revision=_revision(request.POST), at=timezone.now()
        )
    except Refused as refused:
        context = _of_draft(actor, found) | {"refused": str(refused)}
        return render(request, "approval_matrix_draft.html", context, status=409)
    except NotPublished as not_published:
        context = _of_draft(actor, found) | {"problems": not_published.problems}
        return render(request, "approval_matrix_draft.html", context, status=422)
    said = _("Version %s is in force for what is proposed from now on.")
    messages.success(request, said % made.version)
    return redirect("matrix")


def _do(request: HttpRequest, deed: Callable[[Actor, datetime], object], to: str) -> HttpResponse:
    """Something about the draft, then a page; a refusal is told on that of what is in force."""
    actor = reader_of_policies(request)
    try:
        deed(actor, timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("matrix")
    return redirect(to)


def _base(actor: Actor, shown: Matrix) -> dict[str, Any]:
    return {
        "section": "approvals",
        "in_force": matrices.newest(),
        "matrix": shown,
        "bands": [
            [matrix.band_in_words(shown, band, code) for code in shown.bounds]
            for band in range(shown.band_count)
        ],
        "may_draft": drafting.may_draft(actor),
    }


def _cells(bands: Any) -> list[list[str]]:
    return [[matrix.level_in_words(level) for level in levels] for levels in bands]


def _of_draft(actor: Actor, found: MatrixVersion, read: Read | None = None) -> dict[str, Any]:
    """The page of a draft, with the form as it was typed where it could not be kept."""
    known, said = matrices.known(), matrices.of(found)
    publishers = drafting.who_may_publish(found)
    form = read or matrix_form.shown(said)
    problems = [*form.problems, *(line.trouble for line in form.lines if line.trouble)]
    return {
        **_base(actor, said),
        "draft": found,
        "form": form,
        "lines": [*form.lines, *(Line(cells=("",) * said.band_count) for _new in range(2))],
        "n_lines": len(form.lines) + 2,
        "n_old": len(form.lines),
        "problems": problems or matrix_soundness.problems(said, known),
        "holes": coverage.holes(said, known) if not problems else [],
        "changed": said != matrices.of(matrices.newest()),
        "publishers": publishers,
        "may_publish": actor.user in publishers,
        "decisions": DecisionKind.choices,
        "sites": [(str(pk), name) for pk, name in known.sites.items()],
        "tiers": Tier.choices,
    }


def _revision(form: Mapping[str, str]) -> int:
    text = form.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1
