"""The integrations page: how connections, readings, calls, inbox and outbox are doing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors, proofs
from exceptions.actors import Actor
from exceptions.effects import Refused
from exceptions.models import Connection, OutboxMessage, User
from exceptions.vocabulary import Role
from exceptions.web import formats
from exceptions.web.inbox import may_see_all
from integrations import deliveries, health, ledger, rule_figures
from integrations.health import ConnectionHealth, Sites, Speed, Standing
from integrations.models import InboxDelivery, OdooAccess
from integrations.rule_figures import RuleFigures
from integrations.web import canary_line, fault_cases

READERS = (Role.INTEGRATION_ADMIN, Role.AUDITOR, Role.SUPERVISOR)
LONGEST_ID = 19  # digits
KEY_ENDS_SOON = timedelta(days=14)
# The look and the words of how a connection stands: class, icon, text.
STANDINGS: dict[Standing, tuple[str, str, str | Promise]] = {
    Standing.CONNECTED: ("ok", "check", gettext_lazy("connected")),
    Standing.LATE: ("warn", "clock", gettext_lazy("catching up")),
    Standing.STUCK: ("bad", "alert", gettext_lazy("nothing read lately")),
    Standing.FAILING: ("bad", "x", gettext_lazy("reading fails")),
    Standing.UNPROVED: ("warn", "alert", gettext_lazy("not proved yet")),
    Standing.OFF: ("", "pause", gettext_lazy("switched off")),
}
PROBE_LOOKS = {
    "ok": ("ok", "check"),
    "by hand": ("info", "person"),
    "missing": ("warn", "alert"),
    "failed": ("bad", "x"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A connection on the page."""

    health: ConnectionHealth
    look: str
    icon: str
    says: str
    note: str
    canary: canary_line.Line | None


@dataclass(frozen=True, slots=True)
class ProbeRow:
    label: str
    outcome: str
    sentence: str
    look: str
    icon: str


@require_safe
def integrations(request: HttpRequest) -> HttpResponse:
    actor = reader(request)
    sites = actors.site_ids(actor, READERS)
    at = timezone.now()
    visible = health.visible_connections(sites)
    found = health.connections(visible, at=at)
    rows = [_row(one, at) for one in found]
    into, out = health.inbox(visible, at=at), health.outbox(visible, sites, at=at)
    context = {
        "sees_mails": may_see_all(actor),
        "section": "integrations",
        "at": at,
        "rows": rows,
        "calls": _named(health.calls([one.connection for one in found], at=at), found),
        "actions": (own := health.actions(visible)),
        "inbox": into,
        "outbox": out,
        "probes": [(one, probe_rows(one.access.probe)) for one in found if one.access],
        "problems": [
            *_problems(found, into, out, own),
            *_canaries(rows),
            *_open_gaps(visible),
        ],
        "mends": actors.site_ids(actor, [Role.INTEGRATION_ADMIN]) != frozenset(),
        "connects": actors.site_ids(actor, [Role.INTEGRATION_ADMIN]) is None,
        "linked": _linked(actor, out.shown),
        "rules": _rules([one.connection for one in found], at),
        "fault_cases": fault_cases.of_connections(actor, visible),
    }
    return render(request, "integrations.html", context)


@require_POST
def replay_delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Put a delivery that was set aside back to be worked through."""
    actor, sites = mender(request)
    theirs = InboxDelivery.objects.filter(connection__in=health.visible_connections(sites))
    delivery = get_object_or_404(theirs, pk=delivery_id)
    if deliveries.replay(theirs.filter(pk=delivery.pk), actor.name, at=timezone.now()):
        messages.success(request, _("The delivery waits again; it is worked through in a moment."))
    else:
        messages.error(request, _("Somebody was faster: this delivery waits already."))
    return redirect("integrations")


@require_POST
def retry_message(request: HttpRequest, message_id: int) -> HttpResponse:
    """Put a failed message back to be sent."""
    actor, sites = mender(request)
    theirs = OutboxMessage.objects.all()
    if sites is not None:
        theirs = theirs.filter(case__site__in=sites)
    message = get_object_or_404(theirs, pk=message_id)
    try:
        proofs.try_again(message.pk, actor, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It waits to be sent again. Odoo is looked at first."))
    return redirect("integrations")


def reader(request: HttpRequest) -> Actor:
    """Who reads; PermissionDenied for roles that have nothing to do here."""
    assert isinstance(request.user, User)
    actor = actors.person(request.user)
    if not actor.has_role(*READERS):
        raise PermissionDenied
    return actor


def mender(request: HttpRequest) -> tuple[Actor, Sites]:
    """Who may put things back, and at which sites."""
    actor = reader(request)
    sites = actors.site_ids(actor, [Role.INTEGRATION_ADMIN])
    if sites == frozenset():
        raise PermissionDenied
    return actor, sites


def is_id(text: str) -> bool:
    """Whether it can be the id of a row: PostgreSQL's are no longer."""
    return text.isascii() and text.isdigit() and len(text) < LONGEST_ID


