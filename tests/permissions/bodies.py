"""What is sent to an address that wants something: enough to be let in, if anybody is."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from exceptions import drafting
from exceptions.matrix_drafting import MATRIX
from exceptions.policy_drafting import policy_of
from exceptions.route_drafting import ROUTING
from tests.permissions.things import CSV
from tests.permissions.world import Place, World

COLUMNS = {
    "source": "Ledger Rotterdam",
    "column-external_id": "id",
    "column-kind": "kind",
    "column-site": "site",
    "column-title": "title",
    "column-detected_at": "detected",
    "time_zone": "site",
}


def _alert(place: Place) -> dict[str, Any]:
    return {
        "name": "Old cases",
        "number": "old|",
        "site": place.site.pk,
        "days": 7,
        "way": "above",
        "raise_at": "5",
        "clear_at": "3",
        "least_n": 1,
    }


def body_of(route: str, world: World, place: Place) -> dict[str, Any]:
    draft = drafting.open_draft(policy_of("late_inbound"))
    rules = drafting.open_draft(ROUTING)
    matrix = drafting.open_draft(MATRIX)
    late = timezone.now().isoformat()
    soon = (timezone.now() + timedelta(days=1)).isoformat()
    hours = {"starts": "08:00", "ends": "16:00", "first_day": soon[:10]}
    bodies: dict[str, dict[str, Any]] = {
        "inbound-messages": {"site": place.site.pk, "text": "The truck broke down."},
        "inbound-message-answer": {"do": "aside"},
        "advice": {"advice": "message_label", "use": "off", "because": "We look at it first."},
        "alert-make": _alert(place),
        "alert": _alert(place),
        "alert-switch": {"on": "no"},
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
        "report-subscriptions": {"every": "weekly", "weekday": "1", "hour": "07:00"},
        "report-assumptions": {"currency": "EUR", "because": "The controller says so."},
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
        "api-case-amounts": {"avoided": "1200.00", "amounts_currency": "EUR"},
        "case-amounts": {"avoided": "1200", "lost": "", "amounts_currency": "EUR"},
        "api-case-claim": {"filed": True, "words": "CLM-4711"},
        "exchange-rates": {
            "currency": "USD",
            "rate": "0.9",
            "into": "EUR",
            "day": "2026-01-05",
            "source": "ECB",
        },
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
        "command-secret": {"op": "make"},
        "event-sources": {
            "name": "Parcels",
            "adapter": "dhl",
            "site": place.site.pk,
            "per_minute": 60,
        },
        "event-source": {"name": "Other", "site": place.site.pk, "per_minute": 60},
        "event-source-switch": {"on": "0"},
        "ledger-gap": {"what": "leave"},
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
