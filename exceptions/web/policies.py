"""The pages of the policies: what rules, how it came to be, and the draft of what shall rule next.

Everybody who reads cases may read policies. Policy admins draft, and publish what another drafted.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exceptions import drafting, policies, policy_drafting
from exceptions.actors import Actor
from exceptions.effects import Refused
from exceptions.kinds import KINDS, Kind
from exceptions.models import Policy, Site
from exceptions.policy_drafting import policy_of
from exceptions.queries import blind_spots, partners, staleness
from exceptions.queries.staleness import Lack
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import KindCode
from exceptions.web import drafting as drafts
from exceptions.web import policy_fields, policy_history, policy_overrides, policy_playbook
from exceptions.web.drafting import Pages
from exceptions.web.policy_fields import Read
from exceptions.web.policy_overrides import Known
from exceptions.web.reader import reader_of_policies


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
        Row(kind, policies.newest_of(code), drafting.open_draft(policy_of(code)), _nowhere(kind))
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
    found = drafting.open_draft(policy_of(code))
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
            policy_of(code),
            found.pk,
            changed,
            actor,
            revision=drafts.revision_in(form),
            at=timezone.now(),
            note=form.get("note", found.note),
        )
    except Refused as refused:
        context = _context(actor, code, found, read, others) | {"refused": str(refused)}
        return render(request, "policy.html", context, status=409)
    found = drafting.open_draft(policy_of(code)) or found
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
    return drafts.start(request, _pages(_kind(kind)))


@require_POST
def discard_draft(request: HttpRequest, kind: str) -> HttpResponse:
    return drafts.discard(request, _pages(_kind(kind)))


@require_POST
def bring_draft_up_to_date(request: HttpRequest, kind: str) -> HttpResponse:
    pages = _pages(_kind(kind))

    def bring(actor: Actor, at: datetime) -> None:
        if found := drafting.open_draft(pages.subject):
            policy_drafting.bring_up_to_date(kind, found.pk, actor, at=at)

    return drafts.do(request, pages, bring, to=pages.draft)


@require_POST
def publish_draft(request: HttpRequest, kind: str) -> HttpResponse:
    return drafts.publish(request, _pages(_kind(kind)))


@require_POST
def roll_back(request: HttpRequest, kind: str) -> HttpResponse:
    return drafts.roll_back(request, _pages(_kind(kind)))


def _pages(code: KindCode) -> Pages[Policy, PolicySettings]:
    page = reverse("policy", args=[code])
    return Pages(
        subject=policy_of(code),
        in_force=page,
        draft=reverse("policy-draft", args=[code]),
        after=page,
        says=_("Version %s is in force. Open documents are looked at again now."),
        template="policy.html",
        shown=lambda _request, actor, found: _context(actor, code, found),
    )


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
        "open_draft": draft or drafting.open_draft(policy_of(code)),
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
        "n_changes": len(list(policy_drafting.differences(in_force.settings, draft.settings))),
    }


def _kind(code: str) -> KindCode:
    if code not in KINDS:
        raise Http404
    return KindCode(code)
