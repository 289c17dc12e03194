"""Pages that bring past cases in: upload, columns, dry run, import, result.

The integration admin does this (design, Roles): it is a feed from another system, like a
connection, and no casework; nothing is moved. Policies are not touched, so it is not the policy
admin's; and a supervisor should not write the past that their own figures are measured on. An
import reaches the sites where the admin has the role. Auditors look.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions import actors
from exceptions.actors import Actor
from exceptions.importing import jobs
from exceptions.importing import mapping as mappings
from exceptions.importing.mapping import WrongMapping
from exceptions.importing.tables import UnreadableFile
from exceptions.models import ImportJob
from exceptions.queries.case_filter import CaseFilter
from exceptions.vocabulary import ImportState, KindCode, Outcome, Role, State, TeamCode, Tier
from exceptions.web import filters, import_form
from exceptions.web.reader import reader_of
from exceptions.web.spreadsheet import csv_lines

READERS = (Role.INTEGRATION_ADMIN, Role.AUDITOR)
LISTED = 100
ISSUES_SHOWN = 100
ISSUE_COLUMNS = ("row", "column", "value", "says", "kind")


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """What has been imported, and the form that uploads a file."""
    if request.method == "POST":
        return _upload(request)
    return _list(request)


def _list(request: HttpRequest, *, problem: str = "", source: str = "") -> HttpResponse:
    actor = _reader(request)
    context = {
        "section": "imports",
        "jobs": list(_visible(actor)[:LISTED]),
        "imports": _writable(actor) != [],
        "problem": problem,
        "source": source,
        "longest": mappings.LONGEST_SOURCE,
    }
    return render(request, "imports.html", context, status=409 if problem else 200)


def _upload(request: HttpRequest) -> HttpResponse:
    actor = _importer(request)
    file, source = request.FILES.get("file"), request.POST.get("source", "").strip()
    if file is None or not source:
        return _list(request, problem=_("Choose a file and name its source."), source=source)
    try:
        job = jobs.receive(
            file.chunks(jobs.PART),
            source=source,
            file_name=file.name or "file",
            actor=actor,
            sites=_writable(actor),
            at=timezone.now(),
        )
    except UnreadableFile as unreadable:
        return _list(request, problem=str(unreadable), source=source)
    try:
        import_form.look(job)
    except UnreadableFile as unreadable:
        job.delete()
        return _list(request, problem=str(unreadable), source=source)
    return redirect("import", job.pk)


@require_safe
def one_import(request: HttpRequest, job_id: int) -> HttpResponse:
    """The page of one import; asked by htmx while it is under way, only its progress."""
    actor = _reader(request)
    job = get_object_or_404(_visible(actor), pk=job_id)
    if getattr(request, "htmx", False):
        if not job.is_under_way:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "import_progress.html", {"job": job})
    return render(request, "import.html", _context(job, actor))


@require_POST
def map_columns(request: HttpRequest, job_id: int) -> HttpResponse:
    """Take the columns, and begin the dry run."""
    actor, job = _theirs(request, job_id)
    said = import_form.sent(request.POST)
    if job.is_under_way or job.state == ImportState.DONE:
        messages.error(request, _("This import is under way or done; its columns are settled."))
        return redirect("import", job.pk)
    try:
        jobs.set_mapping(job, mappings.from_plain(said))
    except WrongMapping as wrong:
        context = _context(job, actor, said=said, problems=wrong.problems)
        return render(request, "import.html", context, status=409)
    jobs.begin(job.pk, ImportState.CHECKING, at=timezone.now())
    return redirect("import", job.pk)


@require_POST
def start(request: HttpRequest, job_id: int) -> HttpResponse:
    """Import what the dry run has found good."""
    _actor, job = _theirs(request, job_id)
    started = job.state == ImportState.CHECKED and jobs.begin(
        job.pk, ImportState.IMPORTING, at=timezone.now()
    )
    if not started:
        messages.error(request, _("Make a dry run first; then the import can begin."))
    return redirect("import", job.pk)


@require_POST
def discard(request: HttpRequest, job_id: int) -> HttpResponse:
    """Forget a file that has brought in nothing."""
    _actor, job = _theirs(request, job_id)
    if job.is_under_way or job.cases.exists() or job.state == ImportState.DONE:
        messages.error(request, _("This import is under way or has brought cases in; it stays."))
        return redirect("import", job.pk)
    job.delete()
    messages.success(request, _("The file was discarded. No case was touched."))
    return redirect("imports")


@require_safe
def issues(request: HttpRequest, job_id: int) -> StreamingHttpResponse:
    """Everything that is wrong, as CSV."""
    job = get_object_or_404(_visible(_reader(request)), pk=job_id)
    return StreamingHttpResponse(
        csv_lines(ISSUE_COLUMNS, _rows(job)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="import-{job.pk}-issues.csv"'},
    )


def _rows(job: ImportJob) -> Iterator[tuple[object, ...]]:
    for issue in job.issues.iterator():
        kind = _("error") if issue.is_error else _("notice")
        yield (issue.row, issue.column, issue.value, issue.says, kind)


# -- Who, and what they see --------------------------------------------------------------------


def _reader(request: HttpRequest) -> Actor:
    actor = actors.person(reader_of(request))
    if not actor.has_role(*READERS):
        raise PermissionDenied
    return actor


def _importer(request: HttpRequest) -> Actor:
    actor = _reader(request)
    if _writable(actor) == []:
        raise PermissionDenied
    return actor


def _writable(actor: Actor) -> list[int] | None:
    """Ids of the sites that the actor may import to; None: all."""
    sites = actors.site_ids(actor, [Role.INTEGRATION_ADMIN])
    return None if sites is None else sorted(sites)


def _visible(actor: Actor) -> QuerySet[ImportJob]:
    """Imports that reach no further than the reader's sites."""
    sites = actors.site_ids(actor, READERS)
    found = ImportJob.objects.all()
    return found if sites is None else found.filter(sites__contained_by=sorted(sites))


