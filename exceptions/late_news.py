"""Cases whose news a webhook should have brought, and only a comparison of both sides did."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import audit, lifecycle
from exceptions.actors import machine
from exceptions.vocabulary import Happening, Via


@transaction.atomic
def mark(case_ids: Iterable[int], *, at: datetime) -> int:
    """Mark these cases as missed by a webhook; how many were not marked before.

    Their history says so. What they are about, and so their fingerprint, stays as it is.
    """
    cases = lifecycle.locked_together(case_ids).values()
    news = [case for case in cases if not case.missed_by_webhook]
    text = _("No webhook told of this, nor did reading in rounds: comparing both sides found it.")
    for case in news:
        case.missed_by_webhook = True
        audit.append(case, Happening.NOTED, machine(Via.ODOO), at=at, data={"text": text})
        case.save(update_fields=["missed_by_webhook", "event_count", "last_hash"])
    return len(news)
