"""What recurs: the cases of one subject within the window of a case's policy.

Severity counts with `before`, and so do the page, the API and the queue's filter: the number that
is said, the points that are given and the rows that are listed are always of the same cases.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from exceptions.models import Case, Site
from exceptions.policies import settings_of

# What a subject key may name, and under which of the facts its name stands.
PARTNERS = ("supplier", "customer", "partner", "carrier")
PRODUCTS = ("product", "products", "without_hs_code", "lines")

COUNTS = Q(merged_into=None)


def window(case: Case) -> int:
    """How many days before its detection earlier cases count, by the policy of the case."""
    return settings_of(case).recurrence_days


def before(subject_key: str, fingerprint: str, detected_at: datetime, days: int) -> Q:
    """The cases of the subject in the `days` before something with that fingerprint was detected.

    Another case of the very same record is the same thing going on, and does not count; nor does a
    duplicate that was merged into the case it is one of.
    """
    same = COUNTS & Q(
        subject_key=subject_key,
        detected_at__gte=detected_at - timedelta(days=days),
        detected_at__lt=detected_at,
    )
    return same & ~Q(fingerprint=fingerprint)


def earlier(case: Case) -> Q:
    """The cases that came before this one and count, by its policy."""
    return before(case.subject_key, case.fingerprint, case.detected_at, window(case))


def counted(case: Case) -> Q:
    """The case itself and those before it: all of which "3rd time" speaks."""
    return earlier(case) | Q(pk=case.pk)


def subject_name(subject_key: str, facts: dict[str, Any], site: Site) -> str:
    """Who or what recurs, as the source calls it: a partner, a product, or what a person said.

    The site where the facts name nobody: `late_inbound:1:partner:7` is the partner with id 7.
    """
    what, _, value = subject_key.partition(":")[2].partition(":")[2].partition(":")
    if what == "said":
        return str(facts.get("subject") or value)
    fields = {"partner": PARTNERS, "carrier": PARTNERS, "product": PRODUCTS}.get(what, ())
    named = (_named(facts.get(field), value) for field in fields)
    return next((name for name in named if name), site.name)


def _named(said: Any, wanted: str) -> str:
    """The name beside the id, however deep it stands."""
    if isinstance(said, list):
        return next((name for each in said if (name := _named(each, wanted))), "")
    if not isinstance(said, dict):
        return ""
    if str(said.get("id")) == wanted:
        return str(said.get("name", ""))
    return _named(said.get("product"), wanted)
