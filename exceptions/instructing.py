"""What verbs are told that do something about goods or records: from a decision's parameters, and
from the facts that it rests on.
"""

from collections.abc import Callable, Mapping
from typing import Any

from exceptions.models import Decision
from exceptions.vocabulary import Verb

Told = dict[str, Any]


def _facts(decision: Decision) -> Mapping[str, Any]:
    """As they were decided on: were they others, nothing would be sent."""
    facts: Mapping[str, Any] = decision.case.document.facts
    return facts


def _product(decision: Decision) -> int | None:
    """The one that was chosen, else the record's own."""
    chosen = decision.parameters.get("product") or _facts(decision).get("product") or {}
    return chosen.get("id")


def _new_date(decision: Decision) -> Told:
    return {"date": decision.parameters["date"]}


def _nothing(_decision: Decision) -> Told:
    return {}


def _apply_count(decision: Decision) -> Told:
    return {"counted": _facts(decision)["counted_quantity"]}


def _scrap(decision: Decision) -> Told:
    """Where the goods lie, and of which lot they are, the record itself says."""
    return {"product": _product(decision), "quantity": decision.parameters["quantity"]}


def _transfer(decision: Decision) -> Told:
    """Sites by their ids in the source."""
    said = decision.parameters
    return {
        "product": _product(decision),
        "quantity": said["quantity"],
        "from_site": said["from"]["id"],
        "to_site": decision.case.site.external_id,
    }


def _purchase(decision: Decision) -> Told:
    """Without a supplier or a price, the source's own price list says."""
    said = decision.parameters
    return {
        "product": _product(decision),
        "quantity": said["quantity"],
        "date": said["date"],
        "partner": (said.get("partner") or {}).get("id"),
        "price": None,
    }


def _for_a_person(decision: Decision) -> Told:
    """Somebody is asked where the source, or our user there, cannot do it."""
    summary = f"{decision.get_kind_display()}: {decision.case.title}"
    return {"summary": summary[:120], "due_in_days": 1, "reason": decision.reason}


TELLS: Mapping[Verb, Callable[[Decision], Told]] = {
    Verb.NEW_DATE: _new_date,
    Verb.PRIORITY: lambda _decision: {"urgent": True},
    Verb.CANCEL: _nothing,
    Verb.RECOUNT: _nothing,
    Verb.APPLY_COUNT: _apply_count,
    Verb.SCRAP: _scrap,
    Verb.RELEASE: _nothing,
    Verb.TRANSFER: _transfer,
    Verb.PURCHASE: _purchase,
    Verb.RETURN: _nothing,
    Verb.SPLIT: _for_a_person,
    Verb.HOLD_BILL: lambda decision: {"held": True, **_for_a_person(decision)},
    Verb.CREDIT_NOTE: lambda decision: {"amount": None, **_for_a_person(decision)},
}
