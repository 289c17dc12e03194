"""Every address and method, asked by every role, here and elsewhere, does what the table says."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import constants, get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from exceptions import drafting, tokens, unsubscribing
from exceptions.matrix_drafting import MATRIX
from exceptions.policy_drafting import policy_of
from exceptions.route_drafting import ROUTING
from tests.making import Tower
from tests.permissions.preparing import PREPARED
from tests.permissions.table import RULES, Row
from tests.permissions.things import CSV
from tests.permissions.world import (
    COMPANY_WIDE,
    FOREIGN,
    ROLES,
    Place,
    World,
    build,
)

pytestmark = pytest.mark.slow

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SCOPES = dict(zip("rmcf", tokens.SCOPES, strict=True))
# Second names of addresses that have a row already, for allauth.
ALIASES = {"account_login", "account_logout", "mfa_index", "mfa_list_webauthn"}
COLUMNS = {
    "source": "Ledger Rotterdam",
    "column-external_id": "id",
    "column-kind": "kind",
    "column-site": "site",
    "column-title": "title",
    "column-detected_at": "detected",
    "time_zone": "site",
}
IN, REFUSED, OUT, SIGN_IN = "in", "refused", "out", "sign in"


# The addresses ---------------------------------------------------------------------------------


def routes(patterns: Any, names: tuple[str, ...] = ()) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, names)
        elif isinstance(one, URLPattern) and one.name not in ALIASES:
            yield one.name or "hook-odoo-unclosed"


def test_every_address_has_a_rule() -> None:
    """One that was added without a row in the table fails here; so does a row for none."""
    assert {route for route, _ in RULES} == set(routes(get_resolver().url_patterns))


def path_of(route: str, world: World, place: Place) -> str:
    if route == "hook-odoo-unclosed":
        return "/hooks/odoo/unknown"
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
    arguments: dict[str, Any] = {
        "pk": numbered.get(route, place.case.pk),
        "comment_id": place.comment.pk,
        "handover_id": place.note.pk,
        "promise_id": place.promise.pk,
        "evidence_id": place.evidence.pk,
        "size": "large",
        "link_id": place.link.pk,
        "key": "unknown",
        "notice_id": place.notice.pk,
        "request_id": place.approval.pk,
        "decision_id": place.approval.decision_id,
        "delegation_id": place.delegation.pk,
        "case_id": place.case.pk,
        "which": "acknowledge",
        "blackout_id": place.blackout.pk,
        "job_id": place.job.pk,
        "delivery_id": place.delivery.pk,
        "connection_id": place.site.connection_id,
        "message_id": place.message.pk,
        "kind": "late_inbound",
        "name": "no_promise",
        "version": 1,
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
    wanted = {
        name
        for one in get_resolver().reverse_dict.getlist(route)
        for _, names in one[0]
        for name in names
    }
    return reverse(route, kwargs={name: arguments[name] for name in wanted})


def body_of(route: str, world: World, place: Place) -> dict[str, Any]:
    draft = drafting.open_draft(policy_of("late_inbound"))
    rules = drafting.open_draft(ROUTING)
    matrix = drafting.open_draft(MATRIX)
    late = timezone.now().isoformat()
    soon = (timezone.now() + timedelta(days=1)).isoformat()
    hours = {"starts": "08:00", "ends": "16:00", "first_day": soon[:10]}
    bodies: dict[str, dict[str, Any]] = {
        "sign-in": {"login": "nobody", "password": "wrong"},
        "account_reauthenticate": {"password": "wrong"},
        "bulk-moves": {"move": "acknowledge", "case": [world.elsewhere.case.pk]},
        "api-cases": {
            "kind": "carrier_failure",
            "site": place.site.pk,
            "summary": "A pallet fell",
            "subject": "Rhine Haulage",
        },
        "api-case-moves": {"move": "acknowledge"},
        "api-commands": {"command": "acknowledge", "case": place.case.reference},
        "api-commands-batch": {
            "commands": [{"command": "acknowledge", "case": world.elsewhere.case.reference}]
        },
        "api-case-attach": {"parent": place.parent.pk, "reason": "one truck"},
        "api-case-detach": {"reason": "another truck"},
        "api-case-comments": {"text": "They were called."},
        "api-comment": {"text": "They were called twice."},
        "api-case-promises": {"by": "Kempten", "what": "It ships", "due_at": soon},
        "api-promise": {"state": "kept"},
        "api-shipments": {
            "tracking": "1Z99",
            "carrier": "DHL",
            "site": place.site.code,
            "status": "exception",
            "trouble": "lost",
            "at": late,
        },
        "case-attach": {"parent": place.parent.pk, "reason": "one truck"},
        "case-detach": {"reason": "another truck"},
        "case-comment": {"text": "They were called."},
        "comment-edit": {"text": "They were called twice."},
        "case-promise": {"by": "Kempten", "what": "It ships", "due": soon},
        "promise-settle": {"how": "kept"},
        "case-evidence": {"file": SimpleUploadedFile("note.txt", b"Pallet 4 is wet.")},
        "case-legal-hold": {"why": "The insurer asks."},
        "evidence-file": {"slot": "damage_photo"},
        "case-upload-link": {"given_to": "Dock 4", "days": "3"},
        "evidence-withdraw": {"why": "Another pallet."},
        "kill-switches": {"verb": "note", "site": place.site.pk, "reason": "x"},
        "kill-switch-release": {"reason": "It was moved."},
        "delegations": {"to": world.people["A"].pk, "ends_at": soon[:16]},
        "api-delegations": {"to": "person.a", "ends_at": soon},
        "api-vote": {"ballot": "yes", "digest": place.approval.digest},
        "vote-link": {"ballot": "yes"},
        "approval-vote": {"ballot": "yes", "digest": place.approval.digest},
        "imports": {"source": "Ledger", "file": SimpleUploadedFile("past.csv", CSV)},
        "import-columns": COLUMNS,
        "api-case-pause": {
            "waiting_for": "supplier",
            "counterparty": "Kempten Bearings",
            "reason": "They look for the truck.",
        },
        "case-pause": {
            "waiting_for": "supplier",
            "counterparty": "Kempten Bearings",
            "reason": "They look for the truck.",
            "within": "2 h",
        },
        "handover-write": {"site": place.site.pk, "text": "Dock 3 is shut."},
        "case-outside": {
            "voter": world.people["P"].pk,
            "given_at": timezone.now().isoformat()[:16],
            "evidence": place.evidence.pk,
            "digest": place.approval.digest,
        },
        "api-outside": {
            "voter": world.people["P"].username,
            "given_at": timezone.now().isoformat(),
            "evidence": place.evidence.pk,
            "digest": place.approval.digest,
        },
        "case-object": {"reason": "I did not."},
        "api-case-by-hand": {
            "message": place.message.key,
            "how": "given_up",
            "reason": "Done by phone.",
        },
        "case-by-hand": {"how": "given_up", "reason": "Done by phone."},
        "api-case-claim": {"filed": True, "words": "CLM-4711"},
        "case-claim": {"how": "claim-filed", "reference": "CLM-4711"},
        "api-case-snooze": {"until": "eta", "reason": "They have promised a new date."},
        "case-snooze": {"until": "eta", "reason": "They have promised a new date."},
        "bulk-snooze": {"what": "wake", "case": [world.elsewhere.case.pk]},
        "forgotten-password": {"named": "person.o"},
        "invite": {
            "first_name": "Anna",
            "email": "anna@example.com",
            "role": "operator",
            "site": place.site.pk,
        },
        "person-grant": {"role": "operator", "site": place.site.pk},
        "event-sources": {
            "name": "Parcels",
            "adapter": "dhl",
            "site": place.site.pk,
            "per_minute": 60,
        },
        "event-source": {"name": "Other", "site": place.site.pk, "per_minute": 60},
        "event-source-switch": {"on": "0"},
        "parcel-match": {"transfer": place.case.document.reference},
        "carrier-word": {"status": "nothing"},
        "event-source-try": {"body": "{}"},
        "tokens": {"name": "n8n", "user": place.person.pk, "scopes": ["cases:read"], "days": 90},
        "shift-new": {"person": world.people["O"].pk, **hours},
        "shift": {"person": place.person.pk, **hours},
        "absence-new": {"starts_at": late[:16], "ends_at": soon[:16], "reason": "leave"},
        "absence": {
            "person": place.person.pk,
            "starts_at": late[:16],
            "ends_at": soon[:16],
            "reason": "leave",
        },
        "policy-draft": {"revision": draft.revision if draft else 0},
        "policy-publish": {"revision": draft.revision if draft else 0},
        "matrix-draft": {
            "revision": matrix.revision if matrix else 0,
            "rows": "0",
            "valid_hours": "72",
            "remind": "120",
            "sign_in": "EUR 5000",
        },
        "matrix-publish": {"revision": matrix.revision if matrix else 0},
        "matrix-roll-back": {"version": 1, "reason": "It was better."},
        "routing-draft": {"revision": rules.revision if rules else 0, "rules": "0"},
        "routing-publish": {"revision": rules.revision if rules else 0},
        "routing-roll-back": {"version": 1, "reason": "It was better."},
        "routing-cases": {"case": [place.case.pk], "reason": "Routed again."},
        "policy-roll-back": {"version": 1, "reason": "It was better."},
    }
    return bodies.get(route, {})


# Asking ----------------------------------------------------------------------------------------


def ask(world: World, row: Row, who: str, place: Place, key: str = "") -> HttpResponseBase:
    """The answer; whatever it changed is undone."""
    with transaction.atomic():
        if prepare := PREPARED.get(row.route):
            prepare(world, place)
        client = world.client(who)
        answer = sent(client, row, path_of(row.route, world, place), world, place, key)
        transaction.set_rollback(True)
    return answer


def sent(
    client: Client, row: Row, path: str, world: World, place: Place, key: str
) -> HttpResponseBase:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if row.method == "GET":
        return client.get(path, headers=headers)
    body = body_of(row.route, world, place)
    if row.route == "api-evidence":
        body = {"slot": "invoice"} if row.method == "PATCH" else {"reason": "Another pallet."}
    if row.route == "api-case-evidence":
        plain, path = "application/octet-stream", f"{path}?name=note.txt"
        said = b"It is wet."
        return client.generic(row.method, path, said, content_type=plain, headers=headers)
    if row.route.startswith("api-commands"):
        headers["Idempotency-Key"] = "a"
    if path.startswith("/api/"):
        said = json.dumps(body).encode()
        kind = "application/json"
        return client.generic(row.method, path, said, content_type=kind, headers=headers)
    if row.method != "POST":
        return client.generic(row.method, path, headers=headers)
    return client.post(path, body, headers=headers)


def outcome(answer: Any) -> str:
    """What became of a request, in one of four words."""
    if answer.status_code == 401 or answer.headers.get("Location", "").startswith("/sign-in/?next"):
        return SIGN_IN
    if answer.status_code in (403, 404, 405):
        return OUT
    levels = {m.level for m in get_messages(answer.wsgi_request)} if answer.wsgi_request else set()
    if answer.status_code == 409 or constants.ERROR in levels:
        return REFUSED
    assert answer.status_code < 500, answer.content
    return IN


def given_away(answer: Any) -> list[str]:
    """Names of elsewhere in what was answered."""
    parts = answer.streaming_content if answer.streaming else [answer.content]
    said = b"".join(parts).decode(errors="replace")
    return [name for name in FOREIGN if name in said]


def expected(letters: str, who: str) -> str:
    if who in letters:
        return IN
    return REFUSED if who.lower() in letters else OUT


def told(wrong: dict[str, Any]) -> str:
    return "\n".join(f"{asked}: {found}" for asked, found in sorted(wrong.items()))


@pytest.fixture
def world(tower: Tower) -> World:
    return build(tower)


@pytest.mark.parametrize("who", ROLES)
def test_people_do_what_the_table_says(world: World, who: str) -> None:
    wrong, leaks = {}, {}
    for row in RULES.values():
        for name, place, letters in (
            ("here", world.here, row.own),
            ("elsewhere", world.elsewhere, row.elsewhere),
        ):
            if letters == "=":
                continue
            answer = ask(world, row, who, place)
            asked = f"{row.method} {row.route} {name} by {who}"
            found = outcome(answer)
            # A site that is not theirs is answered like one that is none.
            if name == "elsewhere" and answer.status_code in (400, 422):
                found = OUT
            if found != expected(letters, who):
                wrong[asked] = found
            if row.route not in COMPANY_WIDE and (names := given_away(answer)):
                leaks[asked] = names

    assert (wrong, leaks) == ({}, {}), told(wrong | leaks)


def test_who_is_not_signed_in_comes_no_further(world: World) -> None:
    found = {
        key: "shut" if outcome(ask(world, row, " ", world.here)) == SIGN_IN else "open"
        for key, row in RULES.items()
    }

    assert found == {key: row.anonymous for key, row in RULES.items()}


def test_tokens_do_what_their_scopes_say(world: World) -> None:
    at = timezone.now()
    keys = {
        letter: tokens.issue(world.people["S"], name=scope, scopes=[scope], at=at)
        for letter, scope in SCOPES.items()
    }
    machines = [row for row in RULES.values() if row.scopes != "-"]
    found = {
        (row.route, row.method): "".join(
            letter
            for letter, key in keys.items()
            if outcome(ask(world, row, " ", world.here, key)) == IN
        )
        or "."
        for row in machines
    }

    assert found == {(row.route, row.method): row.scopes for row in machines}


def test_no_token_opens_a_page(world: World) -> None:
    at, lead = timezone.now(), world.people["S"]
    key = tokens.issue(lead, name="everything", scopes=tokens.SCOPES, at=at)
    shut = [row for row in RULES.values() if row.scopes == "-" and row.anonymous == "shut"]
    found = {row: outcome(ask(world, row, " ", world.here, key)) for row in shut}

    assert set(found.values()) == {SIGN_IN}


def test_other_methods_are_answered_by_nobody(world: World) -> None:
    """Asked by a supervisor and by nobody: no address does something by a method without a row."""
    answered = {}
    for route in {route for route, _ in RULES}:
        for method in METHODS:
            if (route, method) in RULES:
                continue
            row = Row(route, method, "", "", "", "")
            for who in ("S", " "):
                if (found := outcome(ask(world, row, who, world.here))) not in (OUT, SIGN_IN):
                    answered[f"{method} {route} by {who}"] = found

    assert answered == {}, told(answered)
