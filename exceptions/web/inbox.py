"""The inbox: what the reader was told, what of it is unread, and what went out by e-mail."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import NoticeMail
from exceptions.queries import inbox as query
from exceptions.queries.inbox import Asked, Line
from exceptions.vocabulary import MailState, Notice, Reach, Role
from exceptions.web.reader import ids, reader_of

MAILS = 100
MAIL_BADGES = {
    MailState.PENDING: ("info", "clock"),
    MailState.HELD: ("", "pause"),
    MailState.SENDING: ("info", "send"),
    MailState.SENT: ("ok", "check"),
    MailState.FAILED: ("bad", "x"),
}
# What the filter offers: kinds of news in words of the reader.
GROUPS: dict[str, tuple[Notice, ...]] = {
    "mine": (Notice.ASSIGNED, Notice.REASSIGNED, Notice.REOPENED, Notice.UNOWNED),
    "time": (
        Notice.CLOCK_WARNING,
        Notice.CLOCK_BREACHED,
        Notice.ESCALATED,
        Notice.PROMISE_DUE,
        Notice.ANSWER_MISSING,
        Notice.SNOOZE_ENDED,
    ),
    "approvals": (
        Notice.APPROVAL_ASKED,
        Notice.APPROVAL_DECIDED,
        Notice.APPROVAL_ENDED,
        Notice.VOTED_FOR_ME,
        Notice.OBJECTED,
        Notice.COVERAGE,
    ),
    "talk": (Notice.MENTIONED, Notice.COMMENTED),
    "results": (
        Notice.DECISION_CONFIRMED,
        Notice.DECISION_FAILED,
        Notice.RESOLVED,
        Notice.DISMISSED,
        Notice.CLOSED,
    ),
}
ICONS = {
    "mine": "person",
    "time": "clock",
    "approvals": "approve",
    "talk": "people",
    "results": "check",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line as the page shows it. `unfold` leads to all that it stands for."""

    line: Line
    icon: str
    unfold: str
    mail: str


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    actor = actors.person(reader_of(request))
    asked, group = _asked(request.GET)
    rows = [_row(line, asked) for line in query.lines(actor, asked)]
    return render(
        request,
        "inbox.html",
        {
            "section": "inbox",
            "rows": rows,
            "asked": asked,
            "group": group,
            "groups": _groups(asked),
            "full": len(rows) == query.LINES and not asked.unfolded,
        },
    )


@require_safe
def open_one(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Read it, and go to its case, or to where the tower itself says more."""
    actor = actors.person(reader_of(request))
    notice = get_object_or_404(query.visible(actor), pk=notice_id)
    if notice.read_at is None:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
    if notice.case_id is None:
        return redirect("matrix")
    anchor = {"mentioned": "#conversation", "commented": "#conversation"}
    anchor |= {"promise_due": "#promises", "approval_asked": "#approval"}
    return redirect(reverse("case", args=[notice.case_id]) + anchor.get(notice.what, ""))


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark as read: one (`id`), all that a line stands for (its instants), or all of it."""
    actor = actors.person(reader_of(request))
    n = (
        query.visible(actor)
        .filter(_marked(request.POST), read_at=None)
        .update(read_at=timezone.now())
    )
    messages.success(
        request, ngettext("%(n)s marked as read.", "%(n)s marked as read.", n) % {"n": n}
    )
    left = "?unread=yes" if request.POST.get("unread") else ""
    return redirect(reverse("inbox") + left)


def _marked(form: QueryDict) -> Q:
    if "all" in form:
        return Q()
    if one := ids(form.getlist("id")):
        return Q(pk__in=one)
    asked, _group = _asked(form)
    if asked.since is None or asked.until is None:
        return Q(pk=None)
    return Q(what__in=asked.whats, by_name=asked.by or "", at__range=(asked.since, asked.until))


def _asked(said: QueryDict) -> tuple[Asked, str]:
    """What the address or form asks for; what cannot be read is as if it were not said."""
    group = said.get("group", "")
    what = said.get("what", "")
    whats = (what,) if what in Notice.values else tuple(map(str, GROUPS.get(group, ())))
    since, until = _instant(said.get("since", "")), _instant(said.get("until", ""))
    unfolded = bool(since and until and what)
    asked = Asked(
        unread=said.get("unread") == "yes",
        whats=whats,
        by=said.get("by", "").replace("\x00", "") if unfolded else None,
        since=since if unfolded else None,
        until=until if unfolded else None,
        unfolded=unfolded,
    )
    return asked, group if group in GROUPS else ""


def _instant(text: str) -> Any:
    try:
        value = parse_datetime(text)
    except ValueError:
        return None
    return value if value and timezone.is_aware(value) else None


def _row(line: Line, asked: Asked) -> Row:
    latest = line.latest
    unfold = {
        "what": latest.what,
        "by": latest.by_name,
        "since": line.since.isoformat(),
        "until": line.until.isoformat(),
    } | ({"unread": "yes"} if asked.unread else {})
    group = next(name for name, whats in GROUPS.items() if latest.what in whats)
    return Row(line, ICONS[group], urlencode(unfold), _mailed(line))


def _mailed(line: Line) -> str:
    """What became of the e-mail, in words; empty where none was wanted."""
    mail = line.latest.mail
    if mail:
        return _("e-mail %s") % mail.get_state_display()
    if line.latest.reach == Reach.MAIL:
        return _("e-mail follows")
    return _("in the next digest") if line.latest.reach == Reach.DIGEST else ""


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    group: str
    url: str


def _groups(asked: Asked) -> list[Tab]:
    labels = {
        "": _("All"),
        "mine": _("My cases"),
        "time": _("Time"),
        "talk": _("Comments"),
        "results": _("Results"),
    }
    unread = {"unread": "yes"} if asked.unread else {}
    return [
        Tab(label, group, "?" + urlencode(({"group": group} if group else {}) | unread))
        for group, label in labels.items()
    ]


# -- E-mails -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MailRow:
    mail: NoticeMail
    look: str
    icon: str
    news: int


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """What became of the e-mails: the reader's own; for who runs integrations, of all people, but
    then without what they say.
    """
    reader = reader_of(request)
    actor = actors.person(reader)
    everybody = request.GET.get("of") == "all"
    if everybody and not may_see_all(actor):
        raise PermissionDenied
    found = NoticeMail.objects.select_related("person").order_by("-made_at", "-id")
    shown = found if everybody else found.filter(person=reader)
    if (state := request.GET.get("state", "")) in MailState.values:
        shown = shown.filter(state=state)
    rows = [
        MailRow(mail, *MAIL_BADGES[MailState(mail.state)], mail.notifications.count())
        for mail in shown[:MAILS]
    ]
    context = {"section": "inbox", "rows": rows, "everybody": everybody, "state": state}
    context |= {"may_see_all": may_see_all(actor), "most": MAILS, "states": MailState}
    return render(request, "inbox_mails.html", context)


def may_see_all(actor: Actor) -> bool:
    return actor.has_role(Role.INTEGRATION_ADMIN, Role.AUDITOR)
