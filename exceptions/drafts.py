"""Messages in words: drafts to customers, which a person reads, changes and sends; e-mails to
colleagues; the evidence of an approval. Pure.

The words are a template's. What the facts do not say is left out, never guessed.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from exceptions.kinds import faults
from exceptions.models import Case
from exceptions.verdicts import amount


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


def for_colleagues(case: Case, opening: str = "") -> str:
    """The text of an e-mail to people of the tower: what it is, how bad, and what to look at."""
    says = {
        "site": case.site.name,
        "kind": case.get_kind_display(),
        "tier": case.get_tier_display(),
        "score": case.score,
    }
    lines = [
        opening.strip(),
        f"{case.title}.",
        _("%(kind)s at %(site)s, severity %(score)s (%(tier)s).") % says,
        evidence(case),
        str(case.facts.get("url") or ""),
    ]
    return "\n".join(line for line in lines if line)


def evidence(case: Case) -> str:
    """What was counted or measured, in words, and why the case matters."""
    told = {"Count": _count, "ReorderRule": _cover, "Integration": _fault}
    tells = told.get(case.document.facts_type)
    sentences = [tells(case.facts) if tells else "", f"{case.reason}."]
    return " ".join(sentence for sentence in sentences if sentence)


def _count(facts: dict[str, Any]) -> str:
    counted, booked = _number(facts["counted_quantity"]), _number(facts["booked_quantity"])
    lot = _(", lot %s") % facts["lot"] if facts.get("lot") else ""
    return _(
        "Counted %(counted)s of %(product)s in %(location)s%(lot)s; booked %(booked)s,"
        " difference %(difference)s%(worth)s."
    ) % {
        "counted": f"{counted:f}",
        "booked": f"{booked:f}",
        "difference": f"{(counted - booked).normalize():+f}",
        "product": facts["product"]["name"],
        "location": facts["location"],
        "lot": lot,
        "worth": _worth(counted - booked, facts),
    }


def _worth(difference: Decimal, facts: dict[str, Any]) -> str:
    if facts.get("unit_cost") is None:
        return ""
    worth = abs(difference) * Decimal(facts["unit_cost"])
    return _(" (%s at cost)") % amount(worth, facts.get("currency"), exact=True)


def _cover(facts: dict[str, Any]) -> str:
    used = [_number(facts[n]) for n in ("recent_per_day", "usual_per_day") if facts.get(n)]
    says = dict(zip(("lately", "usually"), (f"{n:f}" for n in used), strict=False))
    demand = _(", used a day: %(lately)s lately, usually %(usually)s") % says if used[1:] else ""
    return _(
        "%(product)s in %(location)s: %(on_hand)s on hand, %(incoming)s coming,"
        " minimum %(minimum)s%(demand)s."
    ) % {
        "product": facts["product"]["name"],
        "location": facts["location"],
        "on_hand": f"{_number(facts['on_hand']):f}",
        "incoming": f"{_number(facts['incoming']):f}",
        "minimum": f"{_number(facts['minimum']):f}",
        "demand": demand,
    }


def _fault(facts: dict[str, Any]) -> str:
    known = faults.about(facts["fault"])
    return f"{known.means} {known.do}" if known else ""


def _number(said: str) -> Decimal:
    return Decimal(said).normalize()
