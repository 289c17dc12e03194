"""The page of the approval matrix: what is in force, whether somebody can answer everywhere, and
the draft of the next version as a grid, the versions before and the way back to them.
"""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions import coverage, drafting, matrices, matrix, matrix_soundness
from exceptions.actors import Actor
from exceptions.lifecycle import Refused
from exceptions.matrix import Matrix
from exceptions.matrix_drafting import MATRIX
from exceptions.models import MatrixVersion
from exceptions.queries import uncovered
from exceptions.verdicts import amount
from exceptions.vocabulary import DecisionKind, Tier
from exceptions.web import drafting as drafts
from exceptions.web import matrix_form, matrix_replay
from exceptions.web.drafting import Pages
from exceptions.web.matrix_form import Line, Read
from exceptions.web.reader import reader_of_policies


@require_safe
def approval_matrix(request: HttpRequest) -> HttpResponse:
    actor, known = reader_of_policies(request), matrices.known()
    found = matrices.newest()
    shown = matrices.of(found)
    context = {
        **_base(actor, shown),
        "holes": coverage.holes(shown, known),
        "ahead": uncovered.standing(),
        "open_draft": drafting.open_draft(MATRIX),
        "versions": _versions(),
    }
    return render(request, "approval_matrix.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """The open draft as a grid; a POST keeps what it says, whether or not it holds together."""
    actor, found = reader_of_policies(request), drafting.open_draft(MATRIX)
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
        drafting.change(
            MATRIX,
            found.pk,
            read.matrix or matrices.of(found),
            actor,
            revision=drafts.revision_in(request.POST),
            at=timezone.now(),
            note=request.POST.get("note", found.note),
        )
    except Refused as refused:
        context = _of_draft(actor, found, read) | {"refused": str(refused)}
        return render(request, "approval_matrix_draft.html", context, status=409)
    messages.success(request, _("The draft is saved. Nothing is in force before it is published."))
    return redirect("matrix-draft")


@require_safe
def version(request: HttpRequest, version: int) -> HttpResponse:
    """What a version says; who may draft can put it back in force."""
    actor, found = reader_of_policies(request), _versions().filter(version=version).first()
    if found is None:
        raise Http404
    context = {**_base(actor, matrices.of(found)), "version": found}
    return render(request, "approval_matrix_version.html", context)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    return drafts.start(request, _pages())


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    return drafts.discard(request, _pages())


@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    return drafts.publish(request, _pages())


@require_POST
def roll_back(request: HttpRequest) -> HttpResponse:
    return drafts.roll_back(request, _pages())


def _pages() -> Pages[MatrixVersion, Matrix]:
    return Pages(
        subject=MATRIX,
        in_force=reverse("matrix"),
        draft=reverse("matrix-draft"),
        after=reverse("matrix"),
        says=_("Version %s is in force for what is proposed from now on."),
        template="approval_matrix_draft.html",
        shown=lambda _request, actor, found: _of_draft(actor, found),
    )


def _versions() -> QuerySet[MatrixVersion]:
    return MatrixVersion.objects.exclude(version=None).select_related("author", "published_by")


def _base(actor: Actor, shown: Matrix) -> dict[str, Any]:
    known = matrices.known()
    return {
        "section": "approvals",
        "in_force": matrices.newest(),
        "matrix": shown,
        "rows": [(matrix_soundness.name_of(row, known), _cells(row.bands)) for row in shown.rows],
        "bands": [
            [matrix.band_in_words(shown, band, code) for code in shown.bounds]
            for band in range(shown.band_count)
        ],
        "sign_in": [amount(most, code) for code, most in shown.sign_in_above.items()],
        "may_draft": drafting.may_draft(actor),
    }


def _cells(bands: Any) -> list[list[str]]:
    return [[matrix.level_in_words(level) for level in levels] for levels in bands]


def _of_draft(actor: Actor, found: MatrixVersion, read: Read | None = None) -> dict[str, Any]:
    """The page of a draft, with the form as it was typed where it could not be kept."""
    known, said = matrices.known(), matrices.of(found)
    publishers = drafting.who_may_publish(found)
    form = read or matrix_form.shown(said)
    changed = said != matrices.of(matrices.newest())
    unread = [*form.problems, *(line.trouble for line in form.lines if line.trouble)]
    problems = unread or matrix_soundness.problems(said, known)
    return {
        **_base(actor, said),
        "draft": found,
        "form": form,
        "lines": [*form.lines, *(Line(cells=("",) * said.band_count) for _new in range(2))],
        "n_lines": len(form.lines) + 2,
        "n_old": len(form.lines),
        "problems": problems,
        "holes": coverage.holes(said, known) if not unread else [],
        "changed": changed,
        "replay": None
        if problems or not changed
        else matrix_replay.panel(actor, found, timezone.now()),
        "publishers": publishers,
        "may_publish": actor.user in publishers,
        "decisions": DecisionKind.choices,
        "sites": [(str(pk), name) for pk, name in known.sites.items()],
        "tiers": Tier.choices,
    }
