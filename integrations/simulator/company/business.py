"""Ordinary days: who buys what from whom, at which hour, and how punctual it turns out."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integrations.simulator.company import names
from integrations.simulator.flows.purchasing import Item
from integrations.simulator.transactions import Transaction


@dataclass(frozen=True, slots=True)
class Staff:
    """One site with its people, as ids."""

    warehouse: int
    shelf: int
    buyer: int
    lead: int
    service: int
    utc_hours: int


class Business:
    """Draws believable orders from a seeded generator; the same seed, the same days."""

    def __init__(self, tx: Transaction, rng: random.Random) -> None:
        self.rng = rng
        partners = {row["name"]: each for each, row in tx.tables["res.partner"].rows.items()}
        self.suppliers = {partners[each.name]: each for each in names.SUPPLIERS}
        self.customers = {partners[each.name]: each for each in names.CUSTOMERS}
        products = tx.tables["product.product"].rows.values()
        self.cost = {row["id"]: row["standard_price"] for row in products}
        self.price = {row["id"]: row["list_price"] for row in products}
        self.carriers = sorted(tx.tables["delivery.carrier"].rows)
        self.sites = [_staff(tx, site) for site in names.SITES]

    def site(self) -> Staff:
        return self.rng.choices(self.sites, weights=(5, 4, 3))[0]

    def supplier(self) -> int:
        return self.rng.choice(list(self.suppliers))

    def customer(self) -> int:
        weights = [{"A": 5, "B": 3, "C": 2}[each.tier] for each in self.customers.values()]
        return self.rng.choices(list(self.customers), weights=weights)[0]

    def bought(self, value: float) -> list[Item]:
        """One to four lines that together cost about that much."""
        return [
            self._item(value / count, self.cost) for count in [self._count()] for _ in range(count)
        ]

    def sold(self, value: float) -> list[Item]:
        return [
            self._item(value / count, self.price) for count in [self._count()] for _ in range(count)
        ]

    def _count(self) -> int:
        return self.rng.choices((1, 2, 3, 4), weights=(35, 35, 20, 10))[0]

    def _item(self, value: float, prices: dict[int, float]) -> Item:
        fitting = [each for each, price in prices.items() if price <= value]
        product = self.rng.choice(fitting or sorted(prices))
        quantity = max(1.0, float(round(value / prices[product])))
        return Item(product, quantity, prices[product])

    def value(self, low: float, high: float) -> float:
        """Most orders are small, a few are large."""
        return float(low * (high / low) ** self.rng.random())

    def at_work(self, day: datetime, site: Staff) -> datetime:
        """A moment in the site's working day (07:00 to 17:00 local) of that calendar day."""
        opening = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
            hours=7 - site.utc_hours
        )
        return opening + timedelta(seconds=self.rng.uniform(0, 10 * 3600))

    def promise(self, day: datetime, site: Staff) -> datetime:
        """Promised dates fall on whole quarters of an hour."""
        at = self.at_work(day, site)
        return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def next_working_day(day: datetime) -> datetime:
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _staff(tx: Transaction, site: names.Site) -> Staff:
    warehouse = tx.tables["stock.warehouse"].where("code", site.code)[0]
    users = {row["login"]: each for each, row in tx.tables["res.users"].rows.items()}
    people = {e.role: users[e.login] for e in names.EMPLOYEES if e.site == site.code}
    shelf = tx.row("stock.warehouse", warehouse)["lot_stock_id"]
    return Staff(
        warehouse, shelf, people["buyer"], people["lead"], people["service"], site.utc_hours
    )
