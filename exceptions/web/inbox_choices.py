"""The page on which a person says how they want to be told."""

from dataclasses import dataclass
from datetime import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exceptions import notices
from exceptions.models import NoticeSettings, User
from exceptions.vocabulary import Notice, Reach
from exceptions.web.reader import reader_of


@dataclass(frozen=True, slots=True)
class Choice:
    """`usual` is what applies as long as nothing is chosen."""

    what: Notice
    chosen: Reach
    usual: Reach


@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    chosen = NoticeSettings.objects.filter(person=reader).first() or NoticeSettings(person=reader)
    if request.method != "POST":
        return _page(request, chosen)
    if says := _read(chosen, request.POST):
        return _page(request, chosen, says, status=422)
    _save(chosen, reader)
    messages.success(request, _("Saved. What was told before stays as it was."))
    return redirect("inbox-choices")


def _save(chosen: NoticeSettings, reader: User) -> None:
    """What `bundling` keeps in the same row is left alone."""
    said = {
        name: getattr(chosen, name)
        for name in ("choices", "digest_time", "quiet_from", "quiet_until", "critical_passes")
    }
    NoticeSettings.objects.update_or_create(person=reader, defaults=said)


def _page(
    request: HttpRequest, chosen: NoticeSettings, says: str = "", status: int = 200
) -> HttpResponse:
    rows = [
        Choice(what, notices.reach_of(chosen, what), notices.USUAL.get(what, Reach.INBOX))
        for what in Notice
    ]
    context = {"section": "inbox", "chosen": chosen, "rows": rows, "reaches": Reach, "says": says}
    return render(request, "inbox_choices.html", context, status=status)


def _read(chosen: NoticeSettings, form: QueryDict) -> str:
    """Take over what the form says; returns what is wrong with it, in a sentence."""
    said = {str(what): form.get(f"reach.{what}", "") for what in Notice}
    chosen.choices = {what: reach for what, reach in said.items() if reach in Reach.values}
    chosen.critical_passes = "critical_passes" in form
    since, until = form.get("quiet_from", "").strip(), form.get("quiet_until", "").strip()
    chosen.quiet_from, chosen.quiet_until = _time(since), _time(until)
    digest = _time(form.get("digest_time", ""))
    if digest is None:
        return _("Give the time of the digest, such as 08:00.")
    chosen.digest_time = digest
    if (since or until) and (chosen.quiet_from is None or chosen.quiet_until is None):
        return _("Give both ends of the quiet hours, or neither.")
    if chosen.quiet_from is not None and chosen.quiet_from == chosen.quiet_until:
        return _("Quiet hours begin and end at different times.")
    return ""


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return None
