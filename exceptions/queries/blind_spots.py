"""Master data that the rules miss: living records that do not say what a rule would need."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from exceptions import actors
from exceptions.actors import Actor
from exceptions.kinds import BlindSpot, Kind
from exceptions.models import Document


@dataclass(frozen=True, slots=True)
class Blindness:
    """How many of the living records of a type that the reader may see lack a fact."""

    spot: BlindSpot
    lacking: int
    living: int


def blindnesses(kind: Kind, actor: Actor) -> list[Blindness]:
    """Every blind spot of the kind, those without a record too."""
    return [
        Blindness(spot, lacking(spot, actor).count(), _living(spot, actor).count())
        for spot in kind.blind_spots
    ]


def lacking(spot: BlindSpot, actor: Actor) -> QuerySet[Document]:
    """The living records that lack the fact, the latest change first."""
    path = f"facts__{spot.field.replace('.', '__')}"
    nothing = Q(**{path: None}) | Q(**{f"{path}__isnull": True})
    return _living(spot, actor).filter(nothing).order_by("-written_at", "-pk")


def _living(spot: BlindSpot, actor: Actor) -> QuerySet[Document]:
    living = Document.objects.filter(facts_type=spot.facts.__name__, living=True, gone_at=None)
    sites = actors.site_ids(actor)
    return living if sites is None else living.filter(site_id__in=sites)
