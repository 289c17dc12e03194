"""The approval matrix: which levels have to say yes to a decision. Pure.

A row is for a decision, a site and a tier; what it leaves open fits everything. Of the rows that
fit, the most specific one holds, and it alone: one that names the decision goes before one that
does not, then one that names the site, then one that names the tier.

What is at stake (`stake`) falls into a band of its currency. An amount that nobody knows, or in a
currency without bounds, falls into the highest band: amounts are never converted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from exceptions.verdicts import amount
from exceptions.vocabulary import DecisionKind, Need, Tier, Voters

# Decided about goods: what they are worth is at stake, however little doing it costs.
ABOUT_GOODS = frozenset({DecisionKind.RELEASE, DecisionKind.SCRAP, DecisionKind.WRITE_OFF})
# Who is asked when those who should answer cannot, or do not.
NEXT = {
    Voters.APPROVER: Voters.SUPERVISOR,
    Voters.SUPERVISOR: Voters.LEAD,
    Voters.GROUP: Voters.LEAD,
    Voters.SECOND: Voters.LEAD,
    Voters.LEAD: Voters.EXECUTIVE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Who is asked, and how many of them have to say yes. One no is enough to reject."""

    voters: Voters
    group: str = ""
    need: Need = Need.ANY
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Levels for each band, the lowest first; no levels means that no approval is needed."""

    decision: DecisionKind | None = None
    site: int | None = None
    tier: Tier | None = None
    bands: tuple[tuple[Level, ...], ...]

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        return (self.decision is not None, self.site is not None, self.tier is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """`bounds` are where the second and each further band begins, by currency. `groups` are ids of
    people by the group's name. A request expires `valid_hours` after it was asked; those who are
    asked are reminded every `remind_minutes` of their site's working time. Who decides from an
    e-mail signs in first above `sign_in_above`, by currency (see `needs_sign_in`).
    """

    bounds: dict[str, tuple[Decimal, ...]]
    rows: tuple[Row, ...]
    groups: dict[str, tuple[int, ...]] = field(default_factory=dict)
    valid_hours: int = 72
    remind_minutes: int = 120
    sign_in_above: dict[str, Decimal] = field(default_factory=dict)

    @property
    def band_count(self) -> int:
        return 1 + max((len(bounds) for bounds in self.bounds.values()), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is decided, where, and how much is at stake (None: unknown)."""

    decision: DecisionKind
    site: int
    tier: Tier | None
    stake: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Where in the matrix it falls, and what stands there."""

    row: Row
    band: int
    levels: tuple[Level, ...]


def stake(decision: DecisionKind, cost: Decimal | None, value: Decimal | None) -> Decimal | None:
    """What the decision costs; of one about goods, what these are worth, if that is more. Where it
    has no cost, the value at risk is at stake.
    """
    if cost is None:
        return value
    if decision in ABOUT_GOODS:
        return None if value is None else max(cost, value)
    return cost


def cell(matrix: Matrix, asked: Asked) -> Cell:
    """Every matrix in force has a row for whatever fits no other (see `matrices.problems`)."""
    row = row_for(matrix, asked.decision, asked.site, asked.tier)
    band = band_of(matrix, asked.stake, asked.currency)
    return Cell(row=row, band=band, levels=row.bands[band])


def row_for(matrix: Matrix, decision: DecisionKind, site: int, tier: Tier | None) -> Row:
    """The most specific row that fits."""
    fitting = [
        row
        for row in matrix.rows
        if row.decision in (None, decision)
        and row.site in (None, site)
        and row.tier in (None, tier)
    ]
    return max(fitting, key=lambda each: each.rank)


def band_of(matrix: Matrix, at_stake: Decimal | None, currency: str) -> int:
    """A band begins with its bound: exactly 250 is no longer below 250."""
    bounds = matrix.bounds.get(currency)
    if at_stake is None or bounds is None:
        return matrix.band_count - 1
    return sum(at_stake >= bound for bound in bounds)


def needs_sign_in(matrix: Matrix, at_stake: Decimal | None, currency: str) -> bool:
    """Whether a link in an e-mail is not enough: above the amount, where nobody knows it, and in a
    currency for which no amount was said.
    """
    most = matrix.sign_in_above.get(currency)
    return at_stake is None or most is None or at_stake > most


def band_in_words(matrix: Matrix, band: int, currency: str) -> str:
    """`below €250`, `€250 to €5,000`, `€25,000 or more`."""
    bounds = matrix.bounds.get(currency)
    if not bounds:
        return _("any amount in %s") % currency if currency else _("an amount that is not known")
    if band == 0:
        return _("below %s") % amount(bounds[0], currency)
    if band > len(bounds):
        return _("%s has no such band") % currency
    if band == len(bounds):
        return _("%s or more") % amount(bounds[-1], currency)
    return _("%(low)s to %(high)s") % {
        "low": amount(bounds[band - 1], currency),
        "high": amount(bounds[band], currency),
    }


def level_in_words(level: Level) -> str:
    """`any one of the approvers`, `2 of the supervisors`, `the site's lead`."""
    if level.voters == Voters.LEAD:
        return str(Voters.LEAD.label)
    if level.voters == Voters.SECOND and level.need == Need.ANY:
        return _("a second person who may decide at the site")
    who = level.group if level.voters == Voters.GROUP else str(level.voters.label)
    if level.need == Need.ALL:
        return _("all of the %s") % who
    if level.need == Need.SOME:
        return _("%(n)s of the %(who)s") % {"n": level.count, "who": who}
    return _("any one of the %s") % who


# Asked about what cannot be undone, where nobody else would be.
SECOND = Level(voters=Voters.SECOND)


def confirmed_by_a_second(found: Cell) -> Cell:
    """The cell, with somebody who is asked in any case."""
    return found if found.levels else replace(found, levels=(SECOND,))


def _row(decision: DecisionKind | None, *bands: tuple[Level, ...]) -> Row:
    return Row(decision=decision, bands=bands)


_APPROVER = Level(voters=Voters.APPROVER)
_LEAD = Level(voters=Voters.SUPERVISOR)
_EXECUTIVE = Level(voters=Voters.EXECUTIVE)
_COSTLY = ((), (_APPROVER,), (_APPROVER,), (_APPROVER, _EXECUTIVE))
_GOODS = ((), (_LEAD,), (_APPROVER,), (_APPROVER, _EXECUTIVE))
_BOUNDS = tuple(map(Decimal, (250, 5_000, 25_000)))
_EUROPEAN: Mapping[str, tuple[Decimal, ...]] = dict.fromkeys(("EUR", "USD", "GBP", "CHF"), _BOUNDS)

# In force until a company publishes its own.
STANDARD = Matrix(
    bounds=dict(_EUROPEAN),
    sign_in_above=dict.fromkeys(_EUROPEAN, Decimal(5_000)),
    rows=(
        _row(None, (), (), (), ()),
        *(
            _row(kind, *_COSTLY)
            for kind in (
                DecisionKind.EXPEDITE,
                DecisionKind.EXPEDITED_PURCHASE,
                DecisionKind.SITE_TRANSFER,
                DecisionKind.SUBSTITUTE,
                DecisionKind.RESHIP,
                DecisionKind.REROUTE,
                DecisionKind.CREDIT,
            )
        ),
        *(_row(kind, *_GOODS) for kind in sorted(ABOUT_GOODS)),
    ),
)
