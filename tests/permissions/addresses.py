"""The addresses of the tower, and where each leads in the world of these tests."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from exceptions import unsubscribing
from exceptions.report import subscribing
from tests.permissions.world import Place, World

# Second names of addresses that have a row already, for allauth.
ALIASES = {"account_login", "account_logout", "mfa_index", "mfa_list_webauthn"}


def routes(patterns: Any, names: tuple[str, ...] = ()) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, names)
        elif isinstance(one, URLPattern) and one.name not in ALIASES:
            yield one.name or "hook-odoo-unclosed"


def path_of(route: str, world: World, place: Place) -> str:
    if route == "hook-odoo-unclosed":
        return "/hooks/odoo/unknown"
    arguments = arguments_of(route, world, place)
    wanted = {
        name
        for one in get_resolver().reverse_dict.getlist(route)
        for _, names in one[0]
        for name in names
    }
    return reverse(route, kwargs={name: arguments[name] for name in wanted})


def _stop(place: Place) -> str:
    subscription = place.person.report_subscriptions.get()
    return subscribing.stop_address(subscription).rstrip("/").rpartition("/")[2]


def arguments_of(route: str, world: World, place: Place) -> dict[str, Any]:
    """What an address may name, of this place."""
    numbered = {
        "mfa_edit_webauthn": world.passkey_id,
        "mfa_remove_webauthn": world.passkey_id,
        "api-comment": place.comment.pk,
        "api-promise": place.promise.pk,
        "api-vote": place.approval.pk,
        "api-outside": place.approval.pk,
        "api-delegation": place.delegation.pk,
        "api-evidence": place.evidence.pk,
    }
    return {
        "pk": numbered.get(route, place.case.pk),
        "comment_id": place.comment.pk,
        "handover_id": place.note.pk,
        "promise_id": place.promise.pk,
        "evidence_id": place.evidence.pk,
        "size": "large",
        "what": "cases",
        "form": "csv",
        "link_id": place.link.pk,
        "key": "unknown",
        "notice_id": place.notice.pk,
        "request_id": place.approval.pk,
        "decision_id": place.approval.decision_id,
        "delegation_id": place.delegation.pk,
        "case_id": place.case.pk,
        "which": "acknowledge",
        "blackout_id": place.blackout.pk,
        "alert_id": place.alert.pk,
        "job_id": place.job.pk,
        "delivery_id": place.delivery.pk,
        "connection_id": place.site.connection_id,
        "gap_id": place.gap.pk,
        "message_id": place.message.pk,
        "inbound_id": place.letter.pk,
        "kind": "late_inbound",
        "dashboard": "sla",
        "name": "no_promise",
        "version": 1,
        "subscription_id": place.person.report_subscriptions.get().pk,
        "stop": _stop(place),
        "provider_id": "company",
        "calendar_id": place.calendar.pk,
        "person_id": place.person.pk,
        "membership_id": place.person.memberships.get().pk,
        "token_id": place.token.pk,
        "proposal_id": world.proposal_id,
        "vote_id": world.vote_id,
        "shift_id": place.shift.pk,
        "absence_id": place.absence.pk,
        "switch_id": place.switch.pk,
        "secret": "unknown",
        "path": "unknown",
        "source_id": place.source.pk,
        "parcel_id": place.scan.parcel_id,
        "word_id": place.source.words.get().pk,
        "token": "unknown",
        "invitation_id": place.invitation.pk,
        "said": unsubscribing.address(world.people["O"].pk, ["commented"]).split("/")[-2],
        "rest": "v1/nothing/",
        "ticket": place.ticket,
    }
