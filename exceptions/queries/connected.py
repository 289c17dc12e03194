"""Connected cases: what else is open along the links of a case's record, and by which path.

A search from link to link through the mirror, one statement a step, bounded in steps and in
records; through records of sites that the reader may see, and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from exceptions.actors import Actor, site_ids, visible_cases
from exceptions.links import Mirrored
from exceptions.models import Case, Document
from exceptions.vocabulary import OPEN_STATES

MOST_STEPS = 4  # sales order, delivery, receipt, purchase order, bill
MOST_RECORDS = 100  # a step; an order of a thousand parcels shows some of them
MOST_CASES = 20

Steps = tuple[tuple[str, str], ...]  # a link, and the words for it
Links = dict[str, Steps]


@dataclass(frozen=True, slots=True)
class Connected:
    """Another open case, and how one comes to it: `PO P00012 → receipt RTM/IN/00031`."""

    case: Case
    path: tuple[str, ...]

    @property
    def says(self) -> str:
        return " → ".join(self.path)


def connected(case: Case, actor: Actor) -> list[Connected]:
    """The nearest first, of the equally near the most severe. The case comes with its document."""
    paths = _paths(case.document, actor)
    found = visible_cases(actor).filter(document__in=paths, state__in=OPEN_STATES)
    others = found.exclude(pk=case.pk).select_related("site", "owner", "document")
    told = [Connected(other, paths[other.document_id]) for other in others]
    told.sort(key=lambda c: (len(c.path), -(c.case.score or 0), c.case.pk))
    return told[:MOST_CASES]


def _paths(start: Document, actor: Actor) -> dict[int, tuple[str, ...]]:
    """The path to every record that can be reached, by the document's id."""
    first = _mirrored(start.facts_type, start.links, start.reference, start.facts.get("outgoing"))
    known = {first.own: first.says}  # what was only named before is told as what it is
    steps: dict[int, Steps] = {start.pk: ((first.own, first.says),)}
    reached: Links = {}
    fresh = _onward(first, steps[start.pk], reached)
    for _step in range(MOST_STEPS):
        reached |= fresh
        beyond: Links = {}
        for pk, record in _records(start, list(fresh), set(steps), actor) if fresh else ():
            link = next(link for link in fresh if link in record.links)
            known.setdefault(record.own, record.says)
            here = fresh[link]
            steps[pk] = here if link == record.own else (*here, (record.own, record.says))
            beyond |= _onward(record, steps[pk], reached | beyond)
        fresh = beyond
    return {pk: tuple(known.get(link, says) for link, says in way) for pk, way in steps.items()}


def _onward(record: Mirrored, here: Steps, reached: Links) -> Links:
    """The links of a record that nobody has come to before, with the steps to them."""
    return {
        link: here if link == record.own else (*here, (link, record.names(link)))
        for link in record.links
        if link not in reached
    }


def _records(
    start: Document, links: list[str], but: set[int], actor: Actor
) -> Iterator[tuple[int, Mirrored]]:
    """Records that share a link: of the same source and company, and not deleted there. A parcel
    whose transfer is not mirrored yet does not know its company.
    """
    company = start.facts.get("company")
    near: QuerySet[Document] = Document.objects.filter(
        _sites(actor), connection=start.connection_id, gone_at=None, links__overlap=links
    ).exclude(pk__in=but)
    if company:
        near = near.filter(facts__company__in=[company, ""])
    rows = near.annotate(outgoing=KT("facts__outgoing")).order_by("-living", "-pk")
    columns = ("pk", "facts_type", "links", "reference", "outgoing")
    for pk, *said in rows.values_list(*columns)[:MOST_RECORDS]:
        yield pk, _mirrored(*said)


def _sites(actor: Actor) -> Q:
    sites = site_ids(actor)
    return Q() if sites is None else Q(site__in=sites)


def _mirrored(facts_type: str, links: list[str], reference: str, outgoing: object) -> Mirrored:
    return Mirrored(facts_type, tuple(links), reference, outgoing in (True, "true"))
