"""What the pages of all drafts have in common: begin, discard, publish, go back to a version.

What governs is read by all who read cases. Policy admins draft, and publish what another drafted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from exceptions import drafting
from exceptions.actors import Actor
from exceptions.drafting import S, Subject, V
from exceptions.effects import Refused
from exceptions.policies import NotPublished
from exceptions.web.reader import reader_of_policies


@dataclass(frozen=True, slots=True)
class Pages(Generic[V, S]):
    """Addresses of a subject's pages, and how its draft is shown with `template`.

    `after` is where one goes once a version is in force, with the sentence `says`.
    """

    subject: Subject[V, S]
    in_force: str
    draft: str
    after: str
    says: str
    template: str
    shown: Callable[[HttpRequest, Actor, V], dict[str, Any]]


def start(request: HttpRequest, pages: Pages[V, S]) -> HttpResponse:
    def deed(actor: Actor, at: datetime) -> None:
        drafting.start(pages.subject, actor, at=at)

    return do(request, pages, deed, to=pages.draft)


def discard(request: HttpRequest, pages: Pages[V, S]) -> HttpResponse:
    def deed(actor: Actor, at: datetime) -> None:
        if found := drafting.open_draft(pages.subject):
            drafting.discard(pages.subject, found.pk, actor, at=at)
            messages.success(request, _("The draft is discarded."))

    return do(request, pages, deed, to=pages.in_force)


def publish(request: HttpRequest, pages: Pages[V, S]) -> HttpResponse:
    """Put in force what the publisher has read; or say on the page why not."""
    actor, found = reader_of_policies(request), drafting.open_draft(pages.subject)
    if found is None:
        messages.info(request, _("There is no open draft any more."))
        return redirect(pages.in_force)
    revision = revision_in(request.POST)
    try:
        made = drafting.publish(
            pages.subject, found.pk, actor, revision=revision, at=timezone.now()
        )
    except Refused as refused:
        context = pages.shown(request, actor, found) | {"refused": str(refused)}
        return render(request, pages.template, context, status=409)
    except NotPublished as not_published:
        context = pages.shown(request, actor, found) | {"problems": not_published.problems}
        return render(request, pages.template, context, status=422)
    messages.success(request, pages.says % made.version)
    return redirect(pages.after)


def roll_back(request: HttpRequest, pages: Pages[V, S]) -> HttpResponse:
    actor, wanted = reader_of_policies(request), max(_number(request.POST.get("version", "")), 0)
    reason, at = request.POST.get("reason", ""), timezone.now()
    try:
        made = drafting.roll_back(pages.subject, wanted, actor, reason=reason, at=at)
    except (Refused, NotPublished) as refused:
        messages.error(request, str(refused))
        return redirect(pages.in_force)
    said = _("Version %(n)s is in force; it says what version %(then)s said.")
    messages.success(request, said % {"n": made.version, "then": wanted})
    return redirect(pages.after)


def do(
    request: HttpRequest, pages: Pages[V, S], deed: Callable[[Actor, datetime], None], *, to: str
) -> HttpResponse:
    """Something about the draft, then a page; a refusal is told on that of what is in force."""
    actor = reader_of_policies(request)
    try:
        deed(actor, timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(pages.in_force)
    return redirect(to)


def revision_in(form: Mapping[str, str]) -> int:
    return _number(form.get("revision", ""))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else -1
