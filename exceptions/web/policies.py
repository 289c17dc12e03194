"""The pages of the policies: what rules, how it came to be, and the draft of what shall rule next.

Everybody who reads cases may read policies. Policy admins draft, and publish what another drafted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions import actors, drafting, policies
from exceptions.actors import READING_ROLES, Actor
from exceptions.effects import Refused
from exceptions.kinds import KINDS, Kind
from exceptions.models import Policy, Site
from exceptions.policies import NotPublished
from exceptions.queries import blind_spots, partners, staleness
from exceptions.queries.staleness import Lack
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import KindCode
from exceptions.web import policy_fields, policy_history, policy_overrides, policy_playbook
from exceptions.web.policy_fields import Read
from exceptions.web.policy_overrides import Known
from exceptions.web.reader import reader_of


@dataclass(frozen=True, slots=True)
class Row:
    """One kind in the list."""

    kind: Kind
    in_force: Policy | None
    draft: Policy | None
    nowhere: list[Lack]  # connections that have no such records at all


@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    reader_of_policies(request)
    rows = [
        Row(kind, policies.newest_of(code), drafting.open_draft(code), _nowhere(kind))
        for code, kind in KINDS.items()
    ]
    return render(request, "policies.html", {"section": "policies", "rows": rows})


@require_safe
def policy(request: HttpRequest, kind: str) -> HttpResponse:
    """What is in force, setting by setting, and the versions before it."""
    actor, code = reader_of_policies(request), _kind(kind)
    blind = blind_spots.blindnesses(KINDS[code], actor)
    return render(request, "policy.html", _context(actor, code) | {"blind": blind})


@require_safe
def blind_spot(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """The records that lack a fact, with links into the source, where it can be put right."""
    actor, code = reader_of_policies(request), _kind(kind)
    spot = next((s for s in KINDS[code].blind_spots if s.name == name), None)
    if spot is None:
        raise Http404
    found = blind_spots.lacking(spot, actor).select_related("site", "connection")
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    context = {**_base(actor, code), "spot": spot, "page": page}
    return render(request, "blind_spot.html", context)


@require_safe
def policy_version(request: HttpRequest, kind: str, version: int) -> HttpResponse:
    """What a version changed against the one before it."""
    actor, code = reader_of_policies(request), _kind(kind)
    found = policy_history.version(code, version)
    if found is None:
        raise Http404
    context = {
        **_base(actor, code),
        "version": found,
        "changes": policy_history.changes(code, found),
    }
    return render(request, "policy_version.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, kind: str) -> HttpResponse:
    """The open draft as a form; a POST keeps what it says, whether or not it holds together."""
    actor, code = reader_of_policies(request), _kind(kind)
    found = drafting.open_draft(code)
    if found is None:
        messages.info(request, _("There is no open draft."))
        return redirect("policy", kind=kind)
    if request.method != "POST":
        return render(request, "policy.html", _context(actor, code, found))
    return _save(request, actor, code, found)


def _save(request: HttpRequest, actor: Actor, code: KindCode, found: Policy) -> HttpResponse:
    form = request.POST
    settings = policies.from_json(found.settings)
    read = policy_fields.read(settings, form.dict())
    others = policy_overrides.read(read.settings, form, _known(code, choosing=True))
    changed = policy_playbook.read(others.settings, form)
    try:
        drafting.change(
            found.pk,
            changed,
            actor,
            revision=_revision(form),
            at=timezone.now(),
            note=form.get("note", found.note),
        )
    except Refused as refused:
        context = _context(actor, code, found, read, others) | {"refused": str(refused)}
        return render(request, "policy.html", context, status=409)
    found = drafting.open_draft(code) or found
    if read.problems or others.unread:
        context = _context(actor, code, found, read, others)
        return render(request, "policy.html", context, status=422)
    if "op" not in form:
        messages.success(
            request, _("The draft is saved. Nothing is in force before it is published.")
        )
    return redirect("policy-draft", kind=code)


@require_POST
def start_draft(request: HttpRequest, kind: str) -> HttpResponse:
    return _do(request, kind, lambda actor, code, at: drafting.start(code, actor, at=at))


@require_POST
def discard_draft(request: HttpRequest, kind: str) -> HttpResponse:
    actor, code = reader_of_policies(request), _kind(kind)
    if found := drafting.open_draft(code):
        try:
            drafting.discard(found.pk, actor, at=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("policy-draft", kind=kind)
        messages.success(request, _("The draft is discarded."))
    return redirect("policy", kind=kind)


@require_POST
def bring_draft_up_to_date(request: HttpRequest, kind: str) -> HttpResponse:
    def bring(actor: Actor, code: KindCode, at: datetime) -> None:
        if found := drafting.open_draft(code):
            drafting.bring_up_to_date(found.pk, actor, at=at)

    return _do(request, kind, bring)


@require_POST
def publish_draft(request: HttpRequest, kind: str) -> HttpResponse:
    """Put in force what the publisher has read; or say on the page why not."""
    actor, code = reader_of_policies(request), _kind(kind)
    found = drafting.open_draft(code)
    if found is None:
        messages.info(request, _("There is no open draft any more."))
        return redirect("policy", kind=kind)
    try:
        made = drafting.publish(
            found.pk, actor, revision=_revision(request.POST), at=timezone.now()
        )
    except Refused as refused:
        context = _context(actor, code, found) | {"refused": str(refused)}
        return render(request, "policy.html", context, status=409)
    except NotPublished as not_published:
        context = _context(actor, code, found) | {"problems": not_published.problems}
        return render(request, "policy.html", context, status=422)
    messages.success(
        request,
        _("Version %s is in force. Open documents are looked at again now.") % made.version,
    )
    return redirect("policy", kind=kind)


@require_POST
def roll_back(request: HttpRequest, kind: str) -> HttpResponse:
    actor, code = reader_of_policies(request), _kind(kind)
    number = request.POST.get("version", "")
    version = int(number) if number.isdecimal() and len(number) < 9 else 0
    try:
        made = drafting.roll_back(
            code, version, actor, reason=request.POST.get("reason", ""), at=timezone.now()
        )
    except (Refused, NotPublished) as refused:
        messages.error(request, str(refused))
        return redirect("policy", kind=kind)
    messages.success(
        request,
        _("Version %(n)s is in force; it says what version %(then)s said.")
        % {"n": made.version, "then": version},
    )
    return redirect("policy", kind=kind)


Deed = Callable[[Actor, KindCode, datetime], object]


def _do(request: HttpRequest, kind: str, deed: Deed) -> HttpResponse:
    """Something about the draft, then its page; a refusal is told there."""
    actor, code = reader_of_policies(request), _kind(kind)
    try:
        deed(actor, code, timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("policy", kind=kind)
    return redirect("policy-draft", kind=kind)


def _base(actor: Actor, code: KindCode) -> dict[str, Any]:
    return {
        "section": "policies",
        "kind": KINDS[code],
        "in_force": policies.newest_of(code),
        "may_draft": drafting.may_draft(actor),
        "lacking": staleness.lacking(KINDS[code]),
    }


def _context(
    actor: Actor,
    code: KindCode,
    draft: Policy | None = None,
    read: Read | None = None,
    others: policy_overrides.Read | None = None,
) -> dict[str, Any]:
    """The page of a kind: of what is in force, or of its draft beside it."""
    base = _base(actor, code)
    in_force = base["in_force"]
    if in_force is None:
        raise Http404
    before = policies.from_json(in_force.settings)
    shown = policies.from_json(draft.settings) if draft else before
    known = _known(code, choosing=draft is not None or bool(shown.overrides))
    groups = policy_fields.compared(
        policy_fields.groups(code, shown, known.sites),
        policy_fields.groups(code, before, known.sites),
        policy_history.origins(code),
        read,
    )
    return {
        **base,
        "draft": draft,
        "open_draft": draft or drafting.open_draft(code),
        "groups": groups,
        "known": known,
        "overrides": _overrides(shown, before, known, others),
        "one_more": policy_overrides.empty(known),
        "customer_tiers": policy_overrides.TIERS,
        "tiers": policy_playbook.tiers(shown, before),
        "verbs": policy_playbook.choices(),
        "versions": policy_history.versions(code),
        **(_about(actor, draft, in_force, shown) if draft else {}),
    }


def _nowhere(kind: Kind) -> list[Lack]:
    return [lack for lack in staleness.lacking(kind) if lack.everything]


def _known(code: KindCode, *, choosing: bool) -> Known:
    """Whom the records name is only asked where it is chosen from, or told."""
    return Known(
        thresholds=KINDS[code].thresholds,
        sites=dict(Site.objects.order_by("name").values_list("pk", "name")),
        partners=partners.partners_of(code) if choosing else {},
    )


def _overrides(
    shown: PolicySettings,
    before: PolicySettings,
    known: Known,
    others: policy_overrides.Read | None,
) -> list[policy_overrides.Row]:
    """The draft's overrides, and what could not be read of them, in its place or behind."""
    rows = policy_overrides.rows(shown, before, known)
    for place, row in sorted((others.unread if others else {}).items()):
        rows[place : place + 1] = [row]
    return rows


def _about(actor: Actor, draft: Policy, in_force: Policy, shown: Any) -> dict[str, Any]:
    """Who may do what with the draft, and what is wrong with it."""
    others = drafting.who_may_publish(draft)
    return {
        "problems": policies.problems(draft.kind, shown),
        "publishers": others,
        "may_publish": actor.user in others,
        "overtaken": draft.based_on_id != in_force.pk,
        "n_changes": len(list(drafting.differences(in_force.settings, draft.settings))),
    }


def reader_of_policies(request: HttpRequest) -> Actor:
    """Who reads; PermissionDenied for roles that read no cases."""
    actor = actors.person(reader_of(request))
    if not {grant.role for grant in actor.grants} & READING_ROLES:
        raise PermissionDenied
    return actor


def _kind(code: str) -> KindCode:
    if code not in KINDS:
        raise Http404
    return KindCode(code)


def _revision(form: Mapping[str, str]) -> int:
    text = form.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1
