"""The kinds of exceptions, one file a kind. To add one: a file here and its line in KINDS."""

from exceptions.facts import Facts
from exceptions.kinds import (
    blocked_transfer,
    carrier_failure,
    customs_hold,
    delivery_delay,
    integration_failure,
    inventory_discrepancy,
    invoice_mismatch,
    kpi_alert,
    late_inbound,
    partial_receipt,
    pod_dispute,
    quality_hold,
    urgent_replenishment,
)
from exceptions.kinds.definition import Ask, BlindSpot, Kind, Offer, Threshold
from exceptions.vocabulary import KindCode

KINDS: dict[KindCode, Kind] = {
    module.KIND.code: module.KIND
    for module in (
        late_inbound,
        delivery_delay,
        inventory_discrepancy,
        partial_receipt,
        invoice_mismatch,
        blocked_transfer,
        urgent_replenishment,
        quality_hold,
        carrier_failure,
        customs_hold,
        pod_dispute,
        integration_failure,
        kpi_alert,
    )
}

_READERS: dict[type[Facts], tuple[Kind, ...]] = {
    facts: tuple(kind for kind in KINDS.values() if facts in kind.facts)
    for facts in {facts for kind in KINDS.values() for facts in kind.facts}
}


def kinds_of(facts: type[Facts]) -> tuple[Kind, ...]:
    """The kinds whose rule reads facts of this type."""
    return _READERS.get(facts, ())


def kind(code: str) -> Kind:
    return KINDS[KindCode(code)]


__all__ = ["KINDS", "Ask", "BlindSpot", "Kind", "Offer", "Threshold", "kind", "kinds_of"]
