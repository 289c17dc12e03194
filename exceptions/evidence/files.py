"""Files as answers: never as a page, whatever is in them."""

import base64

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

from exceptions.evidence import store
from exceptions.models import Evidence

# What the browser gets has no origin, no scripts, no frames and no guesses about what it is.
INERT = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def attachment(evidence: Evidence) -> FileResponse:
    """The file as it was stored, to be saved, not shown. Raises store.Damaged."""
    answer = FileResponse(
        store.proven(evidence.sha256),
        as_attachment=True,
        filename=evidence.name,
        content_type="application/octet-stream",
        headers=INERT,
    )
    answer.headers["Repr-Digest"] = f"sha-256=:{_base64(evidence.sha256)}:"
    return answer


def picture(drawn: bytes) -> HttpResponse:
    """A picture that was drawn here."""
    kept = {"Cache-Control": "private, max-age=86400"}
    return HttpResponse(drawn, content_type="image/jpeg", headers=INERT | kept)


def damaged(evidence: Evidence) -> str:
    return _(
        "%(name)s is not what was stored any more, so it is not shown. Tell your administrator; "
        "its SHA-256 was %(sha256)s."
    ) % {"name": evidence.name, "sha256": evidence.sha256}


def _base64(sha256: str) -> str:
    return base64.b64encode(bytes.fromhex(sha256)).decode()
