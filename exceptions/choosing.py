"""What can be chosen for a decision: partners, sites, products and lines that a case's facts, and
the records beside it, name. Ids are those of the source.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from exceptions.asking import Known, Option, Options
from exceptions.facts import from_plain
from exceptions.kinds import Ask
from exceptions.models import Case, Document, Site
from exceptions.vocabulary import AskType

MOST = 50
LATEST = 5_000  # order lines: more would make a page wait


def known(case: Case, asks: Iterable[Ask], at: datetime, zone: tzinfo | None = None) -> Known:
    """All that answers about the case are held against."""
    document = case.document
    return Known(
        facts=from_plain(document.facts_type, document.facts),
        at=at,
        options=options(case, asks),
        zone=zone,
    )


def options(case: Case, asks: Iterable[Ask]) -> Options:
    """By the name of each ask that is answered by choosing."""
    return {ask.name: _CHOICES[ask.type](case) for ask in asks if ask.type in _CHOICES}


def _partners(case: Case) -> list[Option]:
    """Other suppliers of the same products, as the latest order lines in the mirror know them; of
    a record that names no product, of all that is on order."""
    lines = Document.objects.filter(connection=case.document.connection_id, facts_type="OrderLine")
    latest = Document.objects.filter(pk__in=lines.order_by("-pk").values("pk")[:LATEST])
    if products := [option.id for option in _products(case)]:
        latest = latest.filter(facts__product__id__in=products)
    pairs = latest.exclude(facts__supplier=None).values_list(
        "facts__supplier__id", "facts__supplier__name"
    )
    own = (case.document.facts.get("supplier") or {}).get("id")
    found = pairs.distinct().order_by("facts__supplier__name")[: MOST + 1]
    return [Option(key, name) for key, name in found if key != own][:MOST]


def _sites(case: Case) -> list[Option]:
    """The other warehouses of the same source."""
    there = Site.objects.filter(connection=case.document.connection_id).exclude(pk=case.site_id)
    return [Option(site.external_id, site.name) for site in there.order_by("name")]


def _products(case: Case) -> list[Option]:
    facts = case.document.facts
    named = [facts.get("product"), *facts.get("products", ()), *_of_lines(facts)]
    return list({p["id"]: Option(p["id"], p["name"]) for p in named if p}.values())


def _lines(case: Case) -> list[Option]:
    """By their number, from 1."""
    lines = case.document.facts.get("lines", ())
    return [Option(n, _line(line)) for n, line in enumerate(lines, start=1)]


def _line(line: Mapping[str, Any]) -> str:
    product = (line.get("product") or {}).get("name")
    return str(product or line.get("label") or "?")


def _of_lines(facts: Mapping[str, Any]) -> list[Any]:
    return [line.get("product") for line in facts.get("lines", ())]


_CHOICES: dict[AskType, Callable[[Case], list[Option]]] = {
    AskType.PARTNER: _partners,
    AskType.SITE: _sites,
    AskType.PRODUCT: _products,
    AskType.LINE: _lines,
}
