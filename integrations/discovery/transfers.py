"""From finished transfers to occurrences: at which site, with whom, worth how much."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from exceptions.vocabulary import KindCode
from integrations.discovery.occurrence import Occurrence
from integrations.odoo.datetimes import from_odoo
from integrations.odoo.ground import Ground, many2one
from integrations.odoo.paging import Record

Worth = tuple[Decimal | None, str | None]  # amount and currency
NOTHING: Worth = (None, None)


@dataclass(frozen=True, slots=True)
class Transfers:
    """Transfers whose partners have been read."""

    ground: Ground
    names: Mapping[int, str]

    def occurrence(
        self,
        kind: KindCode,
        transfer: Record,
        dated: str,
        worth: Worth = NOTHING,
        size: Decimal | None = None,
    ) -> Iterator[Occurrence]:
        """One, dated by that field; none of a transfer without it, or at no site of ours."""
        site = self.ground.site_of_type(many2one(transfer["picking_type_id"]))
        at = from_odoo(transfer[dated])
        if site and at:
            yield Occurrence(
                kind=kind,
                at=at,
                site_id=site,
                who=self.names.get(many2one(transfer["partner_id"]) or 0, ""),
                value=worth[0],
                currency=worth[1],
                size=size,
            )


def of(ground: Ground, transfers: Iterable[Record]) -> Transfers:
    partners = ground.partners(many2one(transfer["partner_id"]) or 0 for transfer in transfers)
    return Transfers(ground, {number: partner.name for number, partner in partners.items()})