def _theirs(request: HttpRequest, job_id: int) -> tuple[Actor, ImportJob]:
    actor = _importer(request)
    job = get_object_or_404(_visible(actor), pk=job_id)
    writable = _writable(actor)
    if writable is not None and not set(job.sites or []) <= set(writable):
        raise PermissionDenied
    return actor, job


def _context(
    job: ImportJob, actor: Actor, *, said: Any = None, problems: list[str] | None = None
) -> dict[str, Any]:
    found = {
        "section": "imports",
        "job": job,
        "at": timezone.now(),
        "imports": _writable(actor) != [],
        "problems": problems or [],
        "issues": job.issues.order_by("-is_error", "id")[:ISSUES_SHOWN],
        "kept": job.issues.count(),
        "cases": _cases(job, actor),
        "queue_url": filters.address(CaseFilter(states=("all",), imports=(job.pk,))),
    }
    settled = job.is_under_way or job.state == ImportState.DONE
    return found if settled else found | _form(job, said)


def _cases(job: ImportJob, actor: Actor) -> int:
    """How many of its cases the reader may open: running integrations is no casework."""
    return actors.visible_cases(actor).filter(import_job=job).count()


def _form(job: ImportJob, said: Any) -> dict[str, Any]:
    try:
        seen = import_form.look(job)
    except UnreadableFile as unreadable:
        return {"unreadable": str(unreadable)}
    plain = said or mappings.to_plain(import_form.current(job, seen))
    return {
        "look": seen,
        "lines": import_form.lines(plain, seen),
        "how": import_form.options(plain),
        "orders": import_form.ORDERS,
        "words": _words(job),
    }


def _words(job: ImportJob) -> dict[str, str]:
    """What the tower's own values are, for the hints."""
    known, _sites = jobs.known_to(job, [str(kind) for kind in KindCode])
    lists: dict[str, Any] = {"state": State, "tier": Tier, "outcome": Outcome, "team": TeamCode}
    said = {name: ", ".join(str(one) for one in words) for name, words in lists.items()}
    return said | {
        "kind": ", ".join(known.kinds),
        "site": ", ".join(known.codes),
        "sla_met": _("yes, no"),
    }
