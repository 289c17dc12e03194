"""A feed of many readings, as it should come and as it does: with repetitions, in any order."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from exceptions import intake
from exceptions.facts import Facts, Partner, Receipt

VERSIONS = 5  # of each record
REPEATED = 3, 7  # so many of the feed's ten readings are news, and so many come again
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """`records` records with five readings each, the same whoever makes them. Three of a hundred
    readings are late; what a record says last is all that counts.
    """

    records: int
    connection_id: int
    site_id: int
    first_id: int
    at: datetime

    def readings(self) -> list[Receipt]:
        """In the order in which they were made."""
        rng = random.Random(self.records)
        return [self._reading(n, k, rng) for k in range(VERSIONS) for n in range(self.records)]

    def _reading(self, number: int, version: int, rng: random.Random) -> Receipt:
        read_at = self.at - timedelta(hours=VERSIONS - version)
        late = rng.random() < 0.03
        planned = self.at + timedelta(days=-2 if late else rng.randint(1, 30))
        return Receipt(
            connection_id=self.connection_id,
            site_id=self.site_id,
            model="stock.picking",
            record_id=self.first_id + number,
            reference=f"IN/{number:06}",
            url=f"http://odoo.test/{number}",
            read_at=read_at,
            written_at=read_at,
            company="Meridian",
            open=rng.random() < 0.95,
            promised_at=self.at - timedelta(days=5),
            planned_at=planned,
            supplier=Partner(id=1 + number % 50, name=f"Supplier {1 + number % 50}"),
            value=Decimal(rng.randint(100, 60_000)),
            currency="EUR",
        )

    def untidy(self) -> list[Receipt]:
        """Of ten readings three repeat one of the other seven, and none is in its place."""
        news = self.readings()
        rng = random.Random(-self.records)
        again = rng.choices(news, k=len(news) * REPEATED[0] // REPEATED[1])
        return rng.sample(news + again, len(news) + len(again))


def take_in(feed: Feed, part: int, parts: int) -> int:
    """Take in every `parts`-th reading of the untidy feed; how many there were."""
    mine: list[Facts] = [*feed.untidy()[part::parts]]
    for batch in batches(mine):
        intake.take_in(batch, at=feed.at)
    return len(mine)


def batches(readings: list[Facts]) -> Iterator[list[Facts]]:
    for start in range(0, len(readings), BATCH):
        yield readings[start : start + BATCH]


def elsewhere(feed: Feed, site_id: int) -> Feed:
    """The same records at another site, under other numbers."""
    return replace(feed, site_id=site_id, first_id=feed.first_id + 1_000_000)
