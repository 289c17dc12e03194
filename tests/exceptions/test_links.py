"""Links: what a record is, and what it names. And the mirror keeps them right on every reading."""

from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from exceptions import facts, intake, links
from exceptions.facts import FACTS_TYPES, Product, Report, TransferLine
from exceptions.models import Document
from tests.making import Tower

GUIDE = Product(id=9, name="Linear guide LG-35")


def waiting(for_what: str | None) -> TransferLine:
    return TransferLine(product=GUIDE, demanded=Decimal(3), reserved=Decimal(0), waits_for=for_what)


SAID: list[tuple[str, dict[str, Any], list[str]]] = [
    ("receipt", {}, ["transfer:RTM/IN/00001", "order:P00001"]),
    ("receipt", {"order_reference": None}, ["transfer:RTM/IN/00001"]),
    ("receipt", {"order_reference": "incoming goods"}, ["transfer:RTM/IN/00001"]),
    (
        "receipt",
        {"order_reference": "P00001,P00002, P00001"},
        ["transfer:RTM/IN/00001", "order:P00001", "order:P00002"],
    ),
    ("order_line", {}, ["order:P00001"]),
    ("order_line", {"order_reference": None}, ["record:purchase.order.line/1"]),
    ("bill", {}, ["bill:BILL/0001", "order:P00001", "bill:BILL/0004"]),
    ("bill", {"order_references": (), "duplicates": ()}, ["bill:BILL/0001"]),
    ("delivery", {}, ["order:S00001", "transfer:RTM/OUT/00001"]),
    ("delivery", {"transfers": ()}, ["order:S00001"]),
    ("transfer", {}, ["transfer:RTM/OUT/00001"]),
    (
        "transfer",
        {
            "order_reference": "S00033",
            "lines": (waiting("RTM/IN/00031"), waiting(None), waiting("RTM/IN/00031")),
        },
        ["transfer:RTM/OUT/00001", "order:S00033", "transfer:RTM/IN/00031"],
    ),
    ("handover", {}, ["transfer:RTM/OUT/00001", "order:S00001", "transfer:RTM/IN/00001"]),
    ("shipment", {}, ["parcel:1Z00001", "transfer:RTM/OUT/00001", "order:RTM/OUT/00001"]),
    ("shipment", {"transfer": None}, ["parcel:1Z00001"]),
    (
        "inspection",
        {"transfer": "RTM/IN/00031", "lot": "L-7"},
        ["record:stock.quant/1", "transfer:RTM/IN/00031", "lot:9/L-7"],
    ),
    ("inspection", {"product": None, "lot": "L-7"}, ["record:stock.quant/1"]),
    ("count", {"lot": "L-7"}, ["record:stock.quant/1", "lot:9/L-7"]),
    ("reorder_rule", {}, ["record:stock.warehouse.orderpoint/1"]),
    ("receipt", {"reference": "R" * 400, "order_reference": None}, ["transfer:" + "R" * 151]),
]


@pytest.mark.parametrize(("maker", "said", "expected"), SAID)
def test_what_a_record_is_and_names(
    tower: Tower, at: datetime, maker: str, said: dict[str, Any], expected: list[str]
) -> None:
    assert links.of(getattr(tower, maker)(1, at=at, **said)) == expected


def test_every_type_of_facts_has_its_links() -> None:
    assert set(links._LINKS) == set(FACTS_TYPES.values())


def test_what_people_report_names_nothing(tower: Tower, at: datetime) -> None:
    record = tower._record("tower.report", 1, at) | {"company": ""}
    report = Report(
        **record, reference="R-1", kind="late_inbound", summary="P00001 is late", subject="Us"
    )

    assert links.of(report) == []


def test_the_mirror_keeps_the_links_of_the_latest_reading(tower: Tower, at: datetime) -> None:
    """Also when readings come in the wrong order, and when nothing but the stamp has changed."""
    later = at + timedelta(minutes=1)
    first = tower.receipt(1, at=at)
    moved = tower.receipt(1, at=later, promised_at=first.promised_at, order_reference="P00009")
    seen = []
    for said in (first, moved, first, tower.receipt(1, at=later + timedelta(days=1))):
        intake.take_in([said], at=at)
        seen.append(Document.objects.get().links)

    ours, theirs = "order:P00001", "order:P00009"
    assert [said[1] for said in seen] == [ours, theirs, theirs, ours]


def test_what_was_read_before_there_were_links_gets_them(tower: Tower, at: datetime) -> None:
    makers = (tower.receipt, tower.transfer, tower.bill, tower.count)
    intake.take_in([make(i, at=at) for i, make in enumerate(makers, 1)], at=at)
    kept = dict(Document.objects.values_list("pk", "links"))
    unreadable = Document.objects.earliest("pk")
    Document.objects.update(links=["order:X1"])
    Document.objects.filter(pk=unreadable.pk).update(facts={"is": "nothing"})
    migration = import_module("exceptions.migrations.0021_link_documents_and_group_cases")
    migration.link_what_was_read(apps, None)

    assert dict(Document.objects.values_list("pk", "links")) == kept | {unreadable.pk: []}
    whole = Document.objects.latest("pk")
    assert links.of(facts.from_plain(whole.facts_type, whole.facts)) == whole.links
