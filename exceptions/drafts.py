"""Drafts of messages to customers: written here, read, changed and sent by a person. Pure.

The words are a template's. What the facts do not say is left out, never guessed.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from exceptions.models import Case


def for_customer(case: Case, opening: str = "") -> str:
    """A message about the case to the customer whom its facts name, in one paragraph.

    `opening` is the policy's own sentence. Dates are of the site's zone, and say so.
    """
    customer = (case.facts.get("customer") or {}).get("name") or _("customer")
    reference = case.facts.get("reference") or case.document.reference
    sentences = [
        _("Draft, to be checked and sent by a person: Dear %s,") % customer,
        opening.strip(),
        _("we are working on %(what)s%(promised)s.")
        % {"what": reference, "promised": _promised(case)},
        _("We will write again as soon as the new date is certain."),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _promised(case: Case) -> str:
    said = case.facts.get("promised_at")
    promised = parse_datetime(said) if isinstance(said, str) else None
    if promised is None:
        return ""
    return _(", which was promised for %s") % _local(promised, ZoneInfo(case.site.time_zone))


def _local(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M} {local.tzname()}"
