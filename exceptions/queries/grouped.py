"""A case among others: what it is part of, what is part of it, what all of that puts at risk."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from exceptions.actors import Actor, site_ids, visible_cases
from exceptions.models import Case
from exceptions.queries.case_filter import CaseFilter

# Records that show the same goods of one order, each in its own way.
VIEWS = (
    frozenset({"Receipt", "OrderLine"}),  # what an order has still to bring
    frozenset({"Delivery", "Transfer", "Shipment"}),  # what has still to go to a customer
)
View = tuple[object, ...]  # the goods; equal for all that shows the same


@dataclass(frozen=True, slots=True)
class Grouped:
    """What the reader may see of it. `hidden` tells that there are parts at other sites; `parent`
    and `into` are None also where they may not be seen. `asked` lists the case with its parts.
    """

    parent: Case | None
    into: Case | None
    children: list[Case]
    duplicates: list[Case]
    hidden: bool
    at_risk: list[tuple[str, Decimal]]
    asked: CaseFilter

    @property
    def open_children(self) -> list[Case]:
        return [child for child in self.children if child.is_open]


def grouped(case: Case, actor: Actor) -> Grouped:
    """The case comes with its document."""
    sites = site_ids(actor)
    whole = Case.objects.select_related("owner", "site", "document").order_by("pk")
    near = list(whole.filter(Q(parent=case) | Q(merged_into=case)))
    seen = [c for c in near if sites is None or c.site_id in sites]
    children = [c for c in seen if c.parent_id == case.pk]
    above = [pk for pk in (case.parent_id, case.merged_into_id) if pk]
    others = visible_cases(actor).in_bulk(above) if above else {}
    return Grouped(
        parent=others.get(case.parent_id or 0),
        into=others.get(case.merged_into_id or 0),
        children=children,
        duplicates=[c for c in seen if c.merged_into_id == case.pk],
        hidden=any(c.parent_id == case.pk and c not in seen for c in near),
        at_risk=at_risk([case, *children]),
        asked=CaseFilter(states=("all",), part_of=case.pk),
    )


def at_risk(cases: Iterable[Case]) -> list[tuple[str, Decimal]]:
    """What the open ones of `cases` put at risk, by currency, the largest sum first.

    Goods count once. Of one record the largest value counts, whatever kinds of cases it has; where
    an order's goods are shown by several types of records (as receipts and as order lines), each
    type is summed, and the largest sum counts. Currencies are never added up.
    """
    records: dict[tuple[View, str, str], dict[object, Decimal]] = defaultdict(dict)
    open_cases = [case for case in cases if case.is_open]
    orders = _orders(open_cases)
    for case in open_cases:
        if case.value_at_risk is not None:
            shown = records[_view(case, orders), case.currency, case.document.facts_type]
            record = _record(case)
            shown[record] = max(shown.get(record, Decimal(0)), case.value_at_risk)
    largest: dict[tuple[View, str], Decimal] = defaultdict(Decimal)
    for (view, currency, _type), shown in records.items():
        sum_of_type = sum(shown.values(), Decimal(0))
        largest[view, currency] = max(largest[view, currency], sum_of_type)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for (_view_of, currency), value in largest.items():
        sums[currency] += value
    return sorted(((c, v) for c, v in sums.items() if v), key=lambda pair: (-pair[1], pair[0]))


def _orders(cases: Iterable[Case]) -> dict[str, str]:
    """The order of each transfer that one of the cases tells of."""
    found: dict[str, str] = {}
    for case in cases:
        for transfer in case.facts.get("transfers") or ():
            found[transfer] = case.document.reference
        if order := case.facts.get("order_reference"):
            found.setdefault(case.document.reference, order)
    return found


def _view(case: Case, orders: dict[str, str]) -> View:
    """The order whose goods the case's record shows; else the record itself."""
    kind = case.document.facts_type
    place = next((number for number, types in enumerate(VIEWS) if kind in types), None)
    order = _order(case, orders)
    if place is None or not order:
        return _record(case)
    return (case.document.connection_id, case.facts.get("company"), place, order)


def _order(case: Case, orders: dict[str, str]) -> str:
    if case.document.facts_type == "Delivery":
        return case.document.reference
    named = case.facts.get("order_reference")
    transfer = case.facts.get("transfer") or case.document.reference
    return str(named or orders.get(transfer) or "")


def _record(case: Case) -> View:
    return (case.document.connection_id, case.document.model, case.document.record_id)
