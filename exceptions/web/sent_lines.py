"""What the history of a case tells of what was sent, in sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from exceptions.vocabulary import Happening, Verb

Data = Mapping[str, Any]


def _verb(data: Data) -> str:
    verb = data.get("verb", "")
    return str(Verb(verb).label) if verb in Verb.values else str(verb)


def _confirmed(data: Data) -> str:
    """Only what stands in the source can be read back."""
    proofs = {
        Verb.EMAIL: _("Handed over to be delivered: %s"),
        Verb.N8N_EVENT: _("Taken by n8n: %s"),
        Verb.CHAT: _("Taken by the chat: %s"),
        Verb.AUTOMATION: _("Done by Odoo's own rule: %s"),
    }
    return proofs.get(data.get("verb", ""), _("Confirmed, read back: %s")) % _verb(data)


def _doubtful(data: Data) -> str:
    if data.get("verb") in (Verb.EMAIL, Verb.CHAT):
        return _("No clear answer: %s") % _verb(data)
    return _("No clear answer, will be read back: %s") % _verb(data)


TELL: dict[str, Callable[[Data], str]] = {
    Happening.SENT: lambda data: _("Sent: %s") % _verb(data),
    Happening.CONFIRMED: _confirmed,
    Happening.AMBIGUOUS: _doubtful,
    Happening.FAILED: lambda data: _("Refused: %s") % _verb(data),
    Happening.WITHDRAWN: lambda data: _("Not sent after all: %s") % _verb(data),
    Happening.GIVEN_UP: lambda data: _("Gave up: %s") % _verb(data),
    Happening.MARKED_DELIVERED: lambda data: _("Marked as delivered: %s") % _verb(data),
}
