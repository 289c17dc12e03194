"""Every decision that every kind offers: proposed with good answers, refused with bad ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from exceptions import choosing, intake, lifecycle, playbooks
from exceptions.facts import Facts
from exceptions.kinds import KINDS, Ask, Offer
from exceptions.lifecycle import Refused
from exceptions.models import Case, Decision, Document, OutboxMessage
from exceptions.vocabulary import AskType, DecisionState, KindCode, Move, lasting
from tests.making import Tower

HOUR = timedelta(hours=1)


def records(tower: Tower, at: datetime) -> dict[KindCode, list[Facts]]:
    """One record of each type that a kind reads, and of each way in which it differs."""
    hold = tower.inspection(at=at)
    check = replace(hold, record_id=2, model="quality.check", what="check", transfer="RTM/IN/00001")
    crossing = tower.transfer(
        at=at, crosses_border=True, country="CH", without_hs_code=(hold.product,)
    )
    return {
        KindCode.LATE_INBOUND: [tower.receipt(at=at)],
        KindCode.DELIVERY_DELAY: [tower.delivery(at=at)],
        KindCode.INVENTORY_DISCREPANCY: [tower.count(at=at)],
        KindCode.PARTIAL_RECEIPT: [tower.order_line(at=at)],
        KindCode.INVOICE_MISMATCH: [tower.bill(at=at)],
        KindCode.BLOCKED_TRANSFER: [tower.transfer(at=at)],
        KindCode.URGENT_REPLENISHMENT: [tower.reorder_rule(at=at)],
        KindCode.QUALITY_HOLD: [hold, check],
        KindCode.CARRIER_FAILURE: [tower.shipment(at=at)],
        KindCode.CUSTOMS_HOLD: [tower.shipment(at=at, trouble="customs"), crossing],
        KindCode.POD_DISPUTE: [tower.handover(at=at)],
        KindCode.INTEGRATION_FAILURE: [tower.integration(at=at)],
        KindCode.KPI_ALERT: [tower.kpi_reading(at=at)],
    }


@pytest.fixture(params=list(KindCode), ids=str)
def cases(request: pytest.FixtureRequest, tower: Tower, at: datetime) -> list[Case]:
    """Acknowledged cases of one kind, and another supplier's order of the same product."""
    kind = request.param
    found = []
    for facts in records(tower, at)[kind]:
        intake.take_in([facts], at=at)
        opened = Case.objects.filter(kind=kind, document__record_id=facts.record_id)
        case = opened.get(document__model=facts.model)
        lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=at)
        found.append(Case.objects.select_related("document").get(pk=case.pk))
    other = tower.order_line(99, at=at, open=False)
    assert other.supplier is not None
    other = replace(other, supplier=replace(other.supplier, id=8, name="Other Bearings"))
    intake.take_in([other], at=at)
    return found


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def answer(case: Case, ask: Ask, at: datetime) -> Any:
    """One that is good."""
    known = choosing.known(case, [ask], at)
    if ask.type == AskType.DATE:
        return at + 48 * HOUR
    if ask.name in known.options:
        options = known.options[ask.name]
        assert options or not ask.required, f"{ask.name} has nothing to choose from"
        return options[0].id if options else None
    if ask.type == AskType.TEXT:
        return "RTM/OUT/00007"
    return ask.usual(known.facts) or 1


def propose(tower: Tower, case: Case, offer: Offer, at: datetime, **data: Any) -> Decision:
    document = Document.objects.get(pk=case.document_id)
    said = {"decision": offer.kind, "substance": document.substance, "reason": "So be it."}
    said |= {"cost": "1"} if offer.has_cost else {}
    lifecycle.move(case.pk, Move.PROPOSE, tower.supervisor, at=at, data=said | data)
    return Decision.objects.latest("pk")


def test_each_can_be_proposed_with_good_answers(
    tower: Tower, cases: list[Case], at: datetime
) -> None:
    for case in cases:
        for offer in playbooks.offers_for(case):
            given = {ask.name: answer(case, ask, at) for ask in offer.asks}
            with undone():
                decision = propose(tower, case, offer, at + HOUR, parameters=given)
                _check(decision, offer, given)


def _check(decision: Decision, offer: Offer, given: dict[str, Any]) -> None:
    assert set(decision.parameters) == {name for name, said in given.items() if said is not None}
    if decision.state == DecisionState.PROPOSED:
        playbooks.of_decision(decision, offer.verbs[0])  # what would be told can be told
        assert decision.approval.levels.count() > 0
    else:
        assert lasting(offer.verbs) == ()
        written = OutboxMessage.objects.filter(decision=decision).order_by("pk")
        assert [message.verb for message in written] == list(offer.verbs)


def test_each_refuses_what_is_missing_or_bad(tower: Tower, cases: list[Case], at: datetime) -> None:
    for case in cases:
        for offer in playbooks.offers_for(case):
            good = {ask.name: answer(case, ask, at) for ask in offer.asks}
            bad: list[tuple[str, dict[str, Any]]] = [("nonsense", {"parameters": {"nonsense": 1}})]
            for ask in offer.asks:
                bad.append((ask.name, {"parameters": good | {ask.name: ["no answer"]}}))
                if ask.required:
                    bad.append((ask.name, {"parameters": good | {ask.name: ""}}))
            if offer.has_cost:
                bad.append(("cost", {"parameters": good, "cost": "much"}))
            for name, data in bad:
                with pytest.raises(Refused) as refused:
                    propose(tower, case, offer, at + HOUR, **data)
                assert name in refused.value.problems, (offer.kind, name)
    assert Decision.objects.count() == 0


def test_every_kind_decides_once_on_each_record(cases: list[Case]) -> None:
    """A decision that is offered in two ways is offered in one of them about each record."""
    for case in cases:
        kinds = [offer.kind for offer in playbooks.offers_for(case)]
        assert len(kinds) == len(set(kinds)) > 1


def test_what_is_told_is_told_to_people() -> None:
    """Of all offers, none is without words, or does nothing."""
    offers = [offer for kind in KINDS.values() for offer in kind.offers]

    assert [offer.kind for offer in offers if not (offer.says and offer.verbs)] == []
