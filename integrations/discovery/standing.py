"""What stands now: every living document, judged by the usual policies."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from exceptions import judging
from exceptions.facts import Facts, OrderLine
from exceptions.judging import Judgement
from exceptions.kinds import KINDS, partial_receipt
from exceptions.policies import PolicyInForce
from exceptions.verdicts import Finding
from exceptions.vocabulary import KindCode
from integrations.discovery.occurrence import Occurrence
from integrations.odoo import paging
from integrations.odoo.client import Odoo
from integrations.odoo.ground import Ground
from integrations.odoo.sources import Source

USUAL: dict[str, PolicyInForce] = {
    code: PolicyInForce(0, 0, kind.default_policy) for code, kind in KINDS.items()
}
# Whom or what facts are about: the first of these that they have.
ABOUT = ("supplier", "customer", "partner", "carrier", "product")


def of_source(odoo: Odoo, ground: Ground, source: Source, at: datetime) -> list[Occurrence]:
    """Raises UnknownModel where the source's module is not installed."""
    seen: dict[int, Facts] = {}  # a document may come on several pages
    domain = [*source.where(ground), *source.living]
    for page in paging.pages(odoo, source.model, domain, source.fields):
        for facts in source.facts(odoo, ground, page.records) if page.records else ():
            seen[facts.record_id] = facts
    return [each for facts in seen.values() for each in _of_facts(facts, at)]


def _of_facts(facts: Facts, at: datetime) -> Iterator[Occurrence]:
    for judgement in judging.judge(facts, USUAL, at):
        if judgement.finding:
            yield _occurrence(facts, judgement, judgement.finding, at)


def _occurrence(facts: Facts, judgement: Judgement, finding: Finding, at: datetime) -> Occurrence:
    about = next((found for name in ABOUT if (found := getattr(facts, name, None))), None)
    return Occurrence(
        kind=judgement.kind.code,
        at=at,
        site_id=facts.site_id,
        who=about.name if about else "",
        value=finding.impact.value,
        currency=finding.impact.currency,
        size=_size(judgement.kind.code, facts, finding, at),
        open=True,
    )


def _size(kind: KindCode, facts: Facts, finding: Finding, at: datetime) -> Decimal | None:
    """In the unit of the kind's leading threshold."""
    if kind in (KindCode.LATE_INBOUND, KindCode.DELIVERY_DELAY):
        need = finding.impact.need_at
        late = Decimal(int((at - need).total_seconds())) / 60 if need else None
        return late if late is not None and late > 0 else None  # planned too late: not late yet
    if kind == KindCode.INVENTORY_DISCREPANCY:
        return finding.impact.value
    if kind == KindCode.PARTIAL_RECEIPT and isinstance(facts, OrderLine):
        return partial_receipt.missing(facts) * 100 / facts.ordered_quantity
    return None
