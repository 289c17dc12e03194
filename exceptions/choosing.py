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
    """Other suppliers of the same product, as the mirror knows them; without a product, of all
    that is on order."""
    lines = Document.objects.filter(
        connection=case.document.connection_id, facts_type="OrderLine", gone_at=None
    ).exclude(facts__supplier=None)
    if product := (case.document.facts.get("product") or {}).get("id"):
        lines = lines.filter(facts__product__id=product)
    own = (case.document.facts.get("supplier") or {}).get("id")
    pairs = lines.values_list("facts__supplier__id", "facts__supplier__name").distinct()
    found = [Option(key, name) for key, name in pairs.order_by("facts__supplier__name")[:MOST]]
    return [option for option in found if option.id != own]


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
