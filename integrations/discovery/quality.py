"""Quality of the past: what failed and was decided about, and what was scrapped."""

from collections.abc import Iterator
from datetime import datetime

from exceptions.facts import Inspection
from exceptions.kinds.quality_hold import value_on_hold
from exceptions.vocabulary import KindCode
from integrations.discovery import adjustments
from integrations.discovery.occurrence import Looked, Occurrence, within
from integrations.odoo import errors, paging
from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import to_odoo
from integrations.odoo.ground import Ground
from integrations.odoo.sources import inspections, quality_alerts
from integrations.odoo.sources.source import Source

# A failed check for which an alert was raised is told by the alert.
DECIDED = (quality_alerts.SOURCE, inspections.SOURCE)


def look(odoo: Odoo, ground: Ground, since: datetime, until: datetime) -> Looked:
    """Failures that are decided, of the modules that are there, and every scrapping."""
    found = [each for source in DECIDED for each in _decided(odoo, ground, source, since, until)]
    return Looked([*found, *_scrapped(odoo, ground, since, until)])


def _decided(
    odoo: Odoo, ground: Ground, source: Source, since: datetime, until: datetime
) -> Iterator[Occurrence]:
    try:
        domain = [*source.where(ground), ["write_date", ">=", to_odoo(since)]]
        for page in paging.pages(odoo, source.model, domain, source.fields):
            for facts in source.facts(odoo, ground, page.records) if page.records else ():
                if isinstance(facts, Inspection) and facts.failed and facts.decided:
                    yield from _within(facts, since, until)
    except errors.UnknownModel:
        return  # the module is not installed


def _within(facts: Inspection, since: datetime, until: datetime) -> Iterator[Occurrence]:
    at = facts.since or facts.written_at
    if since <= at <= until:
        about = facts.supplier or facts.product
        yield Occurrence(
            kind=KindCode.QUALITY_HOLD,
            at=at,
            site_id=facts.site_id,
            who=about.name if about else "",
            value=value_on_hold(facts),
            currency=facts.currency,
        )


def _scrapped(odoo: Odoo, ground: Ground, since: datetime, until: datetime) -> Iterator[Occurrence]:
    domain = [
        ["scrap_id", "!=", False],
        ["state", "=", "done"],
        *within("date", since, until),
    ]
    for moves in paging.all_by_id(odoo, adjustments.MODEL, domain, adjustments.FIELDS):
        known = [move for move in moves if move["product_id"]]
        yield from adjustments.of_moves(odoo, ground, KindCode.QUALITY_HOLD, known)
