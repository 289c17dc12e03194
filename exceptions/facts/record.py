"""What every record has, and whom and what records name."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A supplier, customer or carrier as the source knows it."""

    id: int
    name: str
    tier: str | None = None  # "A", "B" or "C": how much this partner matters, where the source says


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in the source system, such as the buyer of an order."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """`category` is its full path in the source ("All / Saleable / Bearings"), where it is read."""

    id: int
    name: str
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What every source record has.

    `connection_id` and `site_id` are rows of ours, found by the adapter. `read_at` is the instant
    just before the record was read: of two readings the later one is right, whatever order they
    arrive in.
    """

    connection_id: int
    site_id: int
    model: str
    record_id: int
    reference: str
    url: str
    read_at: datetime
    written_at: (
        datetime  # the source's own last-change stamp, checked again before a decision is sent
    )
    company: str
    responsible: Person | None = None

    def __post_init__(self) -> None:
        """Pages make a link of `url`, and what is no web address (`javascript:`) would run there:
        it is left out, for the facts are worth keeping all the same.
        """
        if not self.url[:8].lower().startswith(("http://", "https://")):
            object.__setattr__(self, "url", "")

    @property
    def living(self) -> bool:
        """Whether the record can hold an exception now; one that has ended is not looked for."""
        raise NotImplementedError