def _row(one: ConnectionHealth, at: datetime) -> Row:
    look, icon, says = STANDINGS[one.standing]
    canary = getattr(one.access, "canary", None)
    told = canary_line.line(canary, at)
    return Row(one, look, icon, str(says), _note(one, at), told)


def _note(one: ConnectionHealth, at: datetime) -> str:
    """What else there is to know, in a few words."""
    said = [*_rests(one.access, at)]
    if not one.connection.sending:
        said.append(_("nothing is sent: decisions wait"))
    if one.access and one.access.key_stored_at:
        days = (at - one.access.key_stored_at).days
        said.append(ngettext("key in use for %s day", "key in use for %s days", days) % days)
    if one.key_ends_in is not None:
        days = one.key_ends_in.days
        ends = ngettext("key ends in %s day", "key ends in %s days", days) % days
        said.append(ends if days >= 0 else _("the key has ended"))
    return ", ".join(said)


def _rests(access: OdooAccess | None, at: datetime) -> Iterator[str]:
    """That it did not answer, and is left alone: so what waits for it waits."""
    if access and access.rest_until and access.rest_until > at:
        times = ngettext("%s time in a row", "%s times in a row", access.silences)
        words = _("it did not answer, %(times)s: it rests until %(until)s")
        until = formats.when(access.rest_until)
        yield words % {"times": times % access.silences, "until": until}


def _named(
    speeds: list[Speed], found: list[ConnectionHealth]
) -> list[tuple[str, Speed, list[tuple[str, int]]]]:
    """Calls with the name of their connection and what became of those that failed."""
    names = {one.connection.pk: one.connection.name for one in found}
    return [(names[s.connection_id], s, _in_words(s.outcomes)) for s in speeds]


def _rules(found: list[Connection], at: datetime) -> list[tuple[str, RuleFigures, str]]:
    """What Odoo's rules told, with the name of the connection and what is odd about it."""
    names = {connection.pk: connection.name for connection in found}
    figures = rule_figures.of(found, at=at)
    return [(names[each.connection_id], each, _odd(each)) for each in figures]


def _odd(rule: RuleFigures) -> str:
    said = []
    if rule.again:
        said.append(_("told the same change more than once; each was worked through once"))
    if rule.shared:
        said.append(_("another rule told some of it, too; for what is deleted that is usual"))
    return "; ".join(said)


def _in_words(outcomes: dict[str, int]) -> list[tuple[str, int]]:
    return [(outcome.replace("_", " "), n) for outcome, n in outcomes.items()]


def probe_rows(rows: Sequence[Sequence[str]]) -> list[ProbeRow]:
    return [
        ProbeRow(label, outcome, sentence, *PROBE_LOOKS.get(outcome, ("", "alert")))
        for label, outcome, sentence in rows
    ]


def _linked(actor: Actor, shown: list[OutboxMessage]) -> set[int]:
    """Of the cases that messages are about, those that the actor may open."""
    ids = {message.case_id for message in shown}
    return set(actors.visible_cases(actor).filter(pk__in=ids).values_list("pk", flat=True))


def _problems(
    found: list[ConnectionHealth],
    into: health.Inbox,
    out: health.Outbox,
    own: list[health.Actions],
) -> list[dict[str, Any]]:
    """What needs a person, each with the place on the page."""
    said = [
        (_("%(name)s: %(what)s.") % {"name": one.connection, "what": STANDINGS[one.standing][2]})
        for one in found
        if one.standing in (Standing.FAILING, Standing.STUCK)
    ]
    said += [
        _("The key of %(name)s ends in less than %(days)s days.")
        % {"name": one.connection, "days": KEY_ENDS_SOON.days}
        for one in found
        if one.key_ends_in is not None and one.key_ends_in < KEY_ENDS_SOON
    ]
    told = [{"says": words, "href": "#connections"} for words in said]
    if troubled := sum(len(each.troubled) for each in own):
        words = ngettext(
            "%s scheduled action of Odoo does not run as it should.",
            "%s scheduled actions of Odoo do not run as they should.",
            troubled,
        )
        told.append({"says": words % troubled, "href": "#actions"})
    if into.set_aside:
        words = ngettext(
            "%s delivery is set aside.", "%s deliveries are set aside.", into.set_aside
        )
        told.append({"says": words % into.set_aside, "href": "#inbox"})
    if out.failed:
        words = ngettext("%s message was refused.", "%s messages were refused.", out.failed)
        told.append({"says": words % out.failed, "href": "#outbox"})
    return told


def _canaries(rows: list[Row]) -> list[dict[str, Any]]:
    """Those that did not come through the last time."""
    return [
        {
            "says": f"{row.health.connection.name}: {row.canary.says}",
            "href": reverse("connection", args=[row.health.connection.pk]) + "#canary",
        }
        for row in rows
        if row.canary and row.canary.bad
    ]


def _open_gaps(visible: QuerySet[Connection]) -> list[dict[str, Any]]:
    n = ledger.visible(visible).filter(repaired_at=None).count()
    words = ngettext("%s gap could not be repaired.", "%s gaps could not be repaired.", n)
    href = f"{reverse('ledger')}?state={ledger.OPEN}#gaps"
    return [{"says": words % n, "href": href}] if n else []
