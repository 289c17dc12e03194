"""Transits: what is promised to come or to go, and when it did."""

from dataclasses import dataclass
from datetime import date

from exceptions.vocabulary import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Transit:
    """Goods on their way between a partner and a site, promised for a day.

    `by` names who brings them: the supplier, or outbound the carrier where one is known. `lane`
    says from where to where. Days are those of the site's zone; `promised_on` is the first promise
    that was ever seen, for sources overwrite it. `done_on` is None until they have come.
    """

    direction: Direction
    by: str
    lane: str
    promised_on: date
    done_on: date | None = None

    @property
    def days_late(self) -> int | None:
        """Whole days after the promised one, negative when early; None as long as it is open."""
        return None if self.done_on is None else (self.done_on - self.promised_on).days


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitRead:
    """A transit as read from its source. `about` is the record, by model and id, of which the
    tower may have a document: the transfer itself, or the order that it delivers.
    """

    connection_id: int
    site_id: int
    model: str
    record_id: int
    about_model: str
    about_id: int
    reference: str
    url: str
    open: bool
    transit: Transit
