"""What is held back: the findings that opened no case, by filter, and how many for which reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import QueryDict

from exceptions.models import Sighting
from exceptions.vocabulary import HeldBy, KindCode


@dataclass(frozen=True, slots=True)
class HeldFilter:
    """What is asked of the list. An empty field asks nothing.

    Only what stands is shown, but for a blackout: then all that it held back, ended or not.
    """

    kind: str = ""
    reason: str = ""
    site: int | None = None
    blackout: int | None = None

    @classmethod
    def from_query(cls, query: QueryDict) -> "HeldFilter":
        """What cannot be read asks nothing."""
        kind, reason = query.get("kind", ""), query.get("reason", "")
        return cls(
            kind=kind if kind in KindCode.values else "",
            reason=reason if reason in HeldBy.values else "",
            site=_id(query.get("site", "")),
            blackout=_id(query.get("blackout", "")),
        )

    def to_query(self) -> str:
        asked = {name: getattr(self, name) for name in self.__slots__}
        return urlencode({name: value for name, value in asked.items() if value})

    def changed(self, **what: Any) -> "HeldFilter":
        return replace(self, **what)

    def apply(self, sightings: QuerySet[Sighting]) -> QuerySet[Sighting]:
        """Those asked for, what stands longest first."""
        wanted: dict[str, Any] = {
            "kind": self.kind,
            "held_by": self.reason,
            "site_id": self.site,
            "blackout_id": self.blackout,
        }
        found = sightings.filter(**{name: value for name, value in wanted.items() if value})
        if self.blackout is None:
            found = found.filter(ended_at=None)
        return found.order_by("since", "id")


def by_reason(sightings: QuerySet[Sighting]) -> Mapping[str, int]:
    """How many of them are held back for each reason, all reasons named."""
    rows = sightings.order_by().values_list("held_by").annotate(n=Count("pk"))
    return dict.fromkeys(HeldBy.values, 0) | dict(rows)


def standing(sightings: QuerySet[Sighting]) -> int:
    """How many findings are held back now."""
    return sightings.filter(ended_at=None).count()


def oldest(sightings: QuerySet[Sighting]) -> datetime | None:
    """Since when the one that stands longest stands."""
    live = sightings.filter(ended_at=None).order_by("since")
    return live.values_list("since", flat=True).first()


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
