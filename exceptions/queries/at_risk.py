"""What may come late: open transits that are promised and no case yet, the likeliest first."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from exceptions.models import Case, KeptTransit
from exceptions.vocabulary import OPEN_STATES, Direction

LEAST = (25, 50, 75)  # percent that can be asked for
USUAL = 50


@dataclass(frozen=True, slots=True)
class RiskFilter:
    """What is asked of the list. `least` is in percent; an empty field asks nothing."""

    least: int = USUAL
    direction: str = ""
    site: int | None = None
    by: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "RiskFilter":
        """What cannot be read asks nothing."""
        least, direction, site = (query.get(name, "") for name in ("least", "direction", "site"))
        return cls(
            least=int(least) if least in map(str, LEAST) else USUAL,
            direction=direction if direction in Direction.values else "",
            site=int(site) if site.isascii() and site.isdigit() and len(site) < 19 else None,
            by=query.get("by", "").replace("\0", "")[:200],
        )

    def to_query(self) -> str:
        asked = {name: getattr(self, name) for name in self.__slots__}
        usual = RiskFilter()
        return urlencode({k: v for k, v in asked.items() if v != getattr(usual, k)})

    def changed(self, **what: Any) -> "RiskFilter":
        return replace(self, **what)

    def apply(self, transits: QuerySet[KeptTransit]) -> QuerySet[KeptTransit]:
        """Those asked for, the likeliest first."""
        wanted: dict[str, Any] = {
            "direction": self.direction,
            "site_id": self.site,
            "by": self.by,
        }
        asked = {name: value for name, value in wanted.items() if value}
        found = without_case(transits).filter(share__gte=self.least / 100, **asked)
        return found.order_by("-share", "promised_on", "id")


def without_case(transits: QuerySet[KeptTransit]) -> QuerySet[KeptTransit]:
    """Open, with a risk, and no case about them that goes on: whoever works on one knows it."""
    own = Q(
        document__model=OuterRef("model"),
        document__record_id=OuterRef("record_id"),
    )
    about = Q(
        document__model=OuterRef("about_model"),
        document__record_id=OuterRef("about_id"),
    )
    cases = Case.objects.filter(
        own | about, document__connection=OuterRef("connection"), state__in=OPEN_STATES
    )
    return transits.filter(~Exists(cases), open=True, share__isnull=False)


def of_document(
    transits: QuerySet[KeptTransit], connection_id: int, model: str, record_id: int
) -> QuerySet[KeptTransit]:
    """The transits of a document, open ones first, then by their promise."""
    own = Q(model=model, record_id=record_id)
    about = Q(about_model=model, about_id=record_id)
    return transits.filter(own | about, connection=connection_id).order_by(
        "-open", "promised_on", "id"
    )


def reckoned_until(transits: QuerySet[KeptTransit]) -> date | None:
    """By which day they were foreseen."""
    found = transits.filter(open=True, reckoned_on__isnull=False).order_by("-reckoned_on")
    return found.values_list("reckoned_on", flat=True).first()
